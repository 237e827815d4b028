// The blog of examples/blog on an origin of its own, under its strict policy, with the real site in its frames; and the page
// in one file where a frame may do next to nothing.
// @ts-check

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { serveBlog } from "../../../examples/blog/serve.mjs";
import { launch, leave } from "../lib/browser.mjs";
import { served } from "../lib/site.mjs";
import { tasksIn } from "../lib/tasks.mjs";

/** @import { Browser, Page } from "playwright-core" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
afterEach(() => leave(browser));
after(() => browser.close());

async function visit() {
  const page = await (await browser.newContext({ viewport: { width: 900, height: 900 } })).newPage();
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  return { page, problems };
}

/** The frame of a widget that is open. @param {Page} page @param {number} index */
async function frameOf(page, index) {
  const handle = await page.locator("ganvas-play").nth(index).locator("iframe").elementHandle({ timeout: MINUTE });
  const frame = await handle?.contentFrame();
  assert(frame);
  return frame;
}

/** @param {import("playwright-core").Frame} frame @param {number} least */
const untilStep = (frame, least) => frame.waitForFunction((step) => Number(document.documentElement.dataset.step) >= step, least, { timeout: MINUTE });

test("the blog’s three games are played, on another origin and under its policy", { timeout: 4 * MINUTE }, async () => {
  const blog = await serveBlog(SITE);
  try {
    const { page, problems } = await visit();
    await page.goto(blog.address);
    await page.locator("ganvas-play").first().getByRole("button").click();
    const first = await frameOf(page, 0);
    await first.waitForFunction(() => Number(document.documentElement.dataset.accuracy) > 0.5, undefined, { timeout: 2 * MINUTE });

    await page.getByRole("button", { name: "Let it collapse" }).click();
    const second = await frameOf(page, 1);
    await untilStep(second, 10);
    await first.waitForSelector("html[data-state=paused]", { state: "attached", timeout: MINUTE });
    await page.getByRole("button", { name: "Start over with the cure" }).click();
    await second.waitForFunction(() => /** @type {HTMLAnchorElement} */ (document.querySelector(".whole")).href.endsWith("#preset=mode-collapse&d.schedule.kind=constant"));
    await untilStep(second, 5);

    const third = page.locator("ganvas-play").nth(2);
    await third.scrollIntoViewIfNeeded();
    await third.getByRole("button").click();
    const pad = await frameOf(page, 2);
    await untilStep(pad, 5);
    await pad.locator("#room-pad canvas").first().waitFor({ timeout: MINUTE });
    assert.deepEqual(problems, []);
  } finally {
    await blog.close();
  }
});

test("no task keeps the blog’s thread, or its widget’s, longer than 50 ms while that trains", { timeout: 3 * MINUTE }, async () => {
  const blog = await serveBlog(SITE);
  try {
    const { page } = await visit();
    await page.goto(blog.address);
    // It would rest after 400 steps.
    await page.locator("ganvas-play").first().evaluate((element) => element.setAttribute("run-for", "100000"));
    await page.locator("ganvas-play").first().getByRole("button").click();
    const frame = await frameOf(page, 0);
    await untilStep(frame, 10);
    const tasks = await tasksIn(browser, page, MINUTE / 2);
    await frame.waitForSelector("html[data-state=training]", { state: "attached", timeout: MINUTE });
    assert.deepEqual(tasks.filter((task) => task > 50), []);
  } finally {
    await blog.close();
  }
});

for (const [name, sandbox] of [["in a strict sandbox", 'sandbox="allow-scripts"'], ["beside a page that is a file", ""]]) {
  test(`the page in one file trains ${name}`, { timeout: 2 * MINUTE }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "ganvas-host-"));
    try {
      const file = join(folder, "host.html");
      await writeFile(file, `<!doctype html><title>host</title><script src="${SITE}embed/1/ganvas.js"></script><ganvas-play ${sandbox} src="${sandbox ? `${SITE}ganvas.html` : pathToFileURL(process.env.GANVAS_SINGLE ?? "").href}" dataset="drawn"></ganvas-play>`);
      const { page, problems } = await visit();
      await page.goto(pathToFileURL(file).href);
      await page.getByRole("button").click();
      const frame = await frameOf(page, 0);
      await untilStep(frame, 10);
      await page.waitForFunction(() => !document.querySelector("ganvas-play")?.shadowRoot?.querySelector("button")?.checkVisibility());
      assert.deepEqual(problems, []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
