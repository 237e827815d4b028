// What the page's address asks for. It only reads and checks: it must not act on anything.
// @ts-check

/** @import { Catalog, Program, Recipe } from "./protocol.js" */
import { hasDigits } from "./data.js";
import { DRAWN, read } from "./drawing.js";
import { problemOf } from "./recipe.js";

/**
 * @typedef {{ device: Program | null, workers: number | null, autostart: boolean, preset: string | null,
 *   dataset: string | null, drawing: string | null, seed: string | null }} Params
 */

/**
 * Reads what can be read without the catalog; each value that means nothing adds a sentence to
 * `complaints` and counts as absent.
 * @param {string} search
 * @param {string[]} complaints
 * @returns {Params}
 */
export function readParams(search, complaints) {
  const query = new URLSearchParams(search);
  const device = query.get("device");
  const workers = query.get("workers");
  const autostart = query.get("autostart");
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
    preset: query.get("preset"),
    dataset: query.get("dataset"),
    drawing: query.get("drawing"),
    seed: query.get("seed"),
  };
}

/**
 * The preset and recipe that the address asks for, from those that exist; complains as above.
 * @param {Params} params
 * @param {Catalog} catalog
 * @param {string[]} complaints
 * @returns {{ preset: string, recipe: Recipe }}
 */
export function recipeFor(params, catalog, complaints) {
  const fallback = (params.preset === null && fitting(catalog, params.dataset)) || catalog.presets[0];
  const preset = params.preset === null ? fallback : catalog.presets.find(({ name }) => name === params.preset);
  if (!preset) {
    const names = catalog.presets.map(({ name }) => name).join(", ");
    complaints.push(`There is no preset “${short(params.preset ?? "")}” (available: ${names}); this is ${fallback.label}.`);
  }
  const { name, recipe } = preset ?? fallback;
  const asked = { ...structuredClone(recipe) };
  if (params.dataset !== null) {
    const problem = problemOf(catalog, "dataset", params.dataset);
    if (problem) complaints.push(`The address asks for dataset “${short(params.dataset)}”, which ${problem}.`);
    else asked.dataset = params.dataset;
  }
  if (params.drawing) {
    const dimensions = DRAWN.get(asked.dataset);
    const { reason } = read(params.drawing, dimensions);
    if (reason) complaints.push(`The drawing in the address cannot be used: ${reason}. The page shows one of its own.`);
    else if (dimensions === undefined) complaints.push("The address has a drawing, but no data set that is drawn; it is left out.");
    else asked.drawing = params.drawing;
  }
  if (params.seed !== null) {
    const seed = params.seed.trim() === "" ? NaN : Number(params.seed);
    const problem = problemOf(catalog, "seed", seed);
    if (problem) complaints.push(`The address asks for seed “${short(params.seed)}”, which ${problem}; the seed is ${asked.seed}.`);
    else asked.seed = seed;
  }
  return { preset: name, recipe: asked };
}

/**
 * A preset for a data set of points, which the first preset cannot learn: its own, or one with the latents for it.
 * @param {Catalog} catalog
 * @param {string | null} dataset
 */
function fitting(catalog, dataset) {
  if (dataset === null || hasDigits(dataset) || problemOf(catalog, "dataset", dataset)) return undefined;
  const games = catalog.presets.filter(({ recipe, outlook }) => !hasDigits(recipe.dataset) && !outlook.fails);
  const own = games.find(({ recipe }) => recipe.dataset === dataset);
  // Two latents do for a line, too.
  return own ?? games.find(({ recipe }) => recipe.latent === (DRAWN.get(dataset) ?? 2));
}

/** As much of what the address says as a sentence can hold. @param {string} text */
function short(text) {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
