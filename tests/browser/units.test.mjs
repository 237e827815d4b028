// The page's pure modules: curves in bounded memory, what a fresh worker is told, what the catalog
// allows. No browser.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { inTime, secondsOf, unitOf } from "../../www/js/forecast.js";
import { short } from "../../www/js/format.js";
import { History } from "../../www/js/history.js";
import { Measurements } from "../../www/js/measurements.js";
import { Memory, REPLAY } from "../../www/js/memory.js";
import { isRun, isWhole } from "../../www/js/kept.js";
import { counts, differences, inWords, refusal, stepped, valueAt, withValue } from "../../www/js/recipe.js";
import { createRhythm } from "../../www/js/scoring.js";
import { catalog, recipe } from "./mock/catalog.mjs";

/** @import { Recipe } from "../../www/js/protocol.js" */

const point = (/** @type {number} */ step) => ({ step, figures: [step, 0, NaN, -step] });

/** @param {number} [capacity] */
function historyOf(capacity) {
  const history = new History(capacity);
  history.follow(["d_loss", "d_real", "d_fake", "g_loss"]);
  return history;
}

test("a history keeps mean and range of every step in bounded memory", () => {
  const history = historyOf(8);
  for (let step = 1; step <= 100; step++) history.add(point(step));
  assert(history.buckets.length <= 8);
  assert.equal(history.buckets.reduce((sum, { steps }) => sum + steps, 0), 100);
  assert.equal(history.extremes("d_loss", "min")[0], 1);
  assert.equal(history.extremes("d_loss", "max").at(-1), 100);
  const total = history.buckets.reduce((sum, { spreads }) => sum + spreads[0].sum, 0);
  assert.equal(total, 5050, "no step is lost or counted twice");
  assert(history.means("d_fake").every((value) => value === null), "what is not a number leaves a gap");
});

test("a player who did not move leaves no mark on the mean", () => {
  const history = historyOf(2);
  for (let step = 1; step <= 4; step++) history.add({ step, figures: [step, 0, 0, step === 2 ? 8 : null] });
  assert.deepEqual(history.steps(), [2, 4]);
  assert.deepEqual(history.means("g_loss"), [8, null]);
  assert.deepEqual(history.means("d_loss"), [1.5, 3.5]);
});

test("a history that goes back forgets what came after", () => {
  const history = historyOf(64);
  for (let step = 1; step <= 20; step++) history.add(point(step));
  history.rewind(10);
  assert.deepEqual(history.steps().at(-1), 10);
  history.add(point(11));
  assert.deepEqual(history.steps().slice(-2), [10, 11]);
  history.rewind(0);
  assert.equal(history.buckets.length, 0);
});

const measured = (/** @type {number} */ step) => ({
  step, images_seen: step, count: 100, seed: 1, reference: 2000, class_histogram: [], figures: { some: step, odd: NaN }, floor: {}, baseline: {}, millis: 10,
});

test("measurements are kept in bounded memory, and go back with the run", () => {
  let measurements = new Measurements([], 8);
  for (let step = 1; step <= 100; step++) measurements = measurements.with(measured(step));
  assert(measurements.all.length <= 8);
  assert.deepEqual([measurements.all[0].step, measurements.last?.step], [1, 100]);
  assert.deepEqual(measurements.curve("some").at(-1), [100, 100]);
  assert.deepEqual([measurements.curve("odd"), measurements.curve("none")], [[], []]);
  assert.equal(measurements.upTo(100), measurements, "nothing has changed");
  const back = measurements.with({ ...measured(50), count: 7 });
  assert.deepEqual([back.last?.step, back.last?.count], [50, 7], "what came after it is another run's");
  assert.equal(back.upTo(-1).last, null);
});

