// The GPU program on the built site, with WebGPU by software: the page trains on it, and when the device dies the CPU
// takes over.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { SWIFTSHADER, attributes, launch, leave, open, openRoom, until, untilStep } from "../lib/browser.mjs";
import { served } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */

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
