// The time machine on the page, on the mock programs: looking back, going back, branching off, what
// happens when a run diverges, what a reload leaves, and what a browser without storage does.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { untilKept } from "./lib/archive.mjs";
import { attributes, launch, open, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

/** @import { Browser, Page } from "playwright-core" */

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/**
 * @param {string} query
 * @param {(page: Page, origin: string) => Promise<void>} check
 * @param {{ mock?: Record<string, unknown>, script?: () => void, width?: number }} [options] `script` runs before the page's own
 */
async function visit(query, check, { mock = {}, script, width = 1280 } = {}) {
  const server = await serve({ mock });
  const { page, problems } = await open(browser, "about:blank", { viewport: { width, height: 900 } });
  if (script) await page.context().addInitScript(script);
  await page.goto(server.origin + query);
  try {
    await check(page, server.origin);
    assert.deepEqual(problems, [], "the console stays clean");
  } finally {
    await page.context().close();
    await server.close();
  }
}

const press = (/** @type {Page} */ page, /** @type {string | RegExp} */ name) => page.getByRole("button", { name, exact: true }).click();
const slider = (/** @type {Page} */ page) => page.getByRole("slider", { name: "Time machine" });
const stepOf = async (/** @type {Page} */ page) => Number((await attributes(page)).step);
const caption = (/** @type {Page} */ page) => page.locator("#fakes figcaption p").textContent();
const kept = async (/** @type {Page} */ page) => {
  await openRoom(page, "keep");
  return page.locator("#kept .stored").innerText();
};
const scaleSays = async (/** @type {Page} */ page, /** @type {RegExp} */ words) => {
  await openRoom(page, "watch");
  await page.locator("#losses .scale", { hasText: words }).waitFor();
};
const ink = (/** @type {Page} */ page) =>
  page.locator("#fakes canvas").evaluate((canvas) => {
    const it = /** @type {HTMLCanvasElement} */ (canvas);
    const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
    return data.reduce((hash, value) => (hash * 31 + value) | 0, 7);
  });

/** Trains on and pauses, which leaves a snapshot; returns the step. @param {Page} page @param {number} steps */
async function trainFor(page, steps) {
  const from = await stepOf(page);
  await press(page, "Train");
  await untilStep(page, from + steps);
  await press(page, "Pause");
  await until(page, { state: "paused" });
  const snapshots = page.locator("#timeline .marks .kept");
  await page.waitForTimeout(200);
  assert(await snapshots.count() > 0);
  return stepOf(page);
}

/** Slides to the moment of a step, by keyboard. @param {Page} page @param {string} words */
async function slideTo(page, words) {
  await slider(page).focus();
  for (let i = 0; i < 200; i++) {
    if ((await slider(page).getAttribute("aria-valuetext")) === words) return;
    await page.keyboard.press("ArrowLeft");
  }
  assert.fail(`there is no moment “${words}”`);
}

/** The recipe that runs. @param {Page} page */
async function running(page) {
  const coming = page.waitForEvent("download");
  await openRoom(page, "keep");
  await press(page, "Save checkpoint");
  return JSON.parse((await readFile(await (await coming).path(), "utf8")).slice("mock checkpoint ".length)).recipe;
}

test("sliding shows the same noise as it was drawn earlier, also while training goes on", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 40);
    await slider(page).focus();
    await page.keyboard.press("Home");
    assert.equal(await caption(page), "As drawn at step 0.");
    assert.equal(await slider(page).getAttribute("aria-valuetext"), "step 0");
    assert.equal(await page.locator("#fakes canvas").getAttribute("aria-label"), "100 drawings after 0 steps; one column for each of the digits 0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
    await page.waitForTimeout(200);
    const fog = await ink(page);
    await untilStep(page, (await stepOf(page)) + 60);
    assert.equal(await ink(page), fog, "what is looked at stands still");
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await caption(page), "As drawn at step 0.");
    await press(page, "Now");
    assert.match((await caption(page)) ?? "", /^The same noise/);
    assert.equal(await slider(page).getAttribute("aria-valuetext"), "now");
    assert.equal((await attributes(page)).state, "training");
  }));

