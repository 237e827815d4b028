// The visitor in the judge's place: what is drawn, how often it is right, the artist who plays against it, and how the turn
// ends. On the mock programs, and the arithmetic by itself.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { Judgement, bestShare, logitsAt, scoreOf, shareRight } from "../../www/js/views/chart/judgement.js";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";
import { chartOf } from "./mock/charts.mjs";

/** @import { Page } from "playwright-core" */
/** @import { LineChart, PlaneChart } from "../../www/js/protocol.js" */

const LINE = /** @type {LineChart} */ (chartOf("three-bumps", 1, 0, 0));
const PLANE = /** @type {PlaneChart} */ (chartOf("ring", 2, 0, 0));
const canvas = (/** @type {Page} */ page) => page.locator(".chart canvas");
const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true }).click();
const scores = async (/** @type {Page} */ page) => (await page.locator(".score dd").allTextContents()).map((text) => parseInt(text));
const hundred = (/** @type {number} */ share) => Math.round(100 * share);

/** @param {Page} page @param {string} preset */
async function sitDown(page, preset) {
  await canvas(page).waitFor();
  await press(page, "Be the judge");
  await page.locator(".score dd").first().waitFor();
  await page.locator(`.chart[data-kind=${preset}].judged`).waitFor();
}

/** Strokes over the chart, between places that are shares of the canvas, from the upper left. @param {Page} page @param {[number, number][]} way */
async function stroke(page, way) {
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await canvas(page).boundingBox());
  const at = (/** @type {[number, number]} */ [x, y]) => /** @type {const} */ ([box.x + x * box.width, box.y + y * box.height]);
  await page.mouse.move(...at(way[0]));
  await page.mouse.down();
  for (const spot of way.slice(1)) await page.mouse.move(...at(spot));
  await page.mouse.up();
}

/** All that is painted, as one number. @param {Page} page */
async function painted(page) {
  await page.mouse.move(2, 2);
  await page.waitForTimeout(400); // nothing moves any more
  return canvas(page).evaluate((it) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (it);
    const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (it).getContext("2d")).getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer).reduce((hash, value) => (Math.imul(hash, 31) + value) | 0, 7);
  });
}

test("a fast stroke leaves no gaps, and nothing is surer than it may be", () => {
  const drawn = new Judgement(LINE);
  assert(drawn.isLevel && drawn.logits.every((logit) => logit === 0));
  drawn.draw({ x: 0.1, y: 0.2 }, { x: 0.9, y: 0.8 });
  const heights = drawn.logits.map((logit) => drawn.heightOf(logit));
  for (let i = 12; i < 108; i++) assert(Math.abs(heights[i] - (0.2 + (0.6 * (i - 12)) / 96)) < 1e-9, `cell ${i}: ${heights[i]}`);
  assert.equal(heights[11], 0.5);
  assert.equal(heights[109], 0.5);
  drawn.draw({ x: 0.9, y: 1 }, { x: 0.5, y: 0 }); // and back
  assert.equal(Math.max(...drawn.logits), 4);
  assert.equal(Math.min(...drawn.logits), -4);
  drawn.clear();
  drawn.bend(60, 1);
  assert(drawn.logits[60] > drawn.logits[62] && drawn.logits[62] > 0 && drawn.logits[70] === 0);
  const plane = new Judgement(PLANE);
  for (const sign of [1, -1, -1]) plane.brush({ x: 0.2, y: 0.5 }, { x: 0.8, y: 0.5 }, sign);
  const row = Array.from({ length: 26 }, (_, k) => plane.logits[24 * 48 + 11 + k]);
  assert(row.every((logit) => logit < -0.5), String(row));
  assert.equal(plane.logits[40 * 48 + 24], 0);
});

