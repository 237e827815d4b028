// The room Explore on the mock programs: the sheet between four drawings, the search for the visitor's own, the directions.
// And what of it is arithmetic.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { aligned } from "../../www/rooms/explore/align.js";
import { asDigit } from "../../www/rooms/explore/ink.js";
import { normals } from "../../www/rooms/explore/normals.js";
import { readPath, textOf } from "../../www/rooms/explore/path.js";
import { analogy, lengthOf, onSheet, slerp, straight, usualLength } from "../../www/rooms/explore/sphere.js";
import { listen } from "./lib/asked.mjs";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

const near = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.every((x, i) => Math.abs(x - b[i]) < 1e-5);
const sheet = (/** @type {Page} */ page) => page.getByRole("slider", { name: "Place on the sheet" });
const drawn = (/** @type {Page} */ page, /** @type {string} */ part) => page.locator(part).evaluate((canvas) => Number(/** @type {HTMLElement} */ (canvas).dataset.drawn ?? 0));
const button = (/** @type {Page} */ page, /** @type {string} */ name) => page.getByRole("button", { name, exact: true });

/** The last request for so many drawings, of which the page remembers what was asked. @param {Page} page @param {number} count */
const lastFor = (page, count) => page.evaluate((count) => {
  const last = /** @type {any} */ (globalThis).asked.findLast((/** @type {any} */ request) => request.count === count && request.latents);
  return last ? { latents: /** @type {number[]} */ (last.latents), labels: /** @type {number[]} */ (last.labels ?? []) } : null;
}, count);

/** As that, once it is one that is waited for. @param {Page} page @param {number} count @param {(latents: number[], labels: number[]) => boolean} is */
async function askedFor(page, count, is) {
  for (let tries = 0; tries < 200; tries++) {
    const last = await lastFor(page, count);
    if (last && is(last.latents, last.labels)) return last;
    await page.waitForTimeout(50);
  }
  assert.fail(`nobody asked for ${count} such drawings`);
}

/** As that, once no other one comes. @param {Page} page @param {number} count */
async function settled(page, count) {
  let before = "";
  return askedFor(page, count, (latents) => {
    const now = latents.join();
    const same = now === before;
    before = now;
    return same;
  });
}

/** Draws a line on the pad. @param {Page} page */
async function stroke(page) {
  const pad = page.locator("#find .sheet canvas");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  assert(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + (3 * box.height) / 4, { steps: 5 });
  await page.mouse.up();
}

test("around the sphere a latent keeps its length, straight through it loses some", () => {
  const [a, b] = [[3, 0, 0], [0, 3, 0]];
  for (const t of [0, 0.25, 0.5, 1]) assert(Math.abs(lengthOf(slerp(a, b, t)) - 3) < 1e-9);
  assert(near(slerp(a, b, 0.5), [Math.sqrt(4.5), Math.sqrt(4.5), 0]));
  assert(Math.abs(lengthOf(straight(a, b, 0.5)) - Math.sqrt(4.5)) < 1e-9);
  assert.deepEqual([slerp(a, b, 0), slerp(a, b, 1)].map((z) => z.map((x) => Math.round(x * 1e9) / 1e9)), [a, b]);
  // Lengths change evenly; and where there is no one circle, it goes straight.
  assert(Math.abs(lengthOf(slerp([1, 0], [0, 3], 0.5)) - 2) < 1e-9);
  assert(near(slerp([1, 0], [-1, 0], 0.25), [0.5, 0]) && near(slerp([0, 0], [2, 0], 0.5), [1, 0]));
  const corners = [[1, 0], [0, 1], [-1, 0], [0, -1]];
  for (const [k, place] of [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: 1, y: 1 }].entries()) assert(near(onSheet(slerp, corners, place), corners[k]));
  assert(Math.abs(usualLength(16) - 3.94) < 0.01);
  assert.deepEqual(analogy([1, 1], [3, 1], [1, 5]), [3, 5]);
});

