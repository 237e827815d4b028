// A run through time: pictures and snapshots at growing intervals, in bounded memory, each on the branch
// that it belongs to. Pure: it must not know the worker, the page or the disk.
// @ts-check

/** @import { Pictures, Recipe } from "./protocol.js" */

/**
 * A moment of a run. `branch` counts from 0; `bytes` is the size of its snapshot, 0 where there are only
 * pictures; `checkpoint` and `recipe` are the snapshot's, the first only while it is in memory.
 * @typedef {{ id: number, branch: number, step: number, pictures: Pictures, bytes: number,
 *   checkpoint: Uint8Array | null, recipe: Recipe | null }} Mark
 */
/** Where a branch left another one. @typedef {{ parent: number, from: number }} Branch */

/** Moments that are kept: 78 kB of pictures each. */
const MOST_MARKS = 160;
/** Bytes of snapshots, where there is a disk and where there is none. */
export const DISK_BYTES = 128 * 2 ** 20;
export const MEMORY_BYTES = 48 * 2 ** 20;
/** The next pictures are kept when a branch has grown by this share. */
const GROWTH = 0.05;

/** Of no branch, and open to step 0. @type {Branch} */
const TRUNK = { parent: 0, from: -1 };

const FIRST_MILLIS = 1_000;
const INTERVAL_MILLIS = { least: 5_000, most: 30_000, growth: 1.1 };
/** Snapshots take no more than this share of the time. */
const SHARE = 0.01;

/**
 * How long to train before the next snapshot, milliseconds.
 * @param {number} taken in this run so far
 * @param {number} cost of the last one, milliseconds
 */
export function interval(taken, cost) {
  if (taken === 0) return FIRST_MILLIS;
  const { least, most, growth } = INTERVAL_MILLIS;
  return Math.max(Math.min(least * growth ** (taken - 1), most), cost / SHARE);
}

export class Timeline {
  /** @param {number} budget bytes of snapshots */
  constructor(budget = MEMORY_BYTES) {
    this.budget = budget;
    this.ids = 0;
    /** @type {Mark[]} in the order in which they were made */
    this.marks = [];
    /** @type {Branch[]} */
    this.branches = [TRUNK];
    this.branch = 0;
    /** @type {{ step: number, pictures: Pictures } | null} */
    this.latest = null;
    /** @type {Mark | null} the one that is looked at: it stays */
    this.held = null;
  }

  /** Another run: nothing of the last one is of use. */
  begin() {
    this.marks = [];
    this.branches = [TRUNK];
    this.branch = 0;
    this.latest = null;
  }

  /** A run that was kept elsewhere, standing at a step of its last branch. @param {Mark[]} marks @param {Branch[]} branches @param {number} step */
  load(marks, branches, step) {
    this.marks = marks.sort((a, b) => a.id - b.id);
    this.branches = branches;
    this.branch = branches.length - 1;
    this.ids = marks.at(-1)?.id ?? 0;
    this.rewind(step);
  }

  /** @param {number} step @param {Pictures} pictures of the fixed latents */
  previewed(step, pictures) {
    this.latest = { step, pictures };
    const last = this.tip();
    const { from } = this.branches[this.branch];
    if (last?.step === step) {
      last.pictures = pictures;
    } else if (step - (last?.step ?? from) >= Math.max(1, GROWTH * (step - from))) {
      this.add(step, pictures);
      this.thin();
    }
  }

  /** @param {number} step @param {Uint8Array} checkpoint @param {Recipe} recipe */
  saved(step, checkpoint, recipe) {
    const last = this.tip();
    // The moment that a branch began at is its parent's, and behind the last one there is nothing new.
    if (step <= Math.max(last ? last.step - 1 : 0, this.branches[this.branch].from)) return;
    const pictures = this.latest?.step === step ? this.latest.pictures : EMPTY;
    const mark = last?.step === step ? last : this.add(step, pictures);
    Object.assign(mark, { bytes: checkpoint.byteLength, checkpoint, recipe });
    this.thin();
  }

