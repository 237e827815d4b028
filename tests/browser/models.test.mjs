// Models that lie ready on the site: a preset as it was trained before the visit, and one without a judge to compare
// with. On the mock programs, whose models have taken 700 steps.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const MODELS = { trained: ["plane", "line", "quick"], rivals: ["super"] };
const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true }).click();
const line = (/** @type {Page} */ page) => page.locator("#state").innerText();
const modelsIn = (/** @type {string[]} */ requests) => requests.filter((path) => path.startsWith("/models/"));
/** For what would have happened by now. @param {Page} page */
const aWhile = (page) => page.waitForTimeout(400);
const choose = (/** @type {Page} */ page, /** @type {string} */ name) => page.locator("#preset select").selectOption(name);

test("a preset is shown as it was trained before the visit, and is back at step 0 with one press", () =>
  visit("/?preset=plane", async (page, { server }) => {
    await until(page, { state: "paused", step: "700" });
    await page.locator(".chart canvas").waitFor();
    assert.equal(await line(page), "Trained before your visit: 700 steps, seed 1.");
    assert(await page.locator("#room-watch .before").isVisible(), "there are no curves of it");
    await press(page, "Start over");
    await until(page, { state: "ready", step: "0" });
    assert.equal(await line(page), "Ready. Press Train.");
    await page.getByRole("button", { name: "Skip ahead", exact: true }).waitFor();
    await aWhile(page);
    assert.deepEqual([(await attributes(page)).step, modelsIn(server.requests)], ["0", ["/models/plane.safetensors"]]);
    assert(await page.locator(".offer").isHidden(), "it was nobody's run");
    await page.reload();
    await until(page, { state: "paused", step: "700" });
    assert(await page.locator(".offer").isHidden());
    assert.deepEqual(await noticesOf(page), []);
  }, { mock: { models: MODELS } }));

test("training goes on from there, and only then is it the visitor's run, which is kept with where it began", () =>
  visit("/?preset=plane", async (page) => {
    await until(page, { state: "paused", step: "700" });
    await press(page, "Train");
    await untilStep(page, 720);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    assert.match(await line(page), /^Paused at step [\d,]+\.$/);
    await page.getByRole("button", { name: "Reset", exact: true }).waitFor();
    const slider = page.getByRole("slider", { name: "Time machine" });
    await slider.press("Home");
    await page.getByText("Drawn at step 700; a snapshot was kept.").waitFor();
    await press(page, "Go back to step 700");
    await until(page, { state: "paused", step: "700" });
    assert.match(await line(page), /^Trained before your visit/);
    await press(page, "Start over");
    await until(page, { state: "ready", step: "0" });
    await page.locator(".offer p").waitFor();
    await page.reload();
    await until(page, { state: "paused", step: "700" });
    // What was trained here comes before what was trained elsewhere.
    await page.locator(".offer p").waitFor();
    await press(page, "Resume");
    await until(page, { state: "paused" });
    assert.match(await line(page), /^Paused at step [\d,]+\.$/);
    await slider.press("Home");
    await page.getByText("Drawn at step 700;").waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }, { mock: { models: MODELS } }));

test("pictures begin with noise; who skips ahead sees what was trained before, goes on with it, and comes back", () =>
  visit("/", async (page, { server }) => {
    await until(page, { state: "ready", step: "0" });
    const skip = page.getByRole("button", { name: "Skip ahead", exact: true });
    const reset = page.getByRole("button", { name: "Reset", exact: true });
    assert(await skip.isVisible() && await reset.isHidden());
    assert.deepEqual(modelsIn(server.requests), []);
    await skip.focus();
    await page.keyboard.press("Enter");
    await until(page, { state: "paused", step: "700" });
    assert.equal(await line(page), "Trained before your visit: 700 steps, seed 1.");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Start over", "the focus stays at its place");
    await press(page, "Train");
    await untilStep(page, 710);
    await press(page, "Reset");
    await until(page, { state: "ready", step: "0" });
    await skip.waitFor();
    await openRoom(page, "recipe");
    await page.getByLabel("Batch size").fill("32");
    await page.getByLabel("Batch size").press("Enter");
    await reset.waitFor();
    assert(await skip.isHidden(), "of another recipe there is none");
    // A link to it begins with it: no fresh run is set up that nobody sees.
    await page.addInitScript(() => {
      /** @type {string[]} */
      const states = [];
      Object.assign(globalThis, { states });
      new MutationObserver(() => states.push(document.documentElement?.dataset.state ?? "")).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-state"] });
    });
    await page.goto(`${server.origin}/#preset=quick&trained`);
    await page.reload();
    await until(page, { state: "paused", step: "700" });
    const states = await page.evaluate(() => /** @type {any} */ (globalThis).states);
    assert(states.length > 0 && !states.includes("ready"), states.join());
    assert.equal(await line(page), "Trained before your visit: 700 steps, seed 1.");
  }, { mock: { models: MODELS } }));

