// The room Pad: what is drawn or wiped is asked about at once, one question at a time, and the answer shown.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { createAsking } from "../../www/js/asking.js";
import { bicubic } from "../../www/js/views/bicubic.js";
import { GREY, HOLE, SIDE, Sheet, WIPER } from "../../www/js/pad/sheet.js";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const SIZE = SIDE * SIDE;
const count = (/** @type {Uint8Array} */ bytes) => bytes.reduce((sum, byte) => sum + Math.sign(byte), 0);

// Without a browser

test("a pen's stroke is as wide as it says, soft at its edge, the same in either direction and never beyond the sheet", () => {
  const sheet = new Sheet();
  sheet.draw({ x: 5, y: 10.5 }, { x: 20, y: 10.5 }, 1.25);
  const column = Array.from({ length: 5 }, (_, k) => sheet.ink[(8 + k) * SIDE + 12]);
  assert.deepEqual(column, [0, 191, 255, 191, 0]);
  const back = new Sheet();
  back.draw({ x: 20, y: 10.5 }, { x: 5, y: 10.5 }, 1.25);
  assert.deepEqual(back.ink, sheet.ink);
  sheet.clear();
  sheet.draw({ x: -9, y: -9 }, { x: 60, y: 60 }, 1.25);
  assert(sheet.ink[0] === 255 && sheet.ink[SIZE - 1] === 255 && sheet.ink[SIDE - 1] === 0);
});

test("a pen that has only touched the sheet leaves a dot, and more of it never less ink", () => {
  const sheet = new Sheet();
  const at = { x: 14.5, y: 14.5 };
  sheet.draw(at, at, 1.25);
  assert.equal(sheet.ink[14 * SIDE + 14], 255);
  const before = sheet.ink.slice();
  sheet.draw({ x: 14, y: 14 }, { x: 15.7, y: 14 }, 1.25);
  assert(sheet.ink.every((level, i) => level >= before[i]));
});

test("a wiper takes a square along its way, a hole is whole at every edge, and both are grey", () => {
  const sheet = new Sheet();
  sheet.put(new Uint8Array(SIZE).fill(200), 3);
  sheet.wipe({ x: 10.5, y: 10.5 }, { x: 10.5, y: 10.5 });
  assert.equal(count(sheet.hole), WIPER * WIPER);
  sheet.wipe({ x: 10.5, y: 10.5 }, { x: 20.5, y: 10.5 });
  assert.equal(count(sheet.hole), WIPER * (WIPER + 10));
  assert.deepEqual(new Set(sheet.given()), new Set([200, GREY]));
  for (const at of [{ x: 0, y: 0 }, { x: 28, y: 3 }, { x: 14.2, y: 27.9 }]) {
    sheet.mend();
    sheet.punch(at);
    assert.equal(count(sheet.hole), HOLE * HOLE);
  }
  sheet.wipe({ x: -3, y: 14 }, { x: 40, y: 14 });
  assert.equal(sheet.hole.length, SIZE);
});

test("what is drawn closes holes, and every change is undone as it was made", () => {
  const sheet = new Sheet();
  const at = { x: 14, y: 14 };
  sheet.put(new Uint8Array(SIZE).fill(9), 4);
  sheet.keep();
  sheet.punch(at);
  sheet.keep();
  sheet.draw(at, at, 1.5);
  assert(count(sheet.hole) < HOLE * HOLE && sheet.given().includes(255));
  assert.equal(sheet.digit, null, "it is no real digit any more");
  sheet.undo();
  assert.deepEqual([count(sheet.hole), sheet.digit], [HOLE * HOLE, 4]);
  sheet.undo();
  sheet.undo(); // nothing is left
  assert(sheet.isWhole && sheet.ink.every((level) => level === 9));
});

test("bicubic pictures are those of Pillow", async () => {
  const cases = JSON.parse(await readFile(new URL("../references/enlarged.json", import.meta.url), "utf8"));
  assert(cases.length > 2);
  for (const { side, factor, pixels, bicubic: wanted } of cases) assert.deepEqual([...bicubic(Uint8Array.from(pixels), side, factor)], wanted);
});

