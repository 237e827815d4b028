// A picture to go with a link: the drawings, and beside them what they are. It must not know how it is handed on.
// @ts-check

/** @import { Pictures } from "../protocol.js" */
import { isPoint } from "../protocol.js";
import { place, rampOf, scatter, tinted } from "../views/pictures.js";

/** What those who show links ask for. */
export const SIZE = { width: 1200, height: 630 };
const MARGIN = 45;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
/** Share of the way from one picture to the next that stays free. */
const GAP = 0.06;

/**
 * @param {HTMLCanvasElement} canvas in the page, whose colours it takes
 * @param {{ pictures: Pictures | null, title: string, lines: string[], address: string }} what
 */
export function paintCard(canvas, { pictures, title, lines, address }) {
  const { width, height } = Object.assign(canvas, SIZE);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const style = getComputedStyle(canvas);
  const [paper, ink, muted, artist, cell] = ["--paper", "--ink", "--muted", "--artist-deep", "--artist-cell"].map((name) => style.getPropertyValue(name).trim());
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);

  const square = height - 2 * MARGIN;
  paintDrawings(context, pictures, square, [cell, artist]);

  const left = 2 * MARGIN + square;
  const room = width - left - MARGIN;
  context.textBaseline = "top";
  let top = MARGIN;
  /** @param {string} text @param {number} size @param {string} colour @param {number} weight */
  const write = (text, size, colour, weight) => {
    context.fillStyle = colour;
    context.font = `${weight} ${size}px ${FONT}`;
    for (const line of broken(context, text, room)) {
      context.fillText(line, left, top, room);
      top += size * 1.25;
    }
  };
  write("ganvas", 34, muted, 780);
  top += 30;
  write(title, 54, ink, 780);
  top += 16;
  for (const line of lines) write(line, 29, ink, 450);
  context.font = `560 26px ${FONT}`;
  top = height - MARGIN - broken(context, address, room).length * 26 * 1.25;
  write(address, 26, muted, 560);
}

/** @param {CanvasRenderingContext2D} context @param {Pictures | null} pictures @param {number} square @param {string[]} inks of 0 and of 255 */
function paintDrawings(context, pictures, square, [cell, artist]) {
  context.fillStyle = cell;
  context.fillRect(MARGIN, MARGIN, square, square);
  if (!pictures || pictures.count === 0) return;
  if (isPoint(pictures.shape)) {
    const board = Object.assign(document.createElement("canvas"), { width: square, height: square });
    scatter(/** @type {CanvasRenderingContext2D} */ (board.getContext("2d")), pictures, [cell, artist], 3);
    return context.drawImage(board, MARGIN, MARGIN);
  }
  const columns = Math.min(pictures.columns, pictures.count);
  const rows = Math.min(columns, Math.ceil(pictures.count / columns));
  const count = Math.min(pictures.count, columns * rows);
  const sheet = tinted(pictures, count, rampOf(rgb(cell), rgb(artist)));
  const pitch = square / columns;
  const side = Math.floor(pitch * (1 - GAP));
  for (let i = 0; i < count; i++) {
    const [x, y] = [i % columns, Math.floor(i / columns)].map((at) => Math.round(MARGIN + (at + 0.5) * pitch - side / 2));
    place(context, sheet, i, { x, y, side });
  }
}

/** `#rrggbb` as computed styles have it. @param {string} colour */
const rgb = (colour) => `rgb(${[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).join(", ")})`;

/** A text in lines that fit; what has no spaces is cut where it must be. @param {CanvasRenderingContext2D} context @param {string} text @param {number} room */
function broken(context, text, room) {
  const lines = [""];
  for (const word of text.split(/(?<=[\s/])/)) {
    const last = lines[lines.length - 1];
    if (last === "" || context.measureText((last + word).trimEnd()).width <= room) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}
