// Whether the artist helps a classifier, in the room Quality, on the mock programs.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { visit } from "./lib/visit.mjs";

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`classifiers learn in ${colorScheme} colours while the run trains, and curve, table and conclusion come of it`, () =>
    visit("/?autostart", async (page, { server }) => {
      await untilStep(page, 10);
      await openRoom(page, "quality");
      const pane = page.locator("#helping");
      await pane.getByText("Many people add").waitFor();
      assert.equal(await pane.locator("svg").count(), 0);
      assert(!server.requests.some((path) => path.includes("held-out-images")), "held-out digits are fetched when they are wanted");
      await pane.getByRole("button", { name: "Try it" }).click();
      await pane.getByText("24 classifiers have learnt, in 3 tries").waitFor();
      assert.match(await pane.locator(".note").innerText(), /Drawings are of step \d+; each classifier was tested on 2,000 held-out digits.$/);
      assert.deepEqual(await pane.locator("tbody tr").allInnerTexts(), [
        "10\t79.0 % (78.0–80.0)\t89.0 % (88.0–90.0)",
        "20\t84.6 % (83.6–85.6)\t91.6 % (90.6–92.6)",
        "50\t89.5 % (88.5–90.5)\t94.0 % (93.0–95.0)",
        "100\t92.0 % (91.0–93.0)\t95.2 % (94.2–96.2)",
      ]);
      assert.equal(await pane.locator("svg circle").count(), 8);
      await pane.getByText("The artist has learnt from 60,000 digits.").waitFor();
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      const violations = await page.evaluate(async () => {
        const { axe } = /** @type {any} */ (globalThis);
        const { violations } = await axe.run("#helping", { resultTypes: ["violations"] });
        return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}`);
      });
      assert.deepEqual(violations, []);
      await until(page, { state: "training" });
      await page.getByRole("button", { name: "Reset" }).click();
      await until(page, { state: "ready", step: "0" });
      assert.equal(await pane.locator(".result").isVisible(), false, "a fresh run has not been asked");
      await pane.getByRole("button", { name: "Try it" }).waitFor();
    }, { context: { colorScheme } }));
}

test("an experiment can be cancelled, keeps what it has come to, and begins anew", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "quality");
    const pane = page.locator("#helping");
    await pane.getByRole("button", { name: "Try it" }).click();
    await pane.getByText(/^\d+ of 24 classifiers have learnt\./).waitFor();
    await pane.getByRole("button", { name: "Cancel" }).click();
    await pane.getByText("then it was cancelled").waitFor();
    assert.equal(await pane.getByRole("progressbar").isVisible(), false);
    const kept = await pane.locator(".note").innerText();
    await page.waitForTimeout(600);
    assert.equal(await pane.locator(".note").innerText(), kept, "nothing more comes");
    await pane.getByRole("button", { name: "Try again" }).click();
    await pane.getByText(/^\d+ of 24 classifiers have learnt\./).waitFor();
  }, { mock: { lessonMillis: 400 } }));

test("a run without labels says why it cannot be asked", () =>
  visit("/?preset=codes", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "quality");
    const pane = page.locator("#helping");
    await pane.getByText("draws without labels").waitFor();
    assert.equal(await pane.getByRole("button").getAttribute("aria-disabled"), "true");
    await pane.getByRole("button").click({ force: true });
    assert.equal(await pane.getByRole("button").innerText(), "Try it");
  }));