test("one question at a time, and then the newest", () => {
  let time = 0;
  let asked = 0;
  const asking = createAsking(() => ++asked, () => time);
  for (let i = 0; i < 5; i++) asking.want();
  assert.equal(asked, 1);
  assert(!asking.isAnswer(7), "somebody else's");
  assert(asking.isAnswer(1));
  asking.goOn();
  assert.equal(asked, 2, "what changed meanwhile is asked about at once");
  assert(asking.isAnswer(2));
  asking.goOn();
  assert.equal(asked, 2, "nothing has changed");
  asking.wantAfter(500);
  assert.equal(asked, 2, "too early");
  time = 500;
  asking.wantAfter(500);
  assert.equal(asked, 3);
  asking.forget();
  assert(!asking.isAnswer(3), "it is no longer wanted");
  asking.want();
  assert.equal(asked, 4);
  time = 5499;
  asking.want();
  assert.equal(asked, 4, "its answer may still come");
  time = 5500;
  asking.want();
  assert.equal(asked, 5, "it was missed");
  assert(!asking.isAnswer(4) && asking.isAnswer(5));
});

// On the page

/** What the page asks to be translated, and how many questions are under way at most. @param {Page} page */
const listen = (page) => page.evaluate(() => {
  const heard = { asked: /** @type {{ form: string, pixels: number[] }[]} */ ([]), underWay: 0, most: 0 };
  Object.assign(globalThis, { heard });
  const { postMessage } = Worker.prototype;
  /** @type {Set<Worker>} */
  const known = new Set();
  Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
    if (!known.has(this)) {
      known.add(this);
      const { onmessage } = this;
      // Before the page hears it, which may ask again at once.
      this.onmessage = (event) => {
        heard.underWay -= (event.data.events ?? []).filter((/** @type {any} */ { type }) => type === "sampled" || type === "dropped").length;
        onmessage?.call(this, event);
      };
    }
    for (const { type, request } of message.commands ?? []) {
      if (type !== "sample") continue;
      heard.asked.push({ form: request.pictures.form, pixels: [...request.pictures.pixels] });
      heard.most = Math.max(heard.most, ++heard.underWay);
    }
    return postMessage.call(this, message, ...rest);
  };
});
/** @typedef {{ asked: { form: string, pixels: number[] }[], underWay: number, most: number }} Heard */
const heard = (/** @type {Page} */ page) => page.evaluate(() => /** @type {Heard} */ (/** @type {any} */ (globalThis).heard));

/** Waits until every question has its answer. @param {Page} page @param {number} [least] questions */
async function answered(page, least = 1) {
  await page.waitForFunction((least) => {
    const { asked, underWay } = /** @type {Heard} */ (/** @type {any} */ (globalThis).heard);
    return asked.length >= least && underWay === 0;
  }, least);
  await page.waitForTimeout(60); // a frame, and what may come of it
}

/** The picture on a canvas, 28 numbers a side: how much ink there is. @param {Page} page @param {string} selector */
const inkOn = (page, selector) => page.locator(selector).evaluate((canvas, side) => {
  const it = /** @type {HTMLCanvasElement} */ (canvas);
  const { data, width } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
  const middle = (/** @type {number} */ i) => Math.floor(((i + 0.5) * width) / side);
  return Array.from({ length: side * side }, (_, i) => data[4 * (middle(Math.floor(i / side)) * width + middle(i % side)) + 3]);
}, SIDE);

const PAD = ".sheet canvas";
const [GIVEN, ARTIST, TRUTH] = ["given", "artist", "truth"].map((role) => `figure[data-role=${role}] canvas`);

/** Where a pixel of the pad is on the page. @param {Page} page @param {number} x @param {number} y */
async function spot(page, x, y) {
  const box = await page.locator(PAD).boundingBox();
  assert(box);
  return /** @type {[number, number]} */ ([box.x + (x / SIDE) * box.width, box.y + (y / SIDE) * box.height]);
}

/** @param {Page} page @param {[number, number][]} way in pixels of the pad */
async function drag(page, way) {
  const [first, ...rest] = way;
  await page.mouse.move(...(await spot(page, ...first)));
  await page.mouse.down();
  for (const [x, y] of rest) await page.mouse.move(...(await spot(page, x, y)), { steps: 8 });
  await page.mouse.up();
}

/** Opens the room in a run of the preset. @param {Page} page */
async function enter(page) {
  await until(page, { state: "ready" });
  await listen(page);
  await openRoom(page, "pad");
  await page.locator(PAD).scrollIntoViewIfNeeded();
}

const PRESET = (/** @type {string} */ name) => `/?dataset=drawn&preset=${name}`;

