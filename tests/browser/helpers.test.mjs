// Helping workers that are lost, or only slept: nobody is given up for time in which the machine slept, and whoever
// is lost is started again, a few times. The clock is the test's own; the last tests are on the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { attributes, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";
import { createRestarts, startHelpers } from "../../www/js/helpers.js";
import { patiently } from "../../www/js/waits.js";

const its = { setTimeout, clearTimeout, Worker: /** @type {any} */ (globalThis).Worker };
/** What waits for its time. @type {Map<number, () => void>} */
const timers = new Map();
let ids = 0;

beforeEach(() => {
  timers.clear();
  Object.assign(globalThis, {
    setTimeout: (/** @type {() => void} */ act) => (timers.set(++ids, act), ids),
    clearTimeout: (/** @type {number} */ id) => timers.delete(id),
  });
});
afterEach(() => {
  Object.assign(globalThis, its);
});

/** Every timer that waits goes off, once: a second has passed, or the machine has slept for however long. */
function wake() {
  const due = [...timers];
  timers.clear();
  for (const [, act] of due) act();
}

test("waiting counts the time awake: a night slept through is one second", () => {
  let over = 0;
  patiently(20_000, () => over++);
  for (let second = 1; second < 20; second++) {
    wake();
    assert.equal(over, 0, `after ${second} s awake`);
  }
  wake();
  assert.equal(over, 1);
  wake();
  assert.equal(over, 1, "once");
  patiently(20_000, () => over++)();
  for (let second = 1; second < 30; second++) wake();
  assert.equal(over, 1, "whoever has answered is not waited for");
});

/** A worker that says what the test says. */
class Silent {
  /** @type {Silent[]} */
  static all = [];
  ended = false;
  /** @type {{ id: number, buffer: ArrayBuffer, length: number }[]} */
  asked = [];
  onmessage = (/** @type {{ data: object }} */ _) => {};
  constructor(/** @type {URL} */ _, /** @type {WorkerOptions} */ { type }) {
    assert.equal(type, "module");
    Silent.all.push(this);
  }
  postMessage(/** @type {any} */ message) {
    if (message.id) this.asked.push(message);
  }
  terminate() {
    this.ended = true;
  }
  answer() {
    const { id, buffer, length } = /** @type {Silent["asked"][0]} */ (this.asked.pop());
    this.onmessage({ data: { id, buffer, length, figures: new Float32Array(1) } });
  }
}

test("a helper that slept along with everybody is not lost; one that is silent for 20 s awake is, with the others", async () => {
  Object.assign(globalThis, { Worker: Silent });
  const { ask } = startHelpers(2, /** @type {any} */ ({}));
  const [first, second] = Silent.all;
  for (const helper of Silent.all) helper.onmessage({ data: { ready: true } });
  const slept = ask(0, {}, new Float32Array(3));
  wake();
  wake();
  first.answer();
  assert.equal((await slept).gradient.length, 3);
  assert(!first.ended && !second.ended);
  const silent = ask(1, {}, new Float32Array(3));
  for (let second = 0; second < 20; second++) wake();
  await assert.rejects(silent, /it stopped responding/);
  assert(first.ended && second.ended);
  await assert.rejects(ask(0, {}, new Float32Array(3)), /it stopped responding/);
});

test("helpers are ready when each has said so; one whose script never comes is lost, with the others", async () => {
  Silent.all = [];
  Object.assign(globalThis, { Worker: Silent });
  const good = startHelpers(2, /** @type {any} */ ({}));
  for (const helper of Silent.all) helper.onmessage({ data: { ready: true } });
  for (let second = 0; second < 30; second++) wake();
  assert.equal(await good.ready, true);
  const { ready, ask } = startHelpers(2, /** @type {any} */ ({}));
  Silent.all[2].onmessage({ data: { ready: true } });
  for (let second = 0; second < 20; second++) wake();
  assert.equal(await ready, false);
  assert.deepEqual(Silent.all.map(({ ended }) => ended), [false, false, true, true]);
  await assert.rejects(ask(0, {}, new Float32Array(3)), /it did not start/);
});

test("lost helpers are started again after growing waits, four times, and anew when they have worked for long", () => {
  const restarts = createRestarts();
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((minute) => restarts.next(minute * 60_000)), [1, 5, 30, 120, null, null]);
  assert.equal(restarts.next(15 * 60_000), 1);
});

test("helpers that were lost are started again, and the page says both", async () => {
  Object.assign(globalThis, its);
  await visit("/?dataset=drawn&autostart&workers=2", async (page) => {
    await page.getByText("A helping worker failed (its worker could not be loaded); training continues without help, more slowly, until new helpers start in 1 second.").waitFor();
    const { step } = await attributes(page);
    await page.getByText("The helping workers are back.").waitFor();
    assert.match(await page.locator("#badge").innerText(), /CPU × 2/);
    await untilStep(page, Number(step) + 20);
    await until(page, { state: "training" });
    assert.equal((await noticesOf(page)).length, 1);
  }, { answer: (path, times) => (path === "/helper.js" && times === 1 ? 404 : undefined), problems: /404/ });
});
