// The site without its server: what is kept, how a new build takes over, and what happens where neither can be. Everything
// lies below a path of its host, and nothing is remembered by the browser's own cache unless a test says so.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { launch, leave, open, openRoom, until, untilStep } from "../lib/browser.mjs";
import { codeIn, downloaded, later, openFolder } from "../lib/deploy.mjs";
import { serve } from "../lib/server.mjs";
import { served } from "../lib/site.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */
/** @import { Fault } from "../lib/server.mjs" */

const MINUTE = 60_000;
const BELOW = "some/path";
const DRAWN = "?preset=vanilla&dataset=drawn&device=cpu&workers=1";
const ROOMS = ["watch", "recipe", "quality", "explore", "slow", "pad", "keep", "guide"];

/** @type {Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof downloaded>>} */
let build;
before(async () => ([browser, build] = await Promise.all([launch(), downloaded(served("GANVAS_SITE"))])));
afterEach(() => leave(browser));
after(() => browser.close());

/**
 * @param {(host: { site: string, requests: string[], put: (build: Map<string, Buffer>) => Promise<void>, cut: () => Promise<unknown>,
 *   visit: (query: string, options?: BrowserContextOptions) => ReturnType<typeof open> }) => Promise<void>} check
 * @param {{ answer?: (path: string, times: number) => Fault | undefined, cache?: string }} [options]
 */
async function hosted(check, options = {}) {
  const { folder, put, remove } = await openFolder(BELOW);
  await put(build);
  const server = await serve({ site: folder, ...options });
  const site = `${server.origin}/${BELOW}/`;
  try {
    await check({ site, requests: server.requests, put, cut: server.close, visit: (query, context) => open(browser, site + query, context) });
  } finally {
    await leave(browser);
    await server.close();
    await remove();
  }
}

/** @param {Page} page @param {string | RegExp} text */
async function untilStanding(page, text) {
  await openRoom(page, "keep");
  await page.locator("#offline .standing").filter({ hasText: text }).waitFor({ timeout: MINUTE });
}

const codeOf = (/** @type {Page} */ page) => page.evaluate(() => document.querySelector("script[type=module]")?.getAttribute("src")?.split("/")[0]);
const cachesOf = (/** @type {Page} */ page) => page.evaluate(async () => (await caches.keys()).map((name) => name.split(" ")[2]).sort());
/** @param {Page} page @param {string[]} wanted */
async function untilCaches(page, wanted) {
  for (let tries = 0; tries < 200 && String(await cachesOf(page)) !== String(wanted.sort()); tries++) await page.waitForTimeout(50);
  assert.deepEqual(await cachesOf(page), wanted.sort());
}

/** Asks for a new build, and waits until it is whole or given up. @param {Page} page */
const checkForUpdate = (page) => page.evaluate(async () => {
  const registration = /** @type {ServiceWorkerRegistration} */ (await navigator.serviceWorker.getRegistration());
  await registration.update();
  const coming = registration.installing;
  if (coming) await new Promise((resolve) => coming.addEventListener("statechange", resolve));
  return registration.waiting !== null;
});

test("after one visit the page trains and opens every room without its server, and with all of MNIST once that is kept", { timeout: 5 * MINUTE }, () =>
  hosted(async ({ site, cut, visit }) => {
    const { page, problems } = await visit(DRAWN);
    await untilStanding(page, /^Works offline, but without all of MNIST(, the GPU program,)? and the ready models\.$/);

    const [keepAll, cancel] = ["Keep everything", "Cancel"].map((name) => page.locator("#offline").getByRole("button", { name }));
    assert.match(await keepAll.innerText(), /\(\d\d\sMB\)/);
    await keepAll.click();
    await page.locator("#offline progress:not([hidden])").waitFor();
    await cancel.click();
    await untilStanding(page, /^Works offline, but without all of MNIST/);
    await keepAll.click();
    await untilStanding(page, /^Works offline: all of it \(\d\d\sMB\)\.$/);
    assert.equal(await keepAll.isVisible(), false);
    // What the page asks for anew, parts of files and what is not there are left alone.
    await page.evaluate(() => Promise.all([fetch("css/base.css?attempt=2"), fetch("css/base.css", { headers: { range: "bytes=0-9" } }), fetch("nothing-there")]));
    const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()))).flat().map(({ url }) => url));
    assert.deepEqual(kept.filter((url) => /attempt|nothing/.test(url)), []);
    assert.deepEqual(problems.splice(0).filter((text) => !/404/.test(text)), []);

    await cut();
    await page.goto(`${site}index.html?preset=vanilla&device=cpu&workers=1&seed=7&autostart`);
    await untilStep(page, 3, MINUTE);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.dataset), "mnist");
    await page.getByText("60,000").first().waitFor({ timeout: MINUTE });
    for (const name of ROOMS) await openRoom(page, name);
    await untilStanding(page, "Works offline: all of it");
    assert.deepEqual(problems, []);
  }));

