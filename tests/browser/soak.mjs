// A long life of the page, on the built site: it trains while everything happens to it that may happen. After each
// act the run must go on, or the page must say why it does not, within a time; nothing may be thrown that nobody
// catches; and after collection the page must hold as much memory at the end as it did when all had happened before.
//
// What happens follows from a seed: `cargo xtask soak --seed N` does the same again, as far as time allows.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { attributes, launch, open, until, untilStep, SWIFTSHADER } from "./lib/browser.mjs";
import { served } from "./lib/site.mjs";

/** @import { CDPSession, Page, Worker } from "playwright-core" */

const [minutes, seed] = process.argv.slice(2).map(Number);
const SITE = served("GANVAS_SITE");
const SECOND = 1000;
/** What an act may take until the run goes on. A software GPU compiles its kernels anew each time. */
const PATIENCE = { cpu: 60 * SECOND, gpu: 180 * SECOND };
/** GPU devices that an hour destroys. */
const DEVICES_AN_HOUR = 100;
/** What V8 has compiled comes back when it is wanted; a collection lets it go, so that what is left is what the page holds. */
const FLAGS = "--js-flags=--expose-gc --stress-flush-code --flush-baseline-code";
const COLLECTIONS = 10;
/** How much more memory the end may take. */
const GROWTH = 0.05;
/** Told, but not held to that: an allocator gives back when it likes. */
const RESIDENT = "resident, MB";
/** Networks that even a software GPU trains within milliseconds. */
const TINY = { batch: 8, "generator-width": 8, "discriminator-width": 8 };

const random = mulberry(seed);
/** @template T @param {T[]} list */
const anyOf = (list) => list[Math.floor(random() * list.length)];

const browser = await launch([...SWIFTSHADER, "--disable-background-timer-throttling", FLAGS]);
const { page, problems } = await open(browser, `${SITE}?device=gpu&dataset=drawn`);
/** @type {string[]} */
const thrown = [];
page.on("pageerror", (error) => thrown.push(String(error)));
const cdp = await page.context().newCDPSession(page);
let devices = 0;

const button = (/** @type {string | RegExp} */ name, within = page.locator("body")) => within.getByRole("button", { name, exact: true });
const stateOf = async () => (await attributes(page)).state ?? "";
const stepOf = async () => Number((await attributes(page)).step);
const isOut = async (/** @type {import("playwright-core").Locator} */ it) => (await it.getAttribute("aria-disabled")) === "true" || !(await it.isVisible());

