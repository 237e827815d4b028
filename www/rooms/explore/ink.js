// A picture of a digit, as the digits are that the artist learned from: pale ink on black, 20 pixels high or wide, its
// centre of mass in the middle of 28 (as MNIST's authors describe theirs). Pure.
// @ts-check

import { SIDE } from "../../js/pad/sheet.js";

/** Pixels on a side of the box that a digit fills. */
const BOX = 20;
/** Fainter than this is paper, of 1. */
const FAINT = 0.2;

/**
 * @param {number[]} light of each pixel, 0 to 1
 * @param {number} width
 * @param {number} height
 * @returns {Uint8Array | null} null where there is no ink
 */
export function asDigit(light, width, height) {
  // What most of the edge is, is paper.
  const edge = light.filter((_, i) => i < width || i >= width * (height - 1) || i % width === 0 || i % width === width - 1).sort((a, b) => a - b);
  const paper = edge[edge.length >> 1];
  const far = light.map((value) => Math.abs(value - paper));
  const most = far.reduce((a, b) => Math.max(a, b), 0);
  if (most < FAINT) return null;
  const ink = far.map((value) => (value / most < FAINT ? 0 : value / most));
  let [left, right, top, bottom] = [width, -1, height, -1];
  ink.forEach((value, i) => {
    if (value === 0) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  const [w, h] = [right - left + 1, bottom - top + 1];
  const scale = BOX / Math.max(w, h);
  // The mean of all that falls on a pixel, or the nearest where nothing does.
  const [columns, rows] = [Math.max(1, Math.round(w * scale)), Math.max(1, Math.round(h * scale))];
  const small = Array.from({ length: columns * rows }, (_, i) => {
    const from = { x: left + Math.floor(((i % columns) * w) / columns), y: top + Math.floor((Math.floor(i / columns) * h) / rows) };
    const to = { x: Math.max(from.x + 1, left + Math.floor((((i % columns) + 1) * w) / columns)), y: Math.max(from.y + 1, top + Math.floor(((Math.floor(i / columns) + 1) * h) / rows)) };
    let sum = 0;
    for (let y = from.y; y < to.y; y++) for (let x = from.x; x < to.x; x++) sum += ink[y * width + x];
    return sum / ((to.x - from.x) * (to.y - from.y));
  });
  const mass = small.reduce((sum, value) => sum + value, 0);
  const centre = (/** @type {(i: number) => number} */ of) => small.reduce((sum, value, i) => sum + value * (of(i) + 0.5), 0) / mass;
  const shift = (/** @type {number} */ middle, /** @type {number} */ size) => Math.max(0, Math.min(SIDE - size, Math.round(SIDE / 2 - middle)));
  const [dx, dy] = [shift(centre((i) => i % columns), columns), shift(centre((i) => Math.floor(i / columns)), rows)];
  const pixels = new Uint8Array(SIDE * SIDE);
  small.forEach((value, i) => (pixels[(dy + Math.floor(i / columns)) * SIDE + dx + (i % columns)] = Math.round(255 * value)));
  return pixels;
}
