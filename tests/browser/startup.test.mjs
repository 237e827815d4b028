// What may keep the page from starting, or its program from coming: each ends in a sentence that says what is
// wrong and what helps, and no button is enabled that does nothing. On the mock programs, with short waits.
// @ts-check

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { attributes, launch, open, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */
/** @import { Fault } from "./lib/server.mjs" */

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const QUICK = { pause: 30 };

/**
 * @param {string} query
 * @param {(page: Page, more: { requests: string[], origin: string }) => Promise<void>} check
 * @param {Parameters<typeof serve>[0] & { script?: () => void, context?: BrowserContextOptions, expected?: RegExp }} [options]
 * `script` runs before the page's own; `expected`: faults that belong to what is tested
 */
async function visit(query, check, { script, context = {}, expected, ...options } = {}) {
  const server = await serve({ patience: QUICK, ...options });
  const { page } = await open(browser, "about:blank", context);
  /** @type {string[]} */
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  if (script) await page.context().addInitScript(script);
  try {
    await page.goto(server.origin + query, { waitUntil: "commit" });
    await check(page, { requests: server.requests, origin: server.origin });
    assert.deepEqual(faults.filter((fault) => !expected?.test(fault)), [], "nothing fails unheard");
  } finally {
    await page.context().close();
    await server.close();
  }
}

const notice = (/** @type {Page} */ page) => page.locator(".notice p");
const banner = (/** @type {Page} */ page) => page.locator("#unstarted");
const button = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true });
const live = (/** @type {Page} */ page) => page.locator("button:enabled, input:enabled, select:enabled").count();

/** The page has not started, says why, and has nothing to press. @param {Page} page @param {RegExp} words */
async function unstarted(page, words) {
  await page.locator("#unstarted.said").waitFor();
  assert.match(await banner(page).innerText(), words);
  assert.equal(await live(page), 0, "no button that does nothing");
  assert.equal((await attributes(page)).state, "failed");
}

for (const [name, script, words] of /** @type {[string, () => void, RegExp][]} */ ([
  ["WebAssembly is switched off", () => Reflect.deleteProperty(globalThis, "WebAssembly"), /^WebAssembly is switched off in this browser/],
  ["WebAssembly is forbidden", () => { WebAssembly.Module = /** @type {any} */ (class { constructor() { throw new WebAssembly.CompileError("Refused"); } }); }, /forbids WebAssembly/],
  ["there is no SIMD", () => { WebAssembly.validate = () => false; }, /no SIMD/],
  ["there are no workers", () => Reflect.deleteProperty(globalThis, "Worker"), /no workers/],
])) {
  test(`where ${name} the page says so, and nothing can be pressed`, () =>
    visit("/?autostart", async (page, { requests }) => {
      await unstarted(page, words);
      assert(!requests.some((path) => path.startsWith("/cpu/")), "the program is not even fetched");
    }, { script }));
}

test("where the site's rules forbid WebAssembly the page says so", async () => {
  const server = await serve();
  const { page } = await open(browser, "about:blank");
  await page.route(`${server.origin}/`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "script-src 'self'" } });
  });
  await page.goto(server.origin);
  await unstarted(page, /'wasm-unsafe-eval'/);
  await page.context().close();
  await server.close();
});

for (const path of ["/js/main.js", "/js/views/fakes.js"]) {
  for (const fault of /** @type {Fault[]} */ ([404, "html"])) {
    test(`where ${path} is answered by “${fault}” the page says so, and nothing can be pressed`, () =>
      visit("/?autostart", (page) => unstarted(page, /^A part of this page did not load: .* Reload the page\.$/), { apart: true, answer: (asked) => (asked === path ? fault : undefined) }));
  }
}

for (const file of ["room.js", "room.css", "sampler.js"]) {
  test(`a room whose ${file} does not arrive says so, the rest works, and a press brings it`, () =>
    visit("/?dataset=drawn#room=explore", async (page) => {
      await page.getByText("This part of the page did not load.").waitFor();
      await button(page, "Train").click();
      await until(page, { state: "training" });
      await untilStep(page, 4);
      const coming = page.waitForEvent("download");
      await button(page, "Save the run").click();
      assert.match((await coming).suggestedFilename(), /^ganvas-step-\d+\.safetensors$/);
      await button(page, "Try again").click();
      await page.getByText("20 drawings, from seed 1.").waitFor();
    }, { apart: true, answer: (path, times) => (path === `/rooms/explore/${file}` && times === 1 ? 503 : undefined) }));
}