/** What can happen, by the name that the log gives it; each leaves the run to go on. @type {Record<string, () => Promise<void>>} */
const ACTS = {
  async "goes back"() {
    await slide();
    const back = page.locator("#timeline .back");
    await press((await isOut(back)) ? page.locator("#timeline .now") : back);
    await settled(PATIENCE.cpu);
  },
  async "branches off by another objective"() {
    await enter("recipe");
    const objective = page.getByLabel("Objective", { exact: true });
    const options = await objective.locator("option:not([disabled])").evaluateAll((all) => all.map((option) => /** @type {HTMLOptionElement} */ (option).value));
    await objective.selectOption(anyOf(options));
    await slide();
    const branch = page.locator("#timeline .branch");
    await press((await isOut(branch)) ? page.locator("#timeline .now") : branch);
    await page.waitForTimeout(SECOND);
  },
  async "is resized"() {
    for (let i = 0; i < 5; i++) await page.setViewportSize({ width: anyOf([320, 390, 768, 1280, 1600]), height: anyOf([480, 900]) });
    await page.setViewportSize({ width: 1280, height: 900 });
  },
  async "is hidden and shown"() {
    await hide(true);
    await page.waitForTimeout(2 * SECOND * random());
    await hide(false);
  },
  async "sleeps"() {
    await hide(true);
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 5 * SECOND * random()));
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    await hide(false);
  },
  async "loses its helpers"() {
    // From now on none is answered by, or started for, its worker: what is left must do.
    for (const helper of workers("helper.js")) await helper.evaluate(() => void setTimeout(() => { throw new Error("the soak ends this helper"); })).catch(() => {});
  },
  async "loses its worker"() {
    await loseWorker();
  },
  async "fills its storage"() {
    const origin = new URL(SITE).origin;
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1000 });
    await pauseAndTrain();
    await enter("keep");
    await page.locator(".stored", { hasText: "the browser keeps none" }).waitFor({ timeout: PATIENCE.cpu });
    await pauseAndTrain();
    await cdp.send("Storage.overrideQuotaForOrigin", { origin });
    await pauseAndTrain();
    await page.locator(".stored", { hasText: "Kept in this browser" }).waitFor({ timeout: PATIENCE.cpu });
  },
  async "takes another preset"() {
    await enter("recipe");
    const names = await page.locator("#preset option").evaluateAll((all) => all.map((option) => /** @type {HTMLOptionElement} */ (option).value));
    await begin(anyOf(names));
  },
  async "is given files that are none"() {
    const { state } = await attributes(page);
    const junk = String.fromCharCode(...Array.from({ length: Math.floor(2000 * random()) }, () => Math.floor(256 * random())));
    await page.evaluate((text) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text], "junk.safetensors"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    }, junk);
    await page.locator(".notice", { hasText: /cannot be used|is empty/ }).waitFor({ timeout: PATIENCE.cpu });
    assert.equal(await stateOf(), state);
  },
  async "is reset, and resumed"() {
    await press(button("Reset"));
    await page.waitForFunction(() => document.documentElement.dataset.step === "0", null, { timeout: PATIENCE.cpu });
    const resume = button("Resume", page.locator(".offer"));
    await press(resume);
    await page.waitForFunction(() => Number(document.documentElement.dataset.step) > 0, null, { timeout: PATIENCE.cpu });
  },
  async "is saved, and opened from the file"() {
    const coming = page.waitForEvent("download", { timeout: PATIENCE.cpu });
    await enter("keep");
    await press(button("Save checkpoint"));
    const file = await coming;
    await page.locator("#checkpoint input").setInputFiles(await file.path());
    await until(page, { state: "paused" }, PATIENCE.cpu);
    await file.delete();
  },
  async "is asked for drawings, figures and a closer look"() {
    await enter("explore");
    await press(button("Draw"));
    await enter("quality");
    await press(button("Measure now"));
    await dismiss();
    await page.locator("#fakes canvas").click({ position: { x: 40 + 300 * random(), y: 60 } });
    await press(button("Close", page.locator("#inspection")));
  },
  async "is stepped by hand"() {
    for (let i = 0; i < 6; i++) await press(button(anyOf(["both", "artist", "judge"])));
  },
  async "is opened beside itself, reloaded there and resumed"() {
    const other = await page.context().newPage();
    const failures = thrown;
    other.on("pageerror", (error) => failures.push(`in the other page: ${error}`));
    await other.goto(`${SITE}?device=cpu&dataset=drawn`);
    await until(other, { state: "ready" }, PATIENCE.cpu);
    await other.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(other, 5, PATIENCE.cpu);
    await other.goto(`${SITE}?device=cpu&dataset=drawn&autostart#room=keep`);
    await other.locator(".earlier").getByRole("button", { name: "Resume" }).first().click({ timeout: PATIENCE.cpu });
    await other.locator("#timeline .marks .kept").first().waitFor({ state: "attached", timeout: PATIENCE.cpu });
    await other.close();
  },
  async "loses its GPU"() {
    await loseGpu();
  },
};

