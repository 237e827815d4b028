// Chromium's WebGPU, by software, on every pair of networks: loading compiles all that training needs, the numbers are the
// CPU program's, and a restored run goes on as if it had never stopped. Kernels take long to compile by software, so one
// load serves all three, and two browsers share the networks.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { SWIFTSHADER, launch } from "../lib/browser.mjs";
import { codeOf, drive, loadClassifier, networksOf, openProgram, served, tiny } from "../lib/site.mjs";
import { lossesIn, numbersOf, savesIn } from "../lib/snapshots.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Command, Event, Program, Recipe, StepFigures } from "../../../www/js/protocol.js" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/**
 * What follows with the first networks of the catalog, which are the light ones: it does not depend on the network, and by
 * software it takes minutes with the heavy ones.
 */
const AFTERWARDS = /** @type {const} */ (["trains on", "restores", "restores", "trains on"]);

/** @type {Command[]} */
const STEPS = [1, 2].map(() => ({ type: "step", player: "both" }));

/**
 * Each pair of networks with an objective and a penalty in turn: all kernels and formulas in few recipes. That they compute
 * what the CPU does, number by number, tests/gpu.rs holds; here it is Chromium that compiles them.
 * @param {Event[]} events
 */
function coverOf(events) {
  const opened = events.find((event) => event.type === "opened");
  assert(opened?.type === "opened", "a session's first event is `opened`");
  /** @param {string} path */
  const valuesOf = (path) => {
    const control = opened.catalog.fields.find((field) => field.path === path)?.control;
    assert(control?.kind === "choice", `${path} is no choice`);
    return control.options.map(({ value }) => value);
  };
  const [objectives, penalties] = [valuesOf("objective"), valuesOf("penalty.kind")];
  const networks = networksOf(events);
  assert(networks.length >= Math.max(objectives.length, penalties.length), "too few networks for all objectives and penalties");
  return networks.map(({ name, recipe }, i) => {
    /** @type {any} */
    const changed = tiny(recipe);
    changed.batch = 4;
    changed.objective = objectives[i % objectives.length];
    changed.penalty.kind = penalties[i % penalties.length];
    changed.lecam = 0; // which not every objective allows
    changed.generator.optimiser.beta1 = 0.5; // so that both of Adam's moments count
    // Where gradients cancel, as a bias's under the hinge loss, what is left is rounding, and Adam's first step would be
    // as long for that as for any other.
    changed.generator.optimiser.epsilon = changed.discriminator.optimiser.epsilon = 1e-5;
    return { name: `${name} with ${changed.objective} and ${changed.penalty.kind}`, recipe: /** @type {Recipe} */ (changed) };
  });
}

/**
 * Asserts that the same was lost, in the same steps.
 * @param {string} what
 * @param {StepFigures[]} got
 * @param {StepFigures[]} want
 * @param {number} apart at most, or as much of what is more than 1
 */
function assertSameLosses(what, got, want, apart) {
  assert.deepEqual(got.map(({ step }) => step), want.map(({ step }) => step), what);
  for (const [i, point] of want.entries()) {
    assert.equal(got[i].figures.length, point.figures.length, what);
    for (const [k, value] of point.figures.entries()) {
      const [there, here] = [got[i].figures[k] ?? NaN, value ?? NaN];
      assert(Math.abs(there - here) <= apart * Math.max(1, Math.abs(here)), `${what}, figure ${k} of step ${point.step}: ${there}, not ${here}`);
    }
  }
}

/** A fresh program with the classifier, and what is to be tried on it. @param {Page} page @param {Program} program */
async function start(page, program) {
  await openProgram(page, await codeOf(SITE), program);
  const cover = coverOf(await drive(page, [{ type: "pause" }]));
  await loadClassifier(page, SITE);
  return cover;
}

/** Counts the pipelines that the browser is asked for, from now on. @param {Page} page */
function countPipelines(page) {
  return page.evaluate(() => {
    const { GPUDevice } = /** @type {any} */ (globalThis);
    Object.assign(globalThis, { pipelines: 0 });
    for (const way of ["createComputePipeline", "createComputePipelineAsync"]) {
      const create = GPUDevice.prototype[way];
      /** @param {any[]} args */
      GPUDevice.prototype[way] = function (...args) {
        /** @type {any} */ (globalThis).pipelines += 1;
        return create.apply(this, args);
      };
    }
  });
}

