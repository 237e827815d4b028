// Latents of the page's own.
// @ts-check

/**
 * Normal numbers that follow from a seed (mulberry32; Box & Muller 1958).
 * @param {number} seed
 * @param {number} count
 */
export function normals(seed, count) {
  let state = Math.imul(seed, 0x9e3779b1);
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()));
}