test("what is drawn is sent, and shown are the newest answer and the line that the artist was given", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    assert(await page.locator(".invitation").isVisible());
    assert.deepEqual((await heard(page)).asked, [], "an empty pad is no question");
    await drag(page, [[8, 8], [20, 8], [12, 20]]);
    await answered(page);
    const { asked, most } = await heard(page);
    assert.equal(most, 1, "one question under way");
    const last = asked[asked.length - 1];
    assert.deepEqual([last.form, last.pixels.length], ["target", SIZE]);
    assert.deepEqual(await inkOn(page, PAD), last.pixels, "the last one is of what is on the pad");
    const edges = last.pixels.map((level, i) => (level > 128 && !(i % SIDE > 0 && last.pixels[i - 1] > 128) ? 255 : 0));
    assert.deepEqual(await inkOn(page, GIVEN), edges, "what the mock takes for a line");
    assert.deepEqual(await inkOn(page, ARTIST), edges, "and makes of it");
    assert(await page.locator(".invitation").isHidden());
  }));

test("a slow program is asked about the newest drawing only, while nothing waits behind it", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    const began = performance.now();
    await drag(page, [[6, 6], [22, 6], [22, 22], [6, 22], [6, 6], [22, 22]]);
    await answered(page, 2);
    const { asked, most } = await heard(page);
    assert.equal(most, 1);
    // One after the other, however long a busy machine takes for the stroke.
    const time = performance.now() - began;
    assert(asked.length <= 2 + time / 150, `${asked.length} questions in ${time} ms`);
    assert.deepEqual(await inkOn(page, PAD), asked[asked.length - 1].pixels);
  }, { mock: { translationMillis: 150 } }));

test("a question that was dropped with its run holds up no other", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    await page.locator(PAD).click();
    await answered(page);
    assert.equal(count(Uint8Array.from(await inkOn(page, ARTIST))), 0, "nobody has answered");
    await drag(page, [[6, 6], [6, 20]]);
    await answered(page, 2);
    assert(count(Uint8Array.from(await inkOn(page, ARTIST))) > 0);
  }, { mock: { drops: 1 } }));

test("a stroke is undone, by button and key, and all are cleared", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    const [undo, clear] = ["Undo", "Clear"].map((name) => page.locator("#pad").getByRole("button", { name, exact: true }));
    assert.equal(await undo.getAttribute("aria-disabled"), "true");
    await drag(page, [[6, 6], [6, 20]]);
    await answered(page);
    const one = await inkOn(page, PAD);
    await drag(page, [[20, 6], [20, 20]]);
    await answered(page, 2);
    await undo.click();
    await answered(page, 3);
    assert.deepEqual(await inkOn(page, PAD), one);
    await page.locator(PAD).press("Control+z");
    await page.waitForTimeout(100);
    assert(await page.locator(".invitation").isVisible());
    assert.equal(count(Uint8Array.from(await inkOn(page, ARTIST))), 0, "there is nothing to make anything of");
    await drag(page, [[6, 6], [6, 20]]);
    await answered(page);
    await clear.click();
    await page.locator(".invitation").waitFor();
    await undo.click();
    await page.waitForTimeout(100);
    assert.deepEqual(await inkOn(page, PAD), one, "even that is undone");
  }));

test("a real digit is taken from the stage, and the next one", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    await page.getByRole("button", { name: "Real digit →" }).click();
    await answered(page);
    assert.equal(await page.locator("#pad .caption").innerText(), "A real 0");
    await page.getByRole("button", { name: "Real digit →" }).click();
    await answered(page, 2);
    assert.equal(await page.locator("#pad .caption").innerText(), "A real 1");
    await page.getByRole("button", { name: "Real digit →" }).dblclick();
    await page.getByRole("button", { name: "Previous real digit" }).click({ clickCount: 3 });
    await answered(page, 3);
    assert.equal(await page.locator("#pad .caption").innerText(), "A real 0");
    await drag(page, [[4, 4], [6, 4]]);
    assert.equal(await page.locator("#pad .caption").innerText(), "Your drawing");
  }));