/** @param {Page} page @returns {Promise<number>} */
const pipelinesOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).pipelines);

/** Until a load has done what it does ahead of training. @param {Page} page */
const rehearse = (page) => page.evaluate(async () => {
  const { session } = /** @type {any} */ (globalThis);
  while (session.busy) await session.tick([], 0);
});

/** Trains past the first report, the first preview and their readbacks. @param {Page} page */
const trainOn = (page) => page.evaluate(async () => {
  const { session } = /** @type {any} */ (globalThis);
  /** @type {string[]} */
  const seen = [];
  let events = await session.tick([{ type: "run" }], 0);
  while (!["progressed", "previewed"].every((type) => seen.includes(type))) {
    seen.push(...events.map((/** @type {any} */ { type }) => type));
    events = await session.tick([], 0);
  }
  await session.tick([{ type: "pause" }], 0);
});

test("each pair of networks trains on WebGPU as on the CPU, compiles nothing after loading, and goes on from a snapshot", { timeout: 30 * MINUTE }, async () => {
  const browsers = await Promise.all([launch(SWIFTSHADER), launch(SWIFTSHADER)]);
  let next = 0;
  try {
    await Promise.all(browsers.map(async (browser) => {
      const context = await browser.newContext();
      const [cpu, gpu] = [await context.newPage(), await context.newPage()];
      const cover = await start(cpu, "cpu");
      assert.deepEqual(await start(gpu, "gpu"), cover);
      await countPipelines(gpu);
      for (let i = next++; i < cover.length; i = next++) await check(cpu, gpu, cover[i], AFTERWARDS[i]);
    }));
  } finally {
    await Promise.all(browsers.map((browser) => browser.close()));
  }
});

/**
 * @param {Page} cpu
 * @param {Page} gpu
 * @param {{ name: string, recipe: Recipe }} tried
 * @param {typeof AFTERWARDS[number] | undefined} afterwards
 */
async function check(cpu, gpu, { name, recipe }, afterwards) {
  const begun = performance.now();
  const events = await drive(cpu, [{ type: "load", recipe }, ...STEPS]);
  const want = lossesIn(events);
  assert.equal(want.length, STEPS.length, `${name}: ${events.map((event) => (event.type === "failed" ? event.message : event.type)).join("; ")}`);

  const before = await pipelinesOf(gpu);
  await drive(gpu, [{ type: "load", recipe }]);
  await rehearse(gpu);
  const rehearsed = await pipelinesOf(gpu);
  assertSameLosses(`${name}, against the CPU`, lossesIn(await drive(gpu, STEPS)), want, 1e-3);
  const straight = afterwards === "restores" ? await drive(gpu, [{ type: "save", id: 1 }, ...STEPS, { type: "save", id: 2 }]) : [];
  if (afterwards === "trains on") await trainOn(gpu);
  const trained = await pipelinesOf(gpu);
  assert.equal(trained, rehearsed, `${name}: ${trained - rehearsed} pipelines were compiled after loading`);

  let apart = 0;
  if (straight.length > 0) {
    const [middle, end] = savesIn(straight);
    const again = await drive(gpu, [{ type: "restore", id: 3, checkpoint: middle.checkpoint, recipe: null }, ...STEPS, { type: "save", id: 4 }]);
    const [there] = savesIn(again);
    assert.deepEqual([middle.step, end.step, there.step], [2, 4, 4], name);
    assertSameLosses(`${name}, restored`, lossesIn(again), lossesIn(straight), 1e-5);
    const [restored, kept] = [there, end].map(({ checkpoint }) => numbersOf(checkpoint));
    apart = kept.reduce((most, value, i) => Math.max(most, Math.abs(value - restored[i])), 0);
    // A hundredth of one step of Adam.
    assert(kept.length === restored.length && apart <= 1e-5, `${name}: numbers ${apart} apart after two steps`);
  }
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  console.log(`${name}: ${rehearsed - before} pipelines, ${seconds} s${afterwards ? `, ${afterwards}, ${apart} apart` : ""}`);
}