test("a score is the share of points that a judge tells right, and who cannot tell is right about half", () => {
  assert.equal(shareRight([1, -1, 2], [1, 1, 0], [0, 1, 3], 0), 0.5 * (1 / 2 + 1 / 4));
  assert.equal(shareRight([0, 0], [1, 1], [2, 3], 0), 0.5);
  assert.equal(shareRight([0, -1], [1, 1], [0, 1], 0), 0.5 * (1 / 4 + 1), "a guess is half right");
  assert.equal(shareRight([7, 5], [1, 1], [0, 1], null), 0.75, "above any threshold that suits it");
  assert.equal(shareRight([5, 5], [1, 0], [0, 1], null), 0.5, "of what looks alike none is told apart");
  // ½ + ½ · total variation.
  const variation = LINE.data.reduce((sum, p, i) => sum + Math.abs(p - LINE.made[i]), 0) / 2 / LINE.data.reduce((sum, p) => sum + p, 0);
  assert(Math.abs(bestShare(LINE.data, LINE.made) - (0.5 + 0.5 * variation)) < 0.005);
  assert(Math.abs(scoreOf(LINE, LINE.optimum, 0, []) - bestShare(LINE.data, LINE.made)) < 0.005, "by D*");
  for (const shift of [-2, -0.5, 0.5, 2]) assert(scoreOf(LINE, LINE.optimum.map((logit) => logit + shift), 0, []) <= bestShare(LINE.data, LINE.made), "nobody does better");
});

test("in a plane a judge is straight between its cells and level beyond them", () => {
  const logits = Array.from({ length: 48 * 48 }, (_, i) => 2 * (i % 48) + 3 * Math.floor(i / 48));
  const cell = 2.5 / 48;
  const middle = (/** @type {number} */ i) => -1.25 + (i + 0.5) * cell;
  const found = logitsAt(PLANE, logits, [middle(3), middle(5), middle(3) + 0.25 * cell, middle(5) + 0.5 * cell, -9, middle(5), middle(46) + 0.5 * cell, 9]);
  for (const [i, want] of [21, 23, 15, 234].entries()) assert(Math.abs(found[i] - want) < 1e-9, `${found[i]}, not ${want}`);
});

test("a drawn line is scored exactly, and the artist goes where it says real", () =>
  visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await canvas(page).waitFor();
    await sitDown(page, "line");
    await painted(page); // a canvas that is read is then painted in another way
    await press(page, "Back to the run");
    const before = await painted(page);
    await sitDown(page, "line");
    assert.equal(await canvas(page).getAttribute("role"), "application");
    assert.deepEqual((await scores(page))[0], 50, "it cannot tell");
    await press(page, "Let the artist play");
    await page.getByText("the artist does not know where to go").waitFor();
    // Real from the left edge to the middle, fake from there on: a stroke of four events.
    await stroke(page, [[0.005, 0.06], [0.47, 0.06], [0.47, 0.6], [1.1, 0.6]]);
    const drawn = new Judgement(LINE);
    const frame = await canvas(page).evaluate((it) => ({ left: 8, right: it.clientWidth - 34, wide: it.clientWidth }));
    const cut = Math.floor(((0.47 * frame.wide - frame.left) / (frame.right - frame.left)) * 120);
    const [p, q] = [LINE.data, LINE.made].map((density) => density.map((value) => value / density.reduce((sum, v) => sum + v, 0)));
    const sum = (/** @type {number[]} */ list, from = 0, to = list.length) => list.slice(from, to).reduce((all, v) => all + v, 0);
    const wanted = [cut, cut + 1].map((at) => hundred((sum(p, 0, at) + sum(q, at)) / 2));
    const [yours, best, own] = await scores(page);
    assert(wanted.includes(yours), `${yours} is none of ${wanted}`);
    assert.equal(best, hundred(bestShare(LINE.data, LINE.made)));
    assert.equal(own, hundred(scoreOf(LINE, LINE.logits, 0, [])));
    assert(yours <= best && own <= best && drawn.dimensions === 1);
    await press(page, "Let the artist play");
    await page.getByText(/^After [\d,]+ steps against you the artist has gone where you say real: you were right about \d+ of 100, now about \d+\. Draw anew, and catch it\.$/).waitFor({ timeout: 20_000 });
    const after = await scores(page);
    assert(after[0] < yours, `${after[0]}, not less than ${yours}`);
    await press(page, "Put the artist back");
    await page.waitForFunction((want) => document.querySelector(".score dd")?.textContent?.startsWith(want), `${yours} `);
    await press(page, "Copy ganvas’s judge");
    assert(Math.abs((await scores(page))[0] - own) <= 1);
    await press(page, "Clear");
    assert.equal((await scores(page))[0], 50);
    await press(page, "Back to the run");
    assert.equal(await page.evaluate(() => document.activeElement?.className), "be");
    assert.equal(await painted(page), before, "the run is seen as it was");
    assert.equal(await canvas(page).getAttribute("role"), "img");
    assert.deepEqual(await page.locator("html").getAttribute("data-step"), "0");
    assert.deepEqual(await noticesOf(page), []);
  }));

