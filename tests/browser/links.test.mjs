// Links: what is shared comes back, whatever it is; links that were shared once open for ever; the dialog that makes
// them, runs that are played again, and what a teacher hides and locks.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { writeAccount } from "../../www/js/link/account.js";
import { digestOf } from "../../www/js/link/digest.js";
import { heed } from "../../www/js/link/more.js";
import { pack, unpack } from "../../www/js/link/packing.js";
import { WORDS, pathOf } from "../../www/js/link/read.js";
import { runIn } from "../../www/js/link/run.js";
import { joined, keyOf, settingsOf, withoutOlder } from "../../www/js/link/write.js";
import { Memory } from "../../www/js/memory.js";
import { withValue } from "../../www/js/recipe.js";
import { openRoom, until, untilStep } from "./lib/browser.mjs";
import { anyValue, numbers, opened, saidOf } from "./lib/links.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";
import { catalog, recipe } from "./mock/catalog.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Account } from "../../www/js/link/account.js" */

test("a link that differs in one setting stays short, one that differs in all of them bearable", async () => {
  const random = numbers(7);
  for (const { name, recipe } of catalog.presets) {
    for (const field of catalog.fields.filter(({ control }) => control.kind !== "drawing")) {
      const link = await joined(settingsOf(catalog, withValue({ ...recipe, seed: 12_345 }, field.path, anyValue(field, random)), name));
      assert(link.length <= 120, link);
    }
    const all = catalog.fields.reduce((next, field) => withValue(next, field.path, anyValue(field, random)), { ...recipe });
    assert((await joined(settingsOf(catalog, { ...all, dataset: "drawn-plane" }, name))).length <= 2000);
  }
});

test("keys are unambiguous, and no text of the catalog means something else in a link", () => {
  const keys = catalog.fields.map(({ path }) => keyOf(path));
  assert.equal(new Set(keys).size, keys.length);
  for (const [i, { path, control }] of catalog.fields.entries()) {
    assert.equal(pathOf(keys[i]), path);
    assert.equal(pathOf(path), path, "the whole path is a key as well");
    assert(!WORDS.includes(keys[i]), path);
    for (const { value } of control.kind === "choice" ? control.options : []) assert.match(String(value), /^[\w-]+$/);
  }
});

test("links that were shared once open for ever", async () => {
  for (const { link, preset, recipe: changed, until: last, moves } of JSON.parse(await readFile(new URL("links.json", import.meta.url), "utf8"))) {
    const { search, hash } = new URL(link, "http://localhost/");
    const found = await opened(catalog, hash, search);
    const run = heed(found.params, catalog, found.recipe, found.complaints);
    assert.deepEqual(found.complaints, [], link);
    assert.equal(found.preset, preset, link);
    const base = catalog.presets.find(({ name }) => name === preset)?.recipe ?? recipe;
    const wanted = Object.entries(changed).reduce((next, [path, value]) => withValue(next, path, value), base);
    assert.deepEqual(saidOf(catalog, found.recipe), saidOf(catalog, wanted), link);
    assert.deepEqual([run?.until, run?.account.moves.length], [last, moves], link);
  }
});

test("what is wrong with a link is said in one sentence each, and the rest applies", async () => {
  const found = await opened(catalog, "#preset=vanilla&nonsense=1&batch=many&g.optimiser.lr=1e9&constructor=1&d_steps=2.5&conditional=maybe&__proto__.x=1&seed=5&~1AAAA&~9zz");
  assert.deepEqual(found.complaints, [
    "A part of the link is damaged: copy all of the link.",
    "A part of the link was packed by a version of ganvas that this one does not know: open the link on a newer one.",
    "The address asks for “nonsense”, which this version does not have.",
    "The address asks for batch “many”, which is not a whole number from 2 to 512.",
    "The address asks for g.optimiser.lr “1e9”, which is not a number from 1e-5 to 0.1.",
    "The address asks for “constructor”, which this version does not have.",
    "The address asks for d_steps “2.5”, which is not a whole number from 1 to 8.",
    "The address asks for conditional “maybe”, which is not yes or no.",
    "The address asks for “__proto__.x”, which this version does not have.",
  ]);
  assert.deepEqual(found.recipe, { ...catalog.presets[1].recipe, seed: 5 });
  const bomb = await pack(`batch=${"1".repeat(2_000_000)}`);
  assert.equal((await unpack(bomb ?? "")).reason, "is damaged: copy all of the link");
});