  /** @param {number} step @param {Pictures} pictures */
  add(step, pictures) {
    const mark = { id: ++this.ids, branch: this.branch, step, pictures, bytes: 0, checkpoint: null, recipe: null };
    this.marks.push(mark);
    return /** @type {Mark} */ (mark);
  }

  /** The last moment of the present branch that is its own. */
  tip() {
    return this.marks.findLast(({ branch }) => branch === this.branch);
  }

  /** The snapshot from which the present branch can go on. */
  newest() {
    return this.before(this.branch, Infinity);
  }

  /**
   * The last snapshot of a branch, or of those that it came from, at a step or before.
   * @param {number} branch
   * @param {number} step
   * @returns {Mark | null}
   */
  before(branch, step) {
    const own = this.marks.findLast((mark) => mark.branch === branch && mark.bytes > 0 && mark.step <= step);
    if (own || branch === 0) return own ?? null;
    const { parent, from } = this.branches[branch];
    return this.before(parent, Math.min(from, step));
  }

  /** The run has gone back to a snapshot: what comes now is a branch of its own. @param {Mark} mark */
  branchOff({ branch: parent, step: from, pictures }) {
    // One that has nothing of its own yet is not worth keeping.
    if (this.branch > 0 && !this.tip()) this.branches.pop();
    this.branch = this.branches.push({ parent, from }) - 1;
    this.latest = { step: from, pictures };
  }

  /** The same branch goes on from an earlier step: what came after it comes again. @param {number} step */
  rewind(step) {
    this.marks = this.marks.filter((mark) => mark.branch !== this.branch || mark.step <= step);
  }

  get bytes() {
    return this.marks.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Keeps within bounds: lets go what is missed least, so that the rest lie at growing intervals. */
  thin() {
    const newest = this.newest();
    while (this.bytes > this.budget) {
      const victim = this.leastMissed(this.marks.filter(({ bytes }) => bytes > 0), newest);
      if (!victim) break;
      strip(victim);
    }
    while (this.marks.length > MOST_MARKS) {
      const bare = this.marks.filter(({ bytes }) => bytes === 0);
      const victim = this.leastMissed(bare, null) ?? this.leastMissed(this.marks, newest);
      if (!victim) break;
      this.marks.splice(this.marks.indexOf(victim), 1);
    }
  }

  /**
   * The moment whose neighbours lie closest, for its age; ends of branches stay while they can.
   * @param {Mark[]} marks
   * @param {Mark | null} spared
   * @returns {Mark | null}
   */
  leastMissed(marks, spared) {
    /** @type {Mark | null} */
    let found = null;
    let least = Infinity;
    for (const [branch, { from }] of this.branches.entries()) {
      const own = marks.filter((mark) => mark.branch === branch);
      for (let i = 1; i < own.length - 1; i++) {
        const weight = (own[i + 1].step - own[i - 1].step) / (own[i].step - from);
        if (weight < least && own[i] !== spared && own[i] !== this.held) [found, least] = [own[i], weight];
      }
    }
    return found ?? marks.find((mark) => mark !== spared && mark !== this.held) ?? null;
  }

  /**
   * Lets go the oldest snapshots that lie on the disk as well, until the rest fits into memory.
   * @param {(mark: Mark) => boolean} isStored
   */
  release(isStored, budget = MEMORY_BYTES) {
    const newest = this.newest();
    let held = this.marks.reduce((sum, { checkpoint }) => sum + (checkpoint?.byteLength ?? 0), 0);
    for (const mark of this.marks) {
      if (held <= budget) return;
      if (!mark.checkpoint || mark === newest || !isStored(mark)) continue;
      held -= mark.checkpoint.byteLength;
      mark.checkpoint = null;
    }
  }
}

/** A snapshot that is gone leaves its pictures. @param {Mark} mark */
export function strip(mark) {
  Object.assign(mark, { bytes: 0, checkpoint: null, recipe: null });
}

/** @type {Pictures} */
const EMPTY = { role: "output", shape: { side: 28, channels: 1 }, frames: 1, count: 0, columns: 10, pixels: new Uint8Array(), labels: new Uint8Array() };