test("by keyboard: a cursor, a bend of the line, and what it is right about is said", () =>
  visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await canvas(page).waitFor();
    await page.getByRole("button", { name: "Be the judge" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".score dd").first().waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "CANVAS");
    const spoken = page.locator(".hand .spot");
    await page.keyboard.press("ArrowLeft");
    assert.match(await spoken.innerText(), /^At −0\.0\d: 50 of 100 real\. You are right about 50 of 100\.$/);
    for (let k = 0; k < 5; k++) await page.keyboard.press("Shift+ArrowLeft");
    const first = await painted(page);
    await page.keyboard.press("Shift+ArrowUp");
    assert.match(await spoken.innerText(), /^At −0\.5\d: 9\d of 100 real\. You are right about (5[1-9]|6\d) of 100\.$/);
    assert.notEqual(await painted(page), first);
    await page.keyboard.press("ArrowDown");
    assert.match(await spoken.innerText(), /8\d of 100 real/);
    await page.keyboard.press("Tab");
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "CANVAS", "the keyboard is not trapped");
  }));

test("in a plane a brush says real or fake, and the best judge is not made up", () =>
  visit("/?preset=plane", async (page) => {
    await until(page, { state: "ready" });
    await sitDown(page, "plane");
    assert.deepEqual(await page.locator(".score dt").allTextContents(), ["You", "ganvas’s judge"]);
    await page.getByText("The best possible cannot be known here").waitFor();
    assert.equal((await scores(page))[0], 50);
    const blank = await painted(page);
    // Once around the ring, whose radius is 0.9 of 1.25.
    const box = /** @type {{ width: number, height: number }} */ (await canvas(page).boundingBox());
    const side = Math.min(box.width, box.height) / 2 * 0.72;
    const around = Array.from({ length: 41 }, (_, k) => /** @type {[number, number]} */ ([0.5 + (side * Math.cos((k / 40) * 2 * Math.PI)) / box.width, 0.5 + (side * Math.sin((k / 40) * 2 * Math.PI)) / box.height]));
    await stroke(page, around);
    const ring = (await scores(page))[0];
    assert(ring > 60, `${ring} of 100`);
    assert.notEqual(await painted(page), blank);
    // The same with what the artist makes, around the middle, on the other tool.
    await page.getByLabel("Fake", { exact: true }).check();
    await stroke(page, [[0.5, 0.4], [0.5, 0.6], [0.45, 0.5], [0.55, 0.5]]);
    assert((await scores(page))[0] >= ring, "more are told");
    await canvas(page).focus();
    await page.keyboard.press("ArrowUp");
    const spoken = page.locator(".hand .spot");
    const read = async () => Number(/: (\d+) of 100 real/.exec(await spoken.innerText())?.[1]);
    const was = await read();
    await page.keyboard.press("Shift+Space");
    assert(await read() > was, "Shift paints the other way");
    await page.keyboard.press("Space");
    await page.keyboard.press("Space");
    assert(await read() < was + 5);
    await press(page, "Let the artist play");
    await press(page, "Stop");
    await page.getByText(/^After \d+ steps against you/).waitFor();
  }));