test("a new build waits until it is asked for, and tabs of the old one keep their files", { timeout: 5 * MINUTE }, () =>
  hosted(async ({ site, requests, put, visit }) => {
    const [old, next] = [codeIn(build), "code-later00000"];
    const { page, problems } = await visit(DRAWN);
    await untilStanding(page, "Works offline");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(page, 5, MINUTE);
    const other = await page.context().newPage();
    await other.goto(site + DRAWN);
    await until(other, { state: "ready" }, MINUTE);

    await put(later(build));
    requests.length = 0;
    assert.equal(await checkForUpdate(page), true);
    await until(page, { state: "training" });
    assert.equal(await page.locator(".notice").count(), 0, "a run under way is not disturbed");
    for (const name of ROOMS) await openRoom(page, name);
    assert.deepEqual(requests.filter((path) => path.includes(old)), [], "its code is kept");
    assert.equal(await codeOf(other), old);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".notice", { hasText: "A new version is ready" }).waitFor();
    assert.deepEqual([await codeOf(page), await cachesOf(page)], [old, [old, next, "data"].sort()]);

    const { step } = await page.evaluate(() => ({ ...document.documentElement.dataset }));
    await page.locator(".notice").getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction((next) => document.querySelector("script[type=module]")?.getAttribute("src")?.startsWith(next), next, { timeout: MINUTE });
    await page.getByRole("button", { name: "Resume" }).first().click();
    await untilStep(page, Number(step), MINUTE);
    await openRoom(page, "keep");
    await page.getByText("As a later file").waitFor();

    // The other tab has not been touched, and can still open what it has not opened before.
    assert.equal(await codeOf(other), old);
    for (const name of ROOMS) await openRoom(other, name);
    await openRoom(other, "keep");
    await other.getByText("As a file", { exact: true }).waitFor();
    assert((await cachesOf(page)).includes(old));
    await other.close();
    // With the next visit after it is gone, which the browser may notice a moment later.
    for (let tries = 0; tries < 10 && (await cachesOf(page)).includes(old); tries++) {
      await page.reload();
      await untilStanding(page, "Works offline");
    }
    await untilCaches(page, [next, "data"]);
    assert.deepEqual(problems, []);
  }));

test("a new build that lacks a file or brings another one is dropped, and the old one stays", { timeout: 5 * MINUTE }, () => {
  /** @type {Fault | undefined} */
  let fault;
  return hosted(async ({ put, visit }) => {
    const old = codeIn(build);
    const { page, problems } = await visit(DRAWN);
    await untilStanding(page, "Works offline");
    await put(later(build));
    for (fault of /** @type {const} */ ([404, "html"])) {
      assert.equal(await checkForUpdate(page), false, String(fault));
      await untilStanding(page, "Keeping more failed: the server sends another code-later00000/rooms/explore/room.js than was built.");
      assert.deepEqual(await cachesOf(page), [old, "data"].sort());
    }
    await page.reload();
    assert.equal(await codeOf(page), old);
    fault = undefined;
    await until(page, { state: "ready" }, MINUTE);
    assert.equal(await checkForUpdate(page), true);
    await page.locator(".notice", { hasText: "A new version is ready" }).waitFor({ timeout: MINUTE });
    assert.deepEqual(problems, []);
  }, { answer: (path) => (path.endsWith("later00000/rooms/explore/room.js") ? fault : undefined) });
});

test("where there is no room the page says so, and trains", { timeout: 3 * MINUTE }, () =>
  hosted(async ({ site }) => {
    const { page, problems } = await open(browser, "about:blank");
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Storage.overrideQuotaForOrigin", { origin: new URL(site).origin, quotaSize: 200_000 });
    await page.goto(site + DRAWN);
    await untilStanding(page, "Does not work offline: this browser has no room left for it.");
    assert.deepEqual(await cachesOf(page), []);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(page, 3, MINUTE);
    assert.deepEqual(problems.filter((text) => !/ServiceWorker/i.test(text)), []);
  }));

