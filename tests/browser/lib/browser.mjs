// One Chromium for a test file, and a page that remembers what went wrong on it.
// @ts-check

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const QUIET = ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** WebGPU by software, which any machine has. */
export const SWIFTSHADER = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
export const NO_GPU = ["--disable-gpu"];

/** Where Chromium usually is; `CHROMIUM` names another. */
function executable() {
  const { CHROMIUM } = process.env;
  const found = [CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => path && existsSync(path));
  assert(found, "Chromium is missing: install it (Debian: apt-get install chromium), or name it in CHROMIUM");
  return found;
}

/** @param {string[]} [flags] @param {{ scrollBars?: boolean }} [options] `scrollBars`: that take room, as on most desktops */
export function launch(flags = NO_GPU, { scrollBars = false } = {}) {
  return chromium.launch({ executablePath: executable(), args: [...QUIET, ...flags], ignoreDefaultArgs: scrollBars ? ["--hide-scrollbars"] : [] });
}

/** Closes all that a test has opened: a page that trains on would take the processor from the next test. @param {import("playwright-core").Browser} browser */
export const leave = (browser) => Promise.all(browser.contexts().map((context) => context.close()));

/**
 * Opens an address; `problems` gathers page errors, console errors and refusals of the CSP, `requests` every
 * address that was asked for.
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const problems = [];
  /** @type {string[]} */
  const requests = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  context.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, problems, requests };
}

/**
 * Waits until the root element's attributes say so.
 * @param {import("playwright-core").Page} page
 * @param {Record<string, string>} wanted
 * @param {number} [timeout] milliseconds
 */
export async function until(page, wanted, timeout = 15_000) {
  const selector = Object.entries(wanted).map(([name, value]) => `[data-${name}="${value}"]`).join("");
  await page.waitForSelector(`html${selector}`, { timeout, state: "attached" });
}

/** @param {import("playwright-core").Page} page @param {number} least @param {number} [timeout] milliseconds */
export async function untilStep(page, least, timeout = 15_000) {
  await page.waitForFunction((step) => Number(document.documentElement.dataset.step) >= step, least, { timeout });
}

/** @param {import("playwright-core").Page} page */
export function attributes(page) {
  return page.evaluate(() => ({ ...document.documentElement.dataset }));
}

/** Opens a room by its tab. @param {import("playwright-core").Page} page @param {string} name */
export async function openRoom(page, name) {
  await page.locator(`#rooms a[href="#room=${name}"]`).click();
  await page.locator(`#room-${name}:not([hidden]):not([aria-busy])`).waitFor();
}
