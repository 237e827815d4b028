// Test-only: what the mock knows of games with points, but for their charts: presets, data sets, figures, and points that
// move to where the real ones are.
// @ts-check

/** @import { Metric, Pictures, Preset, Problem, Recipe, Shape } from "../../../www/js/protocol.js" */

/** @type {[string, string, 1 | 2][]} */
const SETS = [
  ["three-bumps", "Three bumps", 1], ["drawn-line", "Drawn on a line", 1], ["origin", "A single point", 1],
  ["ring", "Ring of eight", 2], ["two-moons", "Two moons", 2], ["drawn-plane", "Drawn in the plane", 2],
];
/** The data sets, as a catalog lists them. @type {[string, string][]} */
export const OPTIONS = SETS.map(([value, label]) => [value, label]);

/** The shape of what a recipe makes, if it makes points. @param {Recipe | null} recipe @returns {Shape | null} */
export function pointOf(recipe) {
  const set = SETS.find(([value]) => value === recipe?.dataset);
  return set ? { side: 1, channels: set[2] } : null;
}

/** @param {Recipe} recipe one of pictures @returns {Preset[]} */
export function presetsOf(recipe) {
  const row = (/** @type {string} */ name, /** @type {string} */ label, /** @type {string} */ summary, /** @type {string} */ dataset, fails = false) => {
    const own = { ...recipe, dataset, conditional: false };
    return { name, label, summary, paper: null, recipe: { ...own, latent: pointOf(own)?.channels ?? 2 }, outlook: { fails, steps: 500, cost: 0.1 } };
  };
  return [
    row("line", "Numbers on a line", "The artist makes single numbers instead of pictures, so that you see all there is.", "three-bumps"),
    row("plane", "Points on a ring", "The artist makes points in the plane; the real ones lie in eight small spots.", "ring"),
    row("dirac", "Two numbers", "The smallest GAN: the artist is one number, the judge a slope.", "origin"),
    row("lost-modes", "Fails: lost modes", "The ring without a penalty.", "ring", true),
  ];
}

/** @param {Metric["better"]} better @param {Partial<Metric>} rest @returns {Metric} */
const metric = (better, rest) => ({
  name: "", label: "", help: "What it says.", formula: "Σ h ln(k h)", sample: "points and the density of the data", ideal: null, unit: "number", better,
  paper: { citation: "Someone 2017", url: "https://arxiv.org/abs/1705.07761" }, ...rest,
});
/** @type {Metric[]} */
export const METRICS = [
  metric("higher", { name: "spots", label: "Spots found", unit: "count", sample: "points and the spots of the data" }),
  metric("lower", { name: "divergence", label: "Divergence", ideal: 0 }),
  metric("lower", { name: "reverse", label: "Reverse divergence", ideal: 0 }),
];

/**
 * What a measurement finds: only a ring has spots, one figure is infinite, and one is not of points alone.
 * @param {Recipe} recipe @param {number} step @returns {{ figures: Record<string, number>, floor: Record<string, number> }}
 */
export function measured({ dataset }, step) {
  const figures = { divergence: 0.6 / (1 + step / 20), gap: 0.1 };
  const floor = { divergence: 0.01, reverse: 0.02 };
  if (dataset !== "ring") return { figures, floor };
  return { figures: { ...figures, spots: Math.min(8, 1 + Math.floor(step / 10)) }, floor: { ...floor, spots: 8 } };
}

/** What does not go with points. @param {Recipe} recipe @returns {Problem[]} */
export function problemsOf(recipe) {
  if (!pointOf(recipe) || !recipe.conditional) return [];
  return [{ path: "conditional", reason: "must be off with points, which have no labels" }];
}

/** As good as random, between 0 and 1. @param {number} k */
const chance = (k) => Math.abs(Math.sin(k * 12.9898 + 4.1) * 43758.5453) % 1;
/** @param {number} k */
const normal = (k) => Math.sqrt(-2 * Math.log(Math.max(chance(2 * k), 1e-6))) * Math.cos(2 * Math.PI * chance(2 * k + 1));

/** Points of the data, under some noise. @param {Shape} shape @param {number} count @param {number} noise @returns {Pictures} */
export function points(shape, count, noise) {
  const numbers = Array.from({ length: count }, (_, k) => {
    const angle = (k % 8) * (Math.PI / 4);
    const at = shape.channels === 2 ? [0.9 * Math.cos(angle), 0.9 * Math.sin(angle)] : [[-0.6, 0.1, 0.7][k % 3]];
    return at.map((value, i) => (1 - noise) * (value + 0.02 * normal(2 * k + i)) + 0.4 * noise * normal(2 * k + i));
  });
  return { role: "output", shape, frames: 1, count, columns: 10, pixels: new Uint8Array(Float32Array.from(numbers.flat()).buffer), labels: new Uint8Array() };
}
