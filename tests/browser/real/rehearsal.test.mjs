// Kernels are compiled before they are needed: once a run is loaded on a GPU, pressing Train compiles
// nothing more. Counted where the browser is asked for a pipeline.
// @ts-check

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, SWIFTSHADER } from "../lib/browser.mjs";
import { codeOf, drive, loadClassifier, networksOf, openProgram, served, tiny } from "../lib/site.mjs";

/** @import { Browser } from "playwright-core" */

const MINUTE = 60_000;

/** @type {Browser} */
let browser;
before(async () => (browser = await launch(SWIFTSHADER)));
after(() => browser.close());

test("training compiles nothing that loading has not", { timeout: 30 * MINUTE }, async () => {
  const page = await (await browser.newContext()).newPage();
  const site = served("GANVAS_SITE");
  await openProgram(page, await codeOf(site), "gpu");
  const networks = networksOf(await drive(page, [{ type: "pause" }]));
  await loadClassifier(page, site);
  for (const { name, recipe } of networks) {
    await drive(page, [{ type: "load", recipe: tiny(recipe) }]);
    const [rehearsed, trained] = await page.evaluate(async () => {
      const { session, GPUDevice } = /** @type {any} */ (globalThis);
      let asked = 0;
      for (const way of ["createComputePipeline", "createComputePipelineAsync"]) {
        const create = GPUDevice.prototype[way];
        /** @param {any[]} args */
        GPUDevice.prototype[way] = function (...args) {
          asked += 1;
          return create.apply(this, args);
        };
      }
      while (session.busy) await session.tick([], 0);
      const rehearsed = asked;
      /** @type {string[]} */
      const seen = [];
      let events = await session.tick([{ type: "run" }], 0);
      // Past the first report, the first preview and their readbacks.
      while (!["progressed", "previewed"].every((type) => seen.includes(type))) {
        seen.push(...events.map((/** @type {any} */ { type }) => type));
        events = await session.tick([], 0);
      }
      await session.tick([{ type: "pause" }], 0);
      return [rehearsed, asked - rehearsed];
    });
    console.log(`${name}: ${rehearsed} pipelines in the rehearsal, ${trained} in training`);
    assert.equal(trained, 0, `${name}: ${trained} pipelines were compiled after Train`);
  }
});
