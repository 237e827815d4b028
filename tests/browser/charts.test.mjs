// The page of a game with points: its charts, their layers and figures, the moments of the past, and what becomes of them
// in another game. On the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { three } from "../../www/js/views/chart/caption.js";
import { addContour } from "../../www/js/views/chart/contours.js";
import { createTrail } from "../../www/js/views/chart/trail.js";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const KINDS = /** @type {const} */ ({
  line: { layers: ["data", "artist’s numbers", "judge", "best judge", "arrows", "lines"], label: /^The densities of the data and of the artist’s numbers after [\d,]+ steps.* is [\d.]+, where 0 is perfect$/, figures: ["Jensen–Shannon", "Wasserstein", "KL divergence"] },
  plane: { layers: ["data", "artist’s points", "judge", "arrows", "paths", "noise"], label: /^300 points of the artist after [\d,]+ steps as dots among the real ones as rings.* found \d spots/, figures: ["Spots found", "Points in a spot"] },
  dirac: { layers: ["arrows", "path"], label: /^The path of the artist’s number θ and the judge’s slope ψ after [\d,]+ steps.* a spiral inwards$/, figures: ["From the solution", "Eigenvalues there"] },
});
const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true }).click();
const canvas = (/** @type {Page} */ page) => page.locator(".chart canvas");
const layer = (/** @type {Page} */ page, /** @type {string} */ name) => page.locator(".chart .layers").getByRole("button", { name, exact: true });

/** All that is painted, as one number. @param {Page} page @returns {Promise<number>} */
async function painted(page) {
  await page.waitForTimeout(400); // nothing moves any more
  return canvas(page).evaluate((it) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (it);
    const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (it).getContext("2d")).getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer).reduce((hash, value) => (Math.imul(hash, 31) + value) | 0, 7);
  });
}

/** Trains to about this step, and pauses. @param {Page} page @param {number} step */
async function trainTo(page, step) {
  await press(page, "Train");
  await untilStep(page, step);
  await press(page, "Pause");
  await until(page, { state: "paused" });
}

/** @param {Page} page @param {string} preset */
async function startOver(page, preset) {
  await openRoom(page, "recipe");
  await page.getByLabel("Start from").selectOption(preset);
  // Before the first step there is nothing to confirm.
  if (Number(await page.locator("html").getAttribute("data-step")) > 0) await press(page, "Start over with these settings");
}

for (const [kind, { layers, label, figures }] of Object.entries(KINDS)) {
  test(`the chart ${kind} stands in the place of the pictures, and each word shows or hides its layer`, () =>
    visit(`/?preset=${kind}`, async (page) => {
      await until(page, { state: "ready" });
      await canvas(page).waitFor();
      assert(await page.locator("#fakes").isHidden() && await page.locator("#reals").isHidden());
      const first = await painted(page);
      await trainTo(page, 40);
      const paused = await painted(page);
      assert.notEqual(paused, first);
      assert.equal(await painted(page), paused, "nothing moves without training");
      assert.deepEqual(await page.locator(".chart .layers button").allTextContents(), layers);
      for (const name of layers) {
        const word = layer(page, name);
        const was = await word.getAttribute("aria-pressed");
        assert((await word.getAttribute("title"))?.endsWith("."), `${name} is explained`);
        await word.focus();
        await page.keyboard.press("Space");
        assert.equal(await word.getAttribute("aria-pressed"), was === "true" ? "false" : "true");
        const other = await painted(page);
        assert.notEqual(other, paused, `${name} is seen to go or to come`);
        await word.press("Enter");
        assert.equal(await painted(page), paused, `${name} comes back as it was`);
      }
      assert.deepEqual(await page.locator(".readings dt").allTextContents(), figures);
      for (const value of await page.locator(".readings dd").allTextContents()) assert.match(value, /\d/);
      await page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector(".chart canvas")?.getAttribute("aria-label") ?? ""), label.source);
      await canvas(page).hover({ position: { x: 120, y: 120 } });
      assert.match(await page.locator(".chart .place").innerText(), kind === "dirac" ? /^θ .* ψ .* per unit of time$/ : /^At −?[\d.]+.*judge/);
      assert.deepEqual(await noticesOf(page), []);
    }));

  test(`a run that begins again has no past in the chart ${kind}, and a moment of the past is shown as such`, () =>
    visit(`/?preset=${kind}`, async (page) => {
      await until(page, { state: "ready" });
      await canvas(page).waitFor();
      if (kind === "plane") await layer(page, "paths").click();
      const first = await painted(page);
      await trainTo(page, 40);
      const now = await painted(page);
      await page.getByRole("slider", { name: "Time machine" }).press("Home");
      await page.getByText("As they were at step 0.").waitFor();
      const then = await painted(page);
      assert.notEqual(then, now);
      assert.match(await canvas(page).getAttribute("aria-label") ?? "", / as (they were|it was) at step 0\b/);
      assert(await page.locator(".readings").isHidden(), "the figures are those of now");
      assert.equal(await page.locator("#verdict.empty").count(), kind === "dirac" ? 1 : 0, "a single number has no scores");
      await press(page, "Now");
      assert.equal(await painted(page), now);
      await press(page, "Reset");
      await until(page, { state: "ready", step: "0" });
      assert.equal(await painted(page), first);
    }));
}

