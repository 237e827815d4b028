// The enlargement that needs no training, for comparison (Keys 1981, a = −1/2), as `src/data/view/shrunk.rs` and Pillow
// do it: the middle of pixel i lies at i + 1/2, and beyond an edge its pixels repeat.
// @ts-check

/** @import { Pictures } from "../protocol.js" */

/** What was enlarged last, which asks for its enlargement again and again. @type {WeakMap<Pictures, Pictures>} */
const known = new WeakMap();

/** Small grey pictures at another's size. @param {Pictures} pictures @param {number} side */
export function enlarged(pictures, side) {
  const { shape, count } = pictures;
  if (shape.side >= side) return null;
  const found = known.get(pictures);
  if (found) return found;
  const size = shape.side ** 2;
  const pixels = new Uint8Array(count * side ** 2);
  for (let i = 0; i < count; i++) pixels.set(bicubic(pictures.pixels.subarray(i * size, (i + 1) * size), shape.side, side / shape.side), i * side ** 2);
  const large = { ...pictures, shape: { ...shape, side }, pixels };
  known.set(pictures, large);
  return large;
}

/** @param {Uint8Array} pixels of a square picture @param {number} side @param {number} factor */
export function bicubic(pixels, side, factor) {
  const large = side * factor;
  const taps = Array.from({ length: large }, (_, i) => tapsAt((i + 0.5) / factor - 0.5, side));
  const wide = new Float64Array(side * large);
  for (let row = 0; row < side; row++) {
    taps.forEach((own, x) => (wide[row * large + x] = own.reduce((sum, { at, weight }) => sum + weight * pixels[row * side + at], 0)));
  }
  const result = new Uint8ClampedArray(large * large);
  taps.forEach((own, row) => {
    for (let x = 0; x < large; x++) {
      result[row * large + x] = Math.floor(own.reduce((sum, { at, weight }) => sum + weight * wide[at * large + x], 0) + 0.5);
    }
  });
  return new Uint8Array(result.buffer);
}

/** The four pixels around a place in a row, and how much each contributes. @param {number} place @param {number} side */
function tapsAt(place, side) {
  const first = Math.floor(place) - 1;
  return [0, 1, 2, 3].map((k) => ({
    at: Math.max(0, Math.min(side - 1, first + k)),
    weight: kernel(Math.abs(place - first - k)),
  }));
}

/** @param {number} d a distance in pixels */
function kernel(d) {
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}
