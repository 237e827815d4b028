// What every visitor needs of the page: the keyboard, accessibility, its width, figures that stay in place, no other host.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { NO_GPU, launch, open, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const ROOMS = ["watch", "recipe", "quality", "explore", "slow", "pad", "keep", "guide"];

/** Everything that a room can show. @param {Page} page */
async function unfold(page) {
  for (const summary of await page.locator("#room summary:visible").all()) await summary.click();
  if (await page.locator("#slow .record:visible").count()) {
    await page.locator("#slow .record").click();
    await page.locator("#slow .theatre").waitFor();
  }
}

for (const room of ROOMS) {
  test(`everything in ${room} can be reached and worked by keyboard alone, with the focus in sight`, () =>
    visit(`/#room=${room}`, async (page) => {
      await until(page, { state: "ready" });
      await openRoom(page, room);
      await unfold(page);
      await page.locator("body").click({ position: { x: 1, y: 1 } });
      const wanted = await page.locator("button:enabled:visible, select:enabled:visible, input:enabled:visible, canvas[tabindex]:visible, .theatre:visible, summary:visible, a[href]:visible").count();
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
    }));
}

test("the rooms are opened and training is worked by keyboard", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await page.locator("#rooms a").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Start from").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Recipe", "the focus stays where it was");
    await page.locator("#train").focus();
    await page.keyboard.press("Enter");
    await untilStep(page, 4);
    await page.keyboard.press("Space");
    await until(page, { state: "paused" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "train", "the focus stays where it was");
  }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`no accessibility violation in ${colorScheme} colours, in any room, while training, with everything open`, () =>
    visit("/?autostart&seed=-1", async (page) => {
      await untilStep(page, 60);
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      for (const room of ROOMS) {
        await openRoom(page, room);
        await unfold(page);
        if (room === "recipe") {
          await page.getByLabel("Batch").fill("32");
          await page.locator(".pending:visible").waitFor();
        }
        const violations = await page.evaluate(async () => {
          const { axe } = /** @type {any} */ (globalThis);
          const { violations } = await axe.run(document, { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], room);
      }
    }, { context: { colorScheme } }));
}

for (const [width, height] of [[320, 640], [360, 740], [768, 1024], [844, 390], [1024, 740], [1440, 900], [2560, 1300]]) {
  test(`at ${width} x ${height} nothing sticks out, and the stage stays in sight, whatever is open and wherever the page is scrolled to`, () =>
    visit("/?autostart", async (page) => {
      await untilStep(page, 10);
      for (const room of ROOMS) {
        await openRoom(page, room);
        await unfold(page);
        for (const end of [false, true]) {
          await page.evaluate((end) => scrollTo(0, end ? document.documentElement.scrollHeight : 0), end);
          const found = await page.evaluate(() => {
            const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
            const [train, slider, drawings, tabs] = ["#train", "#timeline input", "#fakes canvas", "#rooms"].map(box);
            const seen = Math.min(drawings.bottom, innerHeight) - Math.max(drawings.top, 0);
            const top = document.elementFromPoint(tabs.left + 5, Math.max(tabs.top + 5, 1));
            return {
              excess: document.documentElement.scrollWidth - innerWidth,
              dock: [train, slider].every(({ top, bottom }) => top >= 0 && bottom <= innerHeight) && box("#reset").right <= innerWidth,
              rows: seen / (drawings.height / 10),
              tabs: tabs.top > innerHeight - 100 || top?.closest("#rooms") !== null,
            };
          });
          const where = `${room}, ${end ? "at its end" : "at its top"}`;
          assert(found.excess <= 0, `${where}: ${found.excess} px too wide`);
          assert(found.dock, `${where}: the dock is out of sight`);
          assert(found.rows >= 1.9, `${where}: ${found.rows.toFixed(1)} rows of drawings are in sight`);
          assert(found.tabs, `${where}: the tabs are covered`);
        }
      }
    }, { context: { viewport: { width, height } } }));
}

for (const [width, height] of [[360, 640], [1440, 900]]) {
  test(`at ${width} x ${height} the page begins at its top, and so does each room, wherever the last one was scrolled to`, () =>
    visit("/?autostart", async (page) => {
      await untilStep(page, 10);
      assert.equal(await page.evaluate(() => scrollY), 0);
      for (const room of [...ROOMS.slice(1), ...ROOMS]) {
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
        await openRoom(page, room);
        await page.waitForTimeout(150);
        const { top, tabs, seen } = await page.evaluate((room) => {
          const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
          const first = [...document.querySelectorAll(`#room-${room} h2`)].find((title) => /** @type {HTMLElement} */ (title).offsetHeight > 0);
          return { top: first?.getBoundingClientRect().top ?? 0, tabs: box("#rooms").bottom, seen: innerHeight };
        }, room);
        assert(top >= tabs && top < seen - 100, `${room} begins at ${top}, the tabs end at ${tabs}`);
      }
    }, { context: { viewport: { width, height } } }));
}

