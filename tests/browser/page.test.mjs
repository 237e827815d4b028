// What the page does, on the mock programs: training, the address, the form.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */

/** The grid's pixels as one number: another picture, another number. @param {Page} page @param {string} [selector] */
const inkOf = (page, selector = "#fakes canvas") =>
  page.locator(selector).evaluate((canvas) => {
    const it = /** @type {HTMLCanvasElement} */ (canvas);
    const { data } = /** @type {CanvasRenderingContext2D} */ (it.getContext("2d")).getImageData(0, 0, it.width, it.height);
    return data.reduce((hash, value) => (hash * 31 + value) | 0, 7);
  });

test("trains, pauses, steps and resets, and the root element says so", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready", step: "0", device: "cpu", dataset: "mnist" });
    const before = await inkOf(page);
    await page.getByRole("button", { name: "Train" }).click();
    await untilStep(page, 20);
    await until(page, { state: "training" });
    assert.notEqual(await inkOf(page), before, "the drawings change");
    await page.getByRole("button", { name: "Pause" }).click();
    await until(page, { state: "paused" });
    const { step = "" } = await attributes(page);
    await page.getByRole("button", { name: "both" }).click();
    await until(page, { state: "paused", step: String(Number(step) + 1) });
    for (const name of ["artist", "judge"]) await page.getByRole("button", { name }).click();
    await until(page, { step: String(Number(step) + 3) });
    await openRoom(page, "watch");
    assert.equal(await page.locator("[data-figure=step]").textContent(), String(Number(step) + 3));
    assert.equal(await page.locator("#state").textContent(), `Paused at step ${Number(step) + 3}.`);
    await page.getByRole("button", { name: "Reset" }).click();
    await until(page, { state: "ready", step: "0" });
    assert.equal((await attributes(page)).accuracy, undefined);
  }));

test("scores by itself, and the root element carries the score", () =>
  visit("/?autostart", async (page) => {
    await page.waitForFunction(() => Number(document.documentElement.dataset.accuracy) > 0.1);
    await page.getByRole("button", { name: "Pause" }).click();
    await openRoom(page, "quality");
    await page.getByRole("button", { name: "Read 500 new drawings" }).click();
    await page.getByText("500 drawings read").waitFor();
    await openRoom(page, "watch");
    assert.match(await page.locator("[data-figure=accuracy]").innerText(), /^\d+ %$/);
  }));

test("measures by itself, beside what real digits read, and by a press", () =>
  visit("/?autostart", async (page, { server }) => {
    await openRoom(page, "quality");
    const row = page.locator("#measured details").first();
    assert.match(await row.innerText(), /Distance of some kind/);
    assert(!server.requests.some((path) => path.includes("held-out-images")), "held-out digits are fetched when they are wanted");
    await row.getByText("real 2.50").waitFor();
    await page.getByText("What another game has ↓").waitFor({ state: "hidden" });
    assert.equal(server.requests.filter((path) => path.includes("held-out-images")).length, 1);
    assert.match(await page.locator("#measured .note").innerText(), /^2,000 drawings at step [\d,]+, against 2,000 held-out digits. This took 0.64 s, \d+ % of the time.$/);
    await page.getByRole("button", { name: "Pause" }).click();
    await until(page, { state: "paused" });
    const { step = "" } = await attributes(page);
    await page.getByRole("button", { name: "Measure now" }).click();
    await page.getByText(`at step ${Number(step).toLocaleString("en")}, against`).waitFor();
    assert.match((await row.locator("path").getAttribute("d")) ?? "", /^M0.0 2.0.*L100.0 26.0$/, "a curve that falls");
    await row.locator("summary").click();
    assert.match(await row.innerText(), /Lower is better. Ideal: 0.00./);
    assert.equal(await row.getByRole("link").getAttribute("href"), "https://arxiv.org/abs/1706.08500");
    await page.getByRole("button", { name: "Reset" }).click();
    await until(page, { state: "ready", step: "0" });
    assert.equal(await row.locator(".value").innerText(), "–", "a fresh run has not been measured");
  }));

test("without a reader nothing is measured, and it says so", () =>
  visit("/?autostart", async (page) => {
    await openRoom(page, "quality");
    await page.getByText("nothing is measured").waitFor();
    await openRoom(page, "quality");
    assert.equal(await page.getByRole("button", { name: "Measure now" }).getAttribute("aria-disabled"), "true");
  }, { classifier: false, problems: /404/ }));