test("measuring comes at growing intervals and takes no more than its share of the time", () => {
  const limits = { steps: 50, firstMillis: 6_000, growth: 1.25, mostMillis: 60_000, share: 0.1 };
  for (const millis of [50, 1_000, 20_000]) {
    const rhythm = createRhythm(limits);
    assert.equal(rhythm.share(null), null);
    assert(!rhythm.isDue(49, 0, null), "too few steps");
    /** @type {number[]} */
    const times = [];
    let last = null;
    for (let now = 0; now < 3e6; now += 100) {
      if (!rhythm.isDue(50 + now, now, last)) continue;
      rhythm.begun(50 + now, now);
      times.push(now);
      last = { millis };
      assert(Number(rhythm.share(last)) <= 0.1);
    }
    assert.equal(times[0], 6_000, "not before there is something to see");
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    assert(gaps.every((gap, i) => gap >= 10 * millis && gap >= (gaps[i - 1] ?? 0)), String(gaps));
    assert(Math.max(...gaps) <= Math.max(60_100, 10 * millis + 100));
  }
  const rhythm = createRhythm(limits);
  rhythm.begun(5_000, 0);
  rhythm.begun(6_000, 1);
  assert(!rhythm.isDue(60, 7_000, null), "a run that has gone back begins anew");
  assert(rhythm.isDue(60, 13_000, null));
});

/** @param {Memory} memory @param {Recipe} now */
const loaded = (memory, now) => memory.hear({ type: "loaded", recipe: now, g_parameters: 1, d_parameters: 1, workers: 1, equilibrium: { d_loss: null, g_loss: null, logit: null }, figures: [], target: { side: 28, channels: 1 }, source: null, mixing: null, both_ways: false, needs_classifier: false });

test("a fresh worker is told the snapshot, by the recipe that ran last, and then the data", () => {
  const memory = new Memory();
  const bytes = new Uint8Array([1]);
  memory.note({ type: "load", recipe });
  loaded(memory, recipe);
  memory.supply({ type: "add-data", images: bytes, labels: bytes, total: 1 }, () => {});
  memory.supply({ type: "add-held-out", images: bytes, labels: bytes }, () => {});
  const adjusted = { ...recipe, seed: 1, d_steps: 2 };
  loaded(memory, adjusted);
  const { commands, anew } = memory.replay({ checkpoint: bytes });
  assert.deepEqual(commands.map(({ type }) => type), ["restore", "add-data", "add-held-out"]);
  assert.deepEqual(commands[0], { type: "restore", id: REPLAY, checkpoint: bytes, recipe: adjusted });
  assert(!anew);
  assert.deepEqual(memory.replay(null).commands.map(({ type }) => type), ["load", "add-data", "add-held-out"]);
});

test("what a session refuses is not told to the next one, and who supplied it hears why", () => {
  const memory = new Memory();
  const bytes = new Uint8Array([1]);
  /** @type {string[]} */
  const heard = [];
  memory.supply({ type: "add-data", images: bytes, labels: bytes, total: 2 }, (why) => heard.push(`first ${why}`));
  memory.supply({ type: "add-data", images: bytes, labels: bytes, total: 2 }, (why) => heard.push(`second ${why}`));
  memory.hear({ type: "supplied", accepted: true });
  memory.replay(null); // another worker, which is told of both
  memory.hear({ type: "supplied", accepted: true });
  memory.hear({ type: "failed", code: "data-empty", message: "it is empty", problems: [] });
  memory.hear({ type: "supplied", accepted: false });
  assert.deepEqual(heard, ["first ", "first ", "second it is empty"]);
  assert.equal(memory.replay(null).commands.length, 1);
});

test("a fresh start that was asked for makes the snapshot useless", () => {
  const memory = new Memory();
  memory.note({ type: "load", recipe });
  loaded(memory, recipe);
  memory.note({ type: "reset" });
  const { commands, anew } = memory.replay({ checkpoint: new Uint8Array([1]) });
  assert.deepEqual(commands.map(({ type }) => type), ["load"], "died before the reset was confirmed");
  assert(anew);
  memory.hear({ type: "state-changed", state: "ready", step: 0 });
  assert(!memory.replay({ checkpoint: new Uint8Array([2]) }).anew, "one of the new run");
});

