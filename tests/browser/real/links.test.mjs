// A run that travels by a link, on the real program: who opens it, on other workers, gets the sender's drawings.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launch, leave, open, until, untilStep } from "../lib/browser.mjs";
import { served } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
afterEach(() => leave(browser));
after(() => browser.close());

/** Presses, and waits until the run rests. @param {Page} page @param {number} step */
async function trainTo(page, step) {
  await page.locator("#train").click();
  await untilStep(page, step);
  await page.locator("#train").click();
  await until(page, { state: "paused" });
}

test("a run that was played with comes out the same, to the last pixel, wherever its link is opened", { timeout: 5 * MINUTE }, async () => {
  const { page, problems } = await open(browser, `${SITE}?device=cpu&workers=1#room=recipe&preset=quick&dataset=drawn`);
  await until(page, { state: "ready" });
  await trainTo(page, 8);
  await page.locator("[data-player=generator]").click();
  await page.getByText("All other settings").click();
  await page.locator("#field-d_steps").fill("2");
  await page.waitForTimeout(400); // a slider at rest
  // Two moments after all that, since a branch leaves the last one behind.
  await trainTo(page, 14);
  await trainTo(page, 18);
  // A branch: what only a snapshot may change.
  await page.locator("#field-objective").selectOption({ label: "Hinge" });
  await page.locator("#timeline input").focus();
  await page.keyboard.press("ArrowLeft");
  await page.locator("#timeline .branch").click();
  await until(page, { state: "paused" });
  await trainTo(page, 26);

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByLabel(/This run up to step/).check();
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector(".link-text")).value.includes("play="));
  const link = await page.getByLabel("The link", { exact: true }).inputValue();
  assert.match(link, /:g\//, "the step of one player");
  assert.match(link, /objective=hinge/, "the branch");
  assert.deepEqual(problems, []);

  const other = await open(browser, link.replace(/\?[^#]*/, "?device=cpu&workers=2"));
  await until(other.page, { state: "ready", step: "0" });
  await other.page.locator("#train").click();
  await other.page.locator(".notice p", { hasText: "the same drawings as the sender’s, to the last pixel" }).waitFor({ timeout: 3 * MINUTE });
  assert.deepEqual(other.problems, []);
});