test("the address chooses preset, seed and data, and starts by itself", () =>
  visit("/?autostart&preset=vanilla&seed=77&dataset=drawn&device=cpu", async (page, { server }) => {
    await untilStep(page, 5);
    await until(page, { state: "training", dataset: "drawn" });
    await openRoom(page, "recipe");
    assert.equal(await page.getByLabel("Start from").inputValue(), "vanilla");
    assert.equal(await page.getByLabel("Seed").first().inputValue(), "77");
    assert.match(await page.locator("#badge").innerText(), /the address asks for it/);
    assert.deepEqual(await noticesOf(page), []);
    assert(!server.requests.some((path) => path.endsWith(".gz")), "drawn digits need no download");
  }));

for (const [query, words] of [
  ["preset=nonsense", "no preset “nonsense”"],
  ["seed=-3", "seed “-3”"],
  ["seed=", "seed “”"],
  ["dataset=cats", "dataset “cats”"],
  ["device=abacus", "device “abacus”"],
  ["autostart=perhaps", "autostart=perhaps"],
  ["workers=none", "workers=none"],
]) {
  test(`the address with ${query} gives one notice and the default`, () =>
    visit(`/?${query}`, async (page) => {
      await until(page, { state: "ready", dataset: "mnist" });
      const notices = await noticesOf(page);
      assert.equal(notices.length, 1, notices.join(" | "));
      assert(notices[0].includes(words), notices[0]);
      await openRoom(page, "recipe");
      assert.equal(await page.getByLabel("Start from").inputValue(), "quick");
      assert.equal(await page.getByLabel("Seed").first().inputValue(), "1");
    }));
}

test("settings that the session refuses are named and marked where they stand, until they change", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    await page.locator("fieldset[data-group=generator]").getByLabel("Width").fill("512");
    await page.getByLabel("Batch").fill("512");
    await page.locator(".blame", { hasText: "This must be less together." }).first().waitFor();
    assert.deepEqual(await noticesOf(page), ["Width (Generator), Batch size (Run) must be less together."]);
    assert.deepEqual(await page.locator(".refused label").allTextContents(), ["Batch size", "Width"]);
    await page.getByLabel("Batch").fill("64");
    await page.waitForFunction(() => document.querySelector(".refused") === null);
  }));

test("a live setting is adjusted in mid-training, without a restart", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 10);
    await openRoom(page, "recipe");
    const rate = page.locator("fieldset[data-group=generator]").getByLabel("Learning rate", { exact: true });
    await rate.fill("0.01");
    await untilStep(page, Number((await attributes(page)).step) + 20);
    await until(page, { state: "training" });
    assert.equal(await page.locator(".pending:visible").count(), 0);
    assert(await page.getByRole("button", { name: "Start over with these settings" }).isDisabled());
    // Nonsense is refused where it stands, and leaving the field brings back what holds.
    await rate.fill("5");
    await page.getByText("is not a number from").waitFor();
    assert.equal(await rate.getAttribute("aria-invalid"), "true");
    await rate.blur();
    assert.equal(await rate.inputValue(), "0.01");
  }));

test("a slider moves in equal ratios and agrees with its box", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    const group = page.locator("fieldset[data-group=generator]").first();
    const slider = group.getByRole("slider", { name: "Learning rate" });
    await slider.focus();
    await page.keyboard.press("Home");
    assert.equal(await group.getByRole("spinbutton").inputValue(), "0.00001");
    await page.keyboard.press("End");
    assert.equal(await group.getByRole("spinbutton").inputValue(), "0.1");
    assert.equal(await slider.getAttribute("aria-valuetext"), "0.1");
  }));

test("a fixed setting waits for a fresh start, which keeps training", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 30);
    await openRoom(page, "recipe");
    await page.getByLabel("Batch").fill("128");
    await page.locator(".pending:visible").waitFor();
    const apply = page.getByRole("button", { name: "Start over with these settings" });
    await page.waitForTimeout(400);
    assert(Number((await attributes(page)).step) >= 30, "nothing was lost by typing");
    await apply.click();
    await page.waitForFunction(() => Number(document.documentElement.dataset.step) < 30);
    await until(page, { state: "training" });
    assert(await apply.isDisabled());
    assert.equal(await page.locator(".pending:visible").count(), 0);
  }));

