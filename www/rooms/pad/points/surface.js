// The board as it is seen and touched: stamps on a line or in a plane, put and taken away by mouse, finger or pen, or by
// keyboard, where the arrow keys lead a cursor. It must not know what becomes of the drawing.
// @ts-check

/** @import { Place } from "./board.js" */
import { DEVIATION, coordinateOf } from "../../../js/drawing.js";
import { WAYS, put, withPointer } from "../../../js/pad/pad.js";
import { SIDE } from "../../../js/pad/sheet.js";
import { placeOf } from "./board.js";

/** The board shows so much of each axis on either side: ±1, and room for a stamp at the edge. */
const EDGE = 1.1;
/** A line is so high, as a share of its width. */
const STRIP = 0.36;
/** The line stands so high above the lower edge of its strip, as a share of its height. */
const GROUND = 0.26;
/** The arrow keys go so far, and with Shift, in steps of the drawing. */
const STEP = 4;
const STRIDE = 16;
const MOST = 255;

/**
 * @typedef {{
 *   begin: (at: Place) => void,
 *   along: (from: Place, to: Place) => void,
 *   put: (at: Place) => void,
 *   remove: (at: Place) => void,
 *   undo: () => void,
 *   tell: (words: string) => void,
 * }} Hand
 * A pen touches the board and moves over it; `put` and `remove` are the keyboard's. `tell`: what those need who cannot see it
 */

/**
 * Returns what shows other stamps, on a board of so many dimensions.
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} cursor shows where the pen is
 * @param {Hand} hand
 */
export function createSurface(canvas, cursor, hand) {
  canvas.tabIndex = 0;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {{ stamps: number[][], dimensions: 1 | 2 }} */
  let shown = { stamps: [], dimensions: 2 };
  const flat = () => shown.dimensions === 1;

  const within = (/** @type {number} */ v) => Math.max(-1, Math.min(1, v));
  /** From the pad's units. @param {{ x: number, y: number }} at @returns {Place} */
  const placed = ({ x, y }) => ({ x: within((x / SIDE) * 2 * EDGE - EDGE), y: flat() ? 0 : within(EDGE - (y / SIDE) * 2 * EDGE) });
  withPointer(canvas, cursor, {
    begin: (at) => hand.begin(placed(at)),
    along: (from, to) => hand.along(placed(from), placed(to)),
    tap() {},
  });
  withKeys(canvas, cursor, flat, hand);

  function paint() {
    const ratio = devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * ratio);
    if (width === 0) return;
    Object.assign(canvas, { width, height: flat() ? Math.round(width * STRIP) : width });
    const style = getComputedStyle(canvas);
    const inks = { stamp: style.color, line: style.borderTopColor, words: style.getPropertyValue("--muted"), font: style.fontFamily };
    (flat() ? paintLine : paintPlane)(context, shown.stamps, ratio, inks);
  }
  new ResizeObserver(paint).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  return (/** @type {number[][]} */ stamps, /** @type {1 | 2} */ dimensions) => {
    shown = { stamps, dimensions };
    canvas.style.aspectRatio = flat() ? `1 / ${STRIP}` : "1";
    paint();
  };
}

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} cursor @param {() => boolean} flat @param {Hand} hand */
function withKeys(canvas, cursor, flat, hand) {
  // In steps, so that what is put stands where it was said to.
  let at = [MOST >> 1, MOST >> 1];
  const place = () => ({ x: coordinateOf(at[0]), y: flat() ? 0 : coordinateOf(at[1]) });
  const show = () => {
    const { x, y } = place();
    put(cursor, { x: ((x + EDGE) / (2 * EDGE)) * SIDE, y: flat() ? SIDE / 2 : ((EDGE - y) / (2 * EDGE)) * SIDE });
  };

  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && show());
  canvas.addEventListener("blur", () => (cursor.hidden = true));
  canvas.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return hand.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS.get(event.key);
    if (way && !(flat() && way[1] !== 0)) move(way, event.shiftKey ? STRIDE : STEP);
    else if (way) void 0; // a line has no up and down, but the page must not scroll either
    else if (event.key === " " || event.key === "Enter") event.repeat || hand.put(place());
    else if (event.key === "Delete" || event.key === "Backspace") event.repeat || hand.remove(place());
    else return;
    event.preventDefault(); // the page does not scroll under the cursor
    show();
  });

  /** @param {[number, number]} way @param {number} far */
  function move([x, y], far) {
    at = [at[0] + far * x, at[1] - far * y].map((v) => Math.max(0, Math.min(MOST, v)));
    hand.tell(`${where(place(), flat())}.`);
  }
}

