// Several workers of a page that share each step, on the real CPU program: they come to the numbers that
// one comes to, and training outlives them. And the page that they leave room for stays smooth.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { attributes, launch, leave, open, until, untilStep } from "../lib/browser.mjs";
import { codeOf, drive, openProgram, presetsOf, served } from "../lib/site.mjs";
import { tasksIn } from "../lib/tasks.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @import { Command, Event } from "../../../www/js/protocol.js" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");
const STEPS = 10;

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
afterEach(() => leave(browser));
after(() => browser.close());

/** Ten steps of the default preset on drawn digits, after `prepare`, and twenty pictures. @param {number} workers @param {(page: Page) => Promise<void>} [prepare] */
async function run(workers, prepare = async () => {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openProgram(page, await codeOf(SITE), "cpu", workers);
  const recipe = { ...presetsOf(await drive(page, [{ type: "pause" }]))[0].recipe, dataset: "drawn" };
  await drive(page, [{ type: "load", recipe }]);
  await prepare(page);
  /** @type {Command[]} */
  const steps = Array.from({ length: STEPS }, () => ({ type: "step", player: "both" }));
  const events = await drive(page, [...steps, { type: "sample", id: 1, request: { count: 20, seed: 4 } }]);
  await context.close();
  const losses = events.flatMap((event) => (event.type === "progressed" ? event.losses : []));
  const pixels = events.flatMap((event) => (event.type === "sampled" ? Object.values(event.pictures.pixels) : []));
  assert.equal(losses.length, STEPS);
  assert.equal(pixels.length, 20 * 28 * 28);
  return { losses, pixels, events };
}

/** @param {Event[]} events */
const workersIn = (events) => events.flatMap((event) => (event.type === "loaded" ? [event.workers] : []));
/** @param {Event[]} events */
const failuresIn = (events) => events.flatMap((event) => (event.type === "failed" ? [event.code] : []));

test("two and four workers come to the numbers of one, to the last bit", { timeout: 5 * MINUTE }, async () => {
  const alone = await run(1);
  for (const workers of [2, 4]) {
    const shared = await run(workers);
    assert.deepEqual(shared.losses, alone.losses, `${workers} workers`);
    assert.deepEqual(shared.pixels, alone.pixels, `${workers} workers`);
    assert.deepEqual(failuresIn(shared.events), [], `${workers} workers`);
  }
});

test("a helper that cannot start costs speed only", { timeout: 3 * MINUTE }, async () => {
  const alone = await run(1);
  const code = await codeOf(SITE);
  const shared = await run(1, (page) =>
    page.evaluate(async (code) => {
      const { startHelpers } = await import(`${code}js/helpers.js`);
      // A program without anything in it.
      const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
      /** @type {any} */ (globalThis).session.shareWith(1, startHelpers(1, empty).ask);
    }, code));
  assert.deepEqual(failuresIn(shared.events), ["helper-lost"]);
  assert.deepEqual(workersIn(shared.events).slice(-1), [1]);
  assert.deepEqual(shared.losses, alone.losses);
  assert.deepEqual(shared.pixels, alone.pixels);
});

test("the address says how many workers share a step, and the badge tells", { timeout: 3 * MINUTE }, async () => {
  for (const [query, badge] of /** @type {[string, RegExp][]} */ ([["&workers=2", /CPU × 2.*with 2 workers/s], ["&workers=1", /CPU\s*Runs on the CPU:/s]])) {
    const { page, problems } = await open(browser, `${SITE}?device=cpu&dataset=drawn${query}`);
    await until(page, { state: "ready" }, MINUTE);
    assert.match(await page.locator("#badge").innerText(), badge);
    assert.deepEqual(problems, []);
    await page.context().close();
  }
});

test("no task keeps the page's own thread longer than 50 ms while it trains", { timeout: 5 * MINUTE }, async () => {
  const { page } = await open(browser, `${SITE}?device=cpu&autostart`);
  await untilStep(page, 10, 2 * MINUTE); // loading the page is another matter
  const from = Number((await attributes(page)).step);
  const tasks = await tasksIn(browser, page, MINUTE / 2);
  await until(page, { state: "training" });
  assert(Number((await attributes(page)).step) > from + 50, "it trained meanwhile");
  assert.deepEqual(tasks.filter((task) => task > 50), []);
});
