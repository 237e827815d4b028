// A sheet as a link says it: the seeds of its corners, the digit, and which way lies between. Pure.
// @ts-check

/** What the other three corners make of the last one. */
export const SUM = "sum";

/** `row`: whether only two drawings count; `straight`: the way between. @typedef {{ corners: (number | typeof SUM)[], digit: number, row: boolean, straight: boolean }} Path */

/** @param {Path} path */
export const textOf = ({ corners, digit, row, straight }) => `${corners.join("-")}.${digit}${row ? "2" : ""}${straight ? "s" : ""}`;

/** @param {string} text @returns {Path | null} none where it says nothing that can be walked */
export function readPath(text) {
  const [, seeds, digit, how] = /^(\d{1,9}-\d{1,9}-\d{1,9}-(?:\d{1,9}|sum))\.(\d)(2?s?)$/.exec(text) ?? [];
  if (seeds === undefined) return null;
  const corners = seeds.split("-").map((seed) => (seed === SUM ? SUM : Number(seed)));
  return { corners, digit: Number(digit), row: how.includes("2"), straight: how.includes("s") };
}
