// What the page's address asks for, behind its # or, in older links, its ?. It only reads and checks: it must not act on
// anything. What only a few links carry is read by more.js.
// @ts-check

/** @import { Catalog, Control, Program, Recipe } from "../protocol.js" */
import { hasDigits } from "../data.js";
import { DRAWN, read } from "../drawing.js";
import { nowCalled } from "./address.js";
import { problemOf, refusal, withValue } from "../recipe.js";

/** The words of a link; every other key is the path of a setting. One that is called as a word is has a dot before it. */
export const WORDS = ["room", "preset", "device", "workers", "autostart", "play", "moves", "drawn", "view", "hide", "lock", "embed", "trained", "walk"];
/** The settings that an older link has behind its ?, where other keys are others' business. */
export const OLDER = ["preset", "dataset", "drawing", "seed"];

/**
 * `asks`: every key with its text. `packed`: parts that hold more of them. `hide`, `lock`: what is not to be seen or changed. `needsMore`: whether
 * it takes more.js to read all of it.
 * @typedef {{ device: Program | null, workers: number | null, autostart: boolean, asks: Map<string, string>, packed: string[],
 *   needsMore: boolean, view: string | null, hide: string[], lock: string[] }} Params
 */

/**
 * Reads what can be read without the catalog; each value that means nothing adds a sentence to
 * `complaints` and counts as absent.
 * @param {string} search
 * @param {string} hash
 * @param {string[]} complaints
 * @returns {Params}
 */
export function readParams(search, hash, complaints) {
  /** @type {Params["asks"]} */
  const asks = new Map();
  const packed = take(asks, hash.slice(1));
  for (const [key, text] of new URLSearchParams(search)) if ([...WORDS, ...OLDER].includes(key) && !asks.has(key)) asks.set(key, text);
  const ask = (/** @type {string} */ key) => asks.get(key) ?? null;
  const list = (/** @type {string} */ key) => (ask(key) ?? "").split(",").filter(Boolean).map(pathOf);
  const device = ask("device");
  const workers = ask("workers");
  const autostart = ask("autostart");
  if (device !== null && device !== "cpu" && device !== "gpu") {
    complaints.push(`The address asks for device “${short(device)}”, but there are only cpu and gpu; the page has chosen one itself.`);
  }
  if (workers !== null && !/^[1-9]\d?$/.test(workers)) {
    complaints.push(`The address asks for workers=${short(workers)}, which has to be a whole number from 1 up. The page uses as many as this machine has processors.`);
  }
  if (autostart !== null && !["", "0", "1", "true", "false"].includes(autostart)) {
    complaints.push(`The address says autostart=${short(autostart)}, which has to be 1 or 0. Press Train to begin.`);
  }
  return {
    device: device === "cpu" || device === "gpu" ? device : null,
    workers: workers !== null && /^[1-9]\d?$/.test(workers) ? Number(workers) : null,
    autostart: autostart !== null && ["", "1", "true"].includes(autostart),
    asks,
    packed,
    needsMore: packed.length > 0 || ["play", "view", "hide", "lock"].some((key) => asks.has(key)),
    view: nowCalled(ask("view")),
    hide: list("hide").map(nowCalled),
    lock: list("lock"),
  };
}

/** Takes in the parts of a link, the first of a name; what is left are packed ones. @param {Params["asks"]} asks @param {string} parts */
export function take(asks, parts) {
  const packed = [];
  for (const [key, text] of new URLSearchParams(parts)) {
    if (key.startsWith("~")) packed.push(key);
    else if (!asks.has(key)) asks.set(key, text);
  }
  return packed;
}

/**
 * The preset and recipe that the address asks for, from those that exist; complains as above.
 * @param {Pick<Params, "asks">} params
 * @param {Catalog} catalog
 * @param {string[]} complaints
 * @returns {{ preset: string, recipe: Recipe }}
 */
export function recipeFor({ asks }, catalog, complaints) {
  const asked = asks.get("preset");
  const fallback = (asked === undefined && fitting(catalog, asks.get("dataset"))) || catalog.presets[0];
  const preset = asked === undefined ? fallback : catalog.presets.find(({ name }) => name === asked);
  if (!preset) {
    const names = catalog.presets.map(({ name }) => name).join(", ");
    complaints.push(`There is no preset “${short(asked ?? "")}” (available: ${names}); this is ${fallback.label}.`);
  }
  const { name, recipe } = preset ?? fallback;
  let next = structuredClone(recipe);
  let drawing = "";
  for (const [key, text] of asks) {
    if (WORDS.includes(key)) continue;
    const field = catalog.fields.find(({ path }) => path === pathOf(key));
    if (!field) complaints.push(`The address asks for “${short(key)}”, which this version does not have.`);
    else if (field.control.kind === "drawing") drawing = text;
    else {
      const value = valueOf(field.control, text);
      const problem = refusal(field.control, value);
      if (problem) complaints.push(`The address asks for ${key} “${short(text)}”, which ${problem}.`);
      else next = withValue(next, field.path, value);
    }
  }
  if (drawing) {
    const dimensions = DRAWN.get(next.dataset);
    const { reason } = read(drawing, dimensions);
    if (reason) complaints.push(`The drawing in the address cannot be used: ${reason}. The page shows one of its own.`);
    else if (dimensions === undefined) complaints.push("The address has a drawing, but no data set that is drawn; it is left out.");
    else next = { ...next, drawing };
  }
  return { preset: name, recipe: next };
}

/** The path of a setting by its key in a link. @param {string} key */
export const pathOf = (key) => key.replace(/^\./, "").replace(/^g\./, "generator.").replace(/^d\./, "discriminator.");

/** The value that a text stands for, of the control's own type, or one that it refuses. @param {Control} control @param {string} text */
export function valueOf(control, text) {
  switch (control.kind) {
    case "choice":
      return control.options.find(({ value }) => String(value) === text)?.value;
    case "toggle":
      return ["1", "true"].includes(text) || (["0", "false"].includes(text) ? false : text);
    case "drawing":
      return text;
    default:
      return text.trim() === "" ? NaN : Number(text) + 0; // not the zero below zero
  }
}

/**
 * A preset for a data set of points, which the first preset cannot learn: its own, or one with the latents for it.
 * @param {Catalog} catalog
 * @param {string | undefined} dataset
 */
function fitting(catalog, dataset) {
  if (dataset === undefined || hasDigits(dataset) || problemOf(catalog, "dataset", dataset)) return undefined;
  const games = catalog.presets.filter(({ recipe, outlook }) => !hasDigits(recipe.dataset) && !outlook.fails);
  const own = games.find(({ recipe }) => recipe.dataset === dataset);
  // Two latents do for a line, too.
  return own ?? games.find(({ recipe }) => recipe.latent === (DRAWN.get(dataset) ?? 2));
}

/** As much of what the address says as a sentence can hold. @param {string} text */
export function short(text) {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