test("a run that cannot have been is refused, and says why", () => {
  const of = (/** @type {string} */ text) => runIn(new Map(new URLSearchParams(text)), catalog, recipe).reason;
  for (const [text, reason] of [
    ["play=0", "play=0 is not a step from 1 to 10,000,000"],
    ["play=1e3", "play=1e3 is not a step from 1 to 10,000,000"],
    ["play=9&moves=3", "“3” is no move"],
    ["play=9&moves=3:", "“3:” is no move"],
    ["play=9&moves=3:g/2:d", "the move at step 2 comes after one at 3"],
    ["play=9&moves=10:g", "it plays to step 9, before its move at 10"],
    ["play=9&moves=9:g", "nobody can take the step after 9 alone"],
    ["play=9&moves=3:g/3:g", "nobody can take the step after 3 alone"],
    ["play=9&moves=3:nothing=1", "“nothing=1” is no setting of this version"],
    ["play=9&moves=3:batch=8", "“batch=8” cannot change in the middle of a run"],
    ["play=9&moves=3:d_steps=99", "d_steps “99” is not a whole number from 1 to 8"],
    [`play=999&moves=${Array.from({ length: 101 }, (_, i) => `${i}:g`).join("/")}`, "it has more than 100 moves"],
    ["play=9&drawn=cpu", "drawn=cpu is not what a drawing is compared by"],
  ]) assert.equal(of(text), reason);
  assert.equal(of("play=9&moves=3:d_steps=2,g.optimiser.lr=0.02/9:d_steps=1"), "");
});

test("a program that takes another's place plays the run again from its beginning, unless it is over", () => {
  const run = writeAccount({ start: recipe, moves: [] });
  for (const end of /** @type {const} */ ([null, { type: "replayed", step: 9 }, { type: "replay-dropped" }])) {
    const memory = new Memory();
    memory.note({ type: "replay", run, until: 9 });
    memory.hear(/** @type {any} */ ({ type: "loaded", recipe }));
    if (end) memory.hear(end);
    const { commands, anew } = memory.replay({ checkpoint: new Uint8Array(1) });
    assert.deepEqual([commands[0].type, anew], end ? ["restore", false] : ["replay", true]);
  }
});

test("a digest tells pictures apart that differ in a pixel", () => {
  const pixels = Uint8Array.from({ length: 78_400 }, (_, i) => (i * 7) % 256);
  const digest = digestOf(pixels);
  assert.match(digest, /^[0-9a-f]{16}$/);
  const seen = new Set([digest, digestOf(pixels.slice(0, -1)), digestOf(new Uint8Array(78_400)), digestOf(new Uint8Array(0))]);
  for (let at = 0; at < 200; at++) seen.add(digestOf(pixels.with(at * 391, pixels[at * 391] ^ 1)));
  assert.equal(seen.size, 204);
});

test("what moves behind the # leaves the rest of the search alone", () => {
  assert.equal(withoutOlder("?autostart&device=cpu"), "?autostart&device=cpu");
  assert.equal(withoutOlder("?preset=quick&seed=3&drawing=2A&dataset=drawn"), "");
  assert.equal(withoutOlder("?preset=quick&device=cpu"), "?device=cpu");
});

const dialog = (/** @type {Page} */ page) => page.locator("dialog.share");
const linkIn = (/** @type {Page} */ page) => page.getByLabel("The link", { exact: true }).inputValue();
/** The text of one notice. @param {Page} page @param {RegExp} words */
const said = (page, words) => page.locator(".notice p", { hasText: words }).waitFor();