test("going back brings everything back, and what was left stays within reach", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const first = await trainFor(page, 30);
    await openRoom(page, "recipe");
    const rate = page.locator("fieldset[data-group=generator]").getByLabel("Learning rate", { exact: true });
    await rate.fill("0.05");
    await page.waitForTimeout(500);
    const second = await trainFor(page, 30);
    await slideTo(page, `step ${first}`);
    await press(page, `Go back to step ${first}`);
    await until(page, { state: "paused", step: String(first) });
    assert.equal(await rate.inputValue(), "0.002", "settings too");
    assert.equal((await running(page)).generator.optimiser.lr, 0.002);
    const third = await trainFor(page, 60);
    await scaleSays(page, new RegExp(`Branch 2, from step ${first}; dashed: branch 1\\.`));
    // The branch that was left: its end can be had again.
    await slideTo(page, `branch 1, step ${second}`);
    await press(page, `Go back to step ${second}`);
    await until(page, { state: "paused", step: String(second) });
    await openRoom(page, "recipe");
    assert.equal(await rate.inputValue(), "0.05");
    await trainFor(page, 20);
    await scaleSays(page, new RegExp(`Branch 3, from step ${second}; dashed: branches 1 and 2\\.`));
    await slideTo(page, `branch 2, step ${third}`);
    assert.equal(await caption(page), `As drawn at step ${third}.`);
  }));

test("going back in the middle of training keeps the step that was reached", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const first = await trainFor(page, 20);
    await press(page, "Train");
    await untilStep(page, first + 30);
    await slideTo(page, `step ${first}`);
    await press(page, `Go back to step ${first}`);
    await until(page, { state: "paused", step: String(first) });
    await page.waitForTimeout(200);
    const names = await page.locator("#timeline .marks .kept").count();
    assert(names >= 2, "the end of what was left is a snapshot");
  }));

test("a branch takes the settings that it may from the form, and leaves the rest waiting", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const first = await trainFor(page, 30);
    await trainFor(page, 30);
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    await page.getByLabel("Objective").selectOption({ label: "Non-saturating" });
    await page.getByLabel("Batch").fill("32");
    await page.waitForTimeout(400);
    assert.equal(await page.locator(".pending:visible").count(), 2);
    assert.equal(await page.locator(".field:has(#field-objective) .pending").innerText(), "applies in a branch or on reset");
    await slideTo(page, `step ${first}`);
    await press(page, `Branch from step ${first}`);
    await until(page, { state: "paused", step: String(first) });
    await page.waitForTimeout(400);
    assert.equal(await page.locator(".pending:visible").count(), 1, "the batch still waits");
    const recipe = await running(page);
    assert.deepEqual([recipe.objective, recipe.batch], ["non-saturating", 64]);
    assert.equal(await page.getByLabel("Batch").inputValue(), "32");
  }));

test("a run that diverges says why, and goes back to its last snapshot", () =>
  visit("/?dataset=drawn&autostart", async (page) => {
    await until(page, { state: "failed" });
    const notice = page.locator(".notice.error");
    assert.match(await notice.locator("p").innerText(), /^Training diverged: .+ no longer a finite number.+\. A step that is too large .+ The run up to then is kept\.$/);
    const back = notice.getByRole("button", { name: /^Go back to step/ });
    const step = (await back.innerText()).match(/\d+$/)?.[0] ?? "";
    await back.click();
    await until(page, { state: "paused", step });
    assert.equal(await notice.count(), 0);
    assert(Number(step) < 500 && Number(step) > 0);
    await press(page, "Train");
    await untilStep(page, Number(step) + 10);
  }, { mock: { divergesAt: 500 } }));