for (const fault of /** @type {Fault[]} */ (["html", "half"])) {
  const answer = (/** @type {string} */ broken) => (/** @type {string} */ path, /** @type {number} */ times) => (path === broken && times === 1 ? fault : undefined);
  const cache = "public, max-age=31536000, immutable";

  test(`where a part of the page came as “${fault}” and is remembered, a reload helps`, () =>
    visit("/?dataset=drawn", async (page) => {
      await unstarted(page, /Reload the page/);
      await page.waitForLoadState("networkidle");
      await page.reload();
      await until(page, { state: "ready" });
    }, { apart: true, answer: answer("/js/format.js"), cache, expected: /./ }));

  test(`where a part of the worker came as “${fault}” and is remembered, it is asked for anew`, () =>
    visit("/?dataset=drawn", (page) => until(page, { state: "ready" }), { apart: true, answer: answer("/js/program.js"), cache, expected: /./ }));
}

test("a style that never comes ends in a sentence, not in an empty page", () =>
  visit("/?dataset=drawn", (page) => unstarted(page, /^A part of this page \(css\/overlay\.css\) did not load\. Reload the page\.$/), {
    answer: (path) => (path === "/css/overlay.css" ? "stalls" : undefined),
    script: () => {
      const real = setTimeout;
      Object.assign(globalThis, { setTimeout: (/** @type {() => void} */ act, /** @type {number} */ millis) => real(act, millis === 20_000 ? 500 : millis) });
    },
  }));

test("a page whose own program breaks off at the start says so", () =>
  visit("/", (page) => unstarted(page, /^The page’s program did not start \(.*not today\)\. Reload the page/), {
    script: () => { window.matchMedia = () => { throw new Error("not today"); }; },
    expected: /not today/,
  }));

test("a script that never comes ends in a sentence, even without the guard", () =>
  visit("/", async (page) => {
    await banner(page).waitFor({ state: "attached" });
    // Before its style is there everything is seen.
    await page.waitForFunction(() => [...document.querySelectorAll('link[rel="stylesheet"]')].every((link) => /** @type {HTMLLinkElement} */ (link).sheet));
    assert.equal(await banner(page).isVisible(), false, "not at first");
    await page.evaluate(() => { for (const animation of document.getAnimations()) animation.finish(); });
    await banner(page).getByText("This page has not started").waitFor();
    assert.equal(await live(page), 0);
  }, { apart: true, answer: (path) => (path === "/js/store.js" ? "silent" : path === "/guard.js" ? 404 : undefined) }));

test("without JavaScript it says what is missing, and nothing can be pressed", () =>
  visit("/", async (page) => {
    assert.match(await page.locator(".noscript").innerText(), /please turn JavaScript on/);
    assert.equal(await page.locator("button:enabled").count(), 0);
  }, { context: { javaScriptEnabled: false } }));

test("a page opened as a file says how it is to be opened", async () => {
  const { page } = await open(browser, new URL("../../www/index.html", import.meta.url).href);
  await unstarted(page, /^This page was opened as a file.* Open ganvas\.html beside it/);
  const link = page.getByRole("link", { name: "ganvas.html" });
  assert.equal(await link.getAttribute("href"), "ganvas.html");
  await page.context().close();
});

test("in a frame that is shut off from its site the page says so", async () => {
  const server = await serve();
  const { page } = await open(browser, "about:blank");
  await page.route("**/frame.html", (route) => route.fulfill({ contentType: "text/html", body: `<iframe src="/" sandbox="allow-scripts"></iframe>` }));
  await page.goto(`${server.origin}/frame.html`);
  const frame = page.frameLocator("iframe");
  await frame.locator("#unstarted.said").waitFor();
  assert.match(await frame.locator("#unstarted").innerText(), /a sandbox/);
  assert.equal(await frame.locator("button:enabled").count(), 0);
  await page.context().close();
  await server.close();
});

test("a graphics driver that does not answer means the CPU", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready", device: "cpu" });
    assert.match(await page.locator("#badge").innerText(), /the graphics driver is not responding/);
  }, { patience: { adapter: 300 }, script: () => Object.defineProperty(Navigator.prototype, "gpu", { get: () => ({ requestAdapter: () => new Promise(() => {}) }) }) }));

