// Whether what a browser has kept of a run is what was kept: storage can be damaged, and another program of this
// site may have written there. Pure; it must not know where the run comes from.
// @ts-check

/** @import { Run } from "./archive.js" */
/** @import { Mark } from "./timeline.js" */
import { bytesOf } from "./protocol.js";

const isCount = (/** @type {any} */ it) => Number.isSafeInteger(it) && it >= 0;
/** @param {any} list @param {(it: any, i: number) => boolean} fits */
const all = (list, fits) => Array.isArray(list) && list.every(fits);

/** Whether a run can be offered at all. @param {Run} run */
export function isRun(run) {
  const { id, at, label, step, newest } = run;
  return [id, label].every((it) => typeof it === "string") && Number.isFinite(at) && isCount(step) && isCount(newest) && isRest(run.rest);
}

/** Whether it can be gone on with from its marks. @param {Run} run @param {Mark[]} marks */
export function isWhole(run, marks) {
  if (!isRun(run)) return false;
  const { branches } = /** @type {{ branches: unknown[] }} */ (run.rest);
  const isMark = (/** @type {any} */ mark) =>
    isCount(mark?.id) && isCount(mark.branch) && mark.branch < branches.length && isCount(mark.step) && isCount(mark.bytes) && isPictures(mark.pictures);
  return all(marks, isMark) && marks.some(({ id, bytes }) => id === run.newest && bytes > 0);
}

/** @param {any} pictures */
export function isPictures(pictures) {
  const { shape, count, columns, pixels, labels } = pictures ?? {};
  if (![pixels, labels].every((bytes) => bytes instanceof Uint8Array) || ![count, columns, shape?.side, shape?.channels].every(isCount)) return false;
  return count === 0 || (columns > 0 && shape.side > 0 && pixels.length === count * bytesOf(shape) && [0, count].includes(labels.length));
}

/** What the keeper adds. @param {any} rest */
function isRest(rest) {
  const { branches, curves } = rest ?? {};
  // A branch comes from an earlier one; the first from none.
  const isBranch = (/** @type {any} */ it, /** @type {number} */ i) => isCount(it?.parent) && (i === 0 || it.parent < i) && Number.isSafeInteger(it.from);
  return all(branches, isBranch) && branches.length > 0 && isPath(curves?.path) && all(curves.past, isPath);
}

/** @param {any} path */
function isPath(path) {
  const isSpread = (/** @type {any} */ it) => [it?.count, it?.sum, it?.min, it?.max].every((value) => typeof value === "number");
  const isBucket = (/** @type {any} */ it) => isCount(it?.step) && isCount(it.steps) && all(it.spreads, isSpread) && it.spreads.length === path.figures.length;
  return isCount(path?.branch) && isCount(path.from) && isCount(path.stride) && path.stride > 0 && all(path.figures, (it) => typeof it === "string") && all(path.buckets, isBucket);
}