for (const [what, leave] of /** @type {[string, (page: Page) => Promise<unknown>][]} */ ([
  ["Train", (page) => press(page, "Train").then(() => untilStep(page, 60))],
  ["a step by hand", (page) => page.locator("[data-player=generator]").click()],
  ["Reset", (page) => press(page, "Reset").then(() => until(page, { state: "ready", step: "0" }))],
  ["the time machine", (page) => page.getByRole("slider", { name: "Time machine" }).press("Home")],
  ["another preset", async (page) => {
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("plane");
    await press(page, "Start over with these settings");
  }],
])) {
  test(`${what} ends the turn`, () =>
    visit("/?preset=line", async (page) => {
      await until(page, { state: "ready" });
      await canvas(page).waitFor();
      await press(page, "Train");
      await untilStep(page, 30);
      // It pauses by itself.
      await sitDown(page, "line");
      await until(page, { state: "paused" });
      await stroke(page, [[0.1, 0.1], [0.6, 0.4]]);
      await press(page, "Let the artist play");
      await leave(page);
      await page.locator(".chart:not(.judged)").waitFor();
      assert(await page.locator(".hand").isHidden());
      assert.equal(await canvas(page).getAttribute("role"), "img");
      await page.waitForTimeout(200);
      assert.deepEqual(await noticesOf(page), []);
    }));
}

test("a reset of what has not begun ends the turn, and one may sit down again", () =>
  visit("/?preset=plane", async (page) => {
    await until(page, { state: "ready" });
    await sitDown(page, "plane");
    await press(page, "Reset");
    await page.locator(".chart:not(.judged)").waitFor();
    await sitDown(page, "plane");
    await page.getByRole("button", { name: "Back to the run" }).click();
    await page.locator(".chart:not(.judged)").waitFor();
  }));

test("a program that breaks down ends the turn, and numbers that run away are said to", async () => {
  await visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await sitDown(page, "line");
    await stroke(page, [[0.1, 0.1], [0.6, 0.4]]);
    await press(page, "Let the artist play");
    await page.locator(".chart:not(.judged)").waitFor();
    await until(page, { state: "ready" });
  }, { mock: { diesTrying: 5 }, problems: /unreachable/ });
  await visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await sitDown(page, "line");
    await stroke(page, [[0.1, 0.1], [0.6, 0.4]]);
    await press(page, "Let the artist play");
    await page.getByText("The artist’s numbers ran away").waitFor();
    await page.getByRole("button", { name: "Let the artist play", exact: true }).waitFor();
  }, { mock: { runsAwayTrying: 5 } });
});

test("where the judge's bench does not load that is said, and it comes when it is asked for again", () => {
  let absent = true;
  return visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await canvas(page).waitFor();
    await press(page, "Be the judge");
    await page.getByText("What you would draw with did not load.").waitFor();
    absent = false;
    await sitDown(page, "line");
    assert.deepEqual(await noticesOf(page), []);
  }, { answer: (path) => (absent && path.endsWith("/chart/judging.js") ? 404 : undefined), problems: /404|judging/ });
});

test("two numbers have no such judge", () =>
  visit("/?preset=dirac", async (page) => {
    await until(page, { state: "ready" });
    await canvas(page).waitFor();
    await page.locator(".readings dd").first().waitFor();
    assert(await page.locator(".chart .be").isHidden());
  }));

for (const [width, height, colorScheme] of /** @type {const} */ ([[320, 640, "light"], [390, 844, "dark"], [844, 390, "light"], [1440, 900, "dark"], [1440, 900, "light"]])) {
  test(`at ${width} x ${height}, ${colorScheme}, nothing sticks out, targets are large enough and nothing is inaccessible`, () =>
    visit("/", async (page, { server }) => {
      const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      for (const kind of ["line", "plane"]) {
        await page.goto(`${server.origin}/?preset=${kind}`);
        await until(page, { state: "ready" });
        await sitDown(page, kind);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
          const small = [...document.querySelectorAll(".hand button, .hand label")].filter((it) => it.checkVisibility() && it.getBoundingClientRect().height < 24);
          return {
            excess: Math.max(0, document.documentElement.scrollWidth - innerWidth),
            small: small.map((it) => it.textContent),
            violations: violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`),
          };
        });
        assert.deepEqual(found, { excess: 0, small: [], violations: [] }, kind);
      }
    }, { context: { viewport: { width, height }, colorScheme } }));
}
