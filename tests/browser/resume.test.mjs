// Nothing of a run is lost by leaving it: by reset, by reload, by hiding the page, by an address that starts another
// one, by a file that is none. And what cannot be opened is told once. On the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { amend, untilKept } from "./lib/archive.mjs";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const press = (/** @type {Page} */ page, /** @type {string | RegExp} */ name) => page.getByRole("button", { name, exact: true }).click();
const stepOf = async (/** @type {Page} */ page) => Number((await attributes(page)).step);
const offer = (/** @type {Page} */ page) => page.locator(".offer p");
/** The step that an offer names. @param {Page} page */
const offered = async (page) => Number((await offer(page).innerText()).match(/step ([\d,]+)/)?.[1].replaceAll(",", ""));

/** Trains on and pauses; what was reached is kept. @param {Page} page @param {number} steps */
async function trainFor(page, steps) {
  const from = await stepOf(page);
  await press(page, "Train");
  await untilStep(page, from + steps);
  await press(page, "Pause");
  await until(page, { state: "paused" });
  await page.waitForTimeout(300);
  return stepOf(page);
}

/** Past the first snapshot, which comes after a second, and on for a while without another. @param {Page} page */
async function trainBetweenSnapshots(page) {
  await page.locator("#timeline .marks .kept").first().waitFor({ state: "attached" });
  await untilStep(page, (await stepOf(page)) + 60);
  return stepOf(page);
}

test("a reset in the middle of training loses nothing that was seen", () =>
  visit("/?dataset=drawn&autostart", async (page) => {
    const seen = await trainBetweenSnapshots(page);
    await press(page, "Reset");
    await until(page, { state: "ready", step: "0" });
    assert(await offered(page) >= seen, `${await offered(page)} is offered, ${seen} was seen`);
    const step = await offered(page);
    await press(page, "Resume");
    await until(page, { state: "paused", step: String(step) });
  }));

test("a pause and a reset at once leave one run, not a fresh one beside it", () =>
  visit("/?dataset=drawn&autostart", async (page, { server }) => {
    const seen = await trainBetweenSnapshots(page);
    await page.evaluate(() => {
      for (const id of ["train", "reset"]) /** @type {HTMLElement} */ (document.getElementById(id)).click();
    });
    await until(page, { state: "ready", step: "0" });
    await page.waitForTimeout(300);
    await page.goto(`${server.origin}/?dataset=drawn`);
    await offer(page).waitFor();
    assert(await offered(page) >= seen);
    assert.match(await offer(page).innerText(), /\)\?$/, "and none behind it");
  }));

