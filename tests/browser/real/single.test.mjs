// ganvas.html, the page in one file, with the real program: from a file with the network off, in a strict sandbox, and
// as a copy with a run inside.
// @ts-check

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { attributes, launch, leave, open, openRoom, until, untilStep } from "../lib/browser.mjs";
import { serve } from "../lib/server.mjs";
import { served } from "../lib/site.mjs";

/** @import { Browser, Page } from "playwright-core" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");
/** The file without MNIST. */
const FILE = served("GANVAS_SINGLE");
/** What the site allows, and goes on to. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'";

/** @type {Browser} */
let browser;
/** @type {string} */
let folder;
before(async () => {
  [browser, folder] = await Promise.all([launch(), mkdtemp(join(tmpdir(), "ganvas-single-"))]);
});
afterEach(() => leave(browser));
after(() => Promise.all([browser.close(), rm(folder, { recursive: true })]));

/** Opens a file as by a double click, with the network off. @param {string} file @param {string} [query] */
async function openFile(file, query = "") {
  const opened = await open(browser, "about:blank", { offline: true });
  const { page } = opened;
  // A browser without it downloads, which can be tested.
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "showSaveFilePicker"));
  await page.goto(pathToFileURL(file).href + query);
  return opened;
}

const drawings = (/** @type {Page} */ page) => page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.querySelector("#fakes canvas")).toDataURL());
const button = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true });
const policyOf = (/** @type {string} */ page) => page.match(/http-equiv="Content-Security-Policy"\s+content="([^"]+)"/)?.[1] ?? "";

test("from a file, without a network, it trains, shows every room, and a copy goes on where its run stood", { timeout: 8 * MINUTE }, async () => {
  const { page, problems, requests } = await openFile(FILE, "?autostart");
  await page.waitForFunction(() => Number(document.documentElement.dataset.accuracy) >= 0.8, null, { timeout: 5 * MINUTE });
  await untilStep(page, 100, MINUTE); // far enough for the time machine to hold a few moments that the copy takes along
  await button(page, "Pause").click();
  await until(page, { state: "paused", dataset: "drawn" });
  await page.locator("#losses .uplot").waitFor();
  assert.match(await page.locator("#badge").innerText(), /: this file has only the CPU program inside\.$/);
  for (const name of ["recipe", "quality", "explore", "slow", "pad", "guide", "keep"]) await openRoom(page, name);

  const { step = "" } = await attributes(page);
  await page.locator("#copies .newest").getByText(`The newest state, step ${Number(step).toLocaleString("en")}, is in this tab only`).waitFor();
  const saving = page.waitForEvent("download");
  await button(page, "Save a copy with this run inside").click();
  const download = await saving;
  const name = download.suggestedFilename();
  assert.match(name, new RegExp(`^ganvas-[a-z-]+-step${step}-\\d{4}-\\d\\d-\\d\\d-\\d{4}\\.html$`));
  const copy = join(folder, name);
  await download.saveAs(copy);
  await page.locator("#copies .newest").getByText(`is in ${name}.`).waitFor();
  const before = await drawings(page);

  // Where the browser lets it, the next one goes into the same file.
  await page.evaluate(() => Object.assign(globalThis, {
    written: [],
    showSaveFilePicker: async (/** @type {{ suggestedName: string }} */ { suggestedName }) => ({
      name: suggestedName,
      createWritable: async () => ({ write: async (/** @type {Uint8Array} */ bytes) => /** @type {any} */ (globalThis).written.push(bytes.length), close: async () => {} }),
    }),
  }));
  await button(page, "Save a copy with this run inside").click();
  await page.getByRole("button", { name: /^Save over ganvas-/ }).click();
  await page.waitForFunction(() => /** @type {any} */ (globalThis).written.length === 2);
  const [size] = await page.evaluate(() => /** @type {any} */ (globalThis).written);
  const { size: bare } = await stat(FILE);
  assert(size - bare > 10_000 && size - bare < 1_000_000, `a run adds ${size - bare} bytes`);
  console.log(`a run of ${step} steps adds ${size - bare} bytes to ${bare}`);
  assert.deepEqual(problems, []);
  assert.deepEqual(requests.filter((url) => !url.startsWith("blob:") && url !== "about:blank"), [`${pathToFileURL(FILE).href}?autostart`]);
  await page.context().close();

  const again = await openFile(copy);
  await again.page.getByText(`Go on from step ${Number(step).toLocaleString("en")} of your last run`).waitFor({ timeout: MINUTE });
  assert.match(await again.page.locator(".offer p").innerText(), /from this file/);
  await button(again.page, "Resume").click();
  await until(again.page, { state: "paused", step }, MINUTE);
  await again.page.waitForFunction((before) => /** @type {HTMLCanvasElement} */ (document.querySelector("#fakes canvas")).toDataURL() === before, before);
  await openRoom(again.page, "keep");
  await again.page.locator("#copies .newest").getByText("is in this file.").waitFor();
  // The time machine and the curves have come along.
  const slider = again.page.getByRole("slider", { name: "Time machine" });
  assert(Number(await slider.getAttribute("max")) > 2, "some of its moments");
  await button(again.page, "Train").click();
  await untilStep(again.page, Number(step) + 5, MINUTE);
  assert.deepEqual(again.problems, []);
});

