// Checkpoints saved and opened, files dropped on the page, and data that the site lacks or cannot deliver.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

test("saves a checkpoint and opens it again", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 10);
    await page.getByRole("button", { name: "Pause" }).click();
    await until(page, { state: "paused" });
    const { step } = await attributes(page);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await page.getByRole("button", { name: "Save checkpoint" }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), `ganvas-step-${step}.safetensors`);
    const path = await download.path();
    await page.getByRole("button", { name: "Reset" }).click();
    await until(page, { state: "ready", step: "0" });
    await openRoom(page, "recipe");
    await page.getByLabel("Seed").first().fill("5");
    await openRoom(page, "keep");
    await page.locator("#checkpoint input").setInputFiles(path);
    await until(page, { state: "paused", step: step ?? "" });
    await openRoom(page, "recipe");
    assert.equal(await page.getByLabel("Seed").first().inputValue(), "1", "the form shows the run that was opened");
    assert.deepEqual(await noticesOf(page), []);
  }));

test("a checkpoint of another kind of run brings its own settings and curves", () =>
  visit("/?preset=vanilla&dataset=drawn&autostart", async (page) => {
    await untilStep(page, 10);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await page.getByRole("button", { name: "Save checkpoint" }).click();
    const path = await (await coming).path();
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("quick");
    await page.getByRole("button", { name: "Start over with these settings" }).click();
    await untilStep(page, 60);
    await page.getByLabel("Batch").fill("8");
    await openRoom(page, "keep");
    await page.locator("#checkpoint input").setInputFiles(path);
    await until(page, { state: "paused", dataset: "drawn" });
    await openRoom(page, "recipe");
    await page.waitForFunction(() => /** @type {HTMLSelectElement} */ (document.querySelector("#preset select")).value === "vanilla");
    assert.equal(await page.getByLabel("Batch").inputValue(), "64");
    assert.equal(await page.locator(".pending:visible").count(), 0);
    await openRoom(page, "watch");
    await page.waitForFunction(() => document.querySelector("#losses .legend dd")?.textContent === "–");
  }));

test("a bad file dropped on the page is refused in one sentence, and nothing is lost", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 10);
    const drop = (/** @type {string} */ content) => page.evaluate((text) => {
      const carried = new DataTransfer();
      carried.items.add(new File([text], "holiday.jpg"));
      for (const type of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
      }
    }, content);
    await drop("not a checkpoint");
    await page.getByText("This checkpoint cannot be used").waitFor();
    await drop("");
    await page.getByText("“holiday.jpg” is empty").waitFor();
    assert.equal((await noticesOf(page)).length, 1, "the later refusal takes the place of the earlier");
    await untilStep(page, Number((await attributes(page)).step) + 10);
    await until(page, { state: "training" });
    assert(await page.locator("#drop").isHidden());
  }));

test("without MNIST on the site it says so and draws its own digits", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 5);
    await until(page, { dataset: "drawn", state: "training" });
    assert.match((await noticesOf(page)).join(), /does not include MNIST/);
    await openRoom(page, "recipe");
    assert(await page.getByLabel("Data").getByRole("option", { name: "MNIST" }).evaluate((option) => /** @type {HTMLOptionElement} */ (option).disabled));
  }, { mnist: 0, problems: /404/ }));

test("a shard that fails at first is fetched again in silence", () =>
  visit("/", async (page) => {
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }, { answer: (path, times) => (path.includes("mnist-01-images") && times === 1 ? 503 : undefined), problems: /503/ }));

test("a shard that keeps failing is reported once, training goes on, and a press fetches the rest", () => {
  let broken = true;
  return visit("/?autostart", async (page) => {
    await page.getByText("Only 4,000 pictures have loaded: data/mnist-01-images.idx.gz could not be fetched (status 503).").waitFor();
    await untilStep(page, 5);
    broken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    assert(await page.locator(".trouble").isHidden());
  }, { answer: (path) => (broken && path.includes("mnist-01-images") ? 503 : undefined), problems: /503/ });
});
