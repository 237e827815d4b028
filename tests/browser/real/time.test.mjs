// Going back in time on the real CPU program: a run that was restored goes on as the one that never stopped,
// to the last bit, alone and shared; keeping it costs next to nothing; and the page goes on after a reload.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { attributes, launch, leave, open, until, untilStep } from "../lib/browser.mjs";
import { codeOf, drive, loadClassifier, networksOf, openProgram, served, withoutDownload } from "../lib/site.mjs";
import { lossesIn, numbersOf, savesIn } from "../lib/snapshots.mjs";

/** @import { Browser, Page } from "playwright-core" */
/** @import { Command, Recipe } from "../../../www/js/protocol.js" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
afterEach(() => leave(browser));
after(() => browser.close());

/** @param {number} workers */
async function program(workers) {
  const page = await (await browser.newContext()).newPage();
  await openProgram(page, await codeOf(SITE), "cpu", workers);
  const presets = networksOf(await drive(page, [{ type: "pause" }]));
  await loadClassifier(page, SITE);
  return { page, presets };
}

/** @type {Command} */
const SAVE = { type: "save", id: 1 };
const steps = (/** @type {number} */ count) => Array.from({ length: count }, () => /** @type {Command} */ ({ type: "step", player: "both" }));

/** Of each kind: momentum, a judge that goes ahead, learning that cools. @param {Recipe} recipe @returns {Recipe} */
function demanding(recipe) {
  /** @type {any} */
  const harder = structuredClone(recipe);
  harder.generator.optimiser.beta1 = 0.5;
  for (const player of [harder.generator, harder.discriminator]) Object.assign(player.schedule, { kind: "inverse-square-root", steps: 4 });
  return { ...harder, dataset: withoutDownload(recipe.dataset), d_steps: 2, batch: 32 };
}

for (const workers of [1, 2]) {
  // tests/time_machine.rs has every pair of networks; here it is the browser's program and its workers.
  test(`restored runs go on to the last bit, by ${workers} worker${workers > 1 ? "s" : ""}`, { timeout: 10 * MINUTE }, async () => {
    const { page, presets } = await program(workers);
    const other = await program(1);
    for (const { name, recipe } of presets.filter((_, i) => i % 3 === workers)) {
      // In the middle of training; a tick without news is a turn.
      const turns = Array.from({ length: 25 }, () => /** @type {Command} */ ({ type: "run" }));
      const [kept] = savesIn(await drive(page, [{ type: "load", recipe: demanding(recipe) }, ...turns, SAVE]));
      assert(kept.step >= 1, name);
      const straight = await drive(page, [{ type: "pause" }, ...steps(1), SAVE, ...steps(4), SAVE]);
      // The pause came after a turn of the next step, which the first step by hand finished.
      const [middle, end] = savesIn(straight);
      for (const there of [page, other.page]) {
        const again = await drive(there, [{ type: "restore", id: 2, checkpoint: middle.checkpoint, recipe: null }, ...steps(4), SAVE]);
        assert.deepEqual(lossesIn(again), lossesIn(straight).filter(({ step }) => step > middle.step), name);
        assert.deepEqual(numbersOf(savesIn(again)[0].checkpoint), numbersOf(end.checkpoint), name);
        const early = await drive(there, [{ type: "restore", id: 3, checkpoint: kept.checkpoint, recipe: null }, ...steps(end.step - kept.step), SAVE]);
        assert.deepEqual(numbersOf(savesIn(early)[0].checkpoint), numbersOf(end.checkpoint), `${name}, from the middle of training`);
      }
    }
  });
}

test("after a reload the real run goes on where it stood, with its curves and branches", { timeout: 3 * MINUTE }, async () => {
  const { page, problems } = await open(browser, `${SITE}?device=cpu&autostart`);
  await untilStep(page, 40, 2 * MINUTE);
  await page.getByRole("button", { name: "Pause" }).click();
  await until(page, { state: "paused" });
  await page.waitForTimeout(500);
  const { step = "" } = await attributes(page);
  await page.goto(`${SITE}?device=cpu`);
  await page.getByText(`Go on from step ${step} of your last run`).waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await until(page, { state: "paused", step, dataset: "mnist" }, MINUTE);
  const slider = page.getByRole("slider", { name: "Time machine" });
  await slider.focus();
  await page.keyboard.press("Home");
  assert.equal(await page.locator("#fakes figcaption p").textContent(), "As drawn at step 0.");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await untilStep(page, Number(step) + 20, MINUTE);
  assert.deepEqual(problems, []);
});

test("models that lie on the site open on the real program: a preset that was trained, and one without a judge beside it", { timeout: 3 * MINUTE }, async () => {
  const { page, problems } = await open(browser, `${SITE}?device=cpu&preset=plane`);
  await page.getByRole("button", { name: "Start over", exact: true }).waitFor({ timeout: MINUTE });
  const { state, step = "" } = await attributes(page);
  assert(state === "paused" && Number(step) > 1000, `${state} at step ${step}`);
  await page.waitForFunction(() => /8\s*of 8/.test(document.querySelector(".readings")?.textContent ?? ""));
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await untilStep(page, Number(step) + 20, MINUTE);
  await page.goto(`${SITE}?device=cpu&dataset=drawn&preset=super`);
  await page.getByRole("button", { name: "Compare with others" }).click();
  await page.locator(".pairs").getByText("Distance only: the same artist after 600 steps").waitFor({ timeout: MINUTE });
  assert.deepEqual(await page.locator(".block").first().locator(".labels span:visible").allTextContents(), ["given", "bicubic", "distance only", "artist", "real"]);
  assert.deepEqual(problems, []);
});
