// What a training step asks of a GPU, counted where the browser hears it: each dispatch is validated and
// sent to another process there, which for networks as small as these costs more than the work itself.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launch, leave, SWIFTSHADER } from "../lib/browser.mjs";
import { codeOf, drive, openProgram, presetsOf, served, tiny } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @typedef {{ dispatches: number, submits: number, readbacks: number }} Counts */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");
/** The most that a step of the default preset may dispatch, penalties included. */
const MOST_DISPATCHES = 100;
/** A multiple of how many steps lie between two readbacks. */
const STEPS = 8;
/** The longest that the program may keep its thread between two looks at the commands, milliseconds of
 * the processor: the clock would also count waiting for a GPU made of software. */
const LONGEST_TURN = 50;

/** @type {Browser} */
let browser;
before(async () => (browser = await launch(SWIFTSHADER)));
afterEach(() => leave(browser));
after(() => browser.close());

/** Counts on the page from here on in `globalThis.counts`. @param {Page} page */
function count(page) {
  return page.evaluate(() => {
    /** @type {any} */
    const g = globalThis;
    const counts = (g.counts = { dispatches: 0, submits: 0, readbacks: 0 });
    /** @param {any} prototype @param {string} method @param {keyof Counts} name */
    const note = (prototype, method, name) => {
      const original = prototype[method];
      /** @param {any[]} args */
      prototype[method] = function (...args) {
        counts[name] += 1;
        return original.apply(this, args);
      };
    };
    note(g.GPUComputePassEncoder.prototype, "dispatchWorkgroups", "dispatches");
    note(g.GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", "dispatches");
    note(g.GPUQueue.prototype, "submit", "submits");
    note(g.GPUBuffer.prototype, "mapAsync", "readbacks");
  });
}

test("a step of the default preset is few dispatches, and most are not read back from", { timeout: 10 * MINUTE }, async () => {
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, await codeOf(SITE), "gpu");
  const recipe = tiny(presetsOf(await drive(page, [{ type: "pause" }]))[0].recipe);
  const step = /** @type {const} */ ({ type: "step", player: "both" });
  // Every kernel is compiled by then.
  const events = await drive(page, [{ type: "load", recipe }, step, step, { type: "run" }]);
  assert.deepEqual(events.filter((event) => event.type === "failed"), []);

  await count(page);
  const { dispatches, submits, readbacks } = await page.evaluate(async (steps) => {
    const { session, counts } = /** @type {any} */ (globalThis);
    // The clock stands still, so that no preview is ever due and nothing but steps is counted.
    const now = performance.now();
    performance.now = () => now;
    // To the next readback: what was asked before it is done then.
    while (counts.readbacks === 0) await session.tick([], 0);
    Object.assign(counts, { dispatches: 0, submits: 0, readbacks: 0 });
    // A turn each: laying out a batch, the discriminator's, the generator's.
    for (let turn = 0; turn < 3 * steps; turn++) await session.tick([], 0);
    return counts;
  }, STEPS);

  console.log(`in ${STEPS} steps ${dispatches} dispatches, ${submits} submits, ${readbacks} readbacks`);
  assert(dispatches > 0, "nothing was dispatched");
  assert(dispatches / STEPS <= MOST_DISPATCHES, `${dispatches / STEPS} dispatches a step`);
  assert(readbacks <= STEPS / 4, `${readbacks} readbacks in ${STEPS} steps`);
});

test("once warm, no turn keeps its thread for long", { timeout: 10 * MINUTE }, async () => {
  const page = await (await browser.newContext()).newPage();
  const tools = await page.context().newCDPSession(page);
  await tools.send("Performance.enable", { timeDomain: "threadTicks" });
  const busyMillis = async () => {
    const { metrics } = await tools.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  await openProgram(page, await codeOf(SITE), "gpu");
  const recipe = tiny(presetsOf(await drive(page, [{ type: "pause" }]))[0].recipe);
  await drive(page, [{ type: "load", recipe }]);
  const tick = () => page.evaluate(() => /** @type {any} */ (globalThis).session.tick([], 0));
  while (await page.evaluate(() => /** @type {any} */ (globalThis).session.busy)) await tick();
  await drive(page, [{ type: "run" }]);
  const turns = [];
  for (let turn = 0; turn < 3 * STEPS; turn++) {
    const before = await busyMillis();
    await tick();
    turns.push((await busyMillis()) - before);
  }
  const longest = Math.max(...turns);
  console.log(`the longest of ${turns.length} turns took ${longest.toFixed(1)} ms of the processor`);
  assert(turns.every((millis) => millis > 0), "the thread's time was measured");
  assert(longest <= LONGEST_TURN, `a turn took ${longest} ms of the processor`);
});