test("a model that does not come is said to who asked for it", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready", step: "0" });
    await press(page, "Skip ahead");
    await page.getByText("The trained one did not load: ").waitFor();
    await press(page, "Train");
    await untilStep(page, 4);
  }, { mock: { models: MODELS }, answer: (path) => (path.startsWith("/models/") ? 404 : undefined), problems: /404/ }));

test("who asks for a trained one where none lies ready is told, and gets a fresh run", () =>
  visit("/?preset=vanilla&trained", async (page) => {
    await until(page, { state: "ready", step: "0" });
    await page.getByText(/^No trained model of .+ lies ready, so it begins from noise\.$/).waitFor();
    await press(page, "Train");
    await untilStep(page, 4);
  }, { mock: { models: MODELS }, answer: (path) => (path.startsWith("/models/") ? 404 : undefined), problems: /404/ }));

test("nothing is fetched where no model lies ready, where the recipe is another, or where training is to start", () =>
  visit("/", async (page, { server }) => {
    for (const query of ["?preset=vanilla", "?preset=plane&seed=5", "?preset=plane&dataset=two-moons", "?preset=plane&autostart"]) {
      await page.goto(server.origin + query);
      if (query.includes("autostart")) await untilStep(page, 4);
      else await until(page, { state: "ready", step: "0" });
      await aWhile(page);
      assert.deepEqual(modelsIn(server.requests), [], query);
    }
  }, { mock: { models: MODELS } }));

for (const fault of /** @type {const} */ ([404, "junk", "html"])) {
  test(`a model that is not to be had (${fault}) leaves the run at step 0, without a word`, () =>
    visit("/?preset=line", async (page, { server }) => {
      await until(page, { state: "ready", step: "0" });
      await page.waitForFunction(() => performance.getEntriesByType("resource").some(({ name }) => name.includes("/models/")));
      await page.waitForTimeout(900);
      assert.deepEqual([(await attributes(page)).step, await line(page), await noticesOf(page)], ["0", "Ready. Press Train.", []]);
      assert(modelsIn(server.requests).length > 0);
      await press(page, "Train");
      await untilStep(page, 4);
    }, { mock: { models: MODELS }, patience: { firstPause: 50 }, answer: (path) => (path.startsWith("/models/") ? fault : undefined), problems: /404/ }));
}

test("a model that the program refuses leaves the run at step 0, and one that comes late does not take it away", () => {
  let late = false;
  return visit("/?preset=quick&trained", async (page, { server }) => {
    await until(page, { state: "ready", step: "0" });
    await aWhile(page);
    assert.deepEqual([(await attributes(page)).step, await noticesOf(page)], ["0", []]);
    late = true;
    await page.goto(`${server.origin}/?preset=plane`);
    await until(page, { state: "ready" });
    await press(page, "Train");
    await untilStep(page, 4);
    await aWhile(page);
    assert(Number((await attributes(page)).step) < 700);
  }, { mock: { models: MODELS, forgets: true }, answer: (path) => (late && path.startsWith("/models/") ? "slow" : undefined) });
});

test("a preset that is chosen is shown trained as well, and a change of its recipe begins it afresh", () =>
  visit("/?dataset=drawn&preset=vanilla#room=recipe", async (page) => {
    await until(page, { state: "ready", step: "0" });
    await openRoom(page, "recipe");
    await choose(page, "plane");
    await until(page, { state: "paused", step: "700" });
    await choose(page, "line");
    await page.locator(".chart[data-kind=line] canvas").waitFor();
    await until(page, { state: "paused", step: "700" });
    assert(await page.getByRole("button", { name: "Start over with these settings" }).isDisabled());
    await page.getByLabel("Batch size").fill("32");
    await page.getByLabel("Batch size").press("Enter");
    await until(page, { state: "ready", step: "0" });
    await choose(page, "vanilla");
    await aWhile(page);
    assert.equal((await attributes(page)).step, "0");
    // A run that somebody has trained goes on until it is left.
    await press(page, "Train");
    await untilStep(page, 6);
    await press(page, "Pause");
    await choose(page, "plane");
    await aWhile(page);
    assert(Number((await attributes(page)).step) < 700);
    await press(page, "Start over with these settings");
    await until(page, { state: "ready", step: "0" });
    await aWhile(page);
    assert.equal((await attributes(page)).step, "0", "who starts over begins at the beginning");
  }, { mock: { models: MODELS } }));

