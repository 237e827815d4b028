// Recipes as plain objects: reading and changing a field by its path, comparing, checking a value
// against the catalog. It must not know any option by name.
// @ts-check

/** @import { Catalog, Control, Field, Problem, Recipe } from "./protocol.js" */
import { areAlike } from "./data.js";

/** @param {Recipe | null} recipe @param {string} path @returns {unknown} */
export function valueAt(recipe, path) {
  return path.split(".").reduce((/** @type {any} */ node, key) => node?.[key], recipe);
}

/**
 * A copy with one field changed.
 * @param {Recipe} recipe
 * @param {string} path
 * @param {unknown} value
 */
export function withValue(recipe, path, value) {
  const copy = structuredClone(recipe);
  const keys = path.split(".");
  const last = /** @type {string} */ (keys.pop());
  /** @type {any} */
  let node = copy;
  for (const key of keys) node = node[key];
  node[last] = value;
  return copy;
}

/**
 * A recipe that may be of another version, as one that this one has the fields of: what it lacks, or what cannot
 * stand there any more, is as in `model`.
 * @param {Catalog} catalog
 * @param {Recipe} model
 * @param {unknown} recipe
 */
export function conform(catalog, model, recipe) {
  return catalog.fields.reduce((next, { path, control }) => {
    const value = valueAt(/** @type {Recipe | null} */ (recipe), path);
    return value === undefined || refusal(control, value) ? next : withValue(next, path, value);
  }, model);
}

/**
 * The fields in which two recipes differ.
 * @param {Catalog} catalog
 * @param {Recipe} a
 * @param {Recipe} b
 */
export function differences(catalog, a, b) {
  return catalog.fields.filter(({ path }) => !same(valueAt(a, path), valueAt(b, path)));
}

/** Whether a field has an effect in a recipe. @param {Recipe} recipe @param {Field} field */
export function counts(recipe, { unless }) {
  return !unless.some(({ path, values }) => values.some((value) => same(value, valueAt(recipe, path))));
}

/** What a field is called where its group is not in sight. @param {Field} field */
export const nameOf = ({ group, label }) => `${label} (${group})`;

/**
 * What a recipe was refused for, one sentence; fields with the same reason share it.
 * @param {Catalog | null} catalog
 * @param {Problem[]} problems at least one
 */
export function inWords(catalog, problems) {
  /** @type {Map<string, string[]>} */
  const named = new Map();
  for (const { path, reason } of problems) {
    const field = catalog?.fields.find((candidate) => candidate.path === path);
    named.set(reason, [...(named.get(reason) ?? []), field ? nameOf(field) : path]);
  }
  return `${[...named].map(([reason, names]) => `${names.join(", ")} ${reason}`).join("; ")}.`;
}

/**
 * Whether a recipe is a preset's, seed apart, and whose digits it learns from: they are the visitor's own.
 * @param {Catalog} catalog
 * @param {Recipe} recipe
 * @param {{ recipe: Recipe }} preset
 */
export function isFrom(catalog, recipe, preset) {
  const alike = areAlike(preset.recipe.dataset, recipe.dataset);
  return differences(catalog, preset.recipe, recipe).every(({ path }) => path === "seed" || (path === "dataset" && alike));
}

/** Numbers that went through 32 bits on their way are the same. @param {unknown} a @param {unknown} b */
function same(a, b) {
  if (typeof a === "number" && typeof b === "number") return Math.fround(a) === Math.fround(b);
  return a === b;
}

/**
 * Why a value cannot stand in a field, to follow "which …"; empty when it can.
 * @param {Catalog} catalog
 * @param {string} path
 * @param {unknown} value
 */
export function problemOf(catalog, path, value) {
  const field = catalog.fields.find((candidate) => candidate.path === path);
  return field ? refusal(field.control, value) : "this version does not have";
}

/**
 * The next value by a small step on the field's own scale: a unit of the second digit where the scale is logarithmic,
 * else a hundredth of the range. Never outside the range.
 * @param {Extract<Control, { kind: "number" }>} control
 * @param {number} value
 * @param {1 | -1} way
 */
export function stepped({ min, max, log }, value, way) {
  const span = (max - min) / 100;
  let unit = 10 ** Math.floor(Math.log10(span));
  if (log) {
    const size = Math.abs(value) || span;
    // Down from a power of ten, the unit is that of the numbers below it.
    unit = 10 ** (Math.floor(Math.log10(size * (way < 0 ? 1 - 1e-9 : 1 + 1e-9))) - 1);
  }
  const next = Number(((Math.round(value / unit) + way) * unit).toPrecision(6));
  return Math.min(max, Math.max(min, next));
}

/** @param {Control} control @param {unknown} value */
export function refusal(control, value) {
  switch (control.kind) {
    case "choice":
      return control.options.some((option) => option.value === value)
        ? ""
        : `is not one of ${control.options.map((option) => option.value).join(", ")}`;
    case "drawing":
      return typeof value === "string" ? "" : "is not a drawing";
    case "toggle":
      return typeof value === "boolean" ? "" : "is not yes or no";
    case "integer":
    case "number": {
      const kind = control.kind === "integer" ? "a whole number" : "a number";
      const fits =
        typeof value === "number" &&
        value >= control.min &&
        value <= control.max &&
        (control.kind === "number" || Number.isInteger(value));
      return fits ? "" : `is not ${kind} from ${plain(control.min)} to ${plain(control.max)}`;
    }
  }
}

/** A bound as people write it: 100000 with separators, 0.00001 as 1e-5. @param {number} value */
function plain(value) {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : value.toLocaleString("en");
}
