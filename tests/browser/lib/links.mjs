// Random settings and runs that a catalog allows, and what links make of them.
// @ts-check

import { textOf } from "../../../www/js/drawing.js";
import { open } from "../../../www/js/link/more.js";
import { readParams, recipeFor } from "../../../www/js/link/read.js";
import { valueAt, withValue } from "../../../www/js/recipe.js";

/** @import { Account, Move } from "../../../www/js/link/account.js" */
/** @import { Catalog, Field, Recipe } from "../../../www/js/protocol.js" */

/** Numbers in [0, 1) that follow from a seed (mulberry32). @param {number} seed */
export function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @template T @param {T[]} list @param {() => number} random @returns {T} */
const oneOf = (list, random) => list[Math.floor(random() * list.length)];

/** A value that a field can have: numbers with all their digits, as a session may say them, or as a slider makes them. @param {Field} field @param {() => number} random */
export function anyValue({ control }, random) {
  switch (control.kind) {
    case "choice":
      return oneOf(control.options, random).value;
    case "toggle":
      return random() < 0.5;
    case "drawing":
      return textOf(Array.from({ length: 1 + Math.floor(random() * 255) }, () => [random(), random()].map((share) => Math.floor(share * 256))), 2);
    default: {
      const { min, max } = control;
      const value = control.kind === "number" && control.log ? min * (max / min) ** random() : min + random() * (max - min);
      if (control.kind === "integer") return Math.round(value);
      return random() < 0.5 ? value : Math.min(max, Math.max(min, Number(value.toPrecision(3))));
    }
  }
}

/** A preset with some of its settings changed. @param {Catalog} catalog @param {() => number} random @param {number} share how many of them */
export function anyRecipe({ presets, fields }, random, share = random()) {
  const { name, recipe } = oneOf(presets, random);
  const changed = fields.filter(() => random() < share).reduce((next, field) => withValue(next, field.path, anyValue(field, random)), structuredClone(recipe));
  // Where none is learned there is none.
  return { preset: name, recipe: changed.dataset === "drawn-plane" ? changed : { ...changed, drawing: "" } };
}

/** @param {Catalog} catalog @param {() => number} random @param {Recipe} start @param {number} until */
export function anyMoves({ fields }, random, start, until) {
  /** @type {Move[]} */
  const moves = [];
  let recipe = start;
  for (let step = Math.floor(random() * 9); step < until && moves.length < 100; step += 1 + Math.floor(random() * 40)) {
    if (random() < 0.4) moves.push({ step, action: { single: random() < 0.5 ? "generator" : "discriminator" } });
    else {
      const field = oneOf(fields.filter(({ branches }) => branches), random);
      const next = withValue(recipe, field.path, anyValue(field, random));
      if (valueAt(next, field.path) === valueAt(recipe, field.path)) continue;
      recipe = next;
      moves.push({ step, action: { adjust: recipe } });
    }
  }
  return moves;
}

/** All that a catalog says of a recipe: the one of the tests does not list every field. @param {Catalog} catalog @param {Recipe} recipe */
export const saidOf = ({ fields }, recipe) => fields.map(({ path }) => [path, valueAt(recipe, path)]);

/** @param {Catalog} catalog @param {Account | undefined} account */
export const toldOf = (catalog, account) =>
  account && [saidOf(catalog, account.start), ...account.moves.map(({ step, action }) => [step, "adjust" in action ? saidOf(catalog, action.adjust) : action.single])];

/** What a page understands of what stands behind its #. @param {Catalog} catalog @param {string} hash @param {string} [search] */
export async function opened(catalog, hash, search = "") {
  /** @type {string[]} */
  const complaints = [];
  const params = readParams(search, hash, complaints);
  if (params.needsMore) await open(params, complaints);
  return { params, complaints, ...recipeFor(params, catalog, complaints) };
}