test("another game brings its own stage, and the next game with points the chart", () =>
  visit("/?preset=line&dataset=three-bumps", async (page) => {
    await until(page, { state: "ready" });
    await canvas(page).waitFor();
    await layer(page, "lines").click();
    await startOver(page, "quick");
    await page.locator("#fakes canvas").waitFor();
    assert(await page.locator(".chart").isHidden());
    await startOver(page, "dirac");
    await page.locator(".chart[data-kind=dirac] canvas").waitFor();
    assert(await page.locator("#fakes").isHidden());
    await startOver(page, "line");
    await page.locator(".chart[data-kind=line] canvas").waitFor();
    assert.equal(await layer(page, "lines").getAttribute("aria-pressed"), "false", "a choice is remembered");
    await startOver(page, "sketch");
    await page.locator(".block canvas").first().waitFor();
    assert(await page.locator(".chart").isHidden());
    assert.deepEqual(await noticesOf(page), []);
  }));

for (const [name, context] of /** @type {const} */ ([["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["the system’s", { forcedColors: "active" }]])) {
  test(`in ${name} colours the charts show their inks, and there is no accessibility violation`, () =>
    visit("/?autostart&preset=plane", async (page) => {
      await untilStep(page, 20);
      await canvas(page).waitFor();
      const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
      await page.evaluate(axe);
      for (const kind of ["plane", "line", "dirac"]) {
        if (kind !== "plane") {
          await startOver(page, kind);
          await press(page, "Train");
        }
        await page.locator(`.chart[data-kind=${kind}] .readings dd`).first().waitFor();
        await untilStep(page, 20);
        await press(page, "Pause"); // what is looked through is not redrawn meanwhile
        await until(page, { state: "paused" });
        const inks = await canvas(page).evaluate((it) => {
          const { width, height } = /** @type {HTMLCanvasElement} */ (it);
          const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (it).getContext("2d")).getImageData(0, 0, width, height);
          let [red, blue] = [0, 0];
          for (let k = 0; k < data.length; k += 4) {
            if (data[k] > data[k + 2] + 30) red += 1;
            if (data[k + 2] > data[k] + 30) blue += 1;
          }
          return { red, blue };
        });
        assert(inks.red > 30 && inks.blue > 30, `${kind}: ${JSON.stringify(inks)}`);
        if ("forcedColors" in context) continue; // which are the system's own affair
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], kind);
      }
    }, { context }));
}