test("fields are read, changed and compared by their path", () => {
  const changed = withValue(recipe, "generator.optimiser.lr", 0.5);
  assert.equal(valueAt(changed, "generator.optimiser.lr"), 0.5);
  assert.equal(valueAt(recipe, "generator.optimiser.lr"), 2e-3, "the original is untouched");
  assert.equal(valueAt(recipe, "no.such.path"), undefined);
  assert.deepEqual(differences(catalog, recipe, changed).map(({ path }) => path), ["generator.optimiser.lr"]);
  const through32bits = withValue(recipe, "penalty.gamma", Math.fround(0.1));
  assert.deepEqual(differences(catalog, withValue(recipe, "penalty.gamma", 0.1), through32bits), []);
});

test("a field counts unless another one's value leaves it without effect", () => {
  const momentum = catalog.fields.filter(({ path }) => path.endsWith("beta1"));
  const changed = withValue(recipe, "generator.optimiser.kind", "rmsprop");
  assert.deepEqual(momentum.map((field) => counts(recipe, field)), [true, true]);
  assert.deepEqual(momentum.map((field) => counts(changed, field)), [false, true]);
  const either = { ...momentum[0], unless: [{ path: "seed", values: [-1, -2] }, { path: "batch", values: [recipe.batch] }] };
  assert.equal(counts(recipe, either), false, "one reason is enough");
  assert.equal(counts(withValue(recipe, "batch", 3), either), true);
});

test("what a recipe was refused for is said in the names of the form", () => {
  const problems = [
    { path: "batch", reason: "must lie between 2 and 512, but is 1; or else" },
    { path: "seed", reason: "cannot change while training" },
    { path: "generator.optimiser.lr", reason: "cannot change while training" },
  ];
  assert.equal(
    inWords(catalog, problems),
    "Batch size (Run) must lie between 2 and 512, but is 1; or else; Seed (Run), Learning rate (Generator) cannot change while training.",
  );
  assert.equal(inWords(null, problems.slice(1, 2)), "seed cannot change while training.");
});

test("values are held against the catalog's ranges", () => {
  const integer = /** @type {const} */ ({ kind: "integer", min: 2, max: 512 });
  for (const bad of [1, 513, 2.5, NaN, "64", null]) assert.notEqual(refusal(integer, bad), "", String(bad));
  assert.equal(refusal(integer, 2), "");
  assert.equal(refusal(integer, 1), "is not a whole number from 2 to 512");
  assert.equal(refusal({ kind: "number", min: 1e-5, max: 0.1, log: true }, 5), "is not a number from 1e-5 to 0.1");
});

test("every preset of the mock is one that its catalog allows", () => {
  for (const preset of catalog.presets) {
    for (const { path, control } of catalog.fields) assert.equal(refusal(control, valueAt(preset.recipe, path)), "", path);
  }
});

test("numbers are written as people read them", () => {
  assert.deepEqual([0, 0.00123, -0.00001, 3e-7, -0.5, 12.34, 1234.5, 2.5e7, -1e12, NaN].map(short), ["0.00", "0.0012", "−0.00001", "3.0 × 10⁻⁷", "−0.50", "12.3", "1,235", "2.5 × 10⁷", "−1.0 × 10¹²", "–"]);
});

test("an arrow key moves a number by a small step on its own scale", () => {
  const rate = /** @type {const} */ ({ kind: "number", min: 1e-5, max: 0.1, log: true });
  const steps = (/** @type {number} */ from, /** @type {1 | -1} */ way) => [1, 2, 3].reduce((all) => [...all, stepped(rate, all[all.length - 1], way)], [from]);
  assert.deepEqual(steps(0.012, -1), [0.012, 0.011, 0.01, 0.0099]);
  assert.deepEqual(steps(0.0098, 1), [0.0098, 0.0099, 0.01, 0.011]);
  assert.deepEqual(steps(1.2e-5, -1), [1.2e-5, 1.1e-5, 1e-5, 1e-5]);
  assert.deepEqual(steps(0.099, 1), [0.099, 0.1, 0.1, 0.1]);
  const share = /** @type {const} */ ({ kind: "number", min: 0, max: 1, log: false });
  assert.deepEqual([stepped(share, 0.5, 1), stepped(share, 0.995, 1), stepped(share, 0, -1)], [0.51, 1, 0]);
});