test("a first visit asks for the same files as without a worker, and for none twice", { timeout: 3 * MINUTE }, () =>
  hosted(async ({ requests, visit }) => {
    const bare = await visit(DRAWN, { serviceWorkers: "block" });
    await until(bare.page, { state: "ready" }, MINUTE);
    await openRoom(bare.page, "keep");
    const without = requests.splice(0).sort();
    await leave(browser);

    const { page } = await visit(DRAWN);
    await until(page, { state: "ready" }, MINUTE);
    await untilStanding(page, "Works offline");
    const registered = requests.findIndex((path) => path.endsWith("/sw.js"));
    const before = requests.slice(0, registered);
    assert.deepEqual(without.filter((path) => !/rooms\/keep/.test(path) && !before.includes(path)), [], "all that the pictures need comes before the worker");
    assert.deepEqual(requests.filter((path, i) => requests.indexOf(path) !== i && !path.endsWith("/sw.js") && !path.endsWith("path/")), [], "the worker takes from the browser's cache what the page has fetched");
  }, { cache: "max-age=600" }));

test("a site gets rid of its worker by the script in the docs", { timeout: 3 * MINUTE }, () =>
  hosted(async ({ site, put, visit }) => {
    const { page } = await visit(DRAWN);
    await untilStanding(page, "Works offline");
    const docs = await readFile(new URL("../../../docs/offline.md", import.meta.url), "utf8");
    const script = docs.match(/```js\n(.*?)```/s)?.[1];
    assert(script, "docs/offline.md has the script");
    const gone = new Map([...later(build), ["sw.js", Buffer.from(script)]]);
    gone.set("index.html", Buffer.from(String(gone.get("index.html")).replace(/<link rel="serviceworker"[^>]*>/, "")));
    await put(gone);
    await page.goto(site + DRAWN);
    await untilCaches(page, []);
    await page.goto(site + DRAWN);
    assert.equal(await codeOf(page), "code-later00000");
    await openRoom(page, "keep");
    await page.getByText("As a later file").waitFor();
    assert.equal(await page.locator("#offline").isVisible(), false);
  }));

test("the page can be installed, and opens the files that it is installed for", { timeout: 3 * MINUTE }, () =>
  hosted(async ({ site, visit }) => {
    const { page, problems } = await visit(DRAWN);
    const devtools = await page.context().newCDPSession(page);
    const { errors, url, data } = await devtools.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    assert.equal(url, `${site}manifest.webmanifest`);
    const { start_url, scope, icons, theme_color } = JSON.parse(/** @type {string} */ (data));
    assert.deepEqual([start_url, scope].map((address) => new URL(address, url).href), [site, site]);
    assert.equal(await page.locator('meta[name="theme-color"]').first().getAttribute("content"), theme_color);
    for (const { src, sizes } of icons) {
      const size = await page.evaluate(async (src) => {
        const { width, height } = await createImageBitmap(await (await fetch(src)).blob());
        return `${width}x${height}`;
      }, new URL(src, url).href);
      assert.equal(size, sizes);
    }
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    // The browser under test has no profile that apps could be installed in.
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);

    await untilStanding(page, "Works offline");
    const install = page.locator("#offline").getByRole("button", { name: "Install" });
    assert.equal(await install.isVisible(), false);
    await page.evaluate(() => {
      const event = new Event("beforeinstallprompt", { cancelable: true });
      const prompted = new Promise((resolve) => Object.assign(event, { prompt: async () => resolve(event.defaultPrevented) }));
      dispatchEvent(event);
      Object.assign(globalThis, { prompted });
    });
    await install.click();
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).prompted), true, "the browser shows no banner of its own");
    assert.equal(await install.isVisible(), false);

    // The browser hands over a file before there is a program to open it.
    await page.addInitScript(() => {
      const setConsumer = (/** @type {(launch: object) => void} */ consume) => consume({ files: [{ getFile: async () => new File(["nonsense"], "mine.safetensors") }] });
      Object.defineProperty(globalThis, "launchQueue", { value: { setConsumer } });
    });
    await page.reload();
    await page.locator(".notice", { hasText: "it is not a safetensors file" }).waitFor({ timeout: MINUTE });
    assert.deepEqual(problems, []);
  }));