test("a run that diverges before its first snapshot can only begin anew", () =>
  visit("/?dataset=drawn&autostart", async (page) => {
    await until(page, { state: "failed" });
    assert.equal(await page.getByRole("button", { name: /^Go back to step/ }).count(), 0);
    await press(page, "Start afresh");
    await until(page, { state: "ready", step: "0" });
    await page.locator(".notice").waitFor({ state: "detached" });
  }, { mock: { divergesAt: 2 } }));

test("a reload offers the last run, which goes on only when it is asked to", () =>
  visit("/?dataset=drawn&preset=vanilla", async (page, origin) => {
    await until(page, { state: "ready" });
    assert(await page.locator(".offer").isHidden());
    const first = await trainFor(page, 30);
    await slideTo(page, `step ${first}`);
    await press(page, `Go back to step ${first}`);
    const end = await trainFor(page, 30);
    await page.waitForTimeout(300);
    await page.goto(origin); // another preset
    await until(page, { state: "ready", step: "0" });
    const words = page.locator(".offer p");
    await words.waitFor();
    assert.match(await words.innerText(), new RegExp(`^Go on from step ${end} of your last run \\(Vanilla GAN, .+\\)\\?$`));
    await page.waitForTimeout(300);
    await until(page, { state: "ready", step: "0" });
    await press(page, "Resume");
    await until(page, { state: "paused", step: String(end), dataset: "drawn" });
    await openRoom(page, "recipe");
    assert.equal(await page.getByLabel("Start from").inputValue(), "vanilla");
    await page.waitForTimeout(300);
    await scaleSays(page, new RegExp(`Branch 2, from step ${first}; dashed: branch 1\\.`));
    // A snapshot that is only on the disk.
    await slideTo(page, `branch 1, step ${first}`);
    await press(page, `Go back to step ${first}`);
    await until(page, { state: "paused", step: String(first) });
    await trainFor(page, 10);
  }));

test("an offer can be discarded, a run forgotten, and autostart waits for neither", () =>
  visit("/?dataset=drawn", async (page, origin) => {
    await until(page, { state: "ready" });
    const end = await trainFor(page, 30);
    await page.goto(`${origin}/?dataset=drawn&autostart`);
    await untilStep(page, 20);
    assert(Number(await stepOf(page)) < end + 1000);
    assert(await page.locator(".offer").isHidden(), "a run under way has a past of its own");
    await openRoom(page, "keep");
    assert.match(await page.locator(".earlier li:not([hidden]) p").innerText(), new RegExp(`^An earlier run: .+, step ${end}, .+\\.$`));
    await press(page, "Discard");
    // What was under way is what can be gone on with after a reset.
    await press(page, "Pause");
    await until(page, { state: "paused" });
    await page.waitForTimeout(300);
    const reached = await stepOf(page);
    await press(page, "Reset");
    await page.getByText(`Go on from step ${reached} of your last run`).waitFor();
    await page.locator(".offer .discard").click();
    await page.locator(".offer").waitFor({ state: "hidden" });
    await untilKept(page, 0);
    await page.goto(`${origin}/?dataset=drawn`);
    await until(page, { state: "ready" });
    await page.waitForTimeout(300);
    assert(await page.locator(".offer").isHidden());
    await trainFor(page, 30);
    await openRoom(page, "keep");
    await press(page, "Forget them");
    await press(page, "Delete them");
    assert.match(await kept(page), /^Snapshots last as long as this tab: the browser keeps none \(the stored runs were deleted\)\. [12] snapshots?/);
    await trainFor(page, 30);
    await page.goto(`${origin}/?dataset=drawn`);
    await until(page, { state: "ready" });
    await page.waitForTimeout(300);
    assert(await page.locator(".offer").isHidden(), "nothing was kept after that");
  }));