test("what is kept of a run is gone on with only when it is whole, wherever it is damaged", () => {
  const history = historyOf();
  for (let step = 1; step <= 30; step++) history.add(point(step));
  const pictures = { role: /** @type {const} */ ("output"), shape: { side: 28, channels: 1 }, frames: 1, count: 2, columns: 1, pixels: new Uint8Array(2 * 784), labels: new Uint8Array(2) };
  const mark = { id: 1, branch: 0, step: 30, pictures, bytes: 5, checkpoint: null, recipe: null };
  const rest = { branches: [{ parent: 0, from: -1 }, { parent: 0, from: 20 }], branch: 1, curves: history.pack() };
  const run = { id: "a", at: 1e12, label: "GAN", step: 30, newest: 1, format: 2, rest };
  assert(isRun(run) && isWhole(run, [mark]));
  const curves = (/** @type {object} */ change) => ({ rest: { ...rest, curves: { ...rest.curves, ...change } } });
  for (const change of [
    { at: "junk" }, { step: "many" }, { step: -1 }, { newest: undefined }, { label: 3 }, { rest: undefined }, { rest: { ...rest, branches: [] } },
    { rest: { ...rest, branches: [{ parent: 0, from: -1 }, { parent: 1, from: 3 }] } },
    { rest: { ...rest, branches: [{ parent: 7, from: 3 }] .concat(rest.branches[1], { parent: 9, from: 1 }) } },
    curves({ path: { ...rest.curves.path, buckets: [{ step: 1 }] } }), curves({ path: { ...rest.curves.path, figures: ["d_loss"] } }), curves({ path: { ...rest.curves.path, figures: undefined } }), curves({ path: null }), curves({ past: "x" }),
  ]) assert(!isRun(/** @type {any} */ ({ ...run, ...change })), JSON.stringify(change));
  for (const change of [{ id: 2 }, { bytes: 0 }, { branch: 2 }, { step: "x" }, { pictures: "x" }, { pictures: { count: 50, columns: 10 } }, { pictures: { ...pictures, columns: 0 } }, { pictures: { ...pictures, shape: undefined } }, { pictures: { ...pictures, shape: { side: 7, channels: 1 } } }]) {
    assert(!isWhole(run, [/** @type {any} */ ({ ...mark, ...change })]), JSON.stringify(change));
  }
});

test("how long a preset takes is told from the speed of steps here, whichever preset they were of", () => {
  const recipe = /** @type {any} */ ({ conditional: true });
  const [quick, slow] = [{ cost: 1, steps: 50 }, { cost: 20, steps: 400 }].map((outlook, i) => (
    /** @type {any} */ ({ name: String(i), recipe: { ...recipe, conditional: i === 0 }, outlook: { fails: false, ...outlook } })
  ));
  const field = /** @type {any} */ ({ path: "conditional", control: { kind: "toggle" } });
  const page = (/** @type {number} */ step, /** @type {any} */ running) => (
    /** @type {any} */ ({ catalog: { presets: [quick, slow], fields: [field] }, running, step, speed: { stepMillis: 400 } })
  );
  assert.equal(unitOf(page(3, slow.recipe)), null, "the first steps are slow");
  assert.equal(unitOf(page(20, slow.recipe)), 20);
  assert.equal(unitOf(page(20, { conditional: "else" })), null, "nobody's preset");
  assert.equal(secondsOf(quick, null), null);
  assert.equal(secondsOf(quick, 20), 1);
  assert.equal(secondsOf(slow, 20, 100), 120);
  assert.equal(secondsOf(slow, 20, 500), 0);
  assert.deepEqual([3, 11, 33, 58, 80, 115, 300].map(inTime), ["5 seconds", "10 seconds", "30 seconds", "one minute", "1½ minutes", "2 minutes", "5 minutes"]);
});
