// The page where a run translates both ways, and where it makes films or pictures in colour: what the stage and the Pad
// show. On the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { askedOf, listen } from "./lib/asked.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true }).click();
/** Every pixel of a canvas, as one number. @param {Page} page @param {string} selector */
const painted = (page, selector) => page.locator(selector).first().evaluate((canvas) => {
  const it = /** @type {HTMLCanvasElement} */ (canvas);
  const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
  return data.reduce((hash, value) => (hash * 31 + value) | 0, 7);
});
/** Whether some pixel of a canvas is not grey. @param {Page} page @param {string} selector */
const hasColours = (page, selector) => page.locator(selector).first().evaluate((canvas) => {
  const it = /** @type {HTMLCanvasElement} */ (canvas);
  const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
  return data.some((_, i) => i % 4 === 0 && Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 150);
});
test("a run that translates both ways shows either way and what comes home", () =>
  visit("/?dataset=drawn&preset=zebra", async (page) => {
    await until(page, { state: "ready" });
    const labels = (/** @type {number} */ k) => page.locator(".block").nth(k).locator(".labels span:visible").allTextContents();
    await page.locator(".block canvas").first().waitFor();
    assert.deepEqual(await labels(0), ["given", "artist", "again"]);
    assert.deepEqual(await labels(1), ["real", "artist", "again"]);
    assert.match(await page.locator(".pairs figcaption").innerText(), /stripes.*Nobody tells the artists which belongs to which/s);
    await page.waitForTimeout(200);
    const before = await Promise.all([1, 2].map((k) => painted(page, `.block:nth-child(${k}) canvas`)));
    await press(page, "Train");
    await untilStep(page, 30);
    const after = await Promise.all([1, 2].map((k) => painted(page, `.block:nth-child(${k}) canvas`)));
    assert(after.every((pixels, k) => pixels !== before[k]), "both change");
    await openRoom(page, "watch");
    await page.getByText("second judge").first().waitFor();
    assert.deepEqual(await noticesOf(page), []);
    // Another game has one way again.
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("sketch");
    await press(page, "Start over with these settings");
    await page.locator(".block .labels", { hasText: "given" }).first().waitFor();
    await page.waitForFunction(() => document.querySelector(".block .labels")?.textContent === "givenartistreal");
  }));

test("the Pad asks for either way", () =>
  visit("/?dataset=drawn&preset=zebra#room=pad", async (page) => {
    await until(page, { state: "ready" });
    await listen(page);
    await page.locator("#room-pad:not([aria-busy])").waitFor();
    const forms = async () => (await askedOf(page)).map(({ pictures }) => `${pictures?.form} ${pictures?.direction}`);
    await page.getByLabel("Stripes off").check();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).asked.some((/** @type {any} */ { pictures }) => pictures.direction === "back"));
    assert.deepEqual(await page.locator("#pad .results figure:visible figcaption").allTextContents(), ["What it is given", "The artist’s picture", "What you drew"]);
    await page.getByLabel("Stripes on").check();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).asked.at(-1).pictures.direction === "forth");
    assert((await forms()).every((/** @type {string} */ form) => form === "target back" || form === "target forth"), String(await forms()));
    assert.deepEqual(await page.locator("#pad .results figure:visible figcaption").allTextContents(), ["The artist’s picture"]);
    assert.deepEqual(await noticesOf(page), []);
  }));

test("films play, stand still at a press and go frame by frame", () =>
  visit("/?preset=moco", async (page) => {
    await until(page, { state: "ready" });
    const slider = page.getByRole("slider", { name: "Frame" });
    await slider.waitFor();
    await press(page, "Train");
    await untilStep(page, 5);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    // It plays by itself.
    const frames = new Set();
    for (let i = 0; i < 40 && frames.size < 3; i++) {
      frames.add(await painted(page, ".fakes canvas"));
      await page.waitForTimeout(60);
    }
    assert(frames.size >= 3, `${frames.size} frames`);
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(200);
    assert.equal(await painted(page, ".fakes canvas"), (await page.waitForTimeout(400), await painted(page, ".fakes canvas")), "it stands");
    await slider.fill("1");
    await page.getByText("1 of 8").waitFor();
    await page.waitForTimeout(100);
    const first = await painted(page, ".fakes canvas");
    const real = await painted(page, ".reals canvas");
    await slider.fill("8");
    await page.waitForTimeout(100);
    assert.notEqual(await painted(page, ".fakes canvas"), first);
    assert.notEqual(await painted(page, ".reals canvas"), real, "real films keep step");
    assert.deepEqual(await noticesOf(page), []);
  }));

test("films stand still for those who want less motion", () =>
  visit("/?preset=moco", async (page) => {
    await until(page, { state: "ready" });
    await page.getByRole("slider", { name: "Frame" }).waitFor();
    await page.waitForTimeout(200);
    const before = await painted(page, ".reals canvas");
    await page.waitForTimeout(500);
    assert.equal(await painted(page, ".reals canvas"), before);
  }, { context: { reducedMotion: "reduce" } }));

test("pictures in colour are painted in their colours, and grey ones are not", () =>
  visit("/?preset=tinted", async (page) => {
    await until(page, { state: "ready" });
    await page.waitForFunction(() => Number(document.documentElement.dataset.step) === 0);
    await page.waitForTimeout(300);
    assert(await hasColours(page, ".reals canvas"));
    assert(await page.locator(".filmstrip").count() === 0 || await page.locator(".filmstrip").isHidden());
    assert.deepEqual(await noticesOf(page), []);
  }));

for (const [preset, colorScheme] of /** @type {const} */ ([["zebra", "light"], ["moco", "dark"]])) {
  test(`no accessibility violation in ${colorScheme} colours with ${preset}`, () =>
    visit(`/?dataset=drawn&preset=${preset}&autostart#room=pad`, async (page) => {
      await untilStep(page, 10);
      await page.locator("#room-pad:not([aria-busy])").waitFor();
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const violations = await page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
        return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
      });
      assert.deepEqual(violations, []);
    }, { context: { colorScheme } }));
}
