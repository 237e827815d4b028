// Pictures of two latents, in the room Explore, on the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOf, listen } from "./lib/asked.mjs";
import { until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

/** @param {Page} page */
const mixed = async (page) => (await askedOf(page)).filter(({ second }) => second);

/** The last request of two latents, once there are more than so many. @param {Page} page @param {number} before */
async function askedAfter(page, before) {
  await page.waitForFunction((before) => /** @type {any} */ (globalThis).asked.filter((/** @type {any} */ { second }) => second).length > before, before);
  const last = (await mixed(page)).at(-1);
  assert(last?.second && last.latents);
  const size = last.latents.length / last.count;
  const at = (/** @type {number[]} */ all, /** @type {number} */ i) => all.slice(i * size, (i + 1) * size).join();
  const { latents, second } = last;
  return { count: last.count, from: second.from, labels: last.labels, first: (/** @type {number} */ i) => at(latents, i), second: (/** @type {number} */ i) => at(second.latents, i) };
}

test("rows share one latent and columns another, and a press at the edge changes one of them", () =>
  visit("/?preset=styles#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    await page.getByRole("button", { name: "All others" }).click();
    const begun = await askedAfter(page, 0);
    // Five columns, five rows, and where they meet.
    assert.equal(begun.count, 35);
    for (const [row, column] of [[0, 0], [1, 3], [4, 2]]) {
      const cell = 10 + 5 * row + column;
      assert.equal(begun.first(cell), begun.first(5 + row));
      assert.equal(begun.second(cell), begun.second(column));
      assert.equal(begun.labels?.[cell], row);
    }
    for (let edge = 0; edge < 10; edge++) assert.equal(begun.first(edge), begun.second(edge), "at the edges one latent decides all");
    assert.equal(new Set(Array.from({ length: 10 }, (_, i) => begun.first(i))).size, 10);

    const asked = (await mixed(page)).length;
    const box = await page.locator("#mixer .columns canvas").boundingBox();
    assert(box);
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
    const after = await askedAfter(page, asked);
    assert.deepEqual([0, 1, 2, 3, 4].map((i) => after.first(i) !== begun.first(i)), [false, false, true, false, false]);

    assert.match(await page.locator("#mixer .from b").innerText(), /3 of 8, 14 × 14/);
    await page.getByRole("slider", { name: /begin at layer/ }).fill("6");
    assert.match(await page.locator("#mixer .from b").innerText(), /7 of 8, 28 × 28/);
    assert.equal((await askedAfter(page, asked + 1)).from, 6);
    assert.deepEqual(await noticesOf(page), []);
  }));

test("the table follows the artist as it learns, and films mix content and motion", () =>
  visit("/?preset=moco#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    const mixer = page.locator("#mixer");
    await mixer.getByRole("heading", { name: "Mix content and motion" }).waitFor();
    assert(await mixer.locator(".from").isHidden());
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(page, 20);
    await askedAfter(page, 2);
    assert.deepEqual(await noticesOf(page), []);
  }));

test("a run whose latents do not mix has no table", () =>
  visit("/#room=explore", async (page) => {
    await until(page, { state: "ready" });
    await page.locator("#sampler canvas").waitFor();
    assert(await page.locator("#mixer").isHidden());
  }));