for (const [width, height] of [[320, 640], [390, 844], [768, 1024], [844, 390], [900, 700], [1024, 740], [1440, 900]]) {
  test(`at ${width} x ${height} a chart and the dock are in sight, with room for the rest, and nothing sticks out`, () =>
    visit("/", async (page, { server }) => {
      for (const kind of ["line", "plane", "dirac"]) {
        await page.goto(`${server.origin}/?preset=${kind}&autostart`);
        await untilStep(page, 6);
        await page.locator(`.chart[data-kind=${kind}] .layers button`).first().waitFor();
        for (const end of [false, true]) {
          await page.evaluate((end) => scrollTo(0, end ? document.documentElement.scrollHeight : 0), end);
          await page.waitForTimeout(150);
          const found = await page.evaluate(() => {
            const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
            const [chart, train, reset, tabs] = [".chart canvas", "#train", "#reset", "#rooms"].map(box);
            return {
              excess: document.documentElement.scrollWidth - innerWidth,
              dock: train.top >= 0 && train.bottom <= innerHeight && reset.right <= innerWidth && reset.bottom <= innerHeight,
              seen: (Math.min(chart.bottom, innerHeight) - Math.max(chart.top, 0)) / chart.height,
              share: chart.height / innerHeight,
              tabs: tabs.top > innerHeight - 100 || document.elementFromPoint(tabs.left + 5, Math.max(tabs.top + 5, 1))?.closest("#rooms") !== null,
            };
          });
          const where = `${kind}, ${end ? "at the end" : "at the top"}`;
          assert(found.excess <= 0, `${where}: ${found.excess} px too wide`);
          assert(found.dock, `${where}: the dock is out of sight`);
          assert(found.seen > (end ? 0.6 : 0.98), `${where}: ${Math.round(100 * found.seen)} % of the chart are in sight`);
          assert(width > 700 || found.share < 0.5, `${where}: the chart takes ${found.share} of the height`);
          assert(found.tabs, `${where}: the tabs are covered`);
        }
      }
    }, { context: { viewport: { width, height } } }));
}

test("an earlier run with points is offered as dots where they lay", () =>
  visit("/?preset=plane", async (page) => {
    await until(page, { state: "ready" });
    await trainTo(page, 200);
    assert.match(await page.locator("#timeline").innerText(), /earlier points from the same noise/);
    await press(page, "Reset");
    await page.locator(".offer p").waitFor();
    await page.waitForTimeout(300);
    /** Shares of the canvas that are inked: at its middle, where the ring has a hole, and where its ring lies. */
    const inked = await page.locator(".offer canvas").evaluate((it) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (it);
      const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (it).getContext("2d")).getImageData(0, 0, width, height);
      const sheet = new Uint32Array(data.buffer)[0];
      const counts = [0, 0];
      new Uint32Array(data.buffer).forEach((value, i) => {
        const far = Math.hypot((i % width) - width / 2, Math.floor(i / width) - height / 2) / (height / 2 / 1.25);
        if (value !== sheet) counts[far < 0.5 ? 0 : far < 1.2 ? 1 : 0] += 1;
      });
      return counts;
    });
    assert(inked[1] > 60 && inked[0] < 0.2 * inked[1], String(inked));
  }));

test("a run with points is gone on with after a reset, and after a reload", () =>
  visit("/?preset=line", async (page) => {
    await until(page, { state: "ready" });
    await trainTo(page, 100);
    await page.waitForTimeout(300);
    for (const leave of [() => press(page, "Reset"), () => page.reload()]) {
      await leave();
      await page.locator(".offer p").waitFor();
      const [, step] = (await page.locator(".offer p").innerText()).match(/^Go on from step (\d+) of your last run/) ?? [];
      assert(Number(step) >= 100, step);
      await press(page, "Resume");
      await until(page, { state: "paused", step });
      assert.deepEqual(await noticesOf(page), []);
    }
  }));

test("where motion is unwelcome points jump, and what comes while the stage is on its way is not lost", () =>
  visit("/?preset=dirac&autostart", async (page) => {
    await untilStep(page, 30);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    await canvas(page).waitFor();
    await layer(page, "arrows").click();
    await page.waitForTimeout(300);
    // Where the path began, at θ = 1, ψ = 0.
    const ink = await canvas(page).evaluate((it) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (it);
      const context = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (it).getContext("2d"));
      const side = Math.min(width, height);
      const [x, y] = [width / 2 + side / 2.2 * 0.5 * 1.99, height / 2 + side * 0.023];
      const { data } = context.getImageData(Math.round(x) - 6, Math.round(y) - 2, 12, 5);
      return Math.min(...data.filter((_, i) => i % 4 === 0));
    });
    assert(ink < 245, `the path begins in a shade of ${ink}`);
  }, { context: { reducedMotion: "reduce" }, answer: (path) => (path.endsWith("/views/chart.js") ? "slow" : undefined) }));

