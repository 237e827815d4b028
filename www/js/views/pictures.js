// Paints grey pictures on a canvas in two inks of the page's style sheet, every pixel sharp; those in colour as they are,
// films frame by frame, and points as dots. It must not know where they come from.
// @ts-check

/** @import { Pictures } from "../protocol.js" */
/** @import { Marks } from "./scores.js" */
import { isPoint, numbersOf } from "../protocol.js";
import { clock } from "./film.js";
import { drawMark } from "./scores.js";

/** Pixels on a side of the pictures that a place is made for: smaller ones are shown as large, in larger squares. */
const SIDE = 28;
/** Squares this large look even though they are not all of the same device pixels. */
const COARSE = 14;
/** Least space between two pictures, as a share of the distance from one to the next. */
const GAP = 0.04;
/** Coordinates of points that are in sight lie within ± this. */
const REACH = 1.25;
/** Above this share of unused width, whole device pixels cost too much size: the picture is smoothed. */
const WASTE = 0.15;

/**
 * Keeps `canvas` as wide as its parent and `rows` x `columns` pictures high, and repaints it whenever
 * its size or the colour scheme changes. The canvas's CSS `color` is the ink of 255, its
 * `border-color` that of 0. Returns the function that shows something else.
 * @param {HTMLCanvasElement} canvas
 * @param {{ columns: number, rows: number }} empty what is kept free before there are pictures
 */
export function createPainter(canvas, empty) {
  const parent = /** @type {HTMLElement} */ (canvas.parentElement);
  /** @type {Pictures | null} */
  let shown = null;
  let grid = empty;
  /** @type {Marks | null} */
  let marks = null;
  let painted = false;
  const repaint = createCanvas(canvas, () => grid, paint);

  /** @type {Parameters<typeof createCanvas>[2]} */
  function paint(context, { columns, rows, ratio, side, pitch }) {
    painted = true;
    // The style sheet may have to know: what it keeps free, and which rows stay in sight.
    parent.style.setProperty("--columns", String(columns));
    parent.style.setProperty("--rows", String(rows));
    const style = getComputedStyle(canvas);
    if (shown && isPoint(shown.shape)) return scatter(context, shown, [style.borderTopColor, style.color], ratio);
    const ramp = rampOf(style.borderTopColor, style.color);
    const count = shown ? Math.min(shown.count, columns * rows) : 0;
    const sheet = shown && tinted(shown, count, ramp);
    for (let i = 0; i < columns * rows; i++) {
      const [x, y] = [i % columns, Math.floor(i / columns)].map((at) => Math.round((at + 0.5) * pitch - side / 2));
      place(context, sheet && i < count ? sheet : style.borderTopColor, i, { x, y, side });
      if (marks && i < count) drawMark(context, marks, i, { x, y, side, ratio });
    }
  }

  /** Films are painted anew with each of their frames. @type {(() => void) | null} */
  let unfollow = null;
  const follow = (/** @type {Pictures | null} */ pictures) => {
    const isFilm = (pictures?.frames ?? 1) > 1;
    if (isFilm === (unfollow !== null)) return;
    unfollow?.();
    unfollow = isFilm ? clock.listen(repaint) : null;
  };

  /** @param {Pictures | null} pictures @param {{ columns: number, rows: number }} [size] @param {Marks | null} [scores] */
  return (pictures, size = empty, scores = null) => {
    follow(pictures);
    const same = pictures === shown && size.columns === grid.columns && size.rows === grid.rows && !scores && !marks;
    if (same && painted) return;
    [shown, grid, marks] = [pictures, size, scores];
    repaint();
  };
}

/**
 * Keeps a canvas as wide as its parent and so many pictures high. Returns the function that asks for it to be painted,
 * soon; so do a change of its size or of the colour scheme.
 * @param {HTMLCanvasElement} canvas
 * @param {() => { columns: number, rows: number }} grid
 * @param {(context: CanvasRenderingContext2D, place: { columns: number, rows: number, ratio: number, side: number, pitch: number }) => void} paint
 * `ratio`: device pixels of a CSS one; the rest is in device pixels
 */