test("two drawings have a row between them, and the last corner can be computed from the others", () =>
  visit("/?preset=quick#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await openRoom(page, "explore");
    await button(page, "Others").click();
    await page.waitForTimeout(500);
    const first = await settled(page, 49);
    const size = first.latents.length / 49;
    const at = (/** @type {number[]} */ all, /** @type {number} */ i) => all.slice(i * size, (i + 1) * size);
    const [a, b, c] = [0, 6, 42].map((i) => at(first.latents, i));
    await button(page, "Arithmetic").click();
    const computed = await askedFor(page, 49, (latents) => near(at(latents, 48), analogy(a, b, c)));
    assert(near(at(computed.latents, 0), a), "the others stay");
    assert.equal(await sheet(page).getAttribute("aria-valuetext"), "100 % right, 100 % down");

    await page.locator("#walk .between select").selectOption("2");
    const row = await askedFor(page, 7, (latents) => near(at(latents, 0), a));
    assert(near(at(row.latents, 6), b));
    assert.equal(await button(page, "Arithmetic").getAttribute("aria-disabled"), "true");
    await sheet(page).press("ArrowDown");
    assert.equal(await sheet(page).getAttribute("aria-valuetext"), "100 % right");
    const { width = 0, height = 1 } = (await sheet(page).boundingBox()) ?? {};
    assert(Math.abs(width / height - 7) < 0.5, `${width} x ${height}`);
    await page.getByLabel("Judge’s scores").check();
    await page.locator("#walk .plane canvas[data-scored=true]").waitFor();
    await page.getByLabel("Judge’s scores").uncheck();
    await page.locator("#walk .plane canvas[data-scored=false]").waitFor();
    await page.locator("#walk .between select").selectOption("4");
    await askedFor(page, 49, (latents) => near(at(latents, 48), analogy(a, b, c)));
  }));

test("a link says how the sheet is laid out, and opens it so", async () => {
  for (const text of ["17-4-8-sum.3s", "1-2-3-4.0", "999999999-0-0-1.92s"]) assert.equal(textOf(/** @type {import("../../www/rooms/explore/path.js").Path} */ (readPath(text))), text);
  for (const text of ["", "1-2-3.4", "1-2-3-4", "1-2-3-4.10", "1-sum-3-4.1", "1-2-3-4.1x", "1234567890-2-3-4.1"]) assert.equal(readPath(text), null, text);
  await visit("/?preset=quick#room=explore", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "explore");
    await button(page, "Others").click();
    await button(page, "Arithmetic").click();
    await page.locator("#walk .asked select").selectOption("7");
    await page.getByLabel("Straight through").check();
    await page.getByRole("button", { name: "Share" }).click();
    const link = page.getByLabel("The link", { exact: true });
    await link.waitFor();
    await page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.querySelector(".link-text"))?.value.includes("walk="));
    assert.match(await link.inputValue(), /#preset=quick&room=explore&walk=\d+-\d+-\d+-sum\.7s$/);
  });
  await visit("/#preset=quick&room=explore&walk=17-4-8-sum.7s", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await openRoom(page, "explore");
    assert.equal(await page.locator("#walk .asked select").inputValue(), "7");
    assert(await page.getByLabel("Straight through").isChecked());
    await button(page, "Another top right corner").click();
    const laid = await askedFor(page, 49, (latents) => near(latents.slice(0, 16), normals(17, 16)));
    const size = laid.latents.length / 49;
    const at = (/** @type {number} */ i) => laid.latents.slice(i * size, (i + 1) * size);
    assert(near(at(42), normals(8, size)) && near(at(48), analogy(at(0), at(6), at(42))), "the last corner follows the others");
    assert.deepEqual(await page.locator(".notice p").allTextContents(), []);
  });
  await visit("/#preset=quick&room=draw&walk=nonsense", async (page) => {
    await page.getByText("The address has a walk that cannot be read").waitFor();
    await page.locator("#walk").waitFor(); // a room that was called otherwise opens all the same
  });
});

test("directions that are found again keep their place and their sign", () => {
  const last = [[1, 0, 0], [0, 1, 0]];
  assert.deepEqual(aligned([[0.1, -0.9, 0], [-0.9, 0.1, 0], [0, 0, 1]], last), [[0.9, -0.1, -0], [-0.1, 0.9, -0], [0, 0, 1]]);
  assert.deepEqual(aligned(last, []), last);
});

test("a picture becomes a digit as those of the data: pale on black, 20 pixels high, by its centre of mass", () => {
  // A dark bar on white paper, off the middle.
  const [width, height] = [60, 80];
  const light = Array.from({ length: width * height }, (_, i) => (i % width >= 10 && i % width < 15 && Math.floor(i / width) >= 20 && Math.floor(i / width) < 60 ? 0.1 : 0.95));
  const pixels = asDigit(light, width, height);
  assert(pixels);
  const rows = [...Array(28).keys()].filter((row) => pixels.subarray(row * 28, (row + 1) * 28).some((level) => level > 128));
  assert.equal(rows.length, 20);
  const mass = pixels.reduce((sum, level) => sum + level, 0);
  const x = pixels.reduce((sum, level, i) => sum + level * ((i % 28) + 0.5), 0) / mass;
  const y = pixels.reduce((sum, level, i) => sum + level * (Math.floor(i / 28) + 0.5), 0) / mass;
  assert(Math.abs(x - 14) <= 1 && Math.abs(y - 14) <= 1, `${x}, ${y}`);
  assert(Math.max(...pixels) === 255 && pixels[0] === 0);
  assert.deepEqual(asDigit(light.map((value) => 1 - value), width, height), pixels, "pale ink on black is the same digit");
  assert.equal(asDigit(light.map(() => 0.7), width, height), null);
});