test("a preset chosen in mid-training changes nothing until a fresh start, its live settings included", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 10);
    await openRoom(page, "recipe");
    const rate = page.locator("fieldset[data-group=generator]").getByLabel("Learning rate", { exact: true });
    await rate.fill("0.03"); // so that the preset differs in a live setting
    await page.waitForTimeout(500);
    await page.getByLabel("Start from").selectOption("vanilla");
    await page.waitForTimeout(500);
    assert.equal(await page.locator(".field:has(#field-generator-optimiser-lr) .pending:visible").count(), 1);
    assert.match(await page.locator("#apply p").innerText(), /^Takes effect when you start over: (the settings of “[^”]+”|[^,]+(, [^,]+){0,2})\.$/);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await page.getByRole("button", { name: "Save checkpoint" }).click();
    const { recipe } = JSON.parse((await readFile(await (await coming).path(), "utf8")).slice("mock checkpoint ".length));
    assert.equal(recipe.generator.optimiser.lr, 0.03);
    assert.equal(recipe.conditional, true);
  }));

test("what is typed while a run is set up is not forgotten", () =>
  visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    // Two changes, the second while the session answers the first.
    await openRoom(page, "recipe");
    await page.getByLabel("Seed").first().fill("8");
    await page.waitForTimeout(251);
    await page.getByLabel("Batch").fill("16");
    await page.waitForTimeout(1000);
    const coming = page.waitForEvent("download");
    await openRoom(page, "keep");
    await page.getByRole("button", { name: "Save checkpoint" }).click();
    const { recipe } = JSON.parse((await readFile(await (await coming).path(), "utf8")).slice("mock checkpoint ".length));
    assert.deepEqual([recipe.seed, recipe.batch], [8, 16]);
  }));

test("a setting without effect is not shown", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    const player = page.locator("details fieldset[data-group=generator]");
    await player.getByLabel("Momentum").waitFor();
    await player.getByLabel("Optimiser").selectOption({ label: "RMSProp" });
    await player.getByLabel("Momentum").waitFor({ state: "hidden" });
    assert(await page.locator("details fieldset[data-group=discriminator]").getByLabel("Momentum").isVisible());
  }));

test("before the first step a setting takes effect at once", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "recipe");
    await page.getByLabel("Data").selectOption({ label: "Drawn digits" });
    await until(page, { state: "ready", dataset: "drawn" });
    await page.getByLabel("Data").selectOption({ label: "MNIST" });
    await until(page, { state: "ready", dataset: "mnist" });
    await page.getByLabel("Start from").selectOption("vanilla");
    await page.getByText("two plain multilayer perceptrons").waitFor();
    await page.waitForFunction(() => document.querySelector("#fakes .headings")?.childElementCount === 0);
    await openRoom(page, "explore");
    assert(await page.locator("#sampler").getByRole("combobox", { name: "Digit", exact: true }).isDisabled(), "an unconditional run cannot be asked for a digit");
    await openRoom(page, "recipe");
    assert.equal(await page.locator("#preset .changed").textContent(), "");
    await page.getByText("All other settings").click();
    await page.getByLabel("Conditional GAN").check();
    await page.waitForFunction(() => document.querySelector("#fakes .headings")?.childElementCount === 10);
    assert.equal(await page.locator("#preset .changed").textContent(), "(changed)");
  }));

test("a press is answered at once, long before the session answers", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    const said = await page.evaluate(() => {
      const said = [];
      for (const id of ["train", "train", "train"]) {
        const button = /** @type {HTMLButtonElement} */ (document.getElementById(id));
        button.click();
        said.push(`${button.textContent}: ${document.getElementById("state")?.textContent}`);
      }
      return said;
    });
    assert.deepEqual(said, ["Pause: Starting…", "Train: Pausing…", "Pause: Starting…"]);
    await untilStep(page, 4);
    assert.equal(await page.locator("#state").innerText(), "Training.");
    await page.getByRole("button", { name: "both", exact: true }).evaluate((button) => {
      /** @type {HTMLButtonElement} */ (button).click();
      if (document.getElementById("state")?.textContent !== "Taking a step…") throw new Error("nothing is said of the step");
    });
    await until(page, { state: "paused" });
    assert.match(await page.locator("#state").innerText(), /^Paused at step \d+\.$/);
  }));

