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

const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, served("GANVAS_PROGRAMS"), "cpu");
  const presets = presetsOf(await drive(page, [{ type: "pause" }]));
  for (const { name, recipe } of presets) {
    const step_millis = median(await measure(page, { ...recipe, dataset: "drawn" }));
    const { batch } = /** @type {{ batch: number }} */ (/** @type {unknown} */ (recipe));
    console.log(JSON.stringify({ preset: name, batch, step_millis, images_per_second: (batch * 1000) / step_millis }));
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
  await drive(page, [{ type: "pause" }]);
  return measured;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