test("a reload loses nothing that was seen, where the page takes a moment to come", () =>
  visit("/?dataset=drawn&autostart", async (page, { server }) => {
    await page.route(`${server.origin}/?dataset=drawn`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    const seen = await trainBetweenSnapshots(page);
    await page.goto(`${server.origin}/?dataset=drawn`);
    await offer(page).waitFor();
    assert(await offered(page) >= seen, `${await offered(page)} is offered, ${seen} was seen`);
  }));

test("a page that is hidden, and closed in the background, has kept what was seen", () =>
  visit("/?dataset=drawn&autostart", async (page, { server }) => {
    const seen = await trainBetweenSnapshots(page);
    const kept = await page.locator("#timeline .marks .kept").count();
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { get: () => true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    // By itself the next one comes 5 s after the first.
    await page.locator("#timeline .marks .kept").nth(kept).waitFor({ state: "attached", timeout: 3000 });
    await page.waitForTimeout(200);
    const next = await page.context().newPage();
    await page.close();
    await next.goto(`${server.origin}/?dataset=drawn`);
    await offer(next).waitFor();
    assert(await offered(next) >= seen, `${await offered(next)} is offered, ${seen} was seen`);
  }));

test("an address that starts by itself hides no earlier run and deletes none", () =>
  visit("/?dataset=drawn&preset=vanilla", async (page, { server }) => {
    const auto = `${server.origin}/?dataset=drawn&autostart`;
    await until(page, { state: "ready" });
    const first = await trainFor(page, 30);
    await page.goto(auto);
    await untilStep(page, 10);
    assert(await offer(page).isHidden(), "a run under way has a past of its own");
    await openRoom(page, "keep");
    const earlier = page.locator(".earlier li:not([hidden]) p");
    assert.match(await earlier.innerText(), new RegExp(`^An earlier run: Vanilla GAN, step ${first}, `));
    await trainBetweenSnapshots(page);
    await press(page, "Pause");
    await until(page, { state: "paused" });
    await page.waitForTimeout(300);
    const second = await stepOf(page);
    await page.goto(auto);
    await trainBetweenSnapshots(page);
    await openRoom(page, "keep");
    const steps = async () => (await earlier.allInnerTexts()).map((text) => Number(text.match(/step ([\d,]+)/)?.[1].replaceAll(",", "")));
    assert.deepEqual(await steps(), [second, first]);
    await page.locator(".earlier").getByRole("button", { name: "Discard" }).first().dblclick(); // whoever presses twice means one
    assert.deepEqual(await steps(), [first]);
    await press(page, "Resume");
    await until(page, { state: "paused", step: String(first) });
    await openRoom(page, "recipe");
    assert.equal(await page.getByLabel("Start from").inputValue(), "vanilla");
    assert.match(await page.locator(".earlier li:not([hidden]) p").textContent() ?? "", /^An earlier run/, "what was under way can be had again");
    assert.deepEqual(await noticesOf(page), []);
  }));

test("where nothing can be kept, a run that was reset can still be had within the tab", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const step = await trainFor(page, 30);
    await page.evaluate(() => {
      IDBObjectStore.prototype.put = () => { throw new DOMException("There is no room.", "QuotaExceededError"); };
    });
    const further = await trainFor(page, 30);
    await openRoom(page, "keep");
    await page.getByText("There is no room").waitFor();
    await press(page, "Reset");
    await until(page, { state: "ready", step: "0" });
    assert.equal(await offered(page), further);
    await page.locator(".offer .resume").click();
    await until(page, { state: "paused", step: String(further) });
    assert(further > step);
  }));

test("what is kept is forgotten only after a question that says what", () =>
  visit("/?dataset=drawn&preset=vanilla", async (page, { server }) => {
    await until(page, { state: "ready" });
    const end = await trainFor(page, 30);
    await page.goto(`${server.origin}/?dataset=drawn`);
    await offer(page).waitFor();
    await openRoom(page, "keep");
    await press(page, "Forget them");
    const words = page.locator("#kept .sure p");
    assert.match(await words.innerText(), new RegExp(`^Delete your earlier run \\(Vanilla GAN, step ${end}, .+\\) from this browser\\? This cannot be undone\\.`));
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Keep them");
    await page.keyboard.press("Escape");
    assert(await words.isHidden());
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Forget them");
    await page.reload();
    await offer(page).waitFor();
    await press(page, "Forget them");
    await press(page, "Keep them");
    await press(page, "Forget them");
    await press(page, "Delete them");
    await offer(page).waitFor({ state: "hidden" });
    await page.waitForTimeout(200);
    await page.goto(`${server.origin}/?dataset=drawn`);
    await until(page, { state: "ready" });
    await page.waitForTimeout(300);
    assert(await offer(page).isHidden());
  }));

const drop = (/** @type {Page} */ page, /** @type {string} */ content) => page.evaluate((text) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], "holiday.jpg"));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
}, content);

test("a file that is none, dropped while loading, changes nothing: training starts, and what was typed counts", () =>
  visit("/?autostart", async (page, { server }) => {
    let go = () => {};
    const released = new Promise((/** @type {(value: void) => void} */ resolve) => (go = resolve));
    await page.route(/mnist-\d+-images/, async (route) => {
      await released;
      await route.continue();
    });
    await page.goto(`${server.origin}/?autostart&again`);
    await page.getByText("Training starts when the first digits arrive…").waitFor();
    await openRoom(page, "recipe");
    await page.getByLabel("Batch").fill("32");
    const refused = page.getByText("This checkpoint cannot be used");
    // Before the program is there, the page says to try again; the last two are on their way at once.
    for (let tries = 0; tries < 100 && !(await refused.isVisible()); tries++) {
      await drop(page, "not a checkpoint");
      await page.waitForTimeout(100);
    }
    await Promise.all([drop(page, "no checkpoint either"), drop(page, "nor this"), refused.waitFor()]);
    await page.waitForTimeout(200);
    await page.getByText("Training starts when the first digits arrive…").waitFor();
    go();
    await until(page, { state: "training" });
    await untilStep(page, 10);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await press(page, "Save checkpoint");
    const { recipe } = JSON.parse((await readFile(await (await coming).path(), "utf8")).slice("mock checkpoint ".length));
    assert.equal(recipe.batch, 32);
  }, { patience: { stall: 120_000 } }));