test("a run is shared, opened elsewhere, replayed with what was done by hand, and compared", () =>
  visit("/#room=recipe", async (page, { server }) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await until(page, { state: "ready" });
    await page.getByRole("button", { name: "Share" }).click();
    await dialog(page).getByText("Once it is trained, the run itself").waitFor();
    assert.equal(await linkIn(page), `${server.origin}/#preset=quick`);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "share", "the focus is back");

    await page.locator("[data-player=discriminator]").click();
    await until(page, { state: "paused", step: "1" });
    await page.getByText("All other settings").click();
    await page.locator("#field-d_steps").fill("3");
    await page.waitForTimeout(400); // a slider at rest
    await page.locator("#train").click();
    await untilStep(page, 12);
    await page.locator("#train").click();
    await until(page, { state: "paused" });
    await page.waitForFunction(() => location.hash.includes("preset=quick"));
    assert.equal(new URL(page.url()).hash, "#room=recipe&preset=quick&d_steps=3", "the address leads to the settings");
    const step = Number(await page.evaluate(() => document.documentElement.dataset.step));

    await page.getByRole("button", { name: "Share" }).click();
    await dialog(page).getByLabel(`This run up to step ${step}`).check();
    await dialog(page).getByText("and 2 things that you did on the way").waitFor();
    await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector(".link-text")).value.includes("play="));
    const link = await linkIn(page);
    assert.match(link, new RegExp(`/#preset=quick&moves=0:d/1:d_steps=3&play=${step}&drawn=cpu-[0-9a-f]{16}$`));
    await page.getByRole("button", { name: "Copy link" }).click();
    await dialog(page).getByText("The link is copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
    assert(await dialog(page).getByLabel("The link as a QR code").isVisible());
    const code = dialog(page).getByLabel("The code that puts");
    assert.match(await code.inputValue(), /^<script src="http[^"]*\/embed\/1\/ganvas.js" async><\/script>\n<ganvas-play preset="quick" state="[^"]*play=\d+&amp;drawn=[^"]*" alt="Quick digits"><a href="http[^"]*play=/);
    await dialog(page).getByLabel("That page takes no scripts").check();
    assert.match(await code.inputValue(), /^<iframe src="http[^"]*play=\d+&amp;drawn=[^"]*&amp;embed&amp;view=stage&amp;workers=1" title="ganvas: Quick digits" /);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Download the picture" }).click()]);
    assert.equal(download.suggestedFilename(), `ganvas-step-${step}.png`);
    const png = await readFile(await download.path());
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);

    for (const [address, verdict] of [[link, /: the same drawings as the sender’s, to the last pixel\.$/], [link.replace(/.$/, (last) => (last === "0" ? "1" : "0")), /not the same drawings as the sender’s; those were computed on a CPU too/], [link.replace("cpu-", "gpu-").replace(/.$/, "x"), /cannot be replayed: drawn=/]]) {
      await page.goto("about:blank");
      await page.goto(/** @type {string} */ (address));
      await until(page, { state: "ready", step: "0" });
      if (String(verdict).includes("cannot")) {
        await said(page, /** @type {RegExp} */ (verdict));
        continue;
      }
      await said(page, new RegExp(`This link holds a run: ${step} steps and 2 things that the sender did on the way. Press Train`));
      assert.equal(await page.locator("#state").textContent(), `Ready. Train replays the link’s run to step ${step}.`);
      await page.locator("#train").click();
      await until(page, { state: "paused", step: String(step) });
      await said(page, /** @type {RegExp} */ (verdict));
      await openRoom(page, "recipe");
      await page.getByText("All other settings").click();
      assert.equal(await page.locator("#field-d_steps").inputValue(), "3", "the form follows");
      assert(page.url().includes("play="), "the address still leads to the run");
      await page.locator("#train").click();
      await untilStep(page, step + 2);
      await page.locator("#train").click();
      await page.waitForFunction(() => !location.hash.includes("play="));
    }
  }));

test("a replay rests when the visitor pauses, and ends where something else is done", () =>
  visit("/#play=400&moves=2:g/20:d_steps=2&autostart=1&room=recipe", async (page) => {
    await untilStep(page, 24);
    await page.locator("#state", { hasText: "Replaying to step 400." }).waitFor();
    await page.getByText("All other settings").click();
    assert.equal(await page.locator("#field-d_steps").inputValue(), "2");
    await page.locator("#train").click();
    await until(page, { state: "paused" });
    await page.locator("#state", { hasText: "of the 400 that are replayed" }).waitFor();
    assert(page.url().includes("play=400"));
    await page.locator("#field-d_steps").fill("4");
    await said(page, /From here on this is your own run/);
  }));

