// The CPU program on the built site: the default preset learns to draw MNIST's digits while one watches,
// and the page works where WebGPU or MNIST is missing.
// @ts-check

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { attributes, launch, leave, open, openRoom, until, untilStep } from "../lib/browser.mjs";
import { served } from "../lib/site.mjs";

/** @import { Browser } from "playwright-core" */

const MINUTE = 60_000;
const SITE = served("GANVAS_SITE");
/** The same site on a host without MNIST. */
const SITE_WITHOUT_DATA = served("GANVAS_SITE_WITHOUT_DATA");

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
afterEach(() => leave(browser));
after(() => browser.close());

test("the default preset on MNIST draws recognisable digits on the CPU", { timeout: 20 * MINUTE }, async () => {
  const { page, problems, requests } = await open(browser, `${SITE}?device=cpu&autostart`);
  await until(page, { state: "training", device: "cpu", dataset: "mnist" }, 2 * MINUTE);

  const began = Date.now();
  await page.waitForFunction(() => Number(document.documentElement.dataset.accuracy ?? 0) >= 0.8, null, { timeout: 15 * MINUTE });
  const { step, accuracy } = await attributes(page);
  console.log(`label accuracy ${accuracy} at step ${step}, ${Math.round((Date.now() - began) / 1000)} s after training began`);

  // All of MNIST arrived meanwhile, from this host alone.
  await page.getByText("60,000").first().waitFor({ timeout: 2 * MINUTE });
  const elsewhere = requests.filter((address) => !address.startsWith(SITE) && !/^(data|blob):/.test(address));
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(problems, []);

  await page.getByRole("button", { name: "Pause" }).click();
  await until(page, { state: "paused" });
  if (process.env.GANVAS_SCREENSHOT) {
    // A moment for everything to be drawn anew.
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.waitForTimeout(500);
    await page.screenshot({ path: process.env.GANVAS_SCREENSHOT });
  }
});

test("without WebGPU the page trains on the CPU and says why", { timeout: 3 * MINUTE }, async () => {
  const { page, problems } = await open(browser, `${SITE}?preset=vanilla&autostart`);
  await untilStep(page, 3, 2 * MINUTE);
  assert.equal((await attributes(page)).device, "cpu");
  assert.match(await page.locator("#badge").innerText(), /CPU.*WebGPU/s);
  assert.deepEqual(problems, []);
});

test("a site without MNIST trains on drawn digits, under that name", { timeout: 3 * MINUTE }, async () => {
  const { page } = await open(browser, `${SITE_WITHOUT_DATA}?preset=vanilla&device=cpu&autostart`);
  await untilStep(page, 3, 2 * MINUTE);
  assert.equal((await attributes(page)).dataset, "drawn");
  await page.getByText("This site does not include MNIST").waitFor();
});

test("in slow motion a step of the run shows the loss that its curve shows, and the run goes on", { timeout: 3 * MINUTE }, async () => {
  const { page, problems } = await open(browser, `${SITE}?device=cpu&workers=2#room=slow&preset=quick&dataset=drawn`);
  await until(page, { state: "ready" }, 2 * MINUTE);
  await page.locator("#train").click();
  await untilStep(page, 5);
  await page.locator("#slow .record").click();
  await page.locator("#slow .stills button").nth(4).click();
  const reading = (/** @type {string} */ label) => page.locator("#slow .tells div", { hasText: label }).locator("dd").innerText();
  const shown = { judge: await reading("The judge’s loss"), artist: "" };
  await page.locator("#slow .stills button").nth(7).click();
  shown.artist = await reading("The artist’s loss");
  await openRoom(page, "watch");
  for (const who of /** @type {const} */ (["artist", "judge"])) {
    const value = page.locator("#losses .legend dt", { hasText: new RegExp(`^${who}$`) }).locator("xpath=following-sibling::dd");
    await value.filter({ hasText: /\d/ }).waitFor();
    assert.equal(await value.innerText(), shown[who], who);
  }
  const { step } = await attributes(page);
  await page.locator("#train").click();
  await untilStep(page, Number(step) + 5);
  assert.deepEqual(problems, []);
});
