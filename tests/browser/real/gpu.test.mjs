// The GPU program on the built site, with WebGPU by software: the page trains on it, its numbers are
// those of the CPU program, and when the device dies the CPU takes over.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { SWIFTSHADER, attributes, launch, leave, open, openRoom, until, untilStep } from "../lib/browser.mjs";
import { lossesIn, numbersOf, savesIn } from "../lib/snapshots.mjs";
import { codeOf, drive, loadClassifier, networksOf, openProgram, served, tiny } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @import { Command, Event, StepFigures } from "../../../www/js/protocol.js" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch(SWIFTSHADER)));
afterEach(() => leave(browser));
after(() => browser.close());

/**
 * Opens the page on the GPU with a recipe that software can run, set by hand in its form.
 * @param {string} query
 */
async function openTiny(query) {
  const opened = await open(browser, `${SITE}?device=gpu&dataset=drawn${query}`);
  const { page } = opened;
  await until(page, { state: "ready", device: "gpu", dataset: "drawn" }, 3 * MINUTE);
  await openRoom(page, "recipe");
  await page.locator("details").evaluateAll((all) => all.forEach((element) => element.setAttribute("open", "")));
  for (const [id, value] of [["batch", 8], ["generator-width", 8], ["discriminator-width", 8]]) {
    await page.locator(`#field-${id}`).fill(String(value));
  }
  return opened;
}

/** @param {Page} page */
const train = (page) => page.getByRole("button", { name: "Train", exact: true }).click();

// The worker asks for `subgroups` where the adapter has it, as here; the comparison below drives the
// program without the worker and so without that feature. Both must work.
test("the page trains on WebGPU", { timeout: 10 * MINUTE }, async () => {
  const { page, problems } = await openTiny("");
  await train(page);
  await untilStep(page, 4, 6 * MINUTE);
  assert.equal((await attributes(page)).device, "gpu");
  assert.match(await page.locator("#badge").innerText(), /GPU/);
  assert.deepEqual(problems, []);
});

test("when the GPU device dies in mid-run, the CPU takes over", { timeout: 10 * MINUTE }, async () => {
  const { page } = await openTiny("&seed=5");
  await train(page);
  await untilStep(page, 2, 6 * MINUTE);
  const worker = page.workers().find((worker) => worker.url().includes("worker.js"));
  assert(worker, "the page has no worker");
  await worker.evaluate(() => /** @type {any} */ (globalThis).ganvasGpuDevice.destroy());

  await until(page, { device: "cpu", state: "training" }, 2 * MINUTE);
  const reached = Number((await attributes(page)).step);
  await untilStep(page, reached + 5, 2 * MINUTE);
  assert.match(await page.locator("#badge").innerText(), /CPU.*GPU program failed/s);
  assert.equal(await page.getByLabel("Seed").first().inputValue(), "5");
});

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
    changed.objective = objectives[i % objectives.length];
    changed.penalty.kind = penalties[i % penalties.length];
    changed.lecam = 0; // which not every objective allows
    changed.generator.optimiser.beta1 = 0.5; // so that both of Adam's moments count
    // Where gradients cancel, as a bias's under the hinge loss, what is left is rounding, and Adam's first step would be
    // as long for that as for any other.
    changed.generator.optimiser.epsilon = changed.discriminator.optimiser.epsilon = 1e-5;
    return { name: `${name} with ${changed.objective} and ${changed.penalty.kind}`, recipe: changed };
  });
}

/**
 * Asserts that the same was lost, in the same steps.
 * @param {string} what
 * @param {StepFigures[]} got
 * @param {StepFigures[]} want
 * @param {number} apart at most
 */
function assertSameLosses(what, got, want, apart) {
  assert.deepEqual(got.map(({ step }) => step), want.map(({ step }) => step), what);
  for (const [i, point] of want.entries()) {
    assert.equal(got[i].figures.length, point.figures.length, what);
    for (const [k, value] of point.figures.entries()) {
      const [there, here] = [got[i].figures[k] ?? NaN, value ?? NaN];
      assert(Math.abs(there - here) <= apart, `${what}, figure ${k} of step ${point.step}: ${there}, not ${here}`);
    }
  }
}

test("networks train on WebGPU as on the CPU, and go on from a snapshot as if they had never stopped", { timeout: 30 * MINUTE }, async () => {
  const code = await codeOf(SITE);
  const page = await (await browser.newContext()).newPage();
  /** @type {Command[]} */
  const steps = [1, 2].map(() => ({ type: "step", player: "both" }));

  await openProgram(page, code, "cpu");
  /** @type {Map<string, StepFigures[]>} */
  const onCpu = new Map();
  const covered = coverOf(await drive(page, [{ type: "pause" }]));
  await loadClassifier(page, SITE);
  for (const { name, recipe } of covered) {
    const events = await drive(page, [{ type: "load", recipe }, ...steps]);
    const losses = lossesIn(events);
    assert.equal(losses.length, steps.length, `${name}: ${events.map((event) => (event.type === "failed" ? event.message : event.type)).join("; ")}`);
    onCpu.set(name, losses);
  }

  await openProgram(page, code, "gpu");
  const cover = coverOf(await drive(page, [{ type: "pause" }]));
  await loadClassifier(page, SITE);
  assert.deepEqual(cover.map(({ name }) => name), [...onCpu.keys()]);
  for (const { name, recipe } of cover) {
    const begun = await drive(page, [{ type: "load", recipe }, ...steps]);
    assertSameLosses(`${name}, against the CPU`, lossesIn(begun), onCpu.get(name) ?? [], 1e-3);

    const events = await drive(page, [{ type: "save", id: 1 }, ...steps, { type: "save", id: 2 }]);
    const [middle, end] = savesIn(events);
    const again = await drive(page, [{ type: "restore", id: 3, checkpoint: middle.checkpoint, recipe: null }, ...steps, { type: "save", id: 4 }]);
    const [there] = savesIn(again);
    assert.deepEqual([middle.step, end.step, there.step], [2, 4, 4], name);
    assertSameLosses(`${name}, restored`, lossesIn(again), lossesIn(events), 1e-5);
    const [restored, kept] = [there, end].map(({ checkpoint }) => numbersOf(checkpoint));
    const apart = kept.reduce((most, value, i) => Math.max(most, Math.abs(value - restored[i])), 0);
    console.log(`${name}: numbers at most ${apart} apart after two steps`);
    // A hundredth of one step of Adam.
    assert(kept.length === restored.length && apart <= 1e-5, `${name}: ${apart}`);
  }
});
