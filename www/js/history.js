// The curves of a run, in bounded memory: each bucket keeps the mean, least and greatest value over a
// stretch of steps; when the buckets run out, neighbours are merged. It must not know who draws them.
// @ts-check

/** @import { LossPoint } from "./protocol.js" */

const KEYS = /** @type {const} */ (["d_loss", "g_loss", "d_real", "d_fake"]);
/** @typedef {typeof KEYS[number]} Key */
/** @typedef {{ step: number, count: number, sum: number[], min: number[], max: number[] }} Bucket */

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
  }

  clear() {
    this.buckets = [];
    this.stride = 1;
    this.last = null;
  }

  /** @param {LossPoint} point with a later step than the last */
  add(point) {
    if (this.last && point.step <= this.last.step) this.rewind(point.step - 1);
    this.last = point;
    const tail = this.buckets.at(-1);
    const values = KEYS.map((key) => point[key]);
    if (tail && tail.count < this.stride) {
      merge(tail, { step: point.step, count: 1, sum: values, min: values, max: values });
      return;
    }
    if (this.buckets.length >= this.capacity) this.halve();
    this.buckets.push({ step: point.step, count: 1, sum: [...values], min: [...values], max: [...values] });
  }

  /** Forgets what came after a step: the run has gone back to it. @param {number} step */
  rewind(step) {
    if (!this.last || this.last.step <= step) return;
    this.buckets = this.buckets.filter((bucket) => bucket.step <= step);
    this.last = null;
    if (this.buckets.length === 0) this.clear();
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
  steps() {
    return this.buckets.map(({ step }) => step);
  }

  /** @param {Key} key */
  means(key) {
    const i = KEYS.indexOf(key);
    return this.buckets.map(({ sum, count }) => finite(sum[i] / count));
  }

  /** @param {Key} key @param {"min" | "max"} which */
  extremes(key, which) {
    const i = KEYS.indexOf(key);
    return this.buckets.map((bucket) => finite(bucket[which][i]));
  }
}

/** A gap in the line is honest; a point at infinity is not. @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : null);

/** @param {Bucket} into @param {Bucket} from */
function merge(into, from) {
  into.step = from.step;
  into.count += from.count;
  for (let i = 0; i < KEYS.length; i++) {
    into.sum[i] += from.sum[i];
    into.min[i] = Math.min(into.min[i], from.min[i]);
    into.max[i] = Math.max(into.max[i], from.max[i]);
  }
}