test("the sheet is drawn between its corners, by pointer and by keyboard, and a corner can be another one", () =>
  visit("/?preset=quick#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await openRoom(page, "explore");
    await button(page, "Others").click();
    await page.waitForTimeout(500);
    const first = await settled(page, 49);
    assert.deepEqual([...new Set(first.labels)], [0]);
    const size = first.latents.length / 49;
    const at = (/** @type {number[]} */ all, /** @type {number} */ i) => all.slice(i * size, (i + 1) * size);
    assert.equal(new Set(Array.from({ length: 49 }, (_, i) => at(first.latents, i).join())).size, 49);

    await sheet(page).evaluate((it) => it.scrollIntoView({ block: "center" })); // clear of the tabs
    const box = await sheet(page).boundingBox();
    assert(box);
    // In the middle of the first drawing stands the first corner.
    await page.mouse.move(box.x + box.width / 14, box.y + box.height / 14);
    await page.mouse.down();
    await askedFor(page, 1, (latents) => near(latents, at(first.latents, 0)));
    assert.equal(await sheet(page).getAttribute("aria-valuetext"), "0 % right, 0 % down");
    const before = await drawn(page, "#walk .here canvas");
    for (let k = 1; k <= 10; k++) {
      await page.mouse.move(box.x + (box.width * k) / 10, box.y + box.height / 2);
      await page.waitForTimeout(20);
    }
    await page.mouse.up();
    assert.equal(await sheet(page).getAttribute("aria-valuetext"), "100 % right, 50 % down");
    await page.waitForFunction((before) => Number(/** @type {HTMLElement} */ (document.querySelector("#walk .here canvas")).dataset.drawn) > before + 4, before);
    await page.mouse.move(box.x + 5, box.y + 5); // it was let go
    assert.equal(await sheet(page).getAttribute("aria-valuetext"), "100 % right, 50 % down");

    await sheet(page).focus();
    for (const [key, words] of [["ArrowLeft", "98 % right, 50 % down"], ["Shift+ArrowUp", "98 % right, 30 % down"], ["Home", "0 % right, 0 % down"], ["ArrowDown", "0 % right, 2 % down"], ["End", "100 % right, 100 % down"], ["PageUp", "100 % right, 0 % down"], ["PageDown", "0 % right, 100 % down"]]) {
      await page.keyboard.press(key);
      assert.equal(await sheet(page).getAttribute("aria-valuetext"), words, key);
    }

    await page.getByRole("button", { name: "Another top right corner" }).click();
    const second = await askedFor(page, 49, (latents) => latents.join() !== first.latents.join());
    assert(near(at(second.latents, 0), at(first.latents, 0)) && near(at(second.latents, 42), at(first.latents, 42)));
    assert(!near(at(second.latents, 6), at(first.latents, 6)));
    await page.locator("#walk .asked select").selectOption("7");
    await page.getByLabel("Straight through").check();
    const middle = (/** @type {number[]} */ latents) => lengthOf(at(latents, 24));
    const third = await askedFor(page, 49, (latents, labels) => labels.every((label) => label === 7) && middle(latents) < middle(second.latents) - 0.1);
    await page.locator("#walk figcaption").getByText(`Length of this latent: ${lengthOf(at(third.latents, 42)).toFixed(1)}. While training it is about ${usualLength(size).toFixed(1)}.`).waitFor();
  }));

test("the sheet follows the artist while it trains", () =>
  visit("/?preset=quick&autostart#room=explore", async (page) => {
    await untilStep(page, 20);
    const before = await drawn(page, "#walk .plane canvas");
    await page.waitForFunction((before) => Number(/** @type {HTMLElement} */ (document.querySelector("#walk .plane canvas")).dataset.drawn) > before + 1, before);
  }));

