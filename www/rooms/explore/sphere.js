// Ways between latents. Pure.
// @ts-check

/** @typedef {number[]} Latent */
/** A way from one latent to another, by how much of it has been gone, 0 to 1. @typedef {(a: Latent, b: Latent, t: number) => Latent} Way */

/** How long a latent is. @param {Latent} z */
export const lengthOf = (z) => Math.hypot(...z);

/** How long those are on the average that a run draws from: √n almost (Chernoff & Lehmann's χ mean, to first order). @param {number} n */
export const usualLength = (n) => Math.sqrt(n - 0.5);

/** @type {Way} */
export const straight = (a, b, t) => a.map((x, i) => x + t * (b[i] - x));

/** Along the great circle (White 2016, arXiv 1609.04468, section 2.1), so that the length changes evenly from one to the other. @type {Way} */
export function slerp(a, b, t) {
  const [from, to] = [lengthOf(a), lengthOf(b)];
  const cosine = a.reduce((sum, x, i) => sum + x * b[i], 0) / (from * to);
  const angle = Math.acos(Math.max(-1, Math.min(1, cosine)));
  const sine = Math.sin(angle);
  // Of two that point the same way, or in opposite ones, or of which one is nothing, there is no one circle.
  if (!(sine > 1e-6)) return straight(a, b, t);
  const [p, q] = [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine];
  const length = from + t * (to - from);
  return a.map((x, i) => (p * x / from + q * b[i] / to) * length);
}

/** What is to c as b is to a: vector arithmetic (Radford et al. 2015, arXiv 1511.06434, section 6.3.2). @param {Latent} a @param {Latent} b @param {Latent} c @returns {Latent} */
export const analogy = (a, b, c) => a.map((x, i) => b[i] - x + c[i]);

/**
 * A place on a sheet between four corners.
 * @param {Way} way
 * @param {Latent[]} corners top left, top right, bottom left, bottom right
 * @param {{ x: number, y: number }} place 0 to 1 each, y down
 */
export const onSheet = (way, [a, b, c, d], { x, y }) => way(way(a, b, x), way(c, d, x), y);
