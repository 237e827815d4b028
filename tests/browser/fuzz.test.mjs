// Damaged addresses: whatever one asks for, the page comes to a recipe that its catalog allows, and says in
// sentences what it did not understand. Whole ones, made of whatever a page may be at: they come to that again.
// `cargo xtask fuzz` runs this with more of them.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { heed, open } from "../../www/js/link/more.js";
import { readParams, recipeFor } from "../../www/js/link/read.js";
import { joined, runOf, settingsOf } from "../../www/js/link/write.js";
import { inWords, problemOf, valueAt } from "../../www/js/recipe.js";
import { anyMoves, anyRecipe, numbers, opened, saidOf, toldOf } from "./lib/links.mjs";
import { catalog } from "./mock/catalog.mjs";

const SEED = Number(process.env.GANVAS_FUZZ_SEED ?? 1);
const COUNT = Number(process.env.GANVAS_FUZZ_INPUTS ?? 3000);
/** Whole links, and those of runs, take more time. */
const WHOLE = Math.min(COUNT, 10_000);
const RUNS = WHOLE / 10;

const NAMES = ["play", "moves", "drawn", "hide", "lock", "view", "room", "g.optimiser.lr", ".view", "batch", "~1", "preset", "seed", "dataset", "device", "workers", "autostart", "drawing", "Preset", "__proto__", "", "a[b]"];
const VALUES = [
  "quick", "vanilla", "mnist", "drawn", "stacked-mnist", "plane", "ring", "drawn-plane", "drawn-line", "2AAA", `1Q${"A".repeat(42)}`, `2g${"A".repeat(41)}B_g`, "cpu", "gpu", "1", "0", "true", "", " ", "-1", "-0", "1e3", "1e999", "0x10", "NaN", "Infinity",
  "9007199254740993", "18446744073709551616", "0.5", "999999", "1000000", "null", "[object Object]", "__proto__", "constructor", "toString", "%", "%00",
  "%F0%9F%98%80", "%ED%A0%80", "é\u0301", "<script>", "../../..", "1".repeat(400), "a".repeat(20_000),
];

/** @param {() => number} random */
function address(random) {
  const one = (/** @type {string[]} */ of) => of[Math.floor(random() * of.length)];
  const part = () => {
    const value = one(VALUES);
    const cut = random() < 0.2 ? value.slice(0, Math.floor(random() * value.length)) : value;
    return `${one(NAMES)}${random() < 0.9 ? "=" : ""}${cut}`;
  };
  const parts = Array.from({ length: Math.floor(random() * 6) }, part);
  return `${random() < 0.9 ? "?" : "?&"}${parts.join(one(["&", "&", "&&", ";", "?"]))}`;
}

test(`${COUNT} damaged addresses each lead to a recipe that can run`, () => {
  for (let i = 0; i < COUNT; i++) {
    const search = address(numbers(SEED * 2_654_435_761 + i));
    /** @type {string[]} */
    const complaints = [];
    const began = performance.now();
    const params = readParams(search, "", complaints);
    const { preset, recipe } = recipeFor(params, catalog, complaints);
    assert(performance.now() - began < 1000, `takes too long: ${search}`);
    assert(catalog.presets.some(({ name }) => name === preset), search);
    for (const { path } of catalog.fields) assert.equal(problemOf(catalog, path, valueAt(recipe, path)), "", `${path}: ${search}`);
    assert(params.workers === null || params.workers >= 1, search);
    for (const complaint of complaints) {
      assert.match(complaint, /^[A-Z][^]*\.$/, search);
      assert(complaint.length < 300, complaint);
    }
    assert.equal(Object.getPrototypeOf(recipe), Object.prototype, search);
    assert.match(inWords(catalog, [{ path: params.asks.get("preset") ?? "", reason: "must be less" }]), /must be less\.$/);
  }
});

test(`${COUNT} damaged links each lead to a recipe that can run, and to a run that can have been or none`, async () => {
  const LETTERS = "&=~:/,.1g%é\u0000+";
  /** @type {string[]} */
  const whole = [];
  for (let i = 0; i < 100; i++) {
    const random = numbers(SEED + i);
    const { preset, recipe: start } = anyRecipe(catalog, random, random() ** 3);
    const step = 1 + Math.floor(random() ** 2 * 500);
    const account = { start, moves: anyMoves(catalog, random, start, step) };
    const parts = runOf(catalog, { account, step, program: "gpu", digest: "00112233aabbccdd" }, preset);
    whole.push(`#${random() < 0.5 ? await joined(parts) : parts.join("&")}`);
  }
  for (let i = 0; i < COUNT; i++) {
    const random = numbers(SEED * 2_246_822_519 + i);
    let hash = whole[Math.floor(random() * whole.length)];
    for (let k = Math.floor(random() * 6); k > 0; k--) {
      const at = Math.floor(random() * hash.length);
      const length = Math.floor(random() ** 3 * 40);
      const other = random() < 0.5 ? "" : random() < 0.5 ? hash.slice(at, at + 2 * length) : LETTERS[Math.floor(random() * LETTERS.length)];
      hash = hash.slice(0, at) + other + hash.slice(at + length);
    }
    /** @type {string[]} */
    const complaints = [];
    const params = readParams(random() < 0.2 ? address(random) : "", hash, complaints);
    await open(params, complaints);
    const { recipe } = recipeFor(params, catalog, complaints);
    const run = heed(params, catalog, recipe, complaints);
    const adjusted = (run?.account.moves ?? []).flatMap(({ action }) => ("adjust" in action ? [action.adjust] : []));
    for (const one of [recipe, ...adjusted.slice(-1)]) {
      for (const { path } of catalog.fields) assert.equal(problemOf(catalog, path, valueAt(one, path)), "", `${path}: ${hash}`);
      assert.equal(Object.getPrototypeOf(one), Object.prototype, hash);
    }
    for (const complaint of complaints) assert(/^[A-Z][^]*\.$/.test(complaint) && complaint.length < 700, complaint);
  }
});

test(`${WHOLE} random recipes survive being made a link and read again`, async () => {
  const random = numbers(SEED);
  for (let i = 0; i < WHOLE; i++) {
    const { preset, recipe } = anyRecipe(catalog, random, random() ** 8);
    const link = await joined(settingsOf(catalog, recipe, preset));
    const found = await opened(catalog, `#${link}`);
    assert.deepEqual(found.complaints, [], link);
    assert.deepEqual(saidOf(catalog, found.recipe), saidOf(catalog, recipe), link);
    assert.match(link, /^[\w&=.~-]+$/, "no program that sends it has to change a letter");
    assert(link.length <= 2000, `${link.length} characters: ${link}`);
  }
});

test(`${RUNS} random runs survive as well, move by move`, async () => {
  const random = numbers(SEED + 1);
  for (let i = 0; i < RUNS; i++) {
    const { preset, recipe: start } = anyRecipe(catalog, random, 0.1);
    const step = 1 + Math.floor(random() * 3000);
    const account = { start, moves: anyMoves(catalog, random, start, step) };
    const link = await joined(runOf(catalog, { account, step, program: "cpu", digest: "0123456789abcdef" }, preset));
    const found = await opened(catalog, `#${link}`);
    const run = heed(found.params, catalog, found.recipe, found.complaints);
    assert.deepEqual(found.complaints, [], link);
    assert.deepEqual([run?.until, run?.drawn], [step, { program: "cpu", digest: "0123456789abcdef" }], link);
    assert.deepEqual(toldOf(catalog, run?.account), toldOf(catalog, account), link);
  }
});
