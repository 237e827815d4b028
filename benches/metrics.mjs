// What measuring 2,000 samples by every figure costs on the CPU program in Chromium, by one worker, with
// training at rest: as one line of JSON per measurement. The first one reads the real digits as well.
// `cargo xtask bench metrics` builds and serves what it needs and runs this.
// @ts-check

import { launch } from "../tests/browser/lib/browser.mjs";
import { drive, openProgram, presetsOf, served } from "../tests/browser/lib/site.mjs";

const SAMPLES = 2000;
const TIMES = 6;
/** Steps before the first: drawings are then digits. */
const STEPS = 200;

const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, served("GANVAS_PROGRAMS"), "cpu");
  const [{ recipe }] = presetsOf(await drive(page, [{ type: "pause" }]));
  const lines = await page.evaluate(
    async ([recipe, samples, times, steps]) => {
      const { session } = /** @type {any} */ (globalThis);
      const tick = async (/** @type {any[]} */ commands) => {
        const events = await session.tick(commands, 0);
        for (const event of events) if (event.type === "failed") throw new Error(event.message);
        return events;
      };
      const bytes = async (/** @type {string} */ path) => new Uint8Array(await (await fetch(path)).arrayBuffer());
      const pair = async (/** @type {{ images: string, labels: string }} */ { images, labels }) =>
        ({ images: await bytes(`data/${images}`), labels: await bytes(`data/${labels}`) });
      const { total, shards, held_out } = await (await fetch("data/mnist.json")).json();
      await tick([
        { type: "load", recipe },
        { type: "load-classifier", weights: await bytes("classifier.safetensors") },
        { type: "add-held-out", ...(await pair(held_out)) },
      ]);
      for (const shard of shards) await tick([{ type: "add-data", ...(await pair(shard)), total }]);
      await tick([{ type: "run" }]);
      for (let step = 0; step < steps; ) {
        for (const event of await tick([])) if (event.type === "progressed") step = event.step;
      }
      await tick([{ type: "pause" }]);

      const lines = [];
      for (let time = 1; time <= times; time++) {
        const pieces = [];
        let measured;
        for (let commands = [{ type: "measure", count: samples, seed: time }]; !measured; commands = []) {
          const began = performance.now();
          measured = (await tick(commands)).find((/** @type {any} */ { type }) => type === "measured");
          pieces.push(performance.now() - began);
        }
        const { step, count, reference, millis, figures, floor } = measured;
        pieces.sort((a, b) => a - b);
        const piece_millis = pieces[Math.floor(0.95 * pieces.length)];
        lines.push({ time, step, count, reference, millis, pieces: pieces.length, piece_millis, longest_millis: pieces[pieces.length - 1], figures, floor });
      }
      return lines;
    },
    /** @type {const} */ ([{ ...recipe, dataset: "mnist" }, SAMPLES, TIMES, STEPS]),
  );
  for (const line of lines) console.log(JSON.stringify(line));
} finally {
  await browser.close();
}
