// The page where the artist makes pictures of pictures: its stage, its close-up, its curves, what it says and what it
// keeps. On the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { seriesOf } from "../../www/rooms/watch/plots.js";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Figure } from "../../www/js/protocol.js" */

const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true }).click();
const block = (/** @type {Page} */ page) => page.locator(".block canvas").first();

/** The shades of a row's pictures in the first block, as one number for each. @param {Page} page @param {number} row */
const rowOf = (page, row) => block(page).evaluate((canvas, row) => {
  const it = /** @type {HTMLCanvasElement} */ (canvas);
  const side = it.width / 10;
  return Array.from({ length: 10 }, (_, i) => {
    const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(Math.ceil(i * side), Math.ceil(row * side), Math.floor(side), Math.floor(side));
    return data.reduce((hash, value) => (hash * 31 + value) | 0, 7);
  });
}, row);

/** The shades of a picture. @param {Page} page @param {number} row @param {number} column */
const shadesOf = (page, row, column) => block(page).evaluate((canvas, [row, column]) => {
  const it = /** @type {HTMLCanvasElement} */ (canvas);
  const side = it.width / 10;
  const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(Math.ceil(column * side) + 3, Math.ceil(row * side) + 3, Math.floor(side) - 6, Math.floor(side) - 6);
  return new Set(new Uint32Array(data.buffer)).size;
}, [row, column]);

test("what is given, what is made of it and the real digits stand above each other, and only what is made changes", () =>
  visit("/?dataset=drawn&preset=sketch", async (page) => {
    await until(page, { state: "ready" });
    await block(page).waitFor();
    assert(await page.locator("#fakes").isHidden());
    assert.equal(await page.locator(".pairs .headings").innerText().then((text) => text.replace(/\s/g, "")), "0123456789");
    assert.deepEqual(await page.locator(".block").first().locator(".labels span:visible").allTextContents(), ["given", "artist", "real"]);
    const caption = await page.locator(".pairs figcaption").innerText();
    assert.match(caption, /Given\s+The digit thinned to lines.*The artist’s pictures.*The real digits/s);
    assert.doesNotMatch(await page.locator("main").innerText(), /noise/);
    await page.waitForTimeout(200);
    const before = await Promise.all([0, 1, 2].map((row) => rowOf(page, row)));
    for (const row of before) assert.equal(new Set(row).size, 10, "ten pictures");
    await press(page, "Train");
    await untilStep(page, 40);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    await page.waitForTimeout(200);
    const after = await Promise.all([0, 1, 2].map((row) => rowOf(page, row)));
    assert.deepEqual([after[0], after[2]], [before[0], before[2]]);
    assert(after[1].every((picture, i) => picture !== before[1][i]));
    await page.getByRole("slider", { name: "Time machine" }).press("Home");
    await page.getByText("As made at step 0.").waitFor();
    await page.waitForTimeout(200);
    assert.deepEqual(await rowOf(page, 1), before[1]);
  }));

test("small pictures are as large as the others, in sharp squares", () =>
  visit("/?dataset=drawn&preset=super", async (page) => {
    await until(page, { state: "ready" });
    await block(page).waitFor();
    await page.waitForTimeout(200);
    const [small, large] = [await shadesOf(page, 0, 8), await shadesOf(page, 2, 8)];
    assert(small > 5 && small <= 49, `${small} shades in 49 squares`);
    assert(large > 49, `${large} shades in a picture of 28 x 28`);
  }));

for (const [width, height] of [[320, 640], [390, 844], [768, 1024], [844, 390], [1440, 900]]) {
  test(`at ${width} x ${height} a block and the dock stay in sight, and nothing sticks out`, () =>
    visit("/?autostart&preset=sketch", async (page) => {
      await untilStep(page, 10);
      await block(page).waitFor();
      for (const end of [false, true]) {
        await page.evaluate((end) => scrollTo(0, end ? document.documentElement.scrollHeight : 0), end);
        await page.waitForTimeout(100);
        const found = await page.evaluate(() => {
          const box = (/** @type {Element} */ it) => it.getBoundingClientRect();
          const frames = [...document.querySelectorAll(".block canvas")].map(box).filter((place) => place.height > 0);
          const train = box(/** @type {Element} */ (document.querySelector("#train")));
          const seen = frames.map(({ top, bottom, height }) => (Math.min(bottom, innerHeight) - Math.max(top, 0)) / (height / 3));
          return { excess: document.documentElement.scrollWidth - innerWidth, dock: train.top >= 0 && train.bottom <= innerHeight, rows: Math.max(...seen) };
        });
        assert(found.excess <= 0, `${found.excess} px too wide`);
        assert(found.dock, "the dock is out of sight");
        assert(found.rows >= 2.9, `${found.rows.toFixed(1)} rows of a block are in sight, ${end ? "at the end" : "at the top"}`);
      }
    }, { context: { viewport: { width, height } } }));
}