test("a link that is mostly nonsense opens the page all the same, and one that is put into the address is offered", () =>
  visit(`/#preset=nobody&${Array.from({ length: 30 }, (_, i) => `junk${i}=1`).join("&")}&seed=9`, async (page) => {
    await until(page, { state: "ready" });
    await said(page, /^23 more things in the address mean nothing here\.$/);
    await openRoom(page, "recipe");
    assert.equal(await page.getByLabel("Seed", { exact: true }).inputValue(), "9");
    await page.evaluate(() => void (location.hash = "room=recipe&preset=vanilla"));
    await said(page, /another link in the address/);
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Open it" }).click()]);
    await until(page, { state: "ready" });
    assert.equal(await page.getByLabel("Start from").inputValue(), "vanilla");
    await openRoom(page, "keep");
    assert.equal(new URL(page.url()).hash, "#room=keep&preset=vanilla", "rooms leave the link alone");
    await page.goBack();
    await openRoom(page, "recipe");
    assert.equal(await page.locator(".notice").count(), 0, "going back is no edit");
  }));

test("a teacher's link hides and locks, and what is hidden cannot be reached", () =>
  visit("/#hide=pad,keep,reset,g.width,cellar&lock=seed,d.optimiser.lr&room=pad", async (page) => {
    await until(page, { state: "ready" });
    assert.deepEqual(await page.locator("#rooms a").allTextContents(), ["Watch", "Recipe", "Quality", "Explore", "Slow motion", "Guide"]);
    assert.deepEqual((await noticesOf(page)).sort(), [
      "The address asks for a room “pad”, but there are only watch, recipe, quality, explore, slow, guide.",
      "The address hides “cellar”, but there is no room, part of the page or setting of that name.",
    ]);
    assert(await page.locator("#reset").isHidden());
    await openRoom(page, "recipe");
    await page.getByText("All other settings").click();
    assert.equal(await page.locator("#field-generator-width").isVisible(), false);
    assert(await page.locator("#field-discriminator-width").isVisible());
    for (const name of ["seed", "discriminator-optimiser-lr"]) assert(await page.locator(`#field-${name}`).isDisabled(), name);
    assert(await page.locator("#field-batch").isEnabled());
  }));

test("a view of the stage alone has no rooms, and one of a room has no other", () =>
  visit("/#view=stage&lock=all", async (page, { server }) => {
    await until(page, { state: "ready" });
    assert(await page.locator("#rooms").isHidden());
    assert(await page.locator("#room").isHidden());
    await page.locator("#train").click();
    await untilStep(page, 4);
    await page.goto("about:blank");
    await page.goto(`${server.origin}/#view=recipe&lock=all`);
    await until(page, { state: "ready" });
    assert(await page.locator("#rooms").isHidden());
    assert(await page.getByLabel("Start from").isDisabled());
    assert(await page.locator("#field-seed").isDisabled());
    await page.evaluate(() => void (location.hash = "room=keep"));
    await said(page, /asks for a room “keep”, but there are only recipe\.$/);
  }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test(`the dialog is accessible in ${colorScheme} colours, on a small phone and by keyboard, and says what it cannot do`, () =>
    visit("/?autostart", async (page) => {
      await untilStep(page, 10);
      await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
      await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
      await page.getByRole("button", { name: "Share" }).click();
      await dialog(page).getByLabel(/This run up to step/).check();
      await dialog(page).getByText("Whoever opens it replays the run").waitFor();
      const violations = await page.evaluate(async () => {
        const { axe } = /** @type {any} */ (globalThis);
        const { violations } = await axe.run(document.querySelector("dialog.share"), { resultTypes: ["violations"] });
        return violations.map((/** @type {any} */ v) => `${v.impact} ${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target.join(" ")).join(", ")}`);
      });
      assert.deepEqual(violations, []);
      assert(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && /** @type {Element} */ (document.querySelector("dialog.share")).scrollWidth <= innerWidth), "nothing sticks out");
      await page.getByRole("button", { name: "Copy link" }).press("Enter");
      await dialog(page).getByText("It is selected: press Ctrl + C").waitFor();
      assert.equal(await page.evaluate(() => getSelection()?.toString()), await linkIn(page));
      await page.getByLabel("Trains at once").check();
      await page.getByLabel("Shows the stage alone").check();
      await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector(".link-text")).value.endsWith("&autostart=1&view=stage"));
      await page.keyboard.press("Escape");
      assert(await dialog(page).isHidden());
    }, { context: { colorScheme, viewport: { width: 320, height: 640 } } }));
}
