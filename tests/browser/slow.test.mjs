// The room Slow motion on the mock programs: a step that is recorded, its stills forwards and backwards, and the numbers
// that it shows. And what of it is arithmetic.
// @ts-check

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { MOTION, REST, createClock } from "../../www/rooms/slow/clock.js";
import { readRecording } from "../../www/rooms/slow/recording.js";
import { noteOf, stillsOf } from "../../www/rooms/slow/stills.js";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";
import { recordingOf, safetensors } from "./mock/recordings.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Recipe } from "../../www/js/protocol.js" */

/** As the mock records it. */
function example({ judge = true, points = false, source = false } = {}) {
  const recipe = /** @type {Recipe} */ ({ latent: 16, conditional: true });
  const bytes = new Uint8Array(8 * 784).map((_, i) => i % 256);
  return readRecording(recordingOf(recipe, 7, {
    target: points ? { side: 1, channels: 2 } : { side: 28, channels: 1 }, source: source ? { side: 7, channels: 1 } : null, judge, fakes: bytes, reals: bytes,
  }));
}

/** All of the page is in sight, so that nothing scrolls to another fraction of a pixel. */
const TALL = { viewport: { width: 1280, height: 2400 } };

const near = (/** @type {number} */ a, /** @type {number} */ b) => assert(Math.abs(a - b) < 1e-6, `${a} and ${b}`);

/** Opens the room and records a step. @param {Page} page */
async function record(page) {
  await openRoom(page, "slow");
  await page.locator("#slow .record").click();
  await page.locator("#slow .theatre").waitFor();
  // Once the caption is there, everything is.
  await page.locator("#slow .caption h3", { hasText: "1 ·" }).waitFor();
}

/** What the theatre looks like, but for its edge, which its frame in focus shares with what is around it. @param {Page} page */
async function pixels(page) {
  const box = await page.locator("#slow .theatre").boundingBox();
  assert(box);
  const [x, y] = [box.x, box.y].map((at) => Math.ceil(at) + 2);
  const clip = { x, y, width: Math.floor(box.x + box.width) - x - 2, height: Math.floor(box.y + box.height) - y - 2 };
  return createHash("sha256").update(await page.screenshot({ clip, animations: "disabled" })).digest("hex");
}
const titleOf = (/** @type {Page} */ page) => page.locator("#slow .caption h3").innerText();
const button = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true });

/** Drags the scrubber to a time, without letting it go. @param {Page} page @param {number} t */
const scrubTo = (page, t) => page.locator("#slow .scrub").evaluate((it, t) => {
  /** @type {HTMLInputElement} */ (it).value = String(t);
  it.dispatchEvent(new Event("input", { bubbles: true }));
}, t);

test("a recording is read by sample, by part of a network, and by the lengths of what its parts have learned", () => {
  const step = example();
  assert.deepEqual([step.step, step.samples, step.label(0), step.label(7)], [7, 8, 3, 0]);
  assert.equal(step.of("fake", 3).length, 784);
  near(step.number("fake.logit", 2), -0.5 + 0.3 * Math.sin(2));
  assert.deepEqual(step.parts("generator", "fake", 1).map(({ name, side, of, shown }) => [name, side, of, shown]), [["start", 7, 32, 8], ["out", 28, 1, 1]]);
  // A weight and a bias are one part, whose length is that of both together.
  near(step.parts("generator", "fake", 1)[0].lengths?.[1] ?? 0, Math.hypot(0.4, 0.3));
  near(step.lengths("generator")[0], Math.hypot(3, 1, 2));
  // What has no maps is a part all the same.
  assert.deepEqual(step.parts("discriminator", "real", 0).map(({ name, maps }) => [name, maps !== null]), [["down", true], ["logit", false]]);
});

test("of several networks on a side the one that is shown tells of its parts, and a film of its first frame", () => {
  const step = readRecording(safetensors({
    "fake": { shape: [2, 4], values: [0, 0, 0, 0, 1, 1, 1, 1] },
    "generator.part.0.2.start": { shape: [6, 1, 1, 2], values: [...Array(12).keys()] },
    "generator.lengths": { shape: [3, 3], values: [9, 9, 9, 3, 1, 2, 4, 0, 0] },
  }, { "step": "1", "generator.network": "back", "generator.parameters": "forth.start.weight\nback.start.weight\nback.start.bias" }));
  const [start, ...others] = step.parts("generator", "fake", 1);
  assert.deepEqual([...start.maps ?? []], [6, 7], "the second sample's first of three rows");
  assert.deepEqual(start.lengths, [5, 1, 2]);
  assert.deepEqual(others, []);
});

