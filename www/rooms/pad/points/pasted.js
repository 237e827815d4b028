// Points that were pasted, as a spreadsheet or a program has them: a line for each, its numbers with something between
// them. Pure; it must not know where they go.
// @ts-check

/** @import { Stamp } from "../../../js/drawing.js" */
import { whole } from "../../../js/format.js";
import { MOST_STAMPS, quantised } from "../../../js/drawing.js";

/** More is no drawing, and would hold up the page. */
const MOST_CHARACTERS = 4_000_000;

/**
 * @param {string} text
 * @param {1 | 2} dimensions
 * @returns {{ stamps: Stamp[], words: string }} what was understood, and what was made of it or what is wrong, in a sentence
 */
export function stampsIn(text, dimensions) {
  const refused = (/** @type {string} */ words) => ({ stamps: [], words });
  if (text.length > MOST_CHARACTERS) return refused(`This is too long: paste at most ${whole(MOST_CHARACTERS)} characters.`);
  /** @type {number[][]} */
  const points = [];
  const lines = text.split(/\r\n?|\n/);
  for (let i = 0, first = true; i < lines.length; i++) {
    if (lines[i].trim() === "") continue;
    const numbers = numbersIn(lines[i]);
    const fits = numbers.length === dimensions && numbers.every(Number.isFinite);
    const heading = first && numbers.every(Number.isNaN); // the names of the columns
    first = false;
    if (fits) points.push(numbers);
    else if (!heading) return refused(`Line ${whole(i + 1)} is not ${dimensions === 1 ? "one number" : "two numbers with a comma between them"}.`);
  }
  if (points.length === 0) return refused("There are no points in this.");
  const few = thinned(points);
  const { fitted, scaled } = toFit(few);
  const many = points.length > few.length ? `${few.length} of ${whole(points.length)} points, evenly picked` : `${few.length} point${few.length === 1 ? "" : "s"}`;
  return { stamps: fitted.map((point) => point.map(quantised)), words: `${many}${scaled ? ", scaled to fit" : ""}.` };
}

/** Between tabs or semicolons, a comma is a decimal point. @param {string} line */
function numbersIn(line) {
  const cells = /[\t;]/.test(line.trim()) ? line.trim().split(/[\t;]/).map((cell) => cell.replace(",", ".")) : line.trim().split(/\s*,\s*|\s+/);
  return cells.map((cell) => (cell.trim() === "" ? NaN : Number(cell)));
}

/** @param {number[][]} points */
function thinned(points) {
  if (points.length <= MOST_STAMPS) return points;
  return Array.from({ length: MOST_STAMPS }, (_, i) => points[Math.floor(((i + 0.5) * points.length) / MOST_STAMPS)]);
}

/** Moved and shrunk until all lie within ±1, by the same factor along each axis, if any does not. @param {number[][]} points */
function toFit(points) {
  if (points.every((point) => point.every((v) => Math.abs(v) <= 1))) return { fitted: points, scaled: false };
  const spans = points[0].map((_, axis) => {
    const all = points.map((point) => point[axis]);
    return { low: Math.min(...all), high: Math.max(...all) };
  });
  // Halves first, since the largest numbers have no sum.
  const middle = spans.map(({ low, high }) => low / 2 + high / 2);
  const reach = Math.max(...spans.map(({ low, high }) => high / 2 - low / 2)) || 1;
  return { fitted: points.map((point) => point.map((v, axis) => v / reach - middle[axis] / reach)), scaled: true };
}
