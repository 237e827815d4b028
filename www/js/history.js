// The curves of a run and of the branches that it left, in bounded memory: each bucket keeps the mean,
// least and greatest value over a stretch of steps; when the buckets run out, neighbours are merged. It
// must not know who draws them.
// @ts-check

/** @import { StepFigures } from "./protocol.js" */

/** @typedef {{ count: number, sum: number, min: number, max: number }} Spread */
/** `step` is the last one; the spreads are in the order of the figures. @typedef {{ step: number, steps: number, spreads: Spread[] }} Bucket */
/** Whole curves, their own since step `from`. @typedef {{ branch: number, from: number, stride: number, figures: string[], buckets: Bucket[] }} Path */

/** Branches that are remembered beside the present one. */
const MOST_PAST = 6;

export class History {
  /** @param {number} capacity even number of buckets */
  constructor(capacity = 512) {
    this.capacity = capacity;
    /** What is recorded, by name. @type {string[]} */
    this.figures = [];
    /** @type {Bucket[]} */
    this.buckets = [];
    /** Steps in a full bucket. */
    this.stride = 1;
    /** @type {StepFigures | null} */
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
    this.figures = origin?.figures ?? this.figures;
    this.stride = origin?.stride ?? 1;
    this.last = null;
    [this.branch, this.from] = [branch, from];
  }

  /** @returns {Path} */
  path() {
    const { branch, from, stride, figures, buckets } = this;
    return { branch, from, stride, figures, buckets };
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

  /** What comes now are these figures: a branch may report others than its parent did. @param {string[]} figures */
  follow(figures) {
    if (figures.join() === this.figures.join()) return;
    const places = figures.map((name) => this.figures.indexOf(name));
    for (const bucket of this.buckets) bucket.spreads = places.map((at) => bucket.spreads[at] ?? spreadOf(null));
    this.figures = figures;
    this.last = null;
  }

  /** @param {StepFigures} point of the figures that are followed */
  add(point) {
    this.rewind(point.step - 1);
    this.last = point;
    const fresh = { step: point.step, steps: 1, spreads: this.figures.map((_, i) => spreadOf(point.figures[i] ?? null)) };
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

  /** The last value of a figure. @param {string} name */
  latest(name) {
    return this.last?.figures[this.figures.indexOf(name)] ?? null;
  }

  /** @param {string} name @param {Path} path */
  means(name, path = this) {
    return spreadsOf(name, path).map((spread) => (spread && spread.count > 0 ? spread.sum / spread.count : null));
  }

  /** @param {string} name @param {"min" | "max"} which */
  extremes(name, which) {
    return spreadsOf(name, this).map((spread) => (spread && spread.count > 0 ? spread[which] : null));
  }
}

/** A figure's spread in each bucket, none where a path does not have it. @param {string} name @param {Path} path @returns {(Spread | undefined)[]} */
function spreadsOf(name, { figures, buckets }) {
  const i = figures.indexOf(name);
  return buckets.map(({ spreads }) => spreads[i]);
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
