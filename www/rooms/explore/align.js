// Directions that were found anew, beside those that were there. Pure.
// @ts-check

/** New directions in the order and with the signs of the last ones, as far as they are the same: no slider jumps. @param {number[][]} found @param {number[][]} last */
export function aligned(found, last) {
  const left = [...found];
  /** @type {number[][]} */
  const sorted = [];
  for (const before of last) {
    const likeness = left.map((vector) => vector.reduce((sum, x, i) => sum + x * before[i], 0));
    const best = likeness.reduce((at, value, k) => (Math.abs(value) > Math.abs(likeness[at] ?? 0) ? k : at), 0);
    const [vector] = left.splice(best, 1);
    if (vector) sorted.push(likeness[best] < 0 ? vector.map((x) => -x) : vector);
  }
  return [...sorted, ...left];
}
