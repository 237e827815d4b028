// The site in Firefox, on the CPU path: what a visitor does from the first press to a saved run, without the server, in the
// page in one file, and as a widget of a blog.
// @ts-check

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { after, afterEach, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serveBlog } from "../../../examples/blog/serve.mjs";
import { downloaded, openFolder } from "../lib/deploy.mjs";
import { downloadIn, launchFirefox, openIn, press, until, untilAtLeast } from "../lib/firefox.mjs";
import { serve } from "../lib/server.mjs";
import { served } from "../lib/site.mjs";

/** @import { Page } from "puppeteer-core" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");
const ROOMS = ["recipe", "quality", "explore", "slow", "pad", "guide", "watch", "keep"];

/** @type {Awaited<ReturnType<typeof launchFirefox>>} */
let firefox;
before(async () => (firefox = await launchFirefox()));
afterEach(async () => {
  const pages = await firefox.browser.pages();
  await Promise.all(pages.slice(1).map((page) => page.close()));
});
after(() => firefox.close());

/** @param {Page} page @param {string} name */
async function openRoom(page, name) {
  await page.locator(`#rooms a[href="#room=${name}"]`).click();
  await page.waitForSelector(`#room-${name}:not([hidden]):not([aria-busy])`, { timeout: MINUTE });
}

const fakes = (/** @type {Page} */ page) => page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.querySelector("#fakes canvas")).toDataURL());

test("it trains to digits, pauses, goes back in time, goes on, and saves what a reload can open", { timeout: 6 * MINUTE }, async () => {
  const { page, problems } = await openIn(firefox, `${SITE}?seed=1`);
  await until(page, { state: "ready", device: "cpu", dataset: "mnist" }, MINUTE);
  await press(page, "Train");
  await untilAtLeast(page, "accuracy", 0.85, 3 * MINUTE);
  await press(page, "Pause");
  await until(page, { state: "paused" }, MINUTE);
  for (const name of ROOMS) await openRoom(page, name);

  const now = await fakes(page);
  await page.focus("::-p-aria([name=\"Time machine\"][role=\"slider\"])");
  await page.keyboard.press("Home");
  for (let tries = 0; tries < 40 && !(await page.$("button ::-p-text(Go back to step)")); tries++) await page.keyboard.press("ArrowRight");
  await press(page, "Go back to step");
  await page.waitForFunction((now) => /** @type {HTMLCanvasElement} */ (document.querySelector("#fakes canvas")).toDataURL() !== now, { timeout: MINUTE }, now);
  const step = Number(await page.evaluate(() => document.documentElement.dataset.step));
  await press(page, "Train");
  await untilAtLeast(page, "step", step + 5, MINUTE);
  await press(page, "Pause");
  await until(page, { state: "paused" }, MINUTE);

  await press(page, "Save checkpoint");
  const file = await downloadIn(firefox.downloads, /^ganvas-.*\.safetensors$/);
  assert((await stat(file)).size > 100_000);
  await page.reload();
  await page.waitForSelector(".offer ::-p-text(Go on from step)", { timeout: MINUTE });
  await press(page, "Resume");
  await until(page, { state: "paused" }, MINUTE);
  assert.deepEqual(problems, []);
});

test("after one visit it trains without its server", { timeout: 4 * MINUTE }, async () => {
  const { folder, put, remove } = await openFolder("some/path");
  await put(await downloaded(SITE));
  const server = await serve({ site: folder });
  try {
    const { page, problems } = await openIn(firefox, `${server.origin}/some/path/?preset=vanilla&dataset=drawn&device=cpu`);
    await until(page, { state: "ready" }, MINUTE);
    await openRoom(page, "keep");
    await page.waitForSelector("#offline ::-p-text(Works offline)", { timeout: MINUTE });
    await server.close();
    await page.goto(`${server.origin}/some/path/?preset=vanilla&dataset=drawn&device=cpu&autostart`);
    await untilAtLeast(page, "step", 5, MINUTE);
    assert.deepEqual(problems, []);
  } finally {
    await server.close().catch(() => {});
    await remove();
  }
});

test("the page in one file trains from a file", { timeout: 2 * MINUTE }, async () => {
  const { page, problems } = await openIn(firefox, `${pathToFileURL(served("GANVAS_SINGLE")).href}?autostart`);
  await untilAtLeast(page, "step", 20, MINUTE);
  assert.deepEqual(problems, []);
});

test("a blog’s widget is played, on another origin and under its policy", { timeout: 3 * MINUTE }, async () => {
  const blog = await serveBlog(SITE);
  try {
    const { page, problems } = await openIn(firefox, blog.address);
    await page.locator("ganvas-play >>> button").click();
    const frame = await (await page.waitForSelector("ganvas-play >>> iframe", { timeout: MINUTE }))?.contentFrame();
    assert(frame);
    await untilAtLeast(frame, "accuracy", 0.5, 2 * MINUTE);
    assert.deepEqual(problems, []);
  } finally {
    await blog.close();
  }
});
