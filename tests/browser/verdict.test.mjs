// The judge's verdict on the page: who is winning, a score on each picture, one picture looked at closely,
// and the alarm at collapse. On the mock program, whose scores are known.
// @ts-check

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

/** @import { Browser, Page } from "playwright-core" */

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** @param {Record<string, unknown>} mock @param {(page: Page, problems: string[]) => Promise<void>} check */
async function visit(mock, check) {
  const server = await serve({ mock });
  const { page, problems } = await open(browser, `${server.origin}/?device=cpu&dataset=drawn`);
  try {
    await until(page, { state: "ready" });
    await page.getByRole("button", { name: "both", exact: true }).click();
    await until(page, { state: "paused", step: "1" });
    await check(page, problems);
  } finally {
    await page.context().close();
    await server.close();
  }
}

/** What a canvas shows, as a number. @param {Page} page @param {string} selector */
const hashOf = (page, selector) => page.locator(selector).evaluate((/** @type {HTMLCanvasElement} */ canvas) => {
  const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((hash, value) => (hash * 31 + value) | 0, 0);
});

test("the page says how often the judge tells a pair apart, and how its scores are spread", () =>
  visit({}, async (page) => {
    await openRoom(page, "watch");
    assert.match(await page.locator("#verdict .balance").innerText(), /In 70 of 100 pairs, .* The judge is ahead/s);
    const at = await page.locator(".needle").evaluate((needle) => /** @type {HTMLElement} */ (needle).style.left);
    assert.equal(at, "70%");
    const label = await page.locator("#verdict svg").getAttribute("aria-label");
    assert.match(label ?? "", /real digits average 0\.\d+, drawings −0\.\d+/);
    const heights = await page.locator("#verdict rect").evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("height"))));
    assert.equal(heights.length, 48);
    assert(heights.filter((height) => height > 0).length > 20, "the bars stand");
    const goal = await page.locator("#verdict .goal").evaluate((line) => [line.classList.contains("absent"), Number(line.getAttribute("x1"))]);
    assert(!goal[0] && Number(goal[1]) > 100 && Number(goal[1]) < 380, `where it cannot tell is marked: ${goal}`);
  }));

test("each picture carries its score when that is wanted", () =>
  visit({}, async (page) => {
    for (const figure of ["#fakes canvas", "#reals canvas"]) {
      const bare = await hashOf(page, figure);
      await openRoom(page, "watch");
      await page.getByRole("checkbox", { name: /score for each picture/ }).check();
      await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
      assert.notEqual(await hashOf(page, figure), bare, figure);
      await page.getByRole("checkbox", { name: /score for each picture/ }).uncheck();
      await page.waitForFunction(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)))));
      assert.equal(await hashOf(page, figure), bare, `${figure} is bare again`);
    }
  }));

test("a picture can be looked at closely by pointer and by keyboard", () =>
  visit({}, async (page, problems) => {
    const sheet = page.getByRole("dialog");
    const canvas = page.locator("#fakes canvas");
    const box = await canvas.boundingBox();
    assert(box);
    // The fourth drawing of the second row.
    await canvas.click({ position: { x: (3.5 * box.width) / 10, y: (1.5 * box.width) / 10 } });
    await sheet.getByText(/not a copy of it/).waitFor();
    assert.match(await sheet.innerText(), /asked to be a 3.*score: −0\.25.*nearest of 60,000 real digits.*not a copy of it/s);
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });

    await page.locator("#reals canvas").focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
    await sheet.waitFor();
    // Five real digits stand in a row here: the second of the second row.
    assert.match(await sheet.innerText(), /A real digit: a 6/);
    await sheet.getByRole("button", { name: "Close" }).click();
    await sheet.waitFor({ state: "hidden" });
    assert.deepEqual(problems, []);
  }));

test("at collapse the page says what it saw and what to try, until a fresh start", () =>
  visit({ collapsesAt: 12 }, async (page) => {
    const alarm = page.getByRole("alert");
    assert(!(await alarm.isVisible()));
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(page, 14);
    await alarm.waitFor();
    assert.match(await alarm.innerText(), /Mode collapse.*All drawings are alike\..*Add a penalty\..*Go back\./s);
    await openRoom(page, "watch");
    assert.equal(await page.locator("[data-figure=variety]").innerText(), "1 %");
    await page.getByRole("button", { name: "Reset" }).click();
    await until(page, { state: "ready", step: "0" });
    await alarm.waitFor({ state: "hidden" });
  }));
