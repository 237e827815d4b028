// What is kept of a run through time: which snapshots and pictures, on which branch, and the curves of
// the branches. Pure modules, no browser.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../www/js/history.js";
import { Timeline, interval } from "../../www/js/timeline.js";
import { recipe } from "./mock/catalog.mjs";

const pictures = () => ({ role: /** @type {const} */ ("output"), shape: { side: 28, channels: 1 }, frames: 1, count: 1, columns: 10, pixels: new Uint8Array(784), labels: new Uint8Array() });
const SIZE = 1000;

/** A snapshot with its drawings, as the session sends them. @param {Timeline} timeline @param {number} step */
function save(timeline, step) {
  timeline.previewed(step, pictures());
  timeline.saved(step, new Uint8Array(SIZE), recipe);
}

/** @param {Timeline} timeline */
const snapshots = (timeline) => timeline.marks.filter(({ bytes }) => bytes > 0).map(({ step }) => step);

test("snapshots come soon, then at growing intervals, and never for more than a hundredth of the time", () => {
  assert.equal(interval(0, 0), 1000);
  const grown = [1, 2, 5, 10, 20].map((taken) => interval(taken, 10));
  assert.deepEqual(grown, [...grown].sort((a, b) => a - b));
  assert.equal(grown[0], 5000);
  assert.equal(interval(200, 10), 30_000, "a worker that dies never takes more with it");
  assert.equal(interval(1, 2_000), 200_000, "dear ones are rare");
});

test("pictures are kept densely at first and ever more rarely, in bounded number", () => {
  const timeline = new Timeline();
  for (let step = 0; step <= 20_000; step++) timeline.previewed(step, pictures());
  const steps = timeline.marks.map(({ step }) => step);
  assert(steps.length <= 160, String(steps.length));
  assert.deepEqual(steps.slice(0, 5), [0, 1, 2, 3, 4], "the first steps are all there");
  assert(20_000 - steps[steps.length - 1] < 0.06 * 20_000, "and the present");
  const wide = steps.slice(40).every((step, i) => i === 0 || step > steps[39 + i]);
  assert(wide);
});

test("snapshots stay within the budget, the ends are kept, and the rest lie at growing intervals", () => {
  const timeline = new Timeline(12 * SIZE);
  for (let step = 100; step <= 20_000; step += 100) {
    save(timeline, step);
    assert(timeline.bytes <= 12 * SIZE);
    assert.equal(timeline.newest()?.step, step, "the newest is never let go");
  }
  const kept = snapshots(timeline);
  assert.deepEqual([kept[0], kept.at(-1)], [100, 20_000]);
  const gaps = kept.slice(1, -1).map((step, i) => step - kept[i]);
  assert(gaps[gaps.length - 1] > 4 * gaps[0], gaps.join());
  assert(gaps.every((gap, i) => gap / kept[i + 1] < 0.75), `no great hole: ${kept.join()}`);
});

test("what is looked at is not let go meanwhile", () => {
  const timeline = new Timeline();
  for (let step = 0; step <= 500; step++) timeline.previewed(step, pictures());
  const held = timeline.marks[timeline.marks.length - 5];
  timeline.held = held;
  for (let step = 501; step <= 500_000; step += 100) timeline.previewed(step, pictures());
  assert(timeline.marks.includes(held));
});

test("a snapshot larger than the budget is kept while it is the newest", () => {
  const timeline = new Timeline(SIZE / 2);
  save(timeline, 1);
  save(timeline, 2);
  assert.deepEqual(snapshots(timeline), [2]);
});

test("going back starts a branch, whose past is its parent's", () => {
  const timeline = new Timeline();
  for (const step of [10, 20, 30]) save(timeline, step);
  const [, middle, last] = timeline.marks;
  timeline.branchOff(middle);
  assert.equal(timeline.newest(), middle, "a worker that dies now goes on from there");
  save(timeline, 20); // the moment itself is its parent's
  assert.equal(timeline.marks.length, 3);
  save(timeline, 25);
  assert.deepEqual(timeline.marks.map(({ branch, step }) => [branch, step]), [[0, 10], [0, 20], [0, 30], [1, 25]]);
  assert.equal(timeline.before(1, 24), middle);
  assert.equal(timeline.before(1, 19)?.step, 10);
  assert.equal(timeline.before(0, Infinity), last, "what was left stays within reach");
  timeline.branchOff(last);
  assert.equal(timeline.newest(), last);
  timeline.branchOff(middle);
  assert.equal(timeline.branches.length, 3, "a branch on which nothing happened leaves nothing");
});

test("the snapshot that a branch began at is kept until the branch has its own", () => {
  const timeline = new Timeline();
  for (const step of [10, 20, 30, 40, 50]) save(timeline, step);
  const fork = timeline.marks[2];
  timeline.branchOff(fork);
  timeline.budget = 2 * SIZE; // the disk is lost
  timeline.previewed(31, pictures());
  assert.equal(timeline.newest(), fork);
  assert.equal(timeline.bytes, 2 * SIZE);
});

