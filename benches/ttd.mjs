// Time to digits on the CPU program in Chromium: for each seed, seconds of training on MNIST until the
// classifier reads enough of 1,000 samples as the digit that was asked for, as one line of JSON each.
// The clock stands still while samples are scored, and all data are there before it starts.
// `cargo xtask bench ttd` builds and serves what it needs and runs this with a preset's name and the
// number of seeds.
// @ts-check

import { availableParallelism } from "node:os";
import { launch } from "../tests/browser/lib/browser.mjs";
import { drive, loadMnist, openProgram, presetsOf, served } from "../tests/browser/lib/site.mjs";

/** @import { Recipe } from "../www/js/protocol.js" */

const GOAL = 0.9;
const SAMPLES = 1000;
const SAMPLE_SEED = 2;
/** Steps between two scorings. */
const EVERY = 10;
const MOST_STEPS = 1500;
/** As in www/worker.js. */
const BUDGET_MILLIS = 8;
const MOST_WORKERS = 4;

const [name, seeds] = process.argv.slice(2);
const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  for (let seed = 1; seed <= Number(seeds); seed++) console.log(JSON.stringify({ seed, ...(await timeToDigits(seed)) }));
} finally {
  await browser.close();
}

/** A fresh page, and so a program that the browser has not optimised yet. @param {number} seed */
async function timeToDigits(seed) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await openProgram(page, served("GANVAS_PROGRAMS"), "cpu", Math.min(availableParallelism(), MOST_WORKERS));
  const preset = presetsOf(await drive(page, [{ type: "pause" }])).find((preset) => preset.name === name);
  if (!preset) throw new Error(`there is no preset ${name}`);
  /** @type {Recipe} */
  const recipe = { ...preset.recipe, dataset: "mnist", seed };
  await loadMnist(page, served("GANVAS_PROGRAMS"), recipe);
  const run = await page.evaluate(
    async ([goal, samples, sampleSeed, every, mostSteps, budget]) => {
      const { session } = /** @type {any} */ (globalThis);
      const tick = async (/** @type {any[]} */ commands) => {
        const events = await session.tick(commands, budget);
        for (const event of events) if (event.type === "failed") throw new Error(event.message);
        return events;
      };
      let millis = 0;
      for (let step = 0, due = every; ; ) {
        let began = performance.now();
        let commands = [{ type: "run" }];
        while (step < due) {
          for (const event of await tick(commands)) if (event.type === "progressed") step = event.step;
          commands = [];
        }
        millis += performance.now() - began;
        due = step + every;

        await tick([{ type: "pause" }, { type: "evaluate", count: samples, seed: sampleSeed }]);
        let evaluated;
        while (!evaluated) evaluated = (await tick([])).find((/** @type {any} */ { type }) => type === "evaluated");
        const accuracy = evaluated.label_accuracy;
        if (accuracy >= goal) return { seconds: millis / 1000, step, accuracy };
        if (step >= mostSteps) return { seconds: null, step, accuracy };
      }
    },
    /** @type {const} */ ([GOAL, SAMPLES, SAMPLE_SEED, EVERY, MOST_STEPS, BUDGET_MILLIS]),
  );
  await context.close();
  return run;
}