test("an address opens its room, Back closes it, and one that there is not is told once", () =>
  visit("/#room=cellar", async (page) => {
    await page.locator("#room-watch").waitFor();
    assert.deepEqual(await noticesOf(page), ["The address asks for a room “cellar”, but there are only watch, recipe, quality, explore, slow, pad, keep, guide."]);
    await openRoom(page, "keep");
    await openRoom(page, "guide");
    assert.match(page.url(), /#room=guide$/);
    await page.goBack();
    await page.locator("#room-keep").waitFor();
    assert(await page.locator("#room-guide").isHidden());
    assert.equal(await page.locator("#rooms [aria-current]").innerText(), "Keep");
  }));

test("a room is fetched when it is first opened, and shows what changed while it was closed", () =>
  visit("/?autostart", async (page, { server }) => {
    await untilStep(page, 10);
    const fetched = () => new Set(server.requests.flatMap((path) => path.match(/^\/rooms\/(\w+)\//)?.[1] ?? []));
    assert.deepEqual([...fetched()], ["watch"]);
    await openRoom(page, "guide");
    const shown = await page.locator("[data-figure=step]").textContent();
    await untilStep(page, 80);
    assert.equal(await page.locator("[data-figure=step]").textContent(), shown, "a closed room costs nothing");
    await openRoom(page, "watch");
    assert.notEqual(await page.locator("[data-figure=step]").textContent(), shown);
    assert.deepEqual([...fetched()], ["watch", "guide"]);
  }));

/** How much has moved since the page began. @param {Page} page @returns {Promise<number>} */
const shifted = (page) => page.evaluate(() => new Promise((/** @type {(all: number) => void} */ told) => {
  const observed = (/** @type {PerformanceObserverEntryList} */ list) => told(list.getEntries().reduce((sum, entry) => sum + /** @type {any} */ (entry).value, 0));
  new PerformanceObserver(observed).observe({ type: "layout-shift", buffered: true });
  setTimeout(told, 500, 0); // there has been none
}));

for (const width of [360, 768, 1350]) {
  test(`nothing moves while the page arrives at ${width} px`, () =>
    visit("/", async (page) => {
      await until(page, { state: "ready" });
      await page.waitForTimeout(500);
      const sum = await shifted(page);
      assert(sum < 0.05, `a layout shift of ${sum.toFixed(3)}`);
    }, { context: { viewport: { width, height: 900 } } }));
}

test("nor where scroll bars take room, at any height", { timeout: 60_000 }, async () => {
  const browser = await launch(NO_GPU, { scrollBars: true });
  const server = await serve();
  for (const [width, height] of [[1350, 940], [1350, 700], [1000, 640], [720, 900]]) {
    const { page } = await open(browser, server.origin, { viewport: { width, height } });
    await until(page, { state: "ready" });
    await page.waitForTimeout(500);
    const sum = await shifted(page);
    assert(sum < 0.05, `a layout shift of ${sum.toFixed(3)} at ${width} x ${height}`);
    await page.context().close();
  }
  await browser.close();
  await server.close();
});

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

for (const room of ["watch", "quality"]) {
  test(`nothing moves in ${room} while the figures change`, () =>
    visit(`/#room=${room}`, async (page) => {
      await until(page, { state: "ready" });
      await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Train" }).click();
      await untilStep(page, 4);
      await page.locator("#room-watch .uplot, #room-quality .bars").first().waitFor();
      const places = () => page.evaluate(() => ["#fakes", "#train", "#reset", "#verdict", "#figures", "#losses", "#logits", "#measured"].map((selector) => {
        const { top, left } = document.querySelector(selector)?.getBoundingClientRect() ?? { top: 0, left: 0 };
        return [selector, Math.round(top), Math.round(left)].join(" ");
      }));
      const before = await places();
      await untilStep(page, 120);
      await page.waitForFunction(() => document.documentElement.dataset.accuracy);
      assert.deepEqual(await places(), before);
    }));
}

test("every setting is reached by scrolling, and what waits for a fresh start stays in sight", () =>
  visit("/?autostart#room=recipe", async (page) => {
    await untilStep(page, 10);
    await page.locator("#settings summary").click();
    await page.getByLabel("Batch").fill("32");
    await page.locator(".pending:visible").waitFor();
    const apply = await page.getByRole("button", { name: "Start over with these settings" }).boundingBox();
    assert(apply && apply.y + apply.height <= 900, "the button is in sight");
    const last = page.locator("#recipe input:visible").last();
    await last.focus();
    const { y = 0, height = 0 } = (await last.boundingBox()) ?? {};
    assert(y >= 0 && y + height <= 900, `the last setting is at ${y}`);
  }, { context: { viewport: { width: 1440, height: 900 } } }));

for (const [width, height] of [[360, 640], [1280, 720]]) {
  test(`the offer to go on with the last run is in sight at once at ${width} x ${height}`, () =>
    visit("/?dataset=drawn", async (page) => {
      await until(page, { state: "ready" });
      await page.getByRole("button", { name: "Train" }).click();
      await untilStep(page, 20);
      await page.getByRole("button", { name: "Pause" }).click();
      await until(page, { state: "paused" });
      await page.waitForTimeout(300);
      await page.reload();
      const { y = 0, height: tall = 0 } = (await page.getByRole("button", { name: "Resume" }).boundingBox()) ?? {};
      assert(y > 0 && y + tall <= height, `it is at ${y}`);
    }, { context: { viewport: { width, height } } }));
}

test("nothing is asked of another host", () =>
  visit("/?autostart", async (page, { requests, server }) => {
    await page.waitForFunction(() => document.documentElement.dataset.accuracy);
    assert(requests.length > 10);
    assert.deepEqual(requests.filter((url) => !url.startsWith(server.origin) && !url.startsWith("blob:")), []);
  }));