test("wiping makes pixels grey, a tap a whole hole, and the truth stays", () =>
  visit(PRESET("distance"), async (page) => {
    await enter(page);
    await answered(page);
    const wiped = async () => (await heard(page)).asked.at(-1)?.pixels.filter((level) => level === GREY).length ?? 0;
    const [begins] = (await heard(page)).asked;
    assert.equal(begins.form, "source");
    assert(await page.getByText("distance only").isVisible(), "this artist has no judge");
    assert(await wiped() >= HOLE * HOLE, "there is a hole to begin with");
    const truth = await inkOn(page, TRUTH);
    await page.getByRole("button", { name: "Unwipe" }).click();
    await answered(page, 2);
    assert.deepEqual((await heard(page)).asked.at(-1)?.pixels, truth);
    const without = await wiped();
    await page.mouse.click(...(await spot(page, 2, 2)));
    await answered(page, 3);
    assert.equal(await wiped(), without + HOLE * HOLE, "a tap");
    await page.getByRole("button", { name: "Undo" }).click();
    await drag(page, [[4.5, 24.5], [14.5, 24.5]]);
    await answered(page, 4);
    assert.equal(await wiped(), without + WIPER * (WIPER + 10), "a drag");
    assert.deepEqual(await inkOn(page, TRUTH), truth);
    await page.getByLabel("Pen").check();
    await drag(page, [[4.5, 24.5], [14.5, 24.5]]);
    await answered(page, 5);
    assert((await inkOn(page, TRUTH))[24 * SIDE + 8] === 255, "the pen draws on it");
  }));

test("a shrunk picture is shown as it is given, enlarged, drawn by the artist and as it was", () =>
  visit(PRESET("super"), async (page) => {
    await enter(page);
    await answered(page);
    assert.deepEqual(await page.locator(".results figcaption:visible").allTextContents(), ["Given: 7 × 7", "Bicubic", "The artist", "The truth"]);
    const asked = (await heard(page)).asked.at(-1);
    assert.deepEqual([asked?.form, asked?.pixels], ["target", await inkOn(page, TRUTH)]);
    const [blocks, smooth] = [await inkOn(page, GIVEN), await inkOn(page, "figure[data-role=bicubic] canvas")];
    assert(blocks.every((level, i) => level === blocks[Math.floor(i / SIDE / 4) * 4 * SIDE + Math.floor((i % SIDE) / 4) * 4]), "blocks");
    assert(new Set(smooth).size > new Set(blocks).size);
  }));

test("the pad is drawn on by keyboard alone", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    await page.keyboard.press("Tab");
    await page.locator(PAD).focus();
    for (const key of ["ArrowLeft", "Shift+ArrowUp", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Space", "ArrowDown"]) await page.keyboard.press(key);
    await answered(page);
    const ink = await inkOn(page, PAD);
    assert(ink[10 * SIDE + 13] > 128 && ink[10 * SIDE + 15] > 128, "a line to the right");
    assert.equal(ink[13 * SIDE + 16], 0, "the pen was lifted");
    assert.equal(await page.locator("#pad [role=status]").innerText(), "Pen up at column 16, row 10.");
    const marks = count(Uint8Array.from(ink));
    for (const key of ["Shift+ArrowDown", "Shift+ArrowDown", "Enter"]) await page.keyboard.press(key);
    await answered(page, 2);
    assert(count(Uint8Array.from(await inkOn(page, PAD))) > marks, "a dot");
    assert.equal(await page.evaluate(() => scrollX), 0);
  }));

test("a finger draws, and the page stays where it is", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    const before = await page.evaluate(() => scrollY);
    const session = await page.context().newCDPSession(page);
    /** @param {"touchStart" | "touchMove" | "touchEnd"} type @param {[number, number]} [at] */
    const touch = async (type, at) => {
      const [x, y] = at ? await spot(page, ...at) : [0, 0];
      await session.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [{ x, y }] : [] });
    };
    await touch("touchStart", [14, 6]);
    for (let y = 7; y <= 22; y++) await touch("touchMove", [14, y]);
    await touch("touchEnd");
    await answered(page);
    const ink = await inkOn(page, PAD);
    assert(Array.from({ length: 15 }, (_, k) => ink[(7 + k) * SIDE + 14]).every((level) => level > 128), "one line without gaps");
    assert.equal(await page.evaluate(() => scrollY), before);
  }, { context: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } }));

test("while it trains the answer is renewed, at most twice a second, and not while the room is closed", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    await drag(page, [[8, 8], [20, 20]]);
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 4);
    const first = (await heard(page)).asked.length;
    await page.waitForTimeout(1_600);
    const then = (await heard(page)).asked.length;
    assert(then - first >= 1 && then - first <= 4, `${then - first} in 1.6 seconds`);
    await openRoom(page, "guide");
    await page.waitForTimeout(100);
    const closed = (await heard(page)).asked.length;
    await page.waitForTimeout(1_200);
    assert.equal((await heard(page)).asked.length, closed);
    await openRoom(page, "pad");
    await page.waitForFunction((closed) => /** @type {any} */ (globalThis).heard.asked.length > closed, closed);
  }));