test("there are ten stills with a judge and fewer without; each is said in at most 20 words, and every number is the recording's", () => {
  assert.equal(stillsOf(example()).length, 10);
  assert.deepEqual(stillsOf(example({ judge: false, source: true })).map(({ name }) => name), ["noise", "draw", "push", "artist-moves", "again"]);
  for (const [points, source, judge] of [[false, false, true], [true, false, true], [false, true, true], [false, true, false]]) {
    const step = example({ points, source, judge });
    for (const still of stillsOf(step)) {
      for (const k of [0, 5]) {
        const text = still.says(step, k, { points, source, digits: true, colour: false });
        assert(text.split(/\s+/).length <= 20, `${text.split(/\s+/).length} words: ${text}`);
        assert.doesNotMatch(`${text} ${noteOf(still, step, k, { points, source, digits: true, colour: false })}`, /NaN|undefined|–\b/);
        for (const { raw, value, label } of still.tells(step, k)) assert(Number.isFinite(raw) && value !== "–", `${still.name}: ${label}`);
      }
    }
  }
  const step = example();
  const told = (/** @type {string} */ name, /** @type {number} */ k) => stillsOf(step).find((still) => still.name === name)?.tells(step, k).map(({ raw }) => raw) ?? [];
  const expected = /** @type {[string, number[]][]} */ ([
    ["scores", [-0.5 + 0.3 * Math.sin(4), 1 + 0.3 * Math.sin(4), -0.4, 1.1]],
    ["cost", [0.64, 0.62, -0.54, 0.27]],
    ["judge-slopes", [Math.hypot(0.5, 0.2)]],
    ["judge-moves", [(100 * Math.hypot(0.08, 0.03)) / Math.hypot(4, 1), -0.6 + 0.3 * Math.sin(4), 1.2 + 0.3 * Math.sin(4)]],
    ["artist-moves", [Math.hypot(0.4, 0.3, 0.25), (100 * Math.hypot(0.06, 0.01, 0.02)) / Math.hypot(3, 1, 2)]],
    ["again", [-0.6 + 0.3 * Math.sin(4), -0.4 + 0.3 * Math.sin(4)]],
  ]);
  for (const [name, values] of expected) values.forEach((value, i) => near(told(name, 4)[i], value));
});

test("time: a still after the other, a press completes what moves, playing rests on each and ends with the last", () => {
  let [now, shown] = [0, -1];
  /** @type {(() => void)[]} */
  let frames = [];
  let calm = false;
  const clock = createClock((t) => (shown = t), { now: () => now, frame: (then) => frames.push(then), still: () => calm });
  const pass = (/** @type {number} */ millis) => {
    for (let k = 0; k < millis; k += 10) {
      now += 10;
      const due = frames;
      frames = [];
      due.forEach((then) => then());
    }
  };
  clock.reset(10);
  clock.step(1);
  pass(MOTION / 2);
  assert(shown > 0.5 && shown < 1, "fast at first");
  clock.step(1);
  assert.equal(shown, 1, "the first motion is complete");
  pass(MOTION + 20);
  assert.equal(shown, 2);
  pass(5000);
  assert.equal(shown, 2, "it stops there");
  clock.go(3.4);
  clock.step(-1);
  pass(MOTION + 20);
  assert.equal(shown, 3);
  clock.go(0);
  clock.step(-1);
  pass(1000);
  assert.equal(shown, 0);

  const began = now;
  clock.play();
  while (clock.playing && now - began < 60_000) pass(10);
  assert.equal(shown, 9);
  const took = now - began;
  assert(took >= 8000 && took <= 12_000, `${took} ms for a step`);
  assert(Math.abs(took - (9 * MOTION + 8 * REST)) < 400, `${took} ms`);
  clock.setSpeed(0.5);
  clock.play();
  assert.equal(shown, 0, "from the beginning again");
  pass(MOTION);
  assert(shown < 1);
  clock.pause();
  assert.equal(shown, 1, "it rests on the still that it was on the way to");
  calm = true;
  clock.step(1);
  pass(10);
  assert.equal(shown, 2, "without motion it is there at once");
});

test("a step is taken, and each still is the same to the pixel from either side, and so is what lies between two", () =>
  visit("/?dataset=drawn&preset=quick", async (page) => {
    await until(page, { state: "ready" });
    await page.locator("#train").click();
    await untilStep(page, 5);
    await openRoom(page, "slow");
    await page.getByText("The run pauses for it.").waitFor();
    await record(page);
    const { step, state } = await attributes(page);
    assert.equal(state, "paused");
    assert.equal(await page.locator("#slow-title").innerText(), `Step ${step}, slowly`);
    const times = [0, 0.5, 1, 2, 2.7, 3, 4, 4.5, 5, 5.25, 6, 6.5, 7, 7.5, 8, 8.5, 9];
    /** @type {Map<number, string>} */
    const forwards = new Map();
    for (const t of times) {
      await scrubTo(page, t);
      forwards.set(t, await pixels(page));
    }
    assert.equal(new Set(forwards.values()).size, times.length, "all of them differ");
    for (const t of times.toReversed()) {
      await scrubTo(page, t);
      assert.equal(await pixels(page), forwards.get(t), `${t} from the other side`);
    }
    // By the buttons, with their motion, it is the same again.
    for (const k of [1, 2, 3]) {
      await button(page, "Next → still").click();
      await page.locator("#slow .player [role=status]", { hasText: `${k + 1} · ` }).waitFor({ state: "attached", timeout: 6000 });
      assert.equal(await pixels(page), forwards.get(k), `still ${k} by its button`);
    }
    assert.match(await page.locator("#slow .player [role=status]").innerText(), /^4 · The judge scores both\./);
    await page.locator("#slow .stills button").nth(8).click();
    assert.equal(await pixels(page), forwards.get(8));
  }, { context: TALL }));