test("a run that is replayed from an earlier step forgets what came after it, on its branch only", () => {
  const timeline = new Timeline();
  for (const step of [10, 20, 30]) save(timeline, step);
  timeline.branchOff(timeline.marks[0]);
  for (const step of [15, 25]) save(timeline, step);
  timeline.rewind(15);
  assert.deepEqual(timeline.marks.map(({ step }) => step), [10, 20, 30, 15]);
});

test("memory is let go of what the disk has, but for the newest", () => {
  const timeline = new Timeline();
  for (const step of [1, 2, 3, 4]) save(timeline, step);
  timeline.release(({ step }) => step !== 2, SIZE);
  assert.deepEqual(timeline.marks.map(({ checkpoint }) => checkpoint !== null), [false, true, false, true]);
  assert.equal(timeline.bytes, 4 * SIZE, "they are still there");
});

test("a run that was kept comes back with its branches, up to where it goes on", () => {
  const before = new Timeline();
  for (const step of [1, 2, 3]) save(before, step);
  before.branchOff(before.marks[0]);
  save(before, 5);
  before.previewed(9, pictures());
  const after = new Timeline();
  after.load(structuredClone(before.marks).reverse(), before.branches, 5);
  assert.deepEqual(after.marks.map(({ step }) => step), [1, 2, 3, 5]);
  assert.deepEqual([after.branch, after.newest()?.step], [1, 5]);
  save(after, 6);
  assert.equal(new Set(after.marks.map(({ id }) => id)).size, 5, "new moments have names of their own");
});

const point = (/** @type {number} */ step, value = step) => ({ step, figures: [value, 0, 0, -value] });
/** @param {number} capacity */
function historyOf(capacity) {
  const history = new History(capacity);
  history.follow(["d_loss", "d_real", "d_fake", "g_loss"]);
  return history;
}

test("the curve of a branch begins with its parent's, which stays as it was left", () => {
  const history = historyOf(64);
  for (let step = 1; step <= 20; step++) history.add(point(step));
  history.branchOff(1, { parent: 0, from: 10 });
  assert.deepEqual(history.steps(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  history.add(point(11, 100));
  assert.equal(history.means("d_loss").at(-1), 100);
  const [left] = history.past;
  assert.deepEqual([left.branch, history.steps(left.buckets).length], [0, 20]);
  assert.equal(history.means("d_loss", left)[10], 11);
  // Back to the first: its curve goes on, and the second is remembered.
  history.branchOff(2, { parent: 0, from: 15 });
  assert.equal(history.steps().at(-1), 15);
  assert.equal(history.means("d_loss").at(-1), 15);
  assert.deepEqual(history.past.map(({ branch }) => branch), [0, 1]);
});

test("merging buckets of one branch leaves those of another alone", () => {
  const history = historyOf(8);
  for (let step = 1; step <= 8; step++) history.add(point(step));
  history.branchOff(1, { parent: 0, from: 4 });
  for (let step = 5; step <= 60; step++) history.add(point(step));
  assert(history.buckets.length <= 8);
  assert.deepEqual(history.steps(history.past[0].buckets), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(history.past[0].buckets.map(({ steps }) => steps), Array(8).fill(1));
});

test("curves that were packed later than where the run goes on end there", () => {
  const history = historyOf(16);
  for (let step = 1; step <= 50; step++) history.add(point(step));
  const again = new History(16);
  again.unpack(structuredClone(history.pack()), 20);
  assert(Number(again.steps().at(-1)) <= 20);
  again.add(point(10));
  assert.equal(again.steps().at(-1), 10, "steps that come again take the place of what was");
});

test("curves are packed and unpacked", () => {
  const history = historyOf(64);
  for (let step = 1; step <= 20; step++) history.add(point(step));
  history.branchOff(1, { parent: 0, from: 10 });
  history.add(point(11, 100));
  const again = new History(64);
  again.unpack(structuredClone(history.pack()), 11);
  assert.deepEqual(again.pack(), history.pack());
  again.add(point(12));
  assert.equal(again.steps().at(-1), 12);
});

test("a branch that reports other figures keeps those that both have, and what was left keeps all", () => {
  const history = historyOf(64);
  for (let step = 1; step <= 20; step++) history.add(point(step));
  history.branchOff(1, { parent: 0, from: 10 });
  history.follow(["g_loss", "distance"]);
  history.add({ step: 11, figures: [7, 0.5] });
  assert.deepEqual(history.means("g_loss").slice(-2), [-10, 7]);
  assert.deepEqual(history.means("distance").slice(-2), [null, 0.5]);
  assert(history.means("d_loss").every((value) => value === null));
  assert.equal(history.latest("distance"), 0.5);
  assert.equal(history.latest("d_loss"), null);
  const [left] = history.past;
  assert.deepEqual(left.figures, ["d_loss", "d_real", "d_fake", "g_loss"]);
  assert.equal(history.means("d_loss", left).at(-1), 20);
  // Back to the first, whose figures come again.
  history.branchOff(2, { parent: 0, from: 15 });
  assert.equal(history.means("d_loss").at(-1), 15);
});