/** A place in words. @param {Place} at @param {boolean} flat */
export function where({ x, y }, flat) {
  const [first, second] = [x, y].map((v) => v.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−"));
  return flat ? first : `x ${first}, y ${second}`;
}

/** @typedef {{ stamp: string, line: string, words: string, font: string }} Inks */

/** @param {CanvasRenderingContext2D} context @param {number[][]} stamps @param {number} ratio @param {Inks} inks */
function paintPlane(context, stamps, ratio, inks) {
  const side = context.canvas.width;
  const across = (/** @type {number} */ v) => ((v + EDGE) / (2 * EDGE)) * side;
  const size = (DEVIATION / (2 * EDGE)) * side;
  context.clearRect(0, 0, side, side);
  context.strokeStyle = inks.line;
  context.lineWidth = ratio;
  context.beginPath();
  for (const v of [-1, 0, 1]) {
    const [at, low, high] = [across(v), across(-1), across(1)].map((px) => Math.round(px) + 0.5);
    context.moveTo(at, low);
    context.lineTo(at, high);
    context.moveTo(low, at);
    context.lineTo(high, at);
  }
  context.stroke();
  context.fillStyle = inks.words;
  context.font = `${11 * ratio}px ${inks.font}`;
  for (const v of [-1, 1]) {
    context.textAlign = v < 0 ? "left" : "right";
    context.textBaseline = "bottom";
    context.fillText(`${v}`.replace("-", "−"), across(v) - 4 * v * ratio, across(0) - 3 * ratio);
    context.textAlign = "left";
    context.textBaseline = v < 0 ? "bottom" : "top";
    context.fillText(`${v}`.replace("-", "−"), across(0) + 4 * ratio, across(-v) + 4 * v * ratio);
  }
  context.fillStyle = inks.stamp;
  // Where most of its points lie, and nearly all.
  for (const [deviations, alpha] of [[2, 0.16], [1, 0.5]]) {
    context.globalAlpha = alpha;
    for (const stamp of stamps) {
      const { x, y } = placeOf(stamp);
      context.beginPath();
      context.arc(across(x), across(-y), deviations * size, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** The density above the line, and below it a tick for each stamp. @param {CanvasRenderingContext2D} context @param {number[][]} stamps @param {number} ratio @param {Inks} inks */
function paintLine(context, stamps, ratio, inks) {
  const { width, height } = context.canvas;
  const across = (/** @type {number} */ v) => ((v + EDGE) / (2 * EDGE)) * width;
  const ground = Math.round(height * (1 - GROUND)) + 0.5;
  context.clearRect(0, 0, width, height);
  context.lineWidth = ratio;
  context.strokeStyle = inks.line;
  context.beginPath();
  context.moveTo(0, ground);
  context.lineTo(width, ground);
  for (const v of [-1, 0, 1]) {
    context.moveTo(Math.round(across(v)) + 0.5, 0);
    context.lineTo(Math.round(across(v)) + 0.5, ground);
  }
  context.stroke();
  context.fillStyle = inks.words;
  context.font = `${11 * ratio}px ${inks.font}`;
  context.textBaseline = "bottom";
  for (const v of [-1, 0, 1]) {
    context.textAlign = v === 0 ? "center" : v < 0 ? "left" : "right";
    context.fillText(`${v}`.replace("-", "−"), across(v), height - 2 * ratio);
  }
  if (stamps.length === 0) return;

  const counts = new Array(MOST + 1).fill(0);
  for (const [x] of stamps) counts[x] += 1;
  const present = counts.flatMap((count, value) => (count > 0 ? [{ count, at: coordinateOf(value) }] : []));
  const density = Array.from({ length: 321 }, (_, i) => {
    const x = -EDGE + (i / 320) * 2 * EDGE;
    return present.reduce((sum, { count, at }) => sum + count * Math.exp(-0.5 * ((x - at) / DEVIATION) ** 2), 0);
  });
  const most = Math.max(...density);
  const path = new Path2D();
  density.forEach((value, i) => path.lineTo((i / 320) * width, ground - (value / most) * (ground - 6 * ratio)));
  context.strokeStyle = context.fillStyle = inks.stamp;
  context.lineWidth = 2 * ratio;
  context.stroke(path);
  path.lineTo(width, ground);
  path.lineTo(0, ground);
  context.globalAlpha = 0.22;
  context.fill(path);
  context.globalAlpha = 0.6;
  context.beginPath();
  for (const { at } of present) {
    context.moveTo(across(at), ground + 2 * ratio);
    context.lineTo(across(at), ground + 9 * ratio);
  }
  context.stroke();
  context.globalAlpha = 1;
}