test("a file that is dropped before there is a program is told to come again", () =>
  visit("/", async (page, { server }) => {
    await page.route("**/cpu/ganvas.js", () => {}); // never comes
    await page.goto(`${server.origin}/?again`);
    await page.getByText("Fetching the program").waitFor();
    await drop(page, "anything");
    await page.getByText("“holiday.jpg” cannot be opened before the program has loaded: try again in a moment.").waitFor();
  }));

test("a run left for another preset is offered by the name of its own", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    const own = await page.locator("#preset select option:checked").innerText();
    await trainFor(page, 30);
    await page.locator("#preset select").selectOption("vanilla");
    await press(page, "Start over with these settings");
    await until(page, { state: "ready", step: "0" });
    await page.getByText(`of your last run (${own}, `).waitFor();
  }));

test("a run that this version cannot open is told once, with what can be done, and is not offered again", () => {
  const mock = { forgets: false };
  return visit("/?dataset=drawn&preset=vanilla", async (page, { server }) => {
    await until(page, { state: "ready" });
    const end = await trainFor(page, 30);
    mock.forgets = true;
    await page.goto(`${server.origin}/?dataset=drawn&autostart`);
    await untilStep(page, 10);
    await openRoom(page, "keep");
    await press(page, "Resume");
    const notice = page.locator(".notice");
    await notice.waitFor();
    assert.match(await notice.locator("p").innerText(), new RegExp(`^Your run \\(Vanilla GAN, step ${end}, .+\\) cannot be opened here \\(this checkpoint cannot be used: it was not made by this version of ganvas\\), and will not be offered again\\. Save it as a file for the version of ganvas that made it, or delete it\\.$`));
    assert(await offer(page).isHidden());
    await untilStep(page, (await stepOf(page)) + 20); // the run here goes on
    const coming = page.waitForEvent("download");
    await press(page, "Save it as a file");
    const file = await coming;
    assert.equal(file.suggestedFilename(), `ganvas-step-${end}.safetensors`);
    assert.match(await readFile(await file.path(), "utf8"), new RegExp(`"step":${end},`));
    // At the next visit nothing is said of it; it is still there.
    await press(page, "Pause");
    await press(page, "Reset");
    await page.locator(".offer .discard").click();
    await untilKept(page, 1);
    await page.goto(`${server.origin}/?dataset=drawn`);
    await until(page, { state: "ready" });
    await page.waitForTimeout(300);
    assert(await offer(page).isHidden());
    assert.deepEqual(await noticesOf(page), []);
    await openRoom(page, "keep");
    await press(page, "Forget them");
    assert.match(await page.locator("#kept .sure p").innerText(), /^Delete a run that cannot be opened here from this browser\?/);
  }, { mock });
});

for (const [name, change, words] of /** @type {[string, object, RegExp][]} */ ([
  ["is laid out as another version does", { format: 99 }, /cannot be opened here \(it is stored in another format\)/],
  ["is laid out as the first version did", { format: undefined }, /cannot be opened here \(it is stored in another format\)/],
  ["has lost a part", { rest: { branches: [] } }, /cannot be opened here \(its stored data is damaged\)/],
  ["has nothing but its name", { rest: null, newest: null, at: "junk", step: "many", label: 7 }, /^Your run \(a damaged one\) cannot be opened here \(its stored data is damaged\)/],
])) {
  test(`a record that ${name} is set aside, and can be deleted`, () =>
    visit("/?dataset=drawn", async (page) => {
      await until(page, { state: "ready" });
      await trainFor(page, 30);
      await amend(page, change);
      await page.reload();
      const notice = page.locator(".notice");
      await notice.waitFor();
      assert.match(await notice.locator("p").innerText(), words);
      await until(page, { state: "ready", step: "0" });
      assert(await offer(page).isHidden());
      await press(page, "Delete it");
      await untilKept(page, 0);
      await trainFor(page, 10);
    }));
}