test("a stage that does not load says so, and comes when it is asked for again", () => {
  let absent = true;
  return visit("/?preset=plane", async (page) => {
    await page.getByText("The charts of this game did not load.").waitFor();
    await until(page, { state: "ready" });
    await page.waitForTimeout(500); // the helpers have come, and the run has been told of again
    absent = false;
    await press(page, "Try again");
    await canvas(page).waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }, { answer: (path) => (absent && path.endsWith("/views/chart.js") ? 404 : undefined), problems: /404|chart/ });
});

/** What is traced, as a list of lines. */
function recorder() {
  /** @type {number[][]} */
  const lines = [];
  const context = { moveTo: (/** @type {number} */ x, /** @type {number} */ y) => lines.push([x, y]), lineTo: (/** @type {number} */ x, /** @type {number} */ y) => lines.at(-1)?.push(x, y), beginPath() {}, stroke() {} };
  return { lines, context: /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (context)) };
}

test("a contour runs where the field passes the level, and a saddle is parted as its middle says", () => {
  const { lines, context } = recorder();
  const cells = 9;
  const field = Array.from({ length: cells * cells }, (_, i) => Math.hypot((i % cells) - 4, Math.floor(i / cells) - 4));
  addContour(context, field, cells, 3, (x) => x - 4, (y) => y - 4);
  assert(lines.length > 12);
  for (const [x, y, u, v] of lines) for (const far of [Math.hypot(x, y), Math.hypot(u, v)]) assert(Math.abs(far - 3) < 0.1, String(far));
  for (const [corners, first] of /** @type {const} */ ([[[2, 0, 2, 0], [0.5, 0]], [[4, 0, 4, 0], [0.25, 1]]])) {
    const saddle = recorder();
    const [a, b, c, d] = corners;
    addContour(saddle.context, [a, b, d, c], 2, a === 2 ? 1.5 : 3, (x) => x, (y) => y);
    assert.equal(saddle.lines.length, 2);
    assert(first.length === 2);
    // The middle lies below the level, so that each high corner is cut off by itself.
    for (const [x, y, u, v] of saddle.lines) assert(Math.abs(x - u) + Math.abs(y - v) < 1, "a corner is cut off");
  }
  const joined = recorder();
  addContour(joined.context, [2, 0, 0, 2], 2, 0.5, (x) => x, (y) => y);
  // The middle, 1, lies above: the low corners are cut off, at (1, 0) and (0, 1).
  for (const [x, y, u, v] of joined.lines) assert(Math.min(Math.hypot(x - 1, y) + Math.hypot(u - 1, v), Math.hypot(x, y - 1) + Math.hypot(u, v - 1)) < 0.6);
});

test("a trail keeps its bounds: all of it more coarsely, or the end of it", () => {
  const [whole, end] = [false, true].map((ends) => createTrail(1, { most: 100, least: 0.5, ends }));
  for (let i = 0; i < 1000; i++) for (const trail of [whole, end]) trail.add([i, 0]);
  for (const trail of [whole, end]) {
    assert(trail.length <= 100 && trail.length > 50);
    assert.deepEqual(trail.at(0), [999, 0]);
  }
  assert.deepEqual(whole.at(0, whole.length - 1), [0, 0]);
  assert(/** @type {number[]} */ (end.at(0, end.length - 1))[0] >= 900);
  end.forget();
  for (let i = 0; i < 50; i++) end.add([i / 1000, 0]);
  assert.equal(end.length, 2, "what hardly moves is kept once, beside where it began");
  assert.equal(end.at(0)?.[0], Math.fround(0.049));
  end.forget();
  assert.equal(end.at(0), null);
});

test("figures have three digits", () => {
  assert.deepEqual([0.31234, 0.0012345, 0.00004, 12.345, 1234.5, 0.5, -0.25].map(three), ["0.312", "0.00123", "0", "12.3", "1235", "0.500", "−0.250"]);
});