test("a copy whose run is damaged says so and begins afresh, and so does a file that is damaged itself", { timeout: 2 * MINUTE }, async () => {
  const whole = await readFile(FILE, "utf8");
  const file = join(folder, "damaged.html");
  const last = whole.lastIndexOf("<script>");
  await writeFile(file, `${whole.slice(0, last)}<script type="text/plain" data-file="run">$$$$</script>${whole.slice(last)}`);
  const { page } = await openFile(file);
  await page.getByText("The run inside this file cannot be read, because the file is damaged. The page begins afresh.").waitFor({ timeout: MINUTE });
  await until(page, { state: "ready" }, MINUTE);
  await writeFile(file, whole.replace(/(data-file="worker.js">)[^<]{9}/, "$1#########"));
  await page.goto(pathToFileURL(file).href);
  await page.getByText("This file is damaged: part of it cannot be unpacked.").waitFor();
  assert.equal((await attributes(page)).state, "failed");
});

test("models lie inside, and the address is understood as on the site", { timeout: 2 * MINUTE }, async () => {
  const { page, problems } = await openFile(FILE, "?preset=plane&device=gpu");
  await button(page, "Start over").waitFor({ timeout: MINUTE });
  assert.match(await page.locator("#badge").innerText(), /the address asks for the GPU, but this file has only the CPU program inside/);
  assert.deepEqual(problems, []);
});

test("in a strict sandbox, from a server that allows nobody else anything, it trains and says that it keeps nothing", { timeout: 3 * MINUTE }, async () => {
  const [server, host] = await Promise.all([serve({ site: dirname(FILE) }), serve({ site: folder })]);
  const { page, problems } = await open(browser, "about:blank");
  const frameOf = async (/** @type {string} */ src) => {
    await writeFile(join(folder, "host.html"), `<!doctype html><title>Host</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="${src}" width="1200" height="800"></iframe>`);
    await page.goto(`${host.origin}/host.html`);
  };
  await frameOf(`${server.origin}/${basename(FILE)}?autostart&dataset=drawn`);
  const frame = page.frameLocator("iframe");
  await frame.locator('html[data-state="training"]').waitFor({ state: "attached", timeout: MINUTE });
  await frame.getByText("No run can be kept in this frame").waitFor();
  await frame.locator("#losses").scrollIntoViewIfNeeded(); // what is out of sight is not drawn
  await frame.locator("#losses .uplot").waitFor();
  await frame.getByRole("button", { name: "Pause" }).click();
  await frame.locator('html[data-state="paused"]').waitFor({ state: "attached" });
  assert(Number(await frame.locator("html").getAttribute("data-step")) > 0);
  assert.deepEqual(problems, []);
  assert(server.requests.every((path) => path === `/${basename(FILE)}`), server.requests.join());

  // The site's own page cannot start there, and leads to it.
  await frameOf(SITE);
  await frame.getByText("This page is in a sandboxed frame").waitFor();
  await frame.getByRole("link", { name: "ganvas.html" }).click();
  await frame.locator("html[data-single]").waitFor({ state: "attached" });
  await frame.locator('html[data-state="ready"][data-dataset="mnist"]').waitFor({ state: "attached", timeout: MINUTE });
  assert.match(await frame.locator("#reals .source").innerText(), /4,000/);
  await Promise.all([server.close(), host.close()]);
});

test("it reads well without scripts, has its licences inside, and leaves the site's policy as it is", { timeout: MINUTE }, async () => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(pathToFileURL(FILE).href);
  assert(await page.locator(".noscript").isVisible() && !(await page.locator("main").isVisible()));
  const text = await page.content();
  for (const words of ["Permission is hereby granted", "Apache License", "Leon Sorokin", "ganvas 0."]) assert(text.includes(words), words);

  assert.equal(policyOf(await (await fetch(SITE)).text()), POLICY);
  const own = policyOf(text);
  assert.match(own, /^default-src 'none'; script-src 'sha256-\S+' 'sha256-\S+' blob: 'wasm-unsafe-eval'; worker-src blob:; style-src 'sha256-\S+'; img-src data: blob:; base-uri 'none'; form-action 'none'$/);
  assert(!own.includes("unsafe-inline"));
});
