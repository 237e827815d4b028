// Programs that fail: the page says so and goes on with what is left, from the last snapshot. On the
// mock programs, with made-up graphics adapters.
// @ts-check

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { attributes, launch, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

/** @import { Browser, Page } from "playwright-core" */

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** @typedef {{ features: string[], info: Record<string, unknown> }} Adapter */
const GOOD = { features: ["timestamp-query"], info: { vendor: "acme", architecture: "rocket" } };

/**
 * @param {{ query?: string, adapter?: Adapter | null | "no-api", mock?: Record<string, unknown> }} setting
 * @param {(page: Page, requests: string[]) => Promise<void>} check
 */
async function visit({ query = "/", adapter = null, mock = {} }, check) {
  const server = await serve({ mock });
  const context = await browser.newContext();
  await context.addInitScript((made) => {
    const gpu = made === "no-api" ? undefined : {
      requestAdapter: async () => made && { features: new Set(made.features), info: made.info },
    };
    Object.defineProperty(Navigator.prototype, "gpu", { get: () => gpu });
  }, adapter);
  const page = await context.newPage();
  try {
    await page.goto(server.origin + query);
    await check(page, server.requests);
  } finally {
    await context.close();
    await server.close();
  }
}

const badgeOf = (/** @type {Page} */ page) => page.locator("#badge").innerText();
const notice = (/** @type {Page} */ page) => page.locator(".notice p").allTextContents().then((all) => all.join(" | "));

for (const [name, adapter, words] of /** @type {[string, Adapter | null | "no-api", RegExp][]} */ ([
  ["no WebGPU", "no-api", /this browser has no WebGPU/],
  ["no adapter", null, /found no graphics card/],
  ["a software adapter by its flag", { features: GOOD.features, info: { isFallbackAdapter: true } }, /software/],
  ["a software adapter by its name", { features: GOOD.features, info: { vendor: "google", architecture: "swiftshader" } }, /software/],
  ["no timestamps", { features: [], info: GOOD.info }, /timestamp-query/],
])) {
  test(`${name} means the CPU, and the GPU program is not even fetched`, () =>
    visit({ adapter }, async (page, requests) => {
      await until(page, { state: "ready", device: "cpu" });
      assert.match(await badgeOf(page), words);
      assert.equal(await notice(page), "");
      assert(!requests.some((path) => path.startsWith("/gpu/")));
    }));
}

test("a good adapter means the GPU, and the CPU program is not fetched", () =>
  visit({ adapter: GOOD }, async (page, requests) => {
    await until(page, { state: "ready", device: "gpu" });
    assert.match(await badgeOf(page), /WebGPU on acme rocket/);
    assert(!requests.some((path) => path.startsWith("/cpu/")));
  }));

test("device=cpu overrules a good adapter, device=gpu a software one", async () => {
  await visit({ adapter: GOOD, query: "/?device=cpu" }, (page) => until(page, { state: "ready", device: "cpu" }));
  const software = { features: [], info: { architecture: "swiftshader" } };
  await visit({ adapter: software, query: "/?device=gpu" }, (page) => until(page, { state: "ready", device: "gpu" }));
});

for (const [name, gpu] of [["is not on the site", "missing"], ["does not start", "no-init"]]) {
  test(`a GPU program that ${name} gives way to the CPU program`, () =>
    visit({ adapter: GOOD, query: "/?autostart", mock: { gpu } }, async (page) => {
      await untilStep(page, 5);
      await until(page, { state: "training", device: "cpu" });
      assert.match(await notice(page), /^The GPU program failed \(.+\); using the CPU program instead\.$/);
      assert.match(await badgeOf(page), /the GPU program failed/);
    }));
}

test("a GPU program that dies in mid-run gives way, from the last snapshot, and training goes on", () =>
  visit({ adapter: GOOD, query: "/?autostart&seed=9", mock: { diesAfterSave: "gpu" } }, async (page) => {
    await untilStep(page, 10);
    assert.equal((await attributes(page)).device, "gpu");
    await openRoom(page, "recipe");
    await page.getByLabel("Batch").fill("32");
    await until(page, { device: "cpu", state: "training" });
    const said = await notice(page);
    const from = Number(said.match(/continuing with the CPU program from step (\d+)\.$/)?.[1]);
    assert(from >= 10, said);
    assert.match(said, /the mock was told to die/);
    await untilStep(page, from + 30);
    assert.equal(await page.getByLabel("Batch").inputValue(), "32", "what waits for a fresh start still waits");
    assert.equal(await page.locator(".pending:visible").count(), 1);
    assert.equal(await page.getByLabel("Seed").first().inputValue(), "9");
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
  }));

test("a GPU that was lost can be tried again, from where the run stands, and is not by itself", () =>
  visit({ adapter: GOOD, query: "/?autostart&dataset=drawn", mock: { diesAfterSave: "gpu" } }, async (page) => {
    const again = page.locator("#badge").getByRole("button", { name: "Try the GPU again" });
    const step = async () => Number((await attributes(page)).step);
    await until(page, { device: "gpu", state: "training" });
    assert(await again.isHidden());
    await until(page, { device: "cpu", state: "training" });
    await untilStep(page, (await step()) + 20);
    const left = await step();
    await page.locator(".notice").getByRole("button", { name: "Try the GPU again" }).click();
    await until(page, { device: "gpu", state: "training" });
    assert(await step() >= left, "from where it stood");
    assert(await again.isHidden());
    assert.match(await badgeOf(page), /^GPU\s+Runs on the GPU: you asked to try it again\.$/);
    assert.equal(await notice(page), "");
    // The second one dies as well.
    await until(page, { device: "cpu", state: "training" });
    await untilStep(page, (await step()) + 60);
    assert.equal((await attributes(page)).device, "cpu");
    await again.click();
    await until(page, { device: "gpu", state: "training" });
  }));

test("a refused shader, which the program only learns of afterwards, counts as failure", () =>
  visit({ adapter: GOOD, query: "/?autostart", mock: { shaderErrorAt: 40 } }, async (page) => {
    await until(page, { device: "cpu" });
    assert.match(await notice(page), /Shader validation error/);
    await untilStep(page, 60);
  }));

test("a run that diverges on the GPU is the recipe's fault: no other device is tried", () =>
  visit({ adapter: GOOD, query: "/?autostart", mock: { divergesAt: 20 } }, async (page) => {
    await until(page, { state: "failed", device: "gpu" });
    assert.match(await notice(page), /^Training diverged/);
  }));

test("a CPU program that dies is replaced, from the last snapshot", () =>
  visit({ query: "/?autostart", mock: { diesAfterSave: "cpu" } }, async (page) => {
    await page.waitForFunction(() => document.querySelector(".notice")?.textContent?.includes("CPU program failed"));
    assert.match(await notice(page), /continuing with the CPU program from step \d+/);
    await until(page, { state: "training" });
  }));

test("a CPU program that keeps dying ends in a clear word, and can be tried again", () =>
  visit({ query: "/", mock: { cpu: "no-init" } }, async (page) => {
    await until(page, { state: "failed" });
    assert.match(await notice(page), /keeps failing \(the mock would not start\)/);
    await page.getByRole("button", { name: "Try again" }).click();
    await until(page, { state: "loading" });
    await until(page, { state: "failed" });
  }));

test("a run that kills every program at the same step is given up, though each gets going", () =>
  visit({ query: "/?autostart", mock: { diesAt: 60 } }, async (page) => {
    await until(page, { state: "failed" }, 30_000);
    assert.match(await notice(page), /keeps failing/);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForFunction(() => document.documentElement.dataset.state !== "failed");
  }));
