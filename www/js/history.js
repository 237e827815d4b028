// The curves of a run and of the branches that it left, in bounded memory: each bucket keeps the mean,
// least and greatest value over a stretch of steps; when the buckets run out, neighbours are merged. It
// must not know who draws them.
// @ts-check

/** @import { LossPoint } from "./protocol.js" */

export const KEYS = /** @type {const} */ (["d_loss", "g_loss", "d_real", "d_fake"]);
/** @typedef {typeof KEYS[number]} Key */
/** @typedef {{ count: number, sum: number, min: number, max: number }} Spread */
/** `step` is the last one. @typedef {{ step: number, steps: number, spreads: Spread[] }} Bucket */
/** A whole curve, its own since step `from`. @typedef {{ branch: number, from: number, stride: number, buckets: Bucket[] }} Path */

/** Branches that are remembered beside the present one. */
const MOST_PAST = 6;

export class History {
  /** @param {number} capacity even number of buckets */
  constructor(capacity = 512) {
    this.capacity = capacity;
    /** @type {Bucket[]} */
    this.buckets = [];
    /** Steps in a full bucket. */
    this.stride = 1;
    /** @type {LossPoint | null} */
    this.last = null;
    this.branch = 0;
    this.from = 0;
    /** @type {Path[]} the branches that were left, the last one left at the end */
    this.past = [];
  }

  clear() {
    this.buckets = [];
    this.stride = 1;
    this.last = null;
    this.branch = this.from = 0;
    this.past = [];
  }

  /**
   * Leaves the present curve where it is and goes on from an earlier step of some branch.
   * @param {number} branch the new one
   * @param {{ parent: number, from: number }} origin
   */
  branchOff(branch, { parent, from }) {
    if (this.buckets.some(({ step }) => step > this.from)) this.past.push(this.path());
    const origin = this.past.find((path) => path.branch === parent);
    this.past = this.past.slice(-MOST_PAST);
    this.buckets = structuredClone(origin?.buckets.filter(({ step }) => step <= from) ?? []);
    this.stride = origin?.stride ?? 1;
    this.last = null;
    [this.branch, this.from] = [branch, from];
  }

  /** @returns {Path} */
  path() {
    const { branch, from, stride, buckets } = this;
    return { branch, from, stride, buckets };
  }

  /** All of it as plain data, for `unpack`. */
  pack() {
    return { path: this.path(), past: this.past };
  }

  /**
   * What was packed, up to the step from which the run goes on: it may have been packed later than that.
   * @param {ReturnType<History["pack"]>} packed
   * @param {number} step
   */
  unpack({ path, past }, step) {
    Object.assign(this, path, { past, last: null });
    this.rewind(step);
  }

  /** @param {LossPoint} point */
  add(point) {
    this.rewind(point.step - 1);
    this.last = point;
    const fresh = { step: point.step, steps: 1, spreads: KEYS.map((key) => spreadOf(point[key])) };
    const tail = this.buckets.at(-1);
    if (tail && tail.steps < this.stride) {
      merge(tail, fresh);
      return;
    }
    if (this.buckets.length >= this.capacity) this.halve();
    this.buckets.push(fresh);
  }

  /** Forgets what came after a step: the run has gone back to it. @param {number} step */
  rewind(step) {
    if ((this.buckets.at(-1)?.step ?? 0) <= step) return;
    this.buckets = this.buckets.filter((bucket) => bucket.step <= step);
    this.last = null;
    if (this.buckets.length === 0) this.stride = 1;
  }

  halve() {
    /** @type {Bucket[]} */
    const merged = [];
    this.buckets.forEach((bucket, i) => {
      if (i % 2 === 0) merged.push(bucket);
      else merge(merged[merged.length - 1], bucket);
    });
    this.buckets = merged;
    this.stride *= 2;
  }

  /** Each bucket's last step. */
  steps(buckets = this.buckets) {
    return buckets.map(({ step }) => step);
  }

  /** @param {Key} key */
  means(key, buckets = this.buckets) {
    const i = KEYS.indexOf(key);
    return buckets.map(({ spreads }) => (spreads[i].count > 0 ? spreads[i].sum / spreads[i].count : null));
  }

  /** @param {Key} key @param {"min" | "max"} which */
  extremes(key, which) {
    const i = KEYS.indexOf(key);
    return this.buckets.map(({ spreads }) => (spreads[i].count > 0 ? spreads[i][which] : null));
  }
}

/** What is absent or not finite counts for nothing: a gap in a line is honest, a point at infinity is not. @param {number | null} value @returns {Spread} */
function spreadOf(value) {
  return value !== null && Number.isFinite(value)
    ? { count: 1, sum: value, min: value, max: value }
    : { count: 0, sum: 0, min: Infinity, max: -Infinity };
}

/** @param {Bucket} into @param {Bucket} from */
function merge(into, from) {
  into.step = from.step;
  into.steps += from.steps;
  into.spreads.forEach((spread, i) => {
    const other = from.spreads[i];
    spread.count += other.count;
    spread.sum += other.sum;
    spread.min = Math.min(spread.min, other.min);
    spread.max = Math.max(spread.max, other.max);
  });
}
