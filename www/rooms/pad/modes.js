// What the pad is for in each kind of run: its words, its tools and what is shown beside it.
// @ts-check

/** @import { Direction } from "../../js/protocol.js" */

/** @typedef {"given" | "bicubic" | "rival" | "artist" | "truth"} Role */
/**
 * `pen`: its radius in pixels; `wipes`: there is a wiper, and it comes first; `begins`: with a real digit, so that there
 * is something to see; `truth`: what the pad itself shows; `way`: what the direction is called, where there are two.
 * @typedef {{ title: string, lead: string, invitation: string, form: "target" | "source", pen: number, wipes: boolean,
 *   begins: boolean, results: [Role, string][], direction: Direction, way: string }} Mode
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
  direction: "back",
  way: "",
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
  direction: "back",
  way: "",
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
  results: [["given", "Given: 7 × 7"], ["bicubic", "Bicubic"], ["rival", "Distance only"], ["artist", "The artist"], ["truth", "The truth"]],
  direction: "back",
  way: "",
};

/** @type {Mode} */
const OTHER = {
  ...SKETCH,
  title: "Draw something",
  lead: "The artist gets what the run makes of your drawing, and translates it.",
  begins: true,
  results: [["given", "What it is given"], ["artist", ARTIST]],
};

/** Both ways of a run with a way back, forth first: there the visitor sees what the style is. @param {string} forth @param {string} back @param {string} styled @returns {Mode[]} */
const bothWays = (forth, back, styled) => [
  { ...OTHER, title: "Draw a digit", lead: "The artist was never shown a pair: it puts on your digit what it has seen on others.", results: [["artist", ARTIST]], direction: "forth", way: forth },
  { ...OTHER, title: "Draw a digit", lead: `Your digit is ${styled} first, and the other artist takes that off again.`, results: [["given", "What it is given"], ["artist", ARTIST], ["truth", "What you drew"]], way: back },
];
const HAND = bothWays("Into the program’s hand", "Into a human hand", "");
HAND[1] = { ...HAND[1], form: "source", lead: "Draw as a program would: the artist writes the same digit in a human hand.", begins: false, results: [["artist", ARTIST]] };
const UNKNOWN = bothWays("Forth", "Back", "changed");

/** @type {Map<string, Mode[]>} */
const MODES = new Map([
  ["sketch", [SKETCH]],
  ["masked", [MASKED]],
  ["shrunk", [SHRUNK]],
  ["zebra", bothWays("Stripes on", "Stripes off", "striped")],
  ["hollow", bothWays("Into an outline", "Filled again", "outlined")],
  ["hand", HAND],
]);

/** Those of a run, one for each way that it translates. @param {unknown} view the recipe's @param {boolean} both whether it goes both ways */
export const modesOf = (view, both) => {
  const modes = MODES.get(String(view)) ?? [OTHER];
  if (both) return modes.length > 1 ? modes : UNKNOWN;
  return modes.slice(-1);
};
