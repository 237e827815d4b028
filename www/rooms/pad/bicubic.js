// The enlargement that needs no training, for comparison (Keys 1981, a = −1/2), as `src/data/view/shrunk.rs` and Pillow
// do it: the middle of pixel i lies at i + 1/2, and beyond an edge its pixels repeat.
// @ts-check

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
