// What a training step of each preset costs on the CPU program in Chromium, as one line of JSON per preset
// after one that names the browser: alone, shared by as many workers as there are processors, and held
// against the highest rate of multiply-adds that one core reaches. What is compared is measured in turns,
// so that a machine that slows down slows down both. `cargo xtask bench` builds and serves the programs
// and runs this.
// @ts-check

import { availableParallelism } from "node:os";
import { launch } from "../tests/browser/lib/browser.mjs";
import { drive, loadClassifier, openProgram, presetsOf, served } from "../tests/browser/lib/site.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Recipe } from "../www/js/protocol.js" */

/** A fresh program is slow until the browser has optimised it. */
const WARM_UP_MILLIS = 3000;
/** Stretches of training of each kind, in turns. */
const REPEATS = 9;
const STRETCH_MILLIS = 1000;
/** As in www/worker.js: what one tick may take before the worker listens again, and how many share a step. */
const BUDGET_MILLIS = 8;
const MOST_WORKERS = 4;
const TICKS = 200;
/** Sums that `benches/peak.rs` keeps going at once, and how often it adds to each. */
const SUMS = [8, 10, 12, 14];
const ROUNDS = 4e6;

const workers = Math.min(availableParallelism(), MOST_WORKERS);
const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  const code = served("GANVAS_PROGRAMS");
  const alone = await open(1);
  const presets = presetsOf(await drive(alone, [{ type: "pause" }]));
  const shared = await open(workers);
  for (const page of [alone, shared]) await loadClassifier(page, code);
  for (const { name, recipe } of presets) {
    /** @type {Recipe} */
    const drawn = { ...recipe, dataset: recipe.dataset === "mnist" ? "drawn" : recipe.dataset };
    for (const page of [alone, shared]) {
      await drive(page, [{ type: "load", recipe: drawn }, { type: "run" }]);
      await train(page, WARM_UP_MILLIS);
    }
    /** @type {{ peak: number, alone: number, shared: number }[]} */
    const rounds = [];
    for (let round = 0; round < REPEATS; round++) {
      const peak = await highestRate(alone);
      rounds.push({ peak, alone: await train(alone, STRETCH_MILLIS), shared: await train(shared, STRETCH_MILLIS) });
    }
    const deaf_millis = percentile(await listen(shared), 0.95);
    await drive(alone, [{ type: "pause" }]);
    await drive(shared, [{ type: "pause" }]);
    const step_millis = median(rounds.map(({ alone }) => alone));
    const { batch } = /** @type {{ batch: number }} */ (/** @type {unknown} */ (recipe));
    console.log(JSON.stringify({
      preset: name,
      batch,
      workers,
      step_millis,
      images_per_second: (batch * 1000) / step_millis,
      shared_millis: median(rounds.map(({ shared }) => shared)),
      speedup: median(rounds.map(({ alone, shared }) => alone / shared)),
      peak_gflops: median(rounds.map(({ peak }) => peak)),
      peak_millis: median(rounds.map(({ peak, alone }) => peak * alone)),
      deaf_millis,
    }));
  }

  /** @param {number} workers */
  async function open(workers) {
    const page = await (await browser.newContext()).newPage();
    await openProgram(page, code, "cpu", workers);
    return page;
  }
} finally {
  await browser.close();
}

/**
 * Trains for a while and returns the milliseconds of a step, previews left out.
 * @param {Page} page
 * @param {number} stretchMillis
 * @returns {Promise<number>}
 */
function train(page, stretchMillis) {
  return page.evaluate(
    async ([stretchMillis, budgetMillis]) => {
      const { session } = /** @type {any} */ (globalThis);
      // What was measured before the stretch began is not of it.
      let spent = 0;
      let steps = 0;
      let first = true;
      for (const end = performance.now() + stretchMillis; performance.now() < end || steps === 0; ) {
        for (const event of await session.tick([], budgetMillis)) {
          if (event.type === "failed") throw new Error(event.message);
          if (event.type !== "progressed") continue;
          if (!first) {
            spent += event.step_millis * event.losses.length;
            steps += event.losses.length;
          }
          first = false;
        }
      }
      return spent / steps;
    },
    [stretchMillis, BUDGET_MILLIS],
  );
}

/** The highest rate of multiply-adds on one core, in 10⁹ operations a second, two for each. @param {Page} page */
function highestRate(page) {
  return page.evaluate(
    async ([address, sums, rounds]) => {
      const them = /** @type {any} */ (globalThis);
      them.peak ??= (await WebAssembly.instantiateStreaming(fetch(address))).instance.exports;
      let best = 0;
      for (let repeat = 0; repeat < 2; repeat++) {
        for (const n of sums) {
          const began = performance.now();
          them.peak[`peak_${n}`](rounds);
          best = Math.max(best, (2 * n * them.peak.lanes() * rounds) / (performance.now() - began) / 1e6);
        }
      }
      return best;
    },
    /** @type {const} */ ([new URL("peak.wasm", served("GANVAS_PROGRAMS")).href, SUMS, ROUNDS]),
  );
}

/**
 * How long each of many ticks of a run under way takes: the longest that a command can wait.
 * @param {Page} page
 * @returns {Promise<number[]>}
 */
function listen(page) {
  return page.evaluate(
    async ([ticks, budgetMillis]) => {
      const { session } = /** @type {any} */ (globalThis);
      const millis = [];
      while (millis.length < ticks) {
        const began = performance.now();
        await session.tick([], budgetMillis);
        millis.push(performance.now() - began);
      }
      return millis;
    },
    [TICKS, BUDGET_MILLIS],
  );
}

/** @param {number[]} values */
function median(values) {
  return percentile(values, 0.5);
}

/** @param {number[]} values @param {number} share */
function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
