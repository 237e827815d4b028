// Games with points: the drawing board in the room Pad, the link that holds a drawing, and what the other rooms say. On
// the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { coordinateOf, quantised, read, textOf } from "../../www/js/drawing.js";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const BOARD = "#board canvas";
const EDGE = 1.1;
/** Waits until so many stamps are on the board. @param {Page} page @param {number} stamps */
const counted = (page, stamps) => page.locator("#board .caption", { hasText: new RegExp(`^${stamps} of 256 stamps`) }).waitFor({ timeout: 5_000 });
const told = (/** @type {Page} */ page) => page.locator("#board .told").innerText();
const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.locator("#board").getByRole("button", { name, exact: true }).click();

/** What the session was told to run, and all that it was asked. @param {Page} page */
const listen = (page) => page.evaluate(() => {
  const heard = /** @type {any[]} */ ([]);
  Object.assign(globalThis, { heard });
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
    heard.push(...(message.commands ?? []).map((/** @type {any} */ { type, recipe }) => ({ type, recipe })));
    return postMessage.call(this, message, ...rest);
  };
});
/** @param {Page} page @returns {Promise<{ type: string, recipe?: import("../../www/js/protocol.js").Recipe }[]>} */
const heard = (page) => page.evaluate(() => /** @type {any} */ (globalThis).heard);
const loaded = async (/** @type {Page} */ page) => (await heard(page)).filter(({ type }) => type === "load").at(-1)?.recipe;

/** Where a place of the board is on the page. @param {Page} page @param {number} x @param {number} y */
async function spot(page, x, y) {
  const box = await page.locator(BOARD).boundingBox();
  assert(box);
  return /** @type {[number, number]} */ ([box.x + ((x + EDGE) / (2 * EDGE)) * box.width, box.y + ((EDGE - y) / (2 * EDGE)) * box.height]);
}

/** @param {Page} page @param {[number, number][]} way in the board's coordinates */
async function drag(page, way) {
  const [first, ...rest] = way;
  await page.mouse.move(...(await spot(page, ...first)));
  await page.mouse.down();
  for (const [x, y] of rest) await page.mouse.move(...(await spot(page, x, y)), { steps: 8 });
  await page.mouse.up();
  await page.waitForTimeout(60);
}

/** Opens the board. @param {Page} page */
async function enter(page) {
  await until(page, { state: "ready" });
  await listen(page);
  await openRoom(page, "pad");
  await page.locator(BOARD).scrollIntoViewIfNeeded();
}

/** @param {Page} page @param {string} text */
const paste = (page, text) => page.locator(BOARD).evaluate((canvas, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  canvas.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}, text);

test("a drawing is made by pointer, erased, undone and learned", () =>
  visit("/?preset=plane", async (page) => {
    await enter(page);
    assert(await page.locator("#pad").isHidden() && await page.locator("#pad-choice").isHidden());
    await counted(page, 48);
    await page.getByText("The run learns from “Ring of eight”.").waitFor();
    await press(page, "Clear");
    await page.locator("#board .inviting").waitFor();
    assert.equal(await page.getByRole("button", { name: "Learn this" }).getAttribute("aria-disabled"), "true");
    await drag(page, [[-0.8, 0.5], [0.8, 0.5]]);
    await counted(page, 21);
    await page.mouse.click(...(await spot(page, 0, -0.5)));
    await counted(page, 22);
    await page.getByLabel("Erase").check();
    await drag(page, [[-0.9, 0.5], [0, 0.5]]);
    await counted(page, 11);
    await page.locator("#board .undo").dblclick();
    await counted(page, 21);
    await press(page, "Learn this");
    await page.getByText("set up to learn this drawing. Press Train.").waitFor();
    const recipe = await loaded(page);
    assert.equal(recipe?.dataset, "drawn-plane");
    const { stamps } = read(recipe?.drawing ?? "", 2);
    assert.equal(stamps.length, 21);
    assert(stamps.every(([, y]) => Math.abs(y - quantised(0.5)) <= 1), "at the height where the pointer was");
    assert.deepEqual([stamps[0][0], stamps[20][0]].map((x) => Math.round(coordinateOf(x) * 10)), [-8, 8]);
    assert.equal(await page.getByRole("button", { name: "Learn this" }).getAttribute("aria-disabled"), "true");
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 4);
    await page.getByText("The run learns this drawing.").waitFor();
    await page.getByLabel("Draw", { exact: true }).check();
    await drag(page, [[0, -0.8], [0.1, -0.8]]);
    await page.getByText("The run still learns the last drawing.").waitFor();
    await press(page, "Start over with it");
    await page.getByText("The run learns this drawing.").waitFor();
    assert.equal(read((await loaded(page))?.drawing ?? "", 2).stamps.length, 23);
    await until(page, { state: "training" });
    assert.deepEqual(await noticesOf(page), []);
  }));