test("where the artist draws from noise, one sentence says so and offers the presets that this room is for", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "pad");
    assert(await page.locator("#pad").isHidden());
    assert.match(await page.locator("#pad-choice .words").innerText(), /draws from noise/);
    assert.deepEqual((await page.locator(".presets button").allTextContents()).sort(), ["Distance alone", "Sketch to digit", "Super-resolution", "Zebra stripes"]);
    await page.getByRole("button", { name: "Distance alone" }).click();
    await page.locator(PAD).waitFor();
    assert(await page.locator("#pad-choice").isHidden());
    assert.equal(await page.locator("#pad h2").innerText(), "Wipe something out");
  }));

test("a run that has begun is left only when the visitor says so", () =>
  visit("/?dataset=drawn&autostart", async (page) => {
    await untilStep(page, 10);
    await openRoom(page, "pad");
    await page.getByRole("button", { name: "Sketch to digit" }).click();
    await page.getByText("“Sketch to digit” is chosen").waitFor();
    assert(await page.locator("#pad").isHidden());
    await page.getByRole("button", { name: "Start over with it" }).click();
    await page.locator(PAD).waitFor();
    await until(page, { state: "training" });
  }));

test("while the program is on its way, a sentence stands in place of the pad", () =>
  visit("/?dataset=drawn&preset=sketch#room=pad", async (page) => {
    await page.locator("#pad-choice .words", { hasText: "The program is starting" }).waitFor();
    assert(await page.locator("#pad").isHidden());
    assert.equal(await page.locator("#pad-choice button:visible").count(), 0);
  }, { mock: { cpu: "never-opens" } }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`no accessibility violation at the pad in ${colorScheme} colours`, () =>
    visit(PRESET("sketch"), async (page) => {
      await enter(page);
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      for (const name of ["sketch", "distance", "super"]) {
        await openRoom(page, "recipe");
        await page.getByLabel("Start from").selectOption(name);
        await openRoom(page, "pad");
        await page.getByRole("button", { name: "Real digit →" }).click();
        await page.waitForTimeout(200);
        const violations = await page.evaluate(async () => {
          const { violations } = await /** @type {any} */ (globalThis).axe.run("#room-pad", { resultTypes: ["violations"] });
          return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
        });
        assert.deepEqual(violations, [], name);
      }
    }, { context: { colorScheme } }));
}

for (const [width, height] of [[320, 640], [390, 844], [844, 390], [1440, 900], [2560, 1300]]) {
  test(`at ${width} x ${height} the pad and what is made of it are in sight together, and nothing sticks out`, () =>
    visit(PRESET("sketch"), async (page) => {
      await enter(page);
      for (const name of ["sketch", "distance", "super"]) {
        await openRoom(page, "recipe");
        await page.getByLabel("Start from").selectOption(name);
        await openRoom(page, "pad");
        const { excess, tall, free } = await page.evaluate(() => {
          const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
          const [sheet, results, dock] = [".sheet", ".results", "#dock"].map(box);
          const stays = dock.top > innerHeight / 2 && dock.width > innerWidth * 0.8 ? dock.height : 0;
          return {
            excess: document.documentElement.scrollWidth - innerWidth,
            tall: Math.max(sheet.bottom, results.bottom) - Math.min(sheet.top, results.top),
            free: innerHeight - stays,
          };
        });
        assert(excess <= 0, `${name} is ${excess} px too wide`);
        assert(tall <= free, `${name} is ${tall} px high, of ${free}`);
      }
    }, { context: { viewport: { width, height } } }));
}

test("nothing moves while drawing", () =>
  visit(PRESET("sketch"), async (page) => {
    await enter(page);
    const places = () => page.evaluate(() => ["#pad", ".sheet", ".results", ".tools", ".caption", "#pad-keys"].map((selector) => {
      const { top, left, height } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      return [selector, Math.round(top), Math.round(left), Math.round(height)].join(" ");
    }));
    const before = await places();
    await drag(page, [[8, 8], [20, 8], [12, 20]]);
    await answered(page);
    assert.deepEqual(await places(), before);
  }));