test("the run of another open page is neither offered nor deleted", () =>
  visit("/?dataset=drawn", async (page, origin) => {
    await until(page, { state: "ready" });
    const end = await trainFor(page, 30);
    const other = await page.context().newPage();
    await other.goto(`${origin}/?dataset=drawn`);
    await until(other, { state: "ready" });
    await other.waitForTimeout(300);
    assert(await other.locator(".offer").isHidden());
    await trainFor(other, 10);
    await other.close();
    await page.waitForTimeout(200);
    await trainFor(page, 10);
    await slideTo(page, `step ${end}`);
    await page.reload();
    await page.getByText("of your last run").waitFor();
  }));

for (const [name, script] of /** @type {[string, () => void][]} */ ([
  ["is closed", () => Object.defineProperty(globalThis, "indexedDB", { get: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } })],
  ["is full", () => { IDBObjectStore.prototype.put = () => { throw new DOMException("There is no room.", "QuotaExceededError"); }; }],
  ["has no locks", () => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined })],
])) {
  test(`where the browser's storage ${name}, the time machine works within the tab`, () =>
    visit("/?dataset=drawn", async (page) => {
      await until(page, { state: "ready" });
      const first = await trainFor(page, 30);
      await trainFor(page, 30);
      if (name !== "has no locks") assert.match(await kept(page), /^Snapshots last as long as this tab: the browser keeps none \((The operation is insecure|There is no room)\)\. \d snapshots/);
      assert.equal(await page.locator(".notice").count(), 0, "it is said once, quietly");
      await slideTo(page, `step ${first}`);
      await press(page, `Go back to step ${first}`);
      await until(page, { state: "paused", step: String(first) });
    }, { script }));
}

for (const width of [1280, 390]) {
  test(`looking back and going back move nothing on the page, at ${width} pixels`, () =>
    visit("/?dataset=drawn", async (page) => {
      await until(page, { state: "ready" });
      await page.waitForTimeout(300);
      await openRoom(page, "explore");
      // On a small screen the dock stands over the page, and grows with what it has to say.
      const parts = ["#fakes canvas", "#reals canvas", "#rooms", "#sampler", ...(width > 700 ? ["#timeline", "#train"] : [])];
      const places = () => page.evaluate((parts) => parts.map((selector) => {
        scrollTo(0, 0);
        const { top, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
        return `${selector} ${Math.round(top)} ${Math.round(height)}`;
      }), parts);
      const at = await places();
      const first = await trainFor(page, 30);
      assert.deepEqual(await places(), at, "after training");
      await trainFor(page, 30);
      await slideTo(page, `step ${first}`);
      await page.waitForTimeout(100);
      assert.deepEqual(await places(), at, "while looking back");
      await press(page, `Go back to step ${first}`);
      await until(page, { step: String(first) });
      await trainFor(page, 20);
      assert.deepEqual(await places(), at, "on a branch");
      await press(page, "Reset");
      await page.getByText("of your last run").waitFor();
      await page.waitForTimeout(200);
      assert.deepEqual(await places(), at, "with an offer");
    }, { width }));
}

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`the past, a branch, the offer and the notice can be read by anyone at 360 pixels, ${scheme}`, () =>
    visit("/?dataset=drawn", async (page) => {
      await page.emulateMedia({ colorScheme: scheme });
      const check = async (/** @type {string} */ what) => {
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], what);
        assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} sticks out`);
      };
      await until(page, { state: "ready" });
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const first = await trainFor(page, 30);
      await slideTo(page, `step ${first}`);
      await page.waitForTimeout(200);
      await check("the past");
      await press(page, `Go back to step ${first}`);
      await until(page, { step: String(first) });
      await trainFor(page, 30);
      await check("a branch");
      await press(page, "Train");
      await until(page, { state: "failed" });
      await page.waitForTimeout(200);
      await check("the notice");
      await press(page, "Start afresh");
      await page.getByText("of your last run").waitFor();
      await check("the offer");
    }, { width: 360, mock: { divergesAt: 700 } }));
}