test("draws more: the digit that was asked for, others at the next press, and the same noise in another way", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "explore");
    await page.locator("#sampler").getByRole("combobox", { name: "Digit", exact: true }).selectOption("3");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.getByText("20 drawings asked to be a 3, from seed 1.").waitFor();
    const truncation = page.getByLabel("Truncation");
    assert(await truncation.isEnabled());
    await page.waitForTimeout(100);
    const first = await inkOf(page, "#sampler canvas");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.getByText("from seed 2.").waitFor();
    await page.waitForTimeout(100);
    assert.notEqual(await inkOf(page, "#sampler canvas"), first);
    const seed = page.locator("#sampler [name=seed]");
    assert.equal(await seed.inputValue(), "2", "the seed of what is seen");
    await truncation.fill("0.5");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.getByText("from seed 2, truncated at 0.5.").waitFor();
    await seed.fill("999999");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.getByText("from seed 999999, truncated at 0.5.").waitFor();
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    await page.getByText("from seed 0, truncated at 0.5.").waitFor();
  }));

test("turns the codes of a run that has some, on the same noise", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "explore");
    await page.getByLabel("Truncation").fill("0.5");
    assert(await page.getByRole("group", { name: "Codes" }).isHidden(), "no codes, nothing to turn");
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("codes");
    await page.waitForFunction(() => document.querySelector("#fakes .headings")?.textContent === "ABCDEFGHIJ");
    const category = page.locator("#sampler").getByRole("combobox", { name: "Category", exact: true });
    await openRoom(page, "explore");
    await page.getByRole("button", { name: "Draw", exact: true }).click();
    // Latents of the page's own are not truncated, and nothing says that they were.
    await page.getByText("50 drawings, from seed 1; along each row code 1 goes from −2 to 2.").waitFor();
    assert(await page.getByLabel("Truncation").isDisabled());
    await category.selectOption("C");
    const other = page.getByRole("slider", { name: "Code 2" });
    assert(await page.getByRole("slider", { name: "Code 1" }).isHidden(), "what goes along the rows stands nowhere");
    const ink = () => inkOf(page, "#sampler canvas");
    let before = await ink();
    const turns = async (/** @type {string} */ words, /** @type {() => Promise<unknown>} */ turn) => {
      await turn();
      await page.getByText(words).waitFor();
      await page.waitForTimeout(100);
      assert.notEqual(await ink(), before, words);
      before = await ink();
    };
    await turns("20 drawings of category C, from seed 1; along each row code 1", () => other.press("End"));
    await turns("20 drawings of category C, from seed 1; along each row code 1", () => other.press("Home"));
    await turns("20 drawings of category C, from seed 1; along each row code 2", () => page.getByLabel("Along a row").selectOption("code 2"));
    // Told a digit, the artist has no categories.
    await openRoom(page, "recipe");
    await page.getByLabel("Start from").selectOption("told");
    await page.waitForFunction(() => document.querySelector("#fakes .headings")?.textContent === "0123456789");
    await openRoom(page, "explore");
    await page.locator("#sampler").getByRole("combobox", { name: "Digit", exact: true }).selectOption("3");
    assert(await page.getByRole("group", { name: "Codes" }).isHidden());
    assert(await page.getByLabel("Truncation").isEnabled());
  }));

test("a reset in the middle of a reading does not wait for it for ever", () =>
  visit("/", async (page) => {
    await until(page, { state: "ready" });
    await openRoom(page, "quality");
    const read = page.getByRole("button", { name: "Read 500 new drawings" });
    await read.click();
    await page.getByText("500 drawings read").waitFor();
    await page.evaluate(() => {
      for (const words of ["Read 500", "Reset"]) {
        [...document.querySelectorAll("button")].find((button) => button.textContent?.startsWith(words))?.click();
      }
    });
    await page.waitForFunction(() => document.querySelector("#reading button")?.ariaDisabled === "false");
    await read.click();
    await page.getByText("500 drawings read").waitFor();
  }));

test("without the plotting library everything else still works", () =>
  visit("/?autostart", async (page) => {
    await untilStep(page, 5);
    await page.getByText("The curves cannot be drawn").first().waitFor();
  }, { answer: (path) => (path.includes("uPlot.iife") ? 404 : undefined), problems: /404|MIME type/ }));

test("a run that diverges stops with one sentence, and Reset begins anew", () =>
  visit("/?autostart", async (page) => {
    await until(page, { state: "failed" });
    assert.match((await noticesOf(page)).join(), /^Training diverged/);
    assert(await page.getByRole("button", { name: "Train" }).isDisabled());
    await page.getByRole("button", { name: "Reset" }).click();
    await until(page, { state: "ready", step: "0" });
    assert.deepEqual(await noticesOf(page), [], "the notice goes with the run");
  }, { mock: { divergesAt: 20 } }));
