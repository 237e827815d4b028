// What the pad is for in each kind of run: its words, its tools and what is shown beside it.
// @ts-check

/** @typedef {"given" | "bicubic" | "artist" | "truth"} Role */
/**
 * `pen`: its radius in pixels; `wipes`: there is a wiper, and it comes first; `begins`: with a real digit, so that there
 * is something to see; `truth`: what the pad itself shows.
 * @typedef {{ title: string, lead: string, invitation: string, form: "target" | "source", pen: number, wipes: boolean,
 *   begins: boolean, results: [Role, string][] }} Mode
 */

const ARTIST = "The artist’s picture";

/** Thinned, a stroke so wide is the line along its middle. @type {Mode} */
const SKETCH = {
  title: "Draw a digit",
  lead: "The artist gets only the thin line in the middle of your stroke, and draws a pen’s stroke along it.",
  invitation: "Draw here",
  form: "target",
  pen: 1.25,
  wipes: false,
  begins: false,
  results: [["given", "The line it is given"], ["artist", ARTIST]],
};

/** @type {Mode} */
const MASKED = {
  title: "Wipe something out",
  lead: "Drag over the digit, or tap it for a whole hole. The artist paints in what it cannot see.",
  invitation: "Draw here, then wipe",
  form: "source",
  pen: 1.5,
  wipes: true,
  begins: true,
  results: [["artist", ARTIST], ["truth", "What was there"]],
};

/** @type {Mode} */
const SHRUNK = {
  title: "Sharpen a few pixels",
  lead: "All that the artist gets of the pad is 7 × 7 pixels. Bicubic is how computers enlarge a picture without learning.",
  invitation: "Draw here",
  form: "target",
  pen: 1.5,
  wipes: false,
  begins: true,
  results: [["given", "Given: 7 × 7"], ["bicubic", "Bicubic"], ["artist", "The artist"], ["truth", "The truth"]],
};

/** @type {Mode} */
const OTHER = {
  ...SKETCH,
  title: "Draw something",
  lead: "The artist gets what the run makes of your drawing, and translates it.",
  begins: true,
  results: [["given", "What it is given"], ["artist", ARTIST]],
};

const MODES = new Map([["sketch", SKETCH], ["masked", MASKED], ["shrunk", SHRUNK]]);

/** @param {unknown} view the recipe's */
export const modeOf = (view) => MODES.get(String(view)) ?? OTHER;
