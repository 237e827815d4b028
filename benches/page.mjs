// What the page costs training, on the built site's CPU program in Chromium: for each seed, and with one worker and
// with two, the engine alone and the real page in turns, as one line of JSON each. Both are given all data and the
// classifier before their clocks start. `seconds`: until nine of ten drawings are read as the digit that was asked
// for, which the engine tests every ten steps with its clock standing still, and the page shows as “Read as asked”.
// `steps_per_second`: from the third to the eleventh second of training. `cargo xtask bench page` builds and serves
// the site and runs this with the number of seeds.
// @ts-check

import { launch, until } from "../tests/browser/lib/browser.mjs";
import { codeOf, drive, loadMnist, openProgram, presetsOf, served } from "../tests/browser/lib/site.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Recipe } from "../www/js/protocol.js" */

const PRESET = "quick";
const WORKERS = [1, 2];
const GOAL = 0.9;
/** Milliseconds of training between which steps are counted. */
const [FROM, TO] = [3_000, 11_000];
const MOST_MILLIS = 60_000;
/** Of the engine, as in `ttd.mjs` and www/worker.js. */
const ENGINE = { samples: 1000, sampleSeed: 2, every: 10, budget: 8 };

const site = served("GANVAS_PROGRAMS");
const code = await codeOf(site);
const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  for (let seed = 1; seed <= Number(process.argv[2]); seed++) {
    for (const workers of WORKERS) {
      console.log(JSON.stringify({ seed, workers, engine: await visit((page) => engine(page, seed, workers)), page: await visit((page) => shown(page, seed, workers)) }));
    }
  }
} finally {
  await browser.close();
}

/** A fresh page, and so a program that the browser has not optimised yet. @template T @param {(page: Page) => Promise<T>} act */
async function visit(act) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    return await act(await context.newPage());
  } finally {
    await context.close();
  }
}

/** @param {Page} page @param {number} seed @param {number} workers */
async function engine(page, seed, workers) {
  await openProgram(page, code, "cpu", workers);
  const preset = presetsOf(await drive(page, [{ type: "pause" }])).find(({ name }) => name === PRESET);
  if (!preset) throw new Error(`there is no preset ${PRESET}`);
  /** @type {Recipe} */
  const recipe = { ...preset.recipe, dataset: "mnist", seed };
  await loadMnist(page, site, recipe);
  return page.evaluate(
    async ([goal, from, to, most, { samples, sampleSeed, every, budget }]) => {
      const { session } = /** @type {any} */ (globalThis);
      const tick = async (/** @type {any[]} */ commands) => {
        const events = await session.tick(commands, budget);
        for (const event of events) if (event.type === "failed") throw new Error(event.message);
        return events;
      };
      let [millis, step, seconds] = [0, 0, /** @type {number | null} */ (null)];
      /** @type {[number, number][]} */
      const times = [];
      while (millis < to || (seconds === null && millis < most)) {
        const due = step + every;
        let began = performance.now();
        let commands = [{ type: "run" }];
        while (step < due) {
          for (const event of await tick(commands)) if (event.type === "progressed") step = event.step;
          commands = [];
        }
        millis += performance.now() - began;
        times.push([millis, step]);
        await tick([{ type: "pause" }]);
        if (seconds !== null) continue;
        await tick([{ type: "evaluate", count: samples, seed: sampleSeed }]);
        let evaluated;
        while (!evaluated) evaluated = (await tick([])).find((/** @type {any} */ { type }) => type === "evaluated");
        if (evaluated.label_accuracy >= goal) seconds = millis / 1000;
      }
      const first = times.find(([at]) => at >= from) ?? times[0];
      const last = times.findLast(([at]) => at <= to) ?? times[times.length - 1];
      return { seconds, steps_per_second: (1000 * (last[1] - first[1])) / (last[0] - first[0]) };
    },
    /** @type {const} */ ([GOAL, FROM, TO, MOST_MILLIS, ENGINE]),
  );
}

/** @param {Page} page @param {number} seed @param {number} workers */
async function shown(page, seed, workers) {
  // From the press on, with the page's own clock: whoever asks from outside asks late.
  await page.addInitScript(([from, to, goal]) => {
    const them = /** @type {any} */ (globalThis);
    const seen = (them.seen = { began: NaN, seconds: null, first: null, last: null });
    const look = () => {
      const { dataset } = document.documentElement;
      const millis = performance.now() - seen.began;
      const at = [millis, Number(dataset.step)];
      if (millis >= from && !seen.first) Object.assign(seen, { first: at });
      if (millis <= to) Object.assign(seen, { last: at });
      if (seen.seconds === null && Number(dataset.accuracy) >= goal) Object.assign(seen, { seconds: millis / 1000 });
      setTimeout(look, 20);
    };
    addEventListener("click", ({ target }) => {
      if (/** @type {HTMLElement} */ (target).id !== "train") return;
      seen.began = performance.now();
      look();
    }, { capture: true });
  }, /** @type {const} */ ([FROM, TO, GOAL]));
  await page.goto(`${site}?device=cpu&preset=${PRESET}&seed=${seed}&workers=${workers}`);
  await until(page, { state: "ready" }, 60_000);
  await page.getByText("MNIST: 60,000", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForFunction(([to, most]) => {
    const { seen } = /** @type {any} */ (globalThis);
    const millis = performance.now() - seen.began;
    return millis > to && (seen.seconds !== null || millis > most);
  }, /** @type {const} */ ([TO, MOST_MILLIS]), { timeout: 2 * MOST_MILLIS });
  const { seconds, first, last } = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
  return { seconds, steps_per_second: (1000 * (last[1] - first[1])) / (last[0] - first[0]) };
}