for (const [name, script] of /** @type {[string, () => void][]} */ ([
  ["opens never", () => { IDBFactory.prototype.open = () => /** @type {any} */ ({}); }],
  ["answers nothing", () => { IDBDatabase.prototype.transaction = () => /** @type {any} */ ({ objectStore: () => ({ getAll: () => ({}), getAllKeys: () => ({}), get: () => ({}) }) }); }],
  ["has locks that say nothing", () => { LockManager.prototype.query = () => new Promise(() => {}); }],
])) {
  test(`a storage that ${name} is not said to keep anything`, () =>
    visit("/?dataset=drawn&autostart", async (page) => {
      await openRoom(page, "keep");
      const stored = page.locator("#kept .stored");
      await page.getByText("Checking whether this browser keeps snapshots.").waitFor();
      await untilStep(page, 5);
      await page.getByText(/the browser keeps none \(its (storage|locks) (is|are|stopped) .*responding\)/).waitFor();
      assert.match(await stored.innerText(), /^Snapshots last as long as this tab/);
      assert(await page.locator("#kept .forget").getAttribute("aria-disabled"), "true");
    }, { script, patience: { storage: 4_000, transaction: 4_000 } }));
}

/** Nothing that is enabled is dead while no program runs. @param {Page} page */
async function nothingDead(page) {
  for (const [room, names] of Object.entries({ quality: ["Read 500 new drawings", "Measure now"], explore: ["Draw"], keep: ["Save checkpoint", "both", "artist", "judge"] })) {
    await openRoom(page, room);
    for (const name of names) assert.equal(await button(page, name).getAttribute("aria-disabled"), "true", name);
  }
  assert(await button(page, "Train").isDisabled());
  assert.match(await page.locator("#state").innerText(), /^Stopped: the program is not running; (Reset restarts it|reload the page)\.$/);
}

for (const [file, fault, words, tries] of /** @type {[string, Fault, RegExp, number][]} */ ([
  ["/cpu/ganvas.js", 503, /^The program did not load: cpu\/ganvas\.js could not be fetched \(status 503\)\. Nothing is running\.$/, 6],
  ["/cpu/ganvas.js", "html", /^The program did not load: the server sent a web page instead of cpu\/ganvas\.js\. Nothing is running\.$/, 6],
  ["/cpu/ganvas_bg.wasm", 403, /^The program did not load: cpu\/ganvas_bg\.wasm could not be fetched \(status 403\)\. Nothing is running\.$/, 1],
  ["/cpu/ganvas_bg.wasm", "junk", /^The program did not load: the server sent a damaged cpu\/ganvas_bg\.wasm\. Nothing is running\.$/, 3],
  ["/cpu/ganvas_bg.wasm", "drops", /^The program did not load: cpu\/ganvas_bg\.wasm could not be fetched \(the connection failed\)\. Nothing is running\.$/, 3],
  ["/cpu/ganvas_bg.wasm", "stalls", /^The program did not load: no data arrived for one second\. Nothing is running\.$/, 3],
  ["/cpu/ganvas.js", "silent", /^The program did not load: no data arrived for one second\. Nothing is running\.$/, 3],
  ["/worker.js", 503, /^The program did not load: worker\.js could not be fetched \(status 503\)\. Nothing is running\.$/, 6],
  ["/worker.js", "silent", /^The program did not load: no data arrived for one second\. Nothing is running\.$/, 3],
])) {
  test(`where ${file} is answered by “${fault}” the page says so, and a press fetches it`, () => {
    let broken = true;
    const waits = fault === "silent" || fault === "stalls" ? { ...QUICK, loading: 1_000 } : QUICK;
    return visit("/?autostart", async (page, { requests }) => {
      await until(page, { state: "failed" });
      assert.match(await notice(page).innerText(), words);
      await page.waitForTimeout(300);
      assert(requests.filter((path) => path === file).length <= tries, `${requests.filter((path) => path === file).length} times`);
      await nothingDead(page);
      const alive = page.locator("button:enabled:visible:not([aria-disabled=true])");
      assert.deepEqual(await alive.allInnerTexts(), ["Share", "Reset", "Try again", "×"]);
      broken = false;
      await button(page, "Try again").click();
      await until(page, { state: "ready" });
      assert.equal(await notice(page).count(), 0, "what was said is over");
      await button(page, "Train").click();
      await untilStep(page, 5);
    }, { answer: (path) => (broken && path === file ? fault : undefined), patience: waits });
  });
}

test("a program that comes at the second try is worth no word", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 5);
    assert.equal(await notice(page).count(), 0);
  }, { answer: (path, times) => (/ganvas_bg.wasm|worker.js/.test(path) && times === 1 ? 503 : undefined) }));