const labels = (/** @type {Page} */ page) => page.locator(".block").first().locator(".labels span:visible").allTextContents();
const block = (/** @type {Page} */ page) => page.locator(".block canvas").first();

for (const width of [390, 1440]) {
  test(`at ${width} pixels bicubic and an artist without a judge stand beside the others when they are asked for`, () =>
    visit("/?dataset=drawn&preset=super", async (page, { server }) => {
      await until(page, { state: "ready" });
      await block(page).waitFor();
      await aWhile(page);
      assert.deepEqual([await labels(page), modelsIn(server.requests)], [["given", "artist", "real"], []]);
      await press(page, "Compare with others");
      await page.getByText("Distance only: the same artist after 600 steps").first().waitFor();
      assert.deepEqual(await labels(page), ["given", "bicubic", "distance only", "artist", "real"]);
      assert.deepEqual(modelsIn(server.requests), ["/models/super-rival.safetensors"]);
      await page.waitForTimeout(200);
      const shades = await block(page).evaluate((canvas) => {
        const it = /** @type {HTMLCanvasElement} */ (canvas);
        const side = it.width / 10;
        const context = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d"));
        return [0, 1, 2, 3, 4].map((row) => new Set(new Uint32Array(context.getImageData(8 * side + 3, row * side + 3, side - 6, side - 6).data.buffer)).size);
      });
      assert(shades[0] <= 49 && shades[1] > 49 && shades[2] > 49, String(shades));
      const fits = await page.evaluate(() => [...document.querySelectorAll(".labels span")].every((it) => it.scrollWidth <= it.clientWidth + 1) && document.documentElement.scrollWidth <= innerWidth);
      assert(fits, "labels fit");
      // In the Pad, too.
      await openRoom(page, "pad");
      await page.locator("#pad figure[data-role=rival]").waitFor();
      assert.deepEqual(await page.locator(".results figcaption:visible").allTextContents(), ["Given: 7 × 7", "Bicubic", "Distance only", "The artist", "The truth"]);
      await page.waitForFunction(() => {
        const [one, other] = ["rival", "artist"].map((role) => /** @type {HTMLCanvasElement} */ (document.querySelector(`[data-role=${role}] canvas`)).getContext("2d")?.getImageData(0, 0, 672, 672).data ?? []);
        return one.some((value) => value > 0) && one.some((value, i) => value !== other[i]);
      });
      await page.locator("#pad").getByRole("button", { name: "Hide them" }).click();
      assert.deepEqual(await labels(page), ["given", "artist", "real"]);
      assert(await page.locator("#pad figure[data-role=rival]").isHidden());
      assert.equal(modelsIn(server.requests).length, 1);
      assert.deepEqual(await noticesOf(page), []);
    }, { mock: { models: MODELS }, context: { viewport: { width, height: 844 } } }));
}

test("games without such a model do not offer it, and one that does not come says so and is fetched again at a press", () => {
  let absent = true;
  return visit("/?dataset=drawn&preset=sketch", async (page) => {
    await until(page, { state: "ready" });
    await block(page).waitFor();
    assert(await page.locator(".pairs .compare").isHidden());
    await openRoom(page, "recipe");
    await choose(page, "super");
    await press(page, "Compare with others");
    await page.locator(".pairs").getByText("This site has no artist without a judge.").waitFor();
    assert.deepEqual((await labels(page)).slice(0, 2), ["given", "bicubic"]);
    await press(page, "Hide them");
    absent = false;
    await press(page, "Compare with others");
    await page.locator(".pairs").getByText("Distance only: the same artist").waitFor();
    await choose(page, "sketch");
    await page.locator(".pairs .compare").waitFor({ state: "hidden" });
    assert.deepEqual(await labels(page), ["given", "artist", "real"]);
  }, { mock: { models: MODELS }, answer: (path) => (absent && path.startsWith("/models/") ? 404 : undefined), problems: /404/ });
});

test("a fresh worker is told of the rival again", () =>
  visit("/?dataset=drawn&preset=super", async (page) => {
    await until(page, { state: "ready" });
    await press(page, "Compare with others");
    await page.locator(".pairs").getByText("Distance only: the same artist").waitFor();
    await press(page, "Train");
    await page.locator(".notice").getByText("The CPU program failed").waitFor();
    await openRoom(page, "pad");
    await page.waitForFunction(() => /** @type {HTMLCanvasElement} */ (document.querySelector("[data-role=rival] canvas")).getContext("2d")?.getImageData(0, 0, 672, 672).data.some((value) => value > 0));
  }, { mock: { models: MODELS, diesAfterSave: "cpu" }, problems: /panicked/ }));