for (const [name, context] of /** @type {const} */ ([["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["the system’s", { forcedColors: "active" }]])) {
  test(`in ${name} colours three inks are seen, and there is no accessibility violation`, () =>
    visit("/?autostart&preset=sketch", async (page) => {
      await untilStep(page, 30);
      await block(page).waitFor();
      await page.waitForTimeout(200);
      const papers = await block(page).evaluate((canvas) => {
        const it = /** @type {HTMLCanvasElement} */ (canvas);
        const context = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d"));
        return [0, 1, 2].map((row) => context.getImageData(8, Math.round((row * it.width) / 10) + 8, 1, 1).data.join());
      });
      assert.equal(new Set(papers).size, 3, papers.join(" | "));
      if ("forcedColors" in context) return; // which are the system's own affair
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      for (const room of ["watch", "explore"]) {
        await openRoom(page, room);
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], room);
      }
    }, { context }));
}

test("the close-up shows what a picture was made from, and closes where another game begins", () =>
  visit("/?dataset=drawn&preset=super", async (page) => {
    await until(page, { state: "ready" });
    await block(page).waitFor();
    const sheet = page.getByRole("dialog");
    const { width = 0 } = (await block(page).boundingBox()) ?? {};
    for (const [row, title] of [[0, "The artist’s picture of a 3"], [1, "The artist’s picture of a 3"], [2, "A real digit: a 3"]]) {
      await block(page).click({ position: { x: (3.5 * width) / 10, y: ((Number(row) + 0.5) * width) / 10 } });
      await sheet.getByText("nearest of 60,000 real digits").waitFor();
      assert.equal(await sheet.locator("h2").innerText(), title);
      assert.match(await sheet.innerText(), /Given.*score: −0\.25/s);
      assert.doesNotMatch(await sheet.innerText(), /memorised|not a copy/);
      await page.keyboard.press("Escape");
      await sheet.waitFor({ state: "hidden" });
    }
    await block(page).click({ position: { x: 10, y: 10 } });
    await sheet.waitFor();
    await page.evaluate(() => {
      const close = /** @type {HTMLSelectElement} */ (document.querySelector("#rooms a[href='#room=recipe']"));
      close.click();
    });
    const select = page.getByLabel("Start from");
    await select.evaluate((/** @type {HTMLSelectElement} */ it) => {
      it.value = "quick";
      it.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await sheet.waitFor({ state: "hidden" });
    await page.locator("#fakes canvas").waitFor();
    assert.deepEqual(await noticesOf(page), [], "nothing was refused");
    const usual = page.locator("#fakes figcaption");
    assert.match(await usual.innerText(), /The same noise every time/);
  }));

test("a run that learns from the reader fetches it before it trains, and says so where it does not come", async () => {
  const asked = (/** @type {string[]} */ requests) => requests.filter((path) => path.includes("classifier")).length;
  await visit("/?dataset=drawn&autostart&preset=super", async (page, { server }) => {
    await untilStep(page, 1);
    assert.equal(asked(server.requests), 1);
    assert.match(await page.locator("#losses").innerText(), /distance of features/);
  });
  await visit("/?dataset=drawn&autostart&preset=super", async (page) => {
    await page.getByText("This site does not include the reader, which this run learns from. Choose another recipe.").waitFor();
    await page.getByText("Waiting for the reader, which this run learns from.").waitFor();
    await until(page, { state: "loading" });
  }, { classifier: false, problems: /404/ });
});

const figure = (/** @type {string} */ name, /** @type {Figure["side"]} */ side, logit = false) => ({ name, label: name, side, logit });

test("a plot has the figures of the run, by their order and side alone", () => {
  const figures = [figure("a", "discriminator"), figure("b", "discriminator", true), figure("c", "discriminator", true), figure("d", "generator"), figure("e", "generator")];
  const told = (/** @type {boolean} */ scores) => seriesOf(figures, scores).map(({ name, player, nth }) => `${name} ${player} ${nth}`);
  assert.deepEqual(told(false), ["d artist 0", "e artist 1", "a judge 0"]);
  assert.deepEqual(told(true), ["c artist 0", "b judge 0"]);
  assert.deepEqual(seriesOf([], true), []);
});

test("curves, words and rooms follow the game, and another game changes them", () =>
  visit("/?dataset=drawn&preset=sketch&autostart", async (page) => {
    await untilStep(page, 30);
    await openRoom(page, "watch");
    const legend = page.locator("#losses .legend dt");
    assert.deepEqual(await legend.allTextContents(), ["artist", "artist, by the judge", "artist, distance to the truth", "judge"]);
    await page.waitForFunction(() => [...document.querySelectorAll("#losses .legend dd")].every((it) => /\d/.test(it.textContent ?? "")));
    assert.deepEqual(await page.locator("#logits .legend dt").allTextContents(), ["the artist’s", "real ones"]);
    await page.getByText("Read as the source’s digit, step").waitFor();
    assert(await page.locator("[data-figure=variety]").isHidden(), "nobody watches it for collapse");
    await openRoom(page, "quality");
    await page.getByText("% of them as the digit that was given").waitFor();
    await press(page, "Measure now");
    await page.locator("#measured summary").first().click();
    await page.getByText("What is given, in their place, reads 700.").waitFor();
    await openRoom(page, "explore");
    assert(await page.locator("#sampler form").isHidden());
    assert.equal(await page.locator("#sampler a").getAttribute("href"), "#room=pad");
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("distance");
    await press(page, "Start over with these settings");
    await page.waitForFunction(() => Number(document.documentElement.dataset.step) < 30);
    await untilStep(page, 10);
    await openRoom(page, "watch");
    await page.getByText("There is no judge in this run").waitFor();
    assert(await page.locator(".gauge").isHidden());
    assert(await page.locator("#logits").isHidden());
    assert.deepEqual(await legend.allTextContents(), ["artist"]);
    assert.equal(await page.getByRole("button", { name: "judge", exact: true }).getAttribute("aria-disabled"), "true");
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("quick");
    await press(page, "Start over with these settings");
    await page.locator("#fakes canvas").waitFor();
    await untilStep(page, 10);
    await openRoom(page, "watch");
    assert.deepEqual(await legend.allTextContents(), ["artist", "judge"]);
    assert(await page.locator("#logits").isVisible() && await page.locator(".gauge").isVisible());
    await page.getByText(/^Read as asked/).waitFor();
    await openRoom(page, "explore");
    assert(await page.locator("#sampler form").isVisible());
    assert.deepEqual(await noticesOf(page), []);
  }));

test("a run that was left for another game is kept with its own curves and pictures", () =>
  visit("/?dataset=drawn&preset=sketch", async (page, { server }) => {
    await until(page, { state: "ready" });
    await press(page, "Train");
    await untilStep(page, 30);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    const { step } = await attributes(page);
    await page.waitForTimeout(300);
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("quick");
    await press(page, "Start over with these settings");
    await until(page, { state: "ready", step: "0" });
    await page.locator("#fakes canvas").waitFor();
    for (const fresh of [false, true]) {
      if (fresh) await page.goto(`${server.origin}/?dataset=drawn`);
      await page.getByText(`Go on from step ${step} of your last run (Sketch to digit`).waitFor();
      await press(page, "Resume");
      await until(page, { state: "paused", step: String(step) });
      await block(page).waitFor();
      await openRoom(page, "watch");
      await page.locator("#losses .area").scrollIntoViewIfNeeded(); // what nobody sees is not drawn
      await page.locator("#losses .uplot").waitFor();
      assert.equal(await page.locator("#losses .legend dt").count(), 4);
      // Nothing has been reported since, but the curves are there.
      const strip = await page.locator("#losses canvas").evaluate((canvas) => {
        const it = /** @type {HTMLCanvasElement} */ (canvas);
        const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
        return new Set(new Uint32Array(data.buffer)).size;
      });
      assert(strip > 100, `${strip} colours in the plot`);
    }
    assert.deepEqual(await noticesOf(page), []);
  }));

test("where its stage does not load, the usual one shows the pictures", () =>
  visit("/?dataset=drawn&preset=sketch", async (page) => {
    await until(page, { state: "ready" });
    await page.waitForTimeout(300);
    assert(await page.locator("#fakes canvas").isVisible());
    assert.match(await page.locator("#fakes figcaption").innerText(), /Made from the same pictures every time/);
    assert.equal(await page.locator("#fakes .headings").innerText().then((text) => text.replace(/\s/g, "")), "0123456789");
    await page.locator("#reals canvas").click({ position: { x: 10, y: 10 } });
    await page.getByRole("dialog").getByText("A real digit: a 0").waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }, { answer: (path) => (path.endsWith("/pairs.js") ? 404 : undefined), problems: /404|pairs/ }));