test("a run that another tab goes on with is not gone on with twice", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const left = await trainFor(page, 30);
    await page.reload();
    await offer(page).waitFor();
    const other = await page.context().newPage();
    await other.goto(page.url());
    await offer(other).waitFor();
    await press(page, "Resume");
    await until(page, { state: "paused" });
    await press(other, "Resume");
    await other.locator(".notice", { hasText: "is open in another tab of this browser" }).waitFor();
    assert(await offer(other).isVisible());
    const end = await trainFor(page, left + 20);
    await page.waitForTimeout(300);
    await page.goto("about:blank");
    // What the other tab knows of it is old; what is kept counts.
    await press(other, "Resume");
    await until(other, { state: "paused", step: String(end) });
  }));

test("a run that is on its way back cannot be discarded", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    await trainFor(page, 30);
    await page.reload();
    await offer(page).waitFor();
    await page.evaluate(() => {
      for (const name of ["resume", "discard"]) /** @type {HTMLElement} */ (document.querySelector(`#timeline .${name}`)).click();
    });
    await until(page, { state: "paused" });
    await page.waitForTimeout(300);
    assert.equal(await amend(page, {}), 1);
  }));

test("a snapshot whose recipe another version wrote can be branched from: it is made one of this version's", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const step = await trainFor(page, 30);
    await page.evaluate(async () => {
      const opening = indexedDB.open("ganvas");
      const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
      const store = db.transaction("marks", "readwrite").objectStore("marks");
      store.openCursor().onsuccess = (/** @type {any} */ { target: { result: cursor } }) => {
        if (!cursor) return;
        const { recipe } = cursor.value;
        if (recipe) cursor.update({ ...cursor.value, recipe: { dataset: recipe.dataset, seed: recipe.seed, objective: "of old", gone: true } });
        cursor.continue();
      };
      await new Promise((resolve) => (store.transaction.oncomplete = resolve));
      db.close();
    });
    await page.reload();
    await press(page, "Resume");
    await until(page, { state: "paused", step: String(step) });
    await page.getByRole("slider", { name: "Time machine" }).focus();
    await page.keyboard.press("ArrowLeft");
    await press(page, `Branch from step ${step}`);
    await page.waitForTimeout(300);
    await trainFor(page, 10);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await press(page, "Save checkpoint");
    const { recipe } = JSON.parse((await readFile(await (await coming).path(), "utf8")).slice("mock checkpoint ".length));
    assert.equal(typeof recipe.batch, "number");
    assert(!("gone" in recipe) && recipe.objective !== "of old");
  }));

test("an archive of a newer version is left alone, and the page says so", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    await page.evaluate(async () => {
      const opening = indexedDB.open("ganvas", 2);
      const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
      db.close();
    });
    await page.reload();
    await openRoom(page, "keep");
    await page.getByText("Snapshots last as long as this tab: the browser keeps none (what it has stored is from a newer version of ganvas, which reloading this page may bring).").waitFor();
    await trainFor(page, 10);
  }));

test("after a reset and a resume the curves end where the run does", () =>
  visit("/?dataset=drawn", async (page, { server }) => {
    await page.route("**/uPlot.iife.min.js", async (route) => {
      const script = await (await route.fetch()).text();
      const spy = `;{ const real = uPlot; uPlot = Object.assign(function (o, data, at) {
        const chart = new real(o, data, at), set = chart.setData;
        chart.setData = (data) => { globalThis.lastDrawn = data[0].at(-1); set(data); };
        globalThis.lastDrawn = data[0].at(-1);
        return chart;
      }, real); }`;
      await route.fulfill({ contentType: "text/javascript", body: script + spy });
    });
    await page.goto(`${server.origin}/?dataset=drawn&autostart`);
    await until(page, { state: "failed" });
    const failed = await stepOf(page);
    await press(page, "Start afresh");
    await until(page, { state: "ready", step: "0" });
    const step = await offered(page);
    assert(step < failed);
    await press(page, "Resume");
    await until(page, { state: "paused", step: String(step) });
    await openRoom(page, "watch");
    await page.locator("#losses .area").scrollIntoViewIfNeeded(); // out of sight nothing is drawn
    await page.waitForTimeout(600);
    const drawn = await page.evaluate(() => /** @type {any} */ (globalThis).lastDrawn);
    assert(drawn <= step && drawn > step - 20, `drawn up to ${drawn}, the run is at ${step} and was at ${failed}`);
  }, { mock: { divergesAt: 600 } }));