test("the board is worked by keyboard alone", () =>
  visit("/?preset=plane", async (page) => {
    await enter(page);
    await press(page, "Clear");
    await page.locator(BOARD).focus();
    for (const key of ["Shift+ArrowRight", "ArrowUp", "ArrowUp", "Space", "ArrowLeft", "Enter"]) await page.keyboard.press(key);
    await page.waitForTimeout(60);
    await counted(page, 2);
    assert.equal(await told(page), "A stamp at x 0.09, y 0.06: 2 stamps.");
    await page.keyboard.press("Shift+ArrowDown");
    assert.equal(await told(page), "x 0.09, y −0.07.");
    for (const key of ["Shift+ArrowLeft", "Delete"]) await page.keyboard.press(key);
    assert.equal(await told(page), "Removed the stamp at x 0.09, y 0.06: 1 stamp.");
    await page.keyboard.press("Delete");
    await page.keyboard.press("Delete");
    assert.equal(await told(page), "The board is empty.");
    for (let i = 0; i < 2; i++) await page.keyboard.press("Control+z");
    await page.waitForTimeout(60);
    await counted(page, 2);
    assert.equal(await page.evaluate(() => scrollX), 0);
    await page.getByRole("button", { name: "Learn this" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("set up to learn").waitFor();
    assert.deepEqual(read((await loaded(page))?.drawing ?? "", 2).stamps, [[139, 135], [143, 135]]);
  }));

test("a finger draws, and the page stays where it is", () =>
  visit("/?preset=plane", async (page) => {
    await enter(page);
    await press(page, "Clear");
    await page.locator(BOARD).evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
    const before = await page.evaluate(() => scrollY);
    const session = await page.context().newCDPSession(page);
    /** @param {"touchStart" | "touchMove" | "touchEnd"} type @param {[number, number]} [at] */
    const touch = async (type, at) => {
      const [x, y] = at ? await spot(page, ...at) : [0, 0];
      await session.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [{ x, y }] : [] });
    };
    await touch("touchStart", [0.8, 0]);
    for (let x = 0.7; x > -0.81; x -= 0.1) await touch("touchMove", [x, 0]);
    await touch("touchEnd");
    await page.waitForTimeout(60);
    assert.match(await page.locator("#board .caption").innerText(), /^2[01] of 256/);
    assert.equal(await page.evaluate(() => scrollY), before);
  }, { context: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } }));

test("points are pasted onto the board, by key or from the field, and what is wrong with them is said", () =>
  visit("/?preset=plane", async (page) => {
    await enter(page);
    await paste(page, "x,y\n0,0\n0.5,0.5\n-0.5,0.5");
    await page.getByText("3 points.", { exact: true }).waitFor();
    await counted(page, 3);
    await page.getByText("Paste points").click();
    const field = page.locator("#board textarea");
    await field.fill(Array.from({ length: 600 }, (_, i) => `${i}\t${600 - i}`).join("\n"));
    await press(page, "Put them on the board");
    await page.getByText("256 of 600 points, evenly picked, scaled to fit.").waitFor();
    await counted(page, 256);
    await page.locator(BOARD).scrollIntoViewIfNeeded();
    await page.mouse.click(...(await spot(page, 0, -0.5)));
    await page.getByText("The board is full: erase some stamps first.").waitFor();
    await field.fill("1,2\nthree,4");
    await press(page, "Put them on the board");
    await page.getByText("Line 2 is not two numbers with a comma between them.").waitFor();
    await counted(page, 256);
    await field.fill("");
    await field.evaluate((it) => it.dispatchEvent(new ClipboardEvent("paste", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true })));
    await counted(page, 256);
  }));

test("a line has a strip, on which only left and right count", () =>
  visit("/?preset=line", async (page) => {
    await enter(page);
    await counted(page, 6);
    const { width = 0, height = 0 } = (await page.locator(BOARD).boundingBox()) ?? {};
    assert(height < width / 2);
    await press(page, "Clear");
    await page.mouse.click(...(await spot(page, 0.5, 0)));
    await page.locator(BOARD).focus();
    for (const key of ["ArrowUp", "ArrowLeft", "Space"]) await page.keyboard.press(key);
    assert.equal(await told(page), "A stamp at −0.04: 2 stamps.");
    await paste(page, "-1\n1");
    await page.getByText("2 points.", { exact: true }).waitFor();
    await press(page, "Learn this");
    await page.getByText("set up to learn").waitFor();
    const recipe = await loaded(page);
    assert.deepEqual([recipe?.dataset, read(recipe?.drawing ?? "", 1).stamps], ["drawn-line", [[0], [255]]]);
  }));