test("stills are gone through by keyboard, a sample is followed through all of them, and the step can be kept as a file", () =>
  visit("/?dataset=drawn&preset=quick", async (page) => {
    await until(page, { state: "ready" });
    await record(page);
    const theatre = page.locator("#slow .theatre");
    await theatre.focus();
    const press = async (/** @type {string} */ key, /** @type {RegExp} */ then) => {
      await page.keyboard.press(key);
      await page.locator("#slow .caption h3", { hasText: then }).waitFor({ timeout: 4000 });
    };
    await press("Space", /^2 · The artist draws/);
    await press("ArrowRight", /^3 · A real one/);
    await press("End", /^10 · The same noise again/);
    await press("ArrowLeft", /^9 · /);
    await press("Home", /^1 · Noise/);
    await press("ArrowRight", /^2 · /);
    await press("ArrowRight", /^3 · /);
    await press("ArrowRight", /^4 · /);
    const numbers = () => page.locator("#slow .tells dd").evaluateAll((all) => all.map((it) => Number(/** @type {HTMLElement} */ (it).title)));
    near((await numbers())[0], Math.fround(-0.5));
    await button(page, "Follow sample 3").click();
    near((await numbers())[0], Math.fround(-0.5 + 0.3 * Math.sin(2)));
    assert.equal(await page.locator("#slow .which select").inputValue(), "2");
    await page.locator("#slow .which select").selectOption("0");
    assert.equal(await button(page, "Follow sample 1").getAttribute("aria-pressed"), "true");
    assert.match(await page.locator("#slow .caption p").innerText(), /scores the drawing −0\.50 and the real one 1\.00/);

    const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Save this step as a file").click()]);
    const { step } = await attributes(page);
    assert.equal(download.suggestedFilename(), `ganvas-recorded-step-${step}.safetensors`);

    // Another step takes its place, and a fresh run has none.
    await button(page, "Take another step").click();
    await page.locator("#slow-title", { hasText: `Step ${Number(step) + 1}, slowly` }).waitFor();
    await page.locator("#reset").click();
    await button(page, "Take a step in slow motion").waitFor();
    assert(await page.locator("#slow .player").isHidden());
    assert.deepEqual(await noticesOf(page), []);
  }));

test("with reduced motion the same stills come at once", async () => {
  /** @type {string[][]} */
  const seen = [];
  for (const reducedMotion of /** @type {const} */ (["reduce", "no-preference"])) {
    await visit("/?dataset=drawn&preset=quick&seed=5", async (page) => {
      await until(page, { state: "ready" });
      await record(page);
      /** @type {string[]} */
      const all = [];
      for (let k = 0; k < 10; k++) {
        if (k > 0) {
          await page.locator("#slow .theatre").press("ArrowRight");
          await page.locator("#slow .player [role=status]", { hasText: `${k + 1} · ` }).waitFor({ state: "attached", timeout: 6000 });
        }
        all.push(await pixels(page));
      }
      seen.push(all);
    }, { context: { ...TALL, reducedMotion } });
  }
  assert.deepEqual(seen[0], seen[1]);
});

for (const [preset, count, words] of /** @type {const} */ ([
  ["sketch", 10, /The artist is given a picture/], ["distance", 5, /The artist is given a picture/], ["plane", 10, /2 random numbers/], ["line", 10, /1 random number/],
])) {
  test(`${preset} has its own stills`, () =>
    visit(`/?preset=${preset}&dataset=${{ plane: "ring", line: "three-bumps" }[/** @type {string} */ (preset)] ?? "drawn"}`, async (page) => {
      await until(page, { state: "ready" });
      await record(page);
      assert.equal(await page.locator("#slow .stills button").count(), count);
      assert.match(await page.locator("#slow .caption p").innerText(), words);
      for (let k = 0; k < count; k++) await page.locator("#slow .stills button").nth(k).click();
      assert.match(await titleOf(page), /The same (noise|picture) again/);
      assert(await page.locator("[data-region=fake] canvas").evaluate((it) => {
        const canvas = /** @type {HTMLCanvasElement} */ (it);
        const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size > 1;
      }), "something is drawn");
      assert.equal(await page.locator("[data-region=judge]").evaluate((it) => /** @type {HTMLElement} */ (it).hidden), preset === "distance");
      assert.deepEqual(await noticesOf(page), []);
    }));
}