export function createCanvas(canvas, grid, paint) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const parent = /** @type {HTMLElement} */ (canvas.parentElement);
  let pending = false;
  const repaint = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      const { columns, rows } = grid();
      const ratio = window.devicePixelRatio || 1;
      const width = Math.floor(parent.clientWidth * ratio);
      if (width === 0) return;
      const { side, pitch } = layout(width, columns);
      const height = Math.round(pitch * rows);
      Object.assign(canvas, { width, height });
      canvas.style.width = `${width / ratio}px`;
      canvas.style.height = `${height / ratio}px`;
      paint(context, { columns, rows, ratio, side, pitch });
    });
  };
  new ResizeObserver(repaint).observe(parent);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  return repaint;
}

/**
 * One of the tinted pictures at its place, or where there is none a blank in one colour.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement | string} sheet
 * @param {number} i
 * @param {{ x: number, y: number, side: number }} at
 */
export function place(context, sheet, i, { x, y, side }) {
  if (typeof sheet === "string") {
    context.fillStyle = sheet;
    return context.fillRect(x, y, side, side);
  }
  const own = sheet.width;
  context.imageSmoothingEnabled = side % own !== 0 && own > COARSE;
  context.imageSmoothingQuality = "high";
  context.drawImage(sheet, 0, i * own, own, own, x, y, side, side);
}

/** Points in the middle of a canvas; those of a line as strokes. @param {CanvasRenderingContext2D} context @param {Pictures} points @param {string[]} inks @param {number} ratio */
export function scatter(context, points, [sheet, ink], ratio) {
  const { width, height } = context.canvas;
  const numbers = numbersOf(points);
  const plane = points.shape.channels > 1;
  const scale = (plane ? Math.min(width, height) : width) / 2 / REACH;
  context.fillStyle = sheet;
  context.fillRect(0, 0, width, height);
  context.fillStyle = ink;
  for (let i = 0; i < points.count; i++) {
    const x = width / 2 + scale * numbers[points.shape.channels * i] - ratio / 2;
    if (plane) context.fillRect(x, height / 2 - scale * numbers[2 * i + 1] - ratio / 2, ratio, ratio);
    else context.fillRect(x, height / 4, ratio, height / 2);
  }
}

/**
 * Device pixels of a picture's side, and from one picture to the next: the pitch depends on nothing
 * but the width of a column, so that grids side by side have their rows in line.
 * @param {number} width
 * @param {number} columns
 */
function layout(width, columns) {
  const pitch = width / columns;
  const widest = pitch * (1 - GAP);
  const exact = Math.floor(widest / SIDE) * SIDE;
  const side = exact >= widest * (1 - WASTE) ? exact : Math.floor(widest);
  return { side, pitch };
}

const scratch = document.createElement("canvas");
const scratchContext = /** @type {CanvasRenderingContext2D} */ (scratch.getContext("2d", { willReadFrequently: true }));

/**
 * Pictures one below the other: a canvas that changed between two drawings from it would be copied for each. Of films the
 * frame that the clock says.
 * @param {Pictures} pictures
 * @param {number} count
 * @param {Uint32Array} ramp
 */
export function tinted({ shape: { side, channels }, frames, pixels }, count, ramp) {
  const image = new ImageData(side, side * Math.max(count, 1));
  const shades = new Uint32Array(image.data.buffer);
  const all = count * side * side;
  if (channels === 3 && !(frames > 1)) {
    for (let i = 0; i < all; i++) shades[i] = ((255 << 24) | (pixels[3 * i + 2] << 16) | (pixels[3 * i + 1] << 8) | pixels[3 * i]) >>> 0;
  } else {
    const first = frames > 1 ? clock.frame(frames) : 0;
    for (let i = 0; i < all; i++) shades[i] = ramp[pixels[i * channels + first]];
  }
  [scratch.width, scratch.height] = [image.width, image.height];
  scratchContext.putImageData(image, 0, 0);
  return scratch;
}

/** The 256 shades between two CSS colours, as little-endian RGBA. @param {string} from @param {string} to */
export function rampOf(from, to) {
  const [a, b] = [from, to].map((color) => (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number));
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const [red, green, blue] = a.map((start, i) => Math.round(start + ((b[i] - start) * level) / 255));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}