for (const mock of [{ cpu: "never-opens" }, { cpu: "never-starts" }]) {
  test(`a program that ${mock.cpu.replace("-", " ")} is given up`, () =>
    visit("/", async (page) => {
      await until(page, { state: "failed" }, 30_000);
      assert.match(await notice(page).innerText(), /keeps failing \(it did not start within one second\)\. Nothing is running\.$/);
      await nothingDead(page);
    }, { mock, patience: { ...QUICK, starting: 1_000 } }));
}

test("a new connection brings a program that could not be fetched", () =>
  visit("/?dataset=drawn", async (page) => {
    await page.getByText("The program did not load: ").first().waitFor();
    await until(page, { state: "failed" });
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await until(page, { state: "ready" });
  }, { answer: (path, times) => (path === "/cpu/ganvas_bg.wasm" && times <= 3 ? 503 : undefined) }));

for (const press of ["Reset", "Start over with these settings"]) {
  test(`after a program that keeps failing “${press}” starts one anew`, () =>
    visit("/?dataset=drawn&autostart", async (page) => {
      await until(page, { state: "failed" }, 30_000);
      await openRoom(page, "recipe");
      await page.getByLabel("Batch").fill("32");
      assert.match(await notice(page).innerText(), /keeps failing/);
      await nothingDead(page);
      await openRoom(page, "recipe");
      await button(page, press).click();
      await page.waitForFunction(() => document.documentElement.dataset.state !== "failed");
      await until(page, { state: "ready" });
      assert.equal(await page.getByLabel("Batch").inputValue(), "32");
      assert.equal(await page.locator(".pending:visible").count(), 0);
    }, { mock: { diesAt: 60 } }));
}

for (const kept of [true, false]) {
  test(`after the site was updated the page says that a reload helps, and the run is ${kept ? "kept" : "saved as a file"}`, () => {
    let updated = false;
    const gpu = () => Object.defineProperty(Navigator.prototype, "gpu", { get: () => ({ requestAdapter: async () => ({ features: new Set(["timestamp-query"]), info: { vendor: "acme" } }) }) });
    const closed = () => {
      Object.defineProperty(Navigator.prototype, "gpu", { get: () => ({ requestAdapter: async () => ({ features: new Set(["timestamp-query"]), info: { vendor: "acme" } }) }) });
      Object.defineProperty(globalThis, "indexedDB", { get: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } });
    };
    return visit("/?dataset=drawn", async (page) => {
      await until(page, { state: "ready", device: "gpu" });
      updated = true;
      await button(page, "Train").click();
      await until(page, { state: "failed" });
      const step = "step [\\d,]+";
      const then = kept ? `Reload it and press Resume to continue from ${step}, which is kept\\.` : `Save the run at ${step}, reload the page and open the file to continue\\.`;
      assert.match(await notice(page).innerText(), new RegExp(`^The program did not load: \\S+ is not on this site\\. The site has probably been updated since this page was loaded\\. ${then}$`));
      assert.equal(await button(page, "Try again").count(), 0, "which cannot help");
      await nothingDead(page);
      if (!kept) {
        const coming = page.waitForEvent("download");
        await button(page, "Save the run").click();
        assert.match((await coming).suggestedFilename(), /^ganvas-step-\d+\.safetensors$/);
      }
      updated = false;
      await button(page, "Reload").click();
      if (!kept) return until(page, { state: "ready" });
      await page.locator(".offer .resume").click();
      await until(page, { state: "paused" });
    }, { script: kept ? gpu : closed, mock: { diesAfterSave: "gpu" }, answer: (path) => (updated && /^\/(worker.js|cpu|gpu)/.test(path) ? 404 : undefined) });
  });
}

test("workers that know no modules are told at once", () =>
  visit("/", async (page) => {
    await until(page, { state: "failed" });
    assert.match(await notice(page).innerText(), /^This browser cannot run ganvas: its workers do not support modules\. A current Chrome/);
    assert.equal(await button(page, "Try again").count(), 0);
  }, {
    script: () => {
      globalThis.Worker = /** @type {any} */ (class { terminate() {} });
    },
  }));

test("a fault of the page itself is told once", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await page.evaluate(() => { for (let i = 0; i < 3; i++) setTimeout(() => Promise.reject(new Error("a loose end"))); });
    await page.getByText("Something on this page went wrong (a loose end).").waitFor();
    assert.equal(await notice(page).count(), 1);
  }, { expected: /a loose end/ }));
