// One Firefox for a test file, driven by WebDriver BiDi, and a page that remembers what went wrong on it. Playwright drives
// only a Firefox that it has patched and that would have to be downloaded.
// @ts-check

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import puppeteer from "puppeteer-core";

/** @import { Frame, Page } from "puppeteer-core" */

/** Where Firefox usually is; `FIREFOX` names another. */
function executable() {
  const { FIREFOX } = process.env;
  const found = [FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => path && existsSync(path));
  assert(found, "Firefox is missing: install it (Debian: apt-get install firefox-esr), or name it in FIREFOX");
  return found;
}

/** What it downloads lands in `downloads`. */
export async function launchFirefox() {
  const downloads = await mkdtemp(join(tmpdir(), "ganvas-firefox-"));
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: executable(),
    headless: true,
    extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": downloads, "browser.download.useDownloadDir": true },
  });
  return {
    browser,
    downloads,
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

/** @param {Awaited<ReturnType<typeof launchFirefox>>} firefox @param {string} url */
export async function openIn({ browser }, url) {
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(url);
  return { page, problems };
}

/** Waits until the root element's attributes say so. @param {Page | Frame} page @param {Record<string, string>} wanted @param {number} timeout milliseconds */
export const until = (page, wanted, timeout) =>
  page.waitForSelector(`html${Object.entries(wanted).map(([name, value]) => `[data-${name}="${value}"]`).join("")}`, { timeout });

/** Waits until a number among the root element's attributes is at least so much. @param {Page | Frame} page @param {string} name @param {number} least @param {number} timeout milliseconds */
export const untilAtLeast = (page, name, least, timeout) =>
  page.waitForFunction((name, least) => Number(document.documentElement.dataset[name]) >= least, { timeout }, name, least);

/** Presses the first button whose name contains this. @param {Page | Frame} page @param {string} name */
export const press = (page, name) => page.locator(`button ::-p-text(${name})`).click();

/** The name of what was downloaded, once it is whole. @param {string} folder @param {RegExp} name */
export async function downloadIn(folder, name) {
  for (let tries = 0; tries < 200; tries++) {
    const names = await readdir(folder);
    const found = names.find((file) => name.test(file));
    if (found && !names.some((file) => file.endsWith(".part"))) return join(folder, found);
    await rest(100);
  }
  assert.fail(`no download named as ${name}`);
}