test("what is drawn is looked for, with its looks and the nearest real digit, and can be put on the sheet", () =>
  visit("/?preset=quick#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    const result = page.locator("#find .result");
    assert.equal(await button(page, "Put it on the sheet").getAttribute("aria-disabled"), "true");
    await stroke(page);
    await result.getByText("The nearest it found, asked for a 3, differs by 10 % (root mean square of the pixels). Below: 20 looks on the way, from the nearest of 400 by chance.").waitFor();
    await page.locator("#find .real figcaption").getByText("The nearest real digit: not a copy").waitFor();
    assert(await page.locator("#find .stills").isVisible());
    await button(page, "Look again from elsewhere").click();
    await page.waitForFunction(() => document.querySelector("#find .result")?.textContent?.startsWith("The nearest"));
    await button(page, "Put it on the sheet").click();
    const sought = Array.from({ length: (await settled(page, 1)).latents.length }, (_, i) => Math.sin(i + 2) * 2);
    await page.waitForFunction((wanted) => {
      const last = /** @type {any} */ (globalThis).asked.filter((/** @type {any} */ { count }) => count === 49).at(-1);
      return last && Math.abs(last.latents[1] - wanted) < 1e-6;
    }, sought[1]);
    assert.equal(await page.locator("#walk .asked select").inputValue(), "3");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Place on the sheet");
    await button(page, "Look closer").click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("#find").getByRole("button", { name: "Clear" }).click();
    assert.equal(await result.innerText(), "");
    assert(await page.locator("#find .real").isHidden());
    // By keyboard alone.
    await page.locator("#find .sheet canvas").focus();
    for (const key of [" ", "Shift+ArrowDown", "Shift+ArrowDown", " "]) await page.keyboard.press(key);
    await result.getByText("The nearest it found").waitFor();
  }));

test("a picture that is dropped or chosen is looked for, and one that is none is refused in a sentence", () =>
  visit("/?preset=quick", async (page) => {
    await until(page, { state: "ready" });
    await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 90, height: 120 });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 90, 120);
      context.fillStyle = "#123";
      context.fillRect(40, 20, 8, 80);
      const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve));
      const carried = new DataTransfer();
      carried.items.add(new File([/** @type {Blob} */ (blob)], "one.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
    });
    await page.locator("#find .result").getByText("The nearest it found").waitFor();
    const chosen = page.waitForEvent("filechooser");
    await button(page, "A picture…").click();
    await (await chosen).setFiles({ name: "none.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await page.locator("#find .result").getByText("“none.png” is no picture that this browser can read.").waitFor();
  }));

test("a search that no answer comes to is given up, and can be begun again", () =>
  visit("/?preset=quick#room=explore", async (page) => {
    await until(page, { state: "ready" });
    await stroke(page);
    await page.getByText("Looking…").waitFor();
    await page.getByText("The search was broken off: no answer has come.").waitFor({ timeout: 5000 });
    await button(page, "Look again from elsewhere").click();
    await page.getByText("Looking…").waitFor();
  }, { mock: { findsNothing: true }, patience: { search: 800 } }));

test("a slider turns the drawing along its direction, and its row shows what it would do", () =>
  visit("/?preset=quick#room=explore", async (page) => {
    await listen(page);
    await until(page, { state: "ready" });
    await page.getByText(/^These 4 of \d+ directions account for 75 % of all the change\./).waitFor();
    await openRoom(page, "recipe");
    await openRoom(page, "explore");
    await button(page, "Others").click();
    await page.waitForTimeout(500);
    const base = (await settled(page, 1)).latents;
    const slider = page.getByRole("slider", { name: "Direction 2" });
    await slider.scrollIntoViewIfNeeded();
    await slider.fill("1.5");
    await askedFor(page, 1, (latents) => near(latents, base.map((x, i) => x + (i === 1 ? 1.5 : 0))));
    const cell = (/** @type {number[]} */ rows, /** @type {number} */ row, /** @type {number} */ column) => rows.slice((row * 7 + column) * base.length, (row * 7 + column + 1) * base.length);
    await askedFor(page, 28, (rows) => near(cell(rows, 0, 6), base.map((x, i) => x + ([3, 1.5][i] ?? 0))) && near(cell(rows, 1, 0), base.map((x, i) => x + ([0, -3][i] ?? 0))));
    await button(page, "Back to the sheet’s place").click();
    assert.equal(await slider.inputValue(), "0");
  }));

for (const [preset, why] of [["sketch", "translates"], ["plane", "makes points"]]) {
  test(`a run that ${why} has no sheet`, () =>
    visit(`/?preset=${preset}#room=explore`, async (page) => {
      await until(page, { state: "ready" });
      for (const part of ["#walk", "#find", "#directions"]) assert(await page.locator(part).isHidden(), part);
    }));
}