test("the link holds the drawing, and where the page may not copy it, a field shows it", () =>
  visit("/?preset=plane&seed=77#room=pad", async (page, { server }) => {
    await enter(page);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await paste(page, "-1,-1\n0.2,0.4");
    await press(page, "Copy link");
    await page.getByText("The link is copied.").waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert(link.startsWith(`${server.origin}/#`) && link.length < 600, link);
    const said = new URLSearchParams(new URL(link).hash.slice(1));
    assert.deepEqual([...said].map(([name, value]) => (name === "drawing" ? name : `${name}=${value}`)), ["preset=plane", "dataset=drawn-plane", "drawing", "seed=77"]);
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: { writeText: () => Promise.reject(new Error("no")) } }));
    await press(page, "Copy link");
    await page.getByText("the link is in the field").waitFor();
    assert.equal(await page.getByLabel("The link, to copy by hand").inputValue(), link);
    await page.goto("about:blank");
    await page.goto(link);
    await until(page, { state: "ready", dataset: "drawn-plane" });
    await openRoom(page, "pad");
    await page.getByText("set up to learn this drawing").waitFor();
    await counted(page, 2);
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    assert.equal(await page.locator("#field-drawing").inputValue(), said.get("drawing"));
    assert.equal(await page.getByLabel("Seed", { exact: true }).inputValue(), "77");
    assert.deepEqual(await noticesOf(page), []);
  }));

test("a damaged link shows a drawing to begin with, and says so", () =>
  visit("/?dataset=drawn-plane&drawing=2AAA", async (page) => {
    await until(page, { state: "ready", dataset: "drawn-plane" });
    assert.deepEqual(await noticesOf(page), ["The drawing in the address cannot be used: the drawing’s text ends too early; copy all of it. The page shows one of its own."]);
    await openRoom(page, "pad");
    await page.getByText("set up to learn this drawing").waitFor();
    await counted(page, 48);
  }));

test("the drawing's text is a setting, which is refused where it is none and shown on the board where it is", () =>
  visit("/?dataset=drawn-plane", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    const field = page.locator("#field-drawing");
    await field.fill("2nonsense");
    await field.press("Tab");
    await page.getByText("It is still as it was: the drawing’s text ends too early; copy all of it.").waitFor();
    await field.fill(textOf([[3, 4]], 2));
    await field.press("Tab");
    assert.equal(await field.getAttribute("aria-invalid"), "false");
    await page.getByRole("link", { name: "Draw it in the Pad" }).click();
    await counted(page, 1);
  }));

test("in a run of pictures the room offers games to draw for, and a game with one point has none", () =>
  visit("/?dataset=drawn#room=pad", async (page) => {
    await until(page, { state: "ready" });
    await page.locator("#pad-choice .games button").first().waitFor();
    assert.deepEqual(await page.locator(".games button").allTextContents(), ["Numbers on a line", "Points on a ring"]);
    await page.getByRole("button", { name: "Points on a ring" }).click();
    await page.locator(BOARD).waitFor();
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("dirac");
    await openRoom(page, "pad");
    await page.getByText("there is nothing to draw").waitFor();
    assert(await page.locator("#board").isHidden());
    await page.getByRole("button", { name: "Numbers on a line" }).click();
    await page.locator("#board.flat").waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }));

test("a run of pictures that has begun is left only when the visitor says so, and a drawing is for the game that runs", () =>
  visit("/?dataset=drawn&autostart#room=pad", async (page) => {
    await untilStep(page, 4);
    await page.getByRole("button", { name: "Points on a ring" }).click();
    await page.getByText("“Points on a ring” is chosen").waitFor();
    assert(await page.locator("#board").isHidden());
    await page.locator("#pad-choice").getByRole("button", { name: "Start over with it" }).click();
    await page.locator(BOARD).waitFor();
    await untilStep(page, 4);
    await listen(page);
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("quick");
    await openRoom(page, "pad");
    await press(page, "Learn this");
    await until(page, { dataset: "drawn-plane" });
    const recipe = await loaded(page);
    assert.deepEqual([recipe?.dataset, recipe?.conditional], ["drawn-plane", false]);
    assert.deepEqual(await noticesOf(page), []);
  }));

