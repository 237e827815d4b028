// Milliseconds per training step of each preset on the CPU program in Chromium, as one line of JSON per
// preset, after one that names the browser. `cargo xtask bench` builds and serves the program and runs
// this.
// @ts-check

import { launch } from "../tests/browser/lib/browser.mjs";
import { drive, openProgram, presetsOf, served } from "../tests/browser/lib/site.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Recipe } from "../www/js/protocol.js" */

/** A fresh program is slow until the browser has optimised it. */
const WARM_UP_STEPS = 25;
/** Stretches of training, each long enough for several reports. */
const REPEATS = 20;
const STRETCH_MILLIS = 500;
/** As in www/worker.js: what one tick may take before the worker listens again. */
const BUDGET_MILLIS = 8;
const TICKS = 200;

const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, served("GANVAS_PROGRAMS"), "cpu");
  const presets = presetsOf(await drive(page, [{ type: "pause" }]));
  for (const { name, recipe } of presets) {
    const step_millis = median(await measure(page, { ...recipe, dataset: "drawn" }));
    const { batch } = /** @type {{ batch: number }} */ (/** @type {unknown} */ (recipe));
    const deaf_millis = percentile(await listen(page), 0.95);
    await drive(page, [{ type: "pause" }]);
    console.log(JSON.stringify({ preset: name, batch, step_millis, images_per_second: (batch * 1000) / step_millis, deaf_millis }));
  }
} finally {
  await browser.close();
}

/**
 * Trains and returns the milliseconds per step of each report after the warm-up.
 * @param {Page} page
 * @param {Recipe} recipe
 * @returns {Promise<number[]>}
 */
async function measure(page, recipe) {
  await drive(page, [{ type: "load", recipe }, { type: "run" }]);
  const measured = await page.evaluate(
    async ([warmUpSteps, repeats, stretchMillis]) => {
      const { session } = /** @type {any} */ (globalThis);
      const millis = [];
      for (let stretches = 0; stretches < repeats; ) {
        let warm = false;
        for (const event of await session.tick([], stretchMillis)) {
          if (event.type === "failed") throw new Error(event.message);
          if (event.type !== "progressed" || event.step <= warmUpSteps) continue;
          millis.push(event.step_millis);
          warm = true;
        }
        if (warm) stretches += 1;
      }
      return millis;
    },
    [WARM_UP_STEPS, REPEATS, STRETCH_MILLIS],
  );
  return measured;
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
