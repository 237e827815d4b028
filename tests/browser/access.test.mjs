// What every visitor needs of the page: the keyboard, accessibility, its width, figures that stay in place, no other host.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { until, untilStep } from "./lib/browser.mjs";
import { visit } from "./lib/visit.mjs";

test("everything can be reached and worked by keyboard alone, with the focus in sight", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await page.locator("#settings summary").click();
    for (const summary of await page.locator("#measured summary").all()) await summary.click();
    await page.locator("body").click({ position: { x: 1, y: 1 } });
    const wanted = await page.locator("button:enabled:visible, select:enabled:visible, input:enabled:visible, canvas[tabindex], summary, a[href]").count();
    /** @type {Set<string>} */
    const reached = new Set();
    for (let i = 0; i < wanted + 5; i++) {
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const it = /** @type {HTMLElement} */ (document.activeElement);
        const { outlineStyle, outlineWidth } = getComputedStyle(it);
        const index = [...document.querySelectorAll("*")].indexOf(it);
        return { index, name: it.outerHTML.slice(0, 80), visible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, body: it === document.body };
      });
      if (seen.body) continue;
      assert(seen.visible, `the focus can be seen on ${seen.name}`);
      reached.add(`${seen.index}`);
    }
    assert.equal(reached.size, wanted, "each control is reached once");
    await page.locator("#train").focus();
    await page.keyboard.press("Enter");
    await untilStep(page, 4);
    await page.keyboard.press("Space");
    await until(page, { state: "paused" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "train", "the focus stays where it was");
  }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`no accessibility violation in ${colorScheme} colours, while training, with everything open`, () =>
    visit("/?autostart&seed=-1", async (page) => {
      await untilStep(page, 60);
      await page.locator("#settings summary").click();
      for (const summary of await page.locator("#measured summary").all()) await summary.click();
      await page.getByLabel("Batch").fill("32");
      await page.locator(".pending:visible").waitFor();
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const violations = await page.evaluate(async () => {
        const { axe } = /** @type {any} */ (globalThis);
        const { violations } = await axe.run(document, { resultTypes: ["violations"] });
        return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
      });
      assert.deepEqual(violations, []);
    }, { context: { colorScheme } }));
}

for (const width of [320, 360, 1024, 1920]) {
  test(`nothing sticks out at ${width} px, whatever is open`, () =>
    visit("/?autostart", async (page) => {
      await untilStep(page, 10);
      await page.locator("#settings summary").click();
      for (const summary of await page.locator("#measured summary").all()) await summary.click();
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert(excess <= 0, `${excess} px too wide`);
    }, { context: { viewport: { width, height: 740 } } }));
}

for (const width of [360, 768, 1350]) {
  test(`nothing moves while the page arrives at ${width} px`, () =>
    visit("/", async (page) => {
      await until(page, { state: "ready" });
      await page.waitForTimeout(500);
      const shifts = await page.evaluate(() => new Promise((/** @type {(all: number[]) => void} */ told) => {
        const observed = (/** @type {PerformanceObserverEntryList} */ list) => told(list.getEntries().map((entry) => /** @type {any} */ (entry).value));
        new PerformanceObserver(observed).observe({ type: "layout-shift", buffered: true });
        setTimeout(told, 500, []); // there has been none
      }));
      const sum = shifts.reduce((all, value) => all + value, 0);
      assert(sum < 0.05, `a layout shift of ${sum.toFixed(3)}`);
    }, { context: { viewport: { width, height: 900 } } }));
}

test("pictures and inks are seen where the system chooses the colours", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 10);
    const colours = await page.evaluate(() => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#fakes canvas"));
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width / 10, canvas.height / 10);
      const inks = [...document.querySelectorAll(".legends span")].map((legend) => getComputedStyle(legend, "::before").backgroundColor);
      return { shades: new Set(new Uint32Array(data.buffer)).size, inks: new Set(inks).size };
    });
    assert(colours.shades > 10, `a picture in ${colours.shades} shades`);
    assert.equal(colours.inks, 2, "an ink for each player");
  }, { context: { forcedColors: "active" } }));

test("nothing moves while the figures change", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    const places = () => page.evaluate(() => ["#fakes", "#figures", "#settings", "#losses", "#sampler", "#measured", ".story"].map((selector) => {
      const { top, left } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      return [selector, Math.round(top), Math.round(left)].join(" ");
    }));
    const before = await places();
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 120);
    await page.waitForFunction(() => document.documentElement.dataset.accuracy);
    assert.deepEqual(await places(), before);
  }));

test("on a wide screen every setting can be opened without moving anything else, and is reached by scrolling", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    const places = () => page.evaluate(() => ["#fakes", "#train", "#losses", ".story"].map((selector) => {
      const { top, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      return [selector, Math.round(top + scrollY), Math.round(height)].join(" ");
    }));
    const before = await places();
    await page.locator("#settings summary").click();
    assert.deepEqual(await places(), before);
    const last = page.locator("#recipe input:visible").last();
    await last.focus();
    const { y = 0, height = 0 } = (await last.boundingBox()) ?? {};
    assert(y >= 0 && y + height <= 900, `the last setting is at ${y}`);
  }, { context: { viewport: { width: 1440, height: 900 } } }));

for (const width of [1100, 1440]) {
  test(`the settings cover nothing at ${width} px, wherever the page is scrolled to`, () =>
    visit("/", async (page) => {
      await until(page, { state: "ready" });
      await page.locator("#settings summary").click();
      const parts = await page.locator("main > section:not(#settings):visible").all();
      assert(parts.length > 5);
      for (const part of parts) {
        await part.scrollIntoViewIfNeeded();
        const [box, settings] = [await part.boundingBox(), await page.locator("#settings").boundingBox()];
        assert(box && settings && box.x + box.width <= settings.x, await part.evaluate((section) => section.className));
      }
    }, { context: { viewport: { width, height: 740 } } }));
}

test("nothing is asked of another host", () =>
  visit("/?autostart", async (page, { requests, server }) => {
    await page.waitForFunction(() => document.documentElement.dataset.accuracy);
    assert(requests.length > 10);
    assert.deepEqual(requests.filter((url) => !url.startsWith(server.origin) && !url.startsWith("blob:")), []);
  }));