test("quality measures points without a reader, and shows what there is of them", () =>
  visit("/?preset=plane#room=quality", async (page, { server }) => {
    await until(page, { state: "ready" });
    await listen(page);
    assert(await page.locator("#reading").isHidden());
    const names = () => page.locator("#measured .name:visible").allTextContents().then((all) => all.map((text) => text.replace(/\s*[↑↓]$/, "")));
    assert.deepEqual(await names(), ["Spots found", "Divergence", "Reverse divergence"]);
    await page.getByRole("button", { name: "Measure now" }).click();
    await page.getByText("2,000 points at step 0, against 2,000 real ones").waitFor();
    assert.deepEqual(await names(), ["A gap", "Spots found", "Divergence", "Reverse divergence"]);
    assert.equal(await page.locator("#measured details", { hasText: "Reverse" }).locator(".value").innerText(), "∞");
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 60);
    assert((await heard(page)).every(({ type }) => !["evaluate", "load-classifier", "add-held-out", "inspect"].includes(type)));
    assert(!server.requests.some((path) => /classifier|held-out/.test(path)), "what points do not need is not fetched");
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("vanilla");
    await page.getByRole("button", { name: "Start over with these settings" }).click();
    await openRoom(page, "quality");
    await page.locator("#reading").waitFor();
    await page.getByText("What another game has ↓").waitFor({ state: "hidden" });
    assert.deepEqual(await names(), ["Distance of some kind", "Share of a thing with a long name indeed", "A gap"]);
    assert.deepEqual(await noticesOf(page), []);
  }));

test("the other rooms speak of points", () =>
  visit("/?preset=plane#room=watch", async (page) => {
    await until(page, { state: "ready" });
    const room = page.locator("#room-watch");
    // The room may come later than the run.
    await page.waitForFunction(() => /The points\. First they lie anywhere.*real points and the artist’s/s.test(/** @type {HTMLElement} */ (document.querySelector("#room-watch"))?.innerText));
    assert.doesNotMatch(await room.innerText(), /digit|drawing|picture/);
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 20);
    await page.getByText("the judge scores the real point higher than the artist’s").waitFor();
    await page.getByText("Points per second").waitFor();
    assert.doesNotMatch(await page.locator("#verdict").innerText(), /digit|drawing|picture/);
    assert.doesNotMatch(await page.locator("#figures").innerText(), /Images|Variety|Read/);
    await openRoom(page, "explore");
    assert(await page.locator("#sampler form").isHidden() && await page.locator("#sampler canvas").isHidden());
    assert.match(await page.locator("#sampler").innerText(), /makes points/);
    await openRoom(page, "recipe");
    await page.getByText("Learned after about 500 steps").waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`no accessibility violation in ${colorScheme} colours in any room of a game with points`, () =>
    visit("/?preset=plane&autostart", async (page) => {
      await untilStep(page, 30);
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      for (const room of ["watch", "recipe", "quality", "explore", "slow", "pad", "guide"]) {
        await openRoom(page, room);
        for (const summary of await page.locator("#room summary:visible").all()) await summary.click();
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run("#room", { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], room);
      }
    }, { context: { colorScheme } }));
}

for (const [width, height] of [[320, 640], [390, 844], [844, 390], [1440, 900]]) {
  test(`at ${width} x ${height} the board is in sight as a whole, nothing sticks out, and nothing moves while drawing`, () =>
    visit("/?preset=plane", async (page) => {
      await enter(page);
      for (const preset of ["plane", "line"]) {
        await openRoom(page, "recipe");
        await page.getByLabel("Start from").selectOption(preset);
        await openRoom(page, "pad");
        await page.waitForTimeout(100);
        const { excess, tall, free } = await page.evaluate(() => {
          const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
          const [canvas, dock] = ["#board canvas", "#dock"].map(box);
          const stays = dock.top > innerHeight / 2 && dock.width > innerWidth * 0.8 ? dock.height : 0;
          return { excess: document.documentElement.scrollWidth - innerWidth, tall: canvas.height, free: innerHeight - stays };
        });
        assert(excess <= 0, `${preset} is ${excess} px too wide`);
        assert(tall <= free, `${preset} is ${tall} px high, of ${free}`);
        await page.locator(BOARD).scrollIntoViewIfNeeded();
        const places = () => page.evaluate(() => ["#board", ".board", "#board .tools", ".uses", "#board-keys"].map((selector) => {
          const { top, left, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
          return [selector, Math.round(top), Math.round(left), Math.round(height)].join(" ");
        }));
        const before = await places();
        await drag(page, [[-0.5, 0], [0.5, 0.1]]);
        assert.deepEqual(await places(), before);
      }
    }, { context: { viewport: { width, height } } }));
}
