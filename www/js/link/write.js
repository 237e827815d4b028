// Turns settings, and a run, into a link. Pure; it must not know who shares it.
// @ts-check

/** @import { Account } from "./account.js" */
/** @import { Catalog, Field, Program, Recipe } from "../protocol.js" */
import { DRAWN } from "../drawing.js";
import { valueAt } from "../recipe.js";
import { pack } from "./packing.js";
import { OLDER, WORDS } from "./read.js";

/** Parts that are longer together are packed: nobody reads so many. */
const READABLE = 240;
/** What stays readable all the same. */
const OPEN = /^(preset|seed|play|drawn|room|walk)=/;

/** A run up to a step, and what was to be seen then. @typedef {{ account: Account, step: number, program: Program, digest: string }} Told */

/** The parts of a link to these settings: the nearest preset, and what differs from it. @param {Catalog} catalog @param {Recipe} recipe @param {string} [preset] of several that are as near */
export function settingsOf(catalog, recipe, preset) {
  const candidates = catalog.presets.map(({ name, recipe: own }) => ({ name, changed: changes(catalog, own, recipe) }));
  const apart = (/** @type {{ name: string, changed: Field[] }} */ { name, changed }) => changed.length - 0.5 * Number(name === preset);
  const nearest = candidates.reduce((best, next) => (apart(next) < apart(best) ? next : best));
  return [`preset=${nearest.name}`, ...nearest.changed.map((field) => assigned(field, recipe))];
}

/** The parts of a link to a run. @param {Catalog} catalog @param {Told} told @param {string} [preset] */
export function runOf(catalog, { account: { start, moves }, step, program, digest }, preset) {
  let before = start;
  const told = moves.map(({ step: at, action }) => {
    if ("single" in action) return `${at}:${action.single[0]}`;
    const changed = changes(catalog, before, action.adjust).map((field) => assigned(field, action.adjust));
    before = action.adjust;
    return `${at}:${changed.join(",")}`;
  });
  return [
    ...settingsOf(catalog, start, preset),
    ...(told.length > 0 ? [`moves=${told.join("/")}`] : []),
    `play=${step}`,
    `drawn=${program}-${digest}`,
  ];
}

/** What follows the #: as it is, or with most of it packed where that is long. @param {string[]} parts */
export async function joined(parts) {
  const plain = parts.join("&");
  const long = parts.filter((part) => !OPEN.test(part)).join("&");
  if (long.length <= READABLE) return plain;
  const packed = await pack(long);
  return packed && packed.length < long.length ? [...parts.filter((part) => OPEN.test(part)), packed].join("&") : plain;
}

/** The key of a setting. @param {string} path */
export const keyOf = (path) => (WORDS.includes(path) ? `.${path}` : path.replace(/^generator\./, "g.").replace(/^discriminator\./, "d."));

/** The search of an address without what now stands behind its #. @param {string} search */
export function withoutOlder(search) {
  const query = new URLSearchParams(search);
  if (!OLDER.some((name) => query.has(name))) return search;
  for (const name of OLDER) query.delete(name);
  return query.size > 0 ? `?${query}` : "";
}

/**
 * The fields in which two recipes differ at all: a run that is to come out the same needs every bit. A drawing of which
 * nothing is made is none.
 * @param {Catalog} catalog @param {Recipe} from @param {Recipe} to
 */
const changes = (catalog, from, to) =>
  catalog.fields.filter(({ path, control }) => valueAt(from, path) !== valueAt(to, path) && (control.kind !== "drawing" || (valueAt(to, path) && DRAWN.has(to.dataset))));

/** @param {Field} field @param {Recipe} recipe */
function assigned({ path }, recipe) {
  const value = valueAt(recipe, path);
  const text = typeof value === "boolean" ? String(Number(value)) : String(value).replace("e+", "e");
  return `${keyOf(path)}=${encodeURIComponent(text)}`;
}
