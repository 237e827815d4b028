// Damaged addresses: whatever one asks for, the page comes to a recipe that its catalog allows, and says in
// sentences what it did not understand. `cargo xtask fuzz` runs this with more of them.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { readParams, recipeFor } from "../../www/js/params.js";
import { inWords, problemOf, valueAt } from "../../www/js/recipe.js";
import { catalog } from "./mock/catalog.mjs";

const SEED = Number(process.env.GANVAS_FUZZ_SEED ?? 1);
const COUNT = Number(process.env.GANVAS_FUZZ_INPUTS ?? 3000);

/** Numbers in [0, 1) that follow from a seed (mulberry32). @param {number} seed */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NAMES = ["preset", "seed", "dataset", "device", "workers", "autostart", "drawing", "Preset", "__proto__", "", "a[b]"];
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
    const params = readParams(search, complaints);
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
    assert.match(inWords(catalog, [{ path: params.preset ?? "", reason: "must be less" }]), /must be less\.$/);
  }
});