const began = Date.now();
const elapsed = () => (Date.now() - began) / 60_000;
let count = 0;
try {
  console.log(`seed ${seed}, ${minutes} min, Chromium ${browser.version()}`);
  await until(page, { state: "ready" }, PATIENCE.gpu);
  await begin("quick");
  // All of it, twice and for a tenth of the time: what the browser compiles and remembers by then it has.
  await act("loses its GPU");
  for (let round = 0; round < 2 || elapsed() < minutes / 10; round++) for (const name of Object.keys(ACTS)) await act(name);
  const before = await measure();
  const due = Math.ceil((DEVICES_AN_HOUR * minutes) / 60);
  while (elapsed() < minutes || devices < due) {
    await act(random() < 0.3 || elapsed() >= minutes ? "loses its GPU" : anyOf(Object.keys(ACTS)));
  }
  const after = await measure();
  report(before, after);
} catch (error) {
  console.log(`\nfailed after act ${count}, ${elapsed().toFixed(1)} min in; the same again: cargo xtask soak --minutes ${minutes} --seed ${seed}`);
  const waits = await page.locator("#apply p").textContent().catch(() => "");
  console.log(JSON.stringify({ ...(await attributes(page).catch(() => ({}))), waits, notices: await notices().catch(() => []) }));
  console.log(problems.slice(-5).join("\n"));
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/** Lets something happen to a run that trains, and sees that it goes on. @param {string} name */
async function act(name) {
  count++;
  await goOn();
  await dismiss();
  const since = Date.now();
  await ACTS[name]();
  const said = await goOn();
  assert.deepEqual(thrown, [], "nothing is thrown that nobody catches");
  const { device, step } = await attributes(page);
  console.log(`${String(count).padStart(4)} ${name.padEnd(54)} ${((Date.now() - since) / SECOND).toFixed(1).padStart(5)} s  ${device} step ${step}, ${workers("worker.js").length} + ${workers("helper.js").length} workers${said ? `  (${said})` : ""}`);
}

/** Training goes on by itself or after a press; where it has stopped, the page says why and what helps. */
async function goOn() {
  let said = "";
  for (let tries = 0; ; tries++) {
    const { device, step } = await attributes(page);
    const patience = PATIENCE[device === "gpu" ? "gpu" : "cpu"];
    const state = await settled(patience);
    if (state === "failed") {
      said = (await notices()).join(" ");
      assert.match(said, /^(?!.*keeps failing).*(diverged|finite)/, "a run that has stopped says why");
      assert(tries < 5, "and what helps, helps");
      await press(page.locator(".notice.error").getByRole("button").first()); // go back, or begin anew
      await page.waitForFunction(() => document.documentElement.dataset.state !== "failed", null, { timeout: patience });
      await begin("quick");
      continue;
    }
    let now = "";
    for (const end = Date.now() + patience; now === "" && Date.now() < end; ) {
      // It may have begun by itself a moment ago: then the button would stop it.
      if (["ready", "paused"].includes(await stateOf())) await press(button("Train"), SECOND).catch(() => {});
      const on = page.waitForFunction((step) => {
        const { dataset } = document.documentElement;
        return dataset.state === "failed" || (dataset.state === "training" && Number(dataset.step) !== step) ? dataset.state : "";
      }, Number(step), { timeout: 3 * SECOND });
      now = await on.then((found) => found.jsonValue(), () => "");
    }
    assert(now, `it neither trains nor says why after ${patience / SECOND} s`);
    if (now === "training") return said;
  }
}

/** A state in which the visitor may do something. @param {number} timeout */
async function settled(timeout) {
  const found = await page.waitForFunction(() => {
    const { state } = document.documentElement.dataset;
    const waits = document.querySelector("#train")?.textContent === "Pause" && state !== "training";
    return state !== "loading" && !waits ? state : "";
  }, null, { timeout });
  return found.jsonValue();
}

/** A fresh run of small networks. @param {string} preset */
async function begin(preset) {
  await enter("recipe");
  await page.locator("#preset select").selectOption(preset);
  for (const [field, value] of Object.entries(TINY)) await page.locator(`#field-${field}`).fill(String(value));
  await page.waitForTimeout(0.5 * SECOND);
  const anew = button("Start over with these settings");
  if (await anew.isEnabled()) {
    await press(anew);
    // Nothing waits any more when the new run is there; its step 0 may be over between two looks.
    await page.waitForFunction(() => /** @type {HTMLButtonElement} */ (document.querySelector("#apply button")).disabled, null, { timeout: PATIENCE.gpu });
  }
  await settled(PATIENCE.gpu);
}

/** As by keyboard: a notice may lie over it. @param {import("playwright-core").Locator} it @param {number} [timeout] */
async function press(it, timeout = PATIENCE.cpu) {
  await it.waitFor({ timeout });
  await it.evaluate((element) => /** @type {HTMLElement} */ (element).click(), null, { timeout });
}

/** Opens a room by its address, and all that it holds. @param {string} name */
async function enter(name) {
  await page.evaluate((name) => void (location.hash = `room=${name}`), name);
  await page.locator(`#room-${name}:not([hidden]):not([aria-busy])`).waitFor({ timeout: PATIENCE.cpu });
  await page.locator("#room details").evaluateAll((all) => all.forEach((element) => element.setAttribute("open", "")));
}

async function dismiss() {
  await page.locator(".notice .close").evaluateAll((all) => all.forEach((close) => /** @type {HTMLElement} */ (close).click()));
}

/** To some moment of the past. */
async function slide() {
  const slider = page.getByRole("slider", { name: "Time machine" });
  await slider.evaluate((input, share) => {
    const it = /** @type {HTMLInputElement} */ (input);
    it.value = String(Math.floor(share * Number(it.max)));
    it.dispatchEvent(new Event("input", { bubbles: true }));
  }, random());
}

/** @param {boolean} hidden */
async function hide(hidden) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** Which leaves a snapshot. */
async function pauseAndTrain() {
  await press(button("Pause"), SECOND).catch(() => {});
  await page.waitForTimeout(0.3 * SECOND);
  await goOn();
}

/** Those of a script, the one that was started last first. @param {string} script @returns {Worker[]} */
function workers(script) {
  return page.workers().filter((worker) => worker.url().endsWith(script)).reverse();
}

async function loseWorker() {
  const [worker] = workers("worker.js");
  await worker.evaluate(() => void setTimeout(() => { throw new Error("the soak ends this worker"); }));
  await page.locator(".notice", { hasText: "the soak ends this worker" }).waitFor({ timeout: PATIENCE.cpu });
}

async function loseGpu() {
  if ((await attributes(page)).device !== "gpu") {
    await enter("recipe");
    if ((await page.locator("#preset select").inputValue()) !== "quick") await begin("quick");
    await goOn();
    await press(button("Try the GPU again", page.locator("#badge")));
    await until(page, { device: "gpu" }, PATIENCE.gpu);
  }
  await goOn();
  const [worker] = workers("worker.js");
  await worker.evaluate(() => /** @type {any} */ (globalThis).ganvasGpuDevice.destroy());
  devices++;
  await until(page, { device: "cpu" }, PATIENCE.gpu);
}

function notices() {
  return page.locator(".notice p").allTextContents();
}

/** What the page holds when a fresh run of the same recipe stands in a fresh worker, after collection. */
async function measure() {
  if ((await attributes(page)).device === "gpu") await loseGpu();
  await goOn();
  await begin("quick");
  await goOn();
  await press(button("Pause"));
  await until(page, { state: "paused" }, PATIENCE.cpu);
  await press(button("Reset"));
  await until(page, { state: "ready", step: "0" }, PATIENCE.cpu);
  await loseWorker();
  await until(page, { state: "ready", step: "0" }, PATIENCE.cpu);
  for (const discard = page.locator(".offer .discard"); await discard.isVisible(); ) await press(discard); // their curves are in memory
  await dismiss();
  await page.waitForTimeout(3 * SECOND);
  await cdp.send("HeapProfiler.enable");
  // Several times: code that was compiled and has not run for some collections is let go, too.
  for (let i = 0; i < COLLECTIONS; i++) {
    for (const worker of page.workers()) await worker.evaluate(() => /** @type {any} */ (globalThis).gc());
    await cdp.send("HeapProfiler.collectGarbage");
  }
  await cdp.send("Performance.enable");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (/** @type {string} */ wanted) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
  /** @type {number[]} */
  const totals = [];
  for (let i = 0; i < 3; i++) {
    totals.push(await page.evaluate(async () => (await /** @type {any} */ (performance).measureUserAgentSpecificMemory()).bytes));
  }
  return {
    "page and workers, MB": Math.min(...totals) / 2 ** 20,
    "the page's heap, MB": of("JSHeapUsedSize") / 2 ** 20,
    nodes: of("Nodes"),
    "event listeners": of("JSEventListeners"),
    workers: page.workers().length,
    [RESIDENT]: await resident(),
  };
}

/** What the processes that run pages take of the machine, wasm's memory with it, MB; NaN where the system does not say. */
async function resident() {
  const { processInfo } = await (await browser.newBrowserCDPSession()).send("SystemInfo.getProcessInfo");
  const all = await Promise.all(processInfo.filter(({ type }) => type === "renderer").map(async ({ id }) => {
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    return Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? NaN) / 1024;
  }));
  return all.reduce((sum, each) => sum + each, 0);
}

/** @param {Awaited<ReturnType<typeof measure>>} before @param {Awaited<ReturnType<typeof measure>>} after */
function report(before, after) {
  console.log(`\n${count} acts in ${elapsed().toFixed(0)} min, ${devices} GPU devices destroyed, seed ${seed}\n`);
  console.log("| after collection | all had happened | at the end | growth |\n|---|---:|---:|---:|");
  const grown = Object.entries(before).map(([what, then]) => {
    const now = /** @type {Record<string, number>} */ (after)[what];
    const shown = (/** @type {number} */ value) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
    console.log(`| ${what} | ${shown(then)} | ${shown(now)} | ${((100 * (now - then)) / then).toFixed(1)} % |`);
    return { what, growth: (now - then) / then };
  });
  assert.deepEqual(grown.filter(({ what, growth }) => what !== RESIDENT && growth > GROWTH).map(({ what }) => what), [], `more than ${100 * GROWTH} % have been added`);
}

/** Random numbers from 0 up to 1: Tommy Ettinger's mulberry32. @param {number} state */
function mulberry(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
