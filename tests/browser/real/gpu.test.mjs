// The GPU program on the built site, with WebGPU by software: the page trains on it, its numbers are
// those of the CPU program, and when the device dies the CPU takes over.
// @ts-check

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { attributes, launch, open, until, untilStep, SWIFTSHADER } from "../lib/browser.mjs";
import { lossesIn, numbersOf, savesIn } from "../lib/snapshots.mjs";
import { codeOf, drive, networksOf, openProgram, presetsOf, served, tiny } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @import { Command, LossPoint } from "../../../www/js/protocol.js" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch(SWIFTSHADER)));
after(() => browser.close());

/**
 * Opens the page on the GPU with a recipe that software can run, set by hand in its form.
 * @param {string} query
 */
async function openTiny(query) {
  const opened = await open(browser, `${SITE}?device=gpu&dataset=drawn${query}`);
  const { page } = opened;
  await until(page, { state: "ready", device: "gpu", dataset: "drawn" }, 3 * MINUTE);
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

test("a run restored on WebGPU goes on as the one that never stopped", { timeout: 30 * MINUTE }, async () => {
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, await codeOf(SITE), "gpu");
  /** @type {Command[]} */
  const steps = [1, 2].map(() => ({ type: "step", player: "both" }));
  for (const { name, recipe } of networksOf(await drive(page, [{ type: "pause" }]))) {
    /** @type {any} */
    const heavy = tiny(recipe);
    heavy.generator.optimiser.beta1 = 0.5; // so that both of Adam's moments count
    await drive(page, [{ type: "load", recipe: heavy }, ...steps]);
    const events = await drive(page, [{ type: "save", id: 1 }, ...steps, { type: "save", id: 2 }]);
    const [middle, end] = savesIn(events);
    const again = await drive(page, [{ type: "restore", id: 3, checkpoint: middle.checkpoint, recipe: null }, ...steps, { type: "save", id: 4 }]);
    const [there] = savesIn(again);
    assert.deepEqual([middle.step, end.step, there.step], [2, 4, 4], name);
    const straight = lossesIn(events);
    for (const [i, point] of lossesIn(again).entries()) {
      for (const figure of /** @type {const} */ (["d_loss", "g_loss", "d_real", "d_fake"])) {
        const [restored, kept] = [point[figure] ?? NaN, straight[i][figure] ?? NaN];
        assert(Math.abs(restored - kept) <= 1e-5, `${name}, ${figure} of step ${point.step}: ${restored} restored, ${kept} straight on`);
      }
    }
    const [restored, kept] = [there, end].map(({ checkpoint }) => numbersOf(checkpoint));
    const apart = kept.reduce((most, value, i) => Math.max(most, Math.abs(value - restored[i])), 0);
    console.log(`${name}: numbers at most ${apart} apart after two steps`);
    // A hundredth of one step of Adam.
    assert(kept.length === restored.length && apart <= 1e-5, `${name}: ${apart}`);
  }
});

test("three steps of each preset from one seed lose the same on WebGPU as on the CPU", { timeout: 30 * MINUTE }, async () => {
  const code = await codeOf(SITE);
  const page = await (await browser.newContext()).newPage();

  /** The losses of each preset, by its name. @param {"cpu" | "gpu"} program */
  const losses = async (program) => {
    await openProgram(page, code, program);
    /** @type {Map<string, LossPoint[]>} */
    const found = new Map();
    for (const { name, recipe } of presetsOf(await drive(page, [{ type: "pause" }]))) {
      const step = /** @type {const} */ ({ type: "step", player: "both" });
      const events = await drive(page, [{ type: "load", recipe: tiny(recipe) }, step, step, step]);
      found.set(name, events.flatMap((event) => {
        assert.notEqual(event.type, "failed", JSON.stringify(event));
        return event.type === "progressed" ? event.losses : [];
      }));
    }
    return found;
  };
  const onCpu = await losses("cpu");
  const onGpu = await losses("gpu");

  assert(onCpu.size >= 3);
  for (const [preset, points] of onCpu) {
    assert.deepEqual([points.length, onGpu.get(preset)?.length], [3, 3], preset);
    for (const [i, cpu] of points.entries()) {
      const gpu = onGpu.get(preset)?.[i];
      assert.equal(gpu?.step, cpu.step);
      for (const name of /** @type {const} */ (["d_loss", "g_loss", "d_real", "d_fake"])) {
        const [there, here] = [gpu?.[name] ?? NaN, cpu[name] ?? NaN];
        assert(Math.abs(there - here) <= 1e-3, `${preset}, ${name} of step ${cpu.step}: ${there} on WebGPU, ${here} on the CPU`);
      }
    }
  }
});
