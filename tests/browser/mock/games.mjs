// Test-only: what the mock knows of games: the figures of their steps, and pictures that are made of pictures.
// @ts-check

/** @import { Catalog, Figure, Mixing, Pictures, Recipe, Shape } from "../../../www/js/protocol.js" */

export const SIDE = 28;
/** @type {Shape} */
export const TARGET = { side: SIDE, channels: 1 };

/** What each step of a run reports, as the real one does. @param {Recipe} recipe @returns {Figure[]} */
export function figuresOf({ game, adversarial, feature_distance }) {
  const all = /** @type {const} */ ([
    ["d_loss", "judge", "discriminator", false], ["d_real", "real ones", "discriminator", true], ["d_fake", "the artist’s", "discriminator", true],
    ["g_loss", "artist", "generator", false],
    ["g_adversarial", "artist, by the judge", "generator", false], ["distance", "artist, distance to the truth", "generator", false], ["features", "artist, distance of features", "generator", false],
  ]);
  if (game === "cycle" || game === "film") {
    const of = game === "cycle" ? "source" : "frame";
    const second = /** @type {const} */ ([
      [`${of}_d_loss`, "second judge", "discriminator", false], [`${of}_d_real`, "second real", "discriminator", true], [`${of}_d_fake`, "second made", "discriminator", true],
    ]);
    return [...all.slice(0, 3), ...second, all[3]].map(([name, label, side, logit]) => ({ name, label, side, logit }));
  }
  const shown = game === "classic" ? all.slice(0, 4) : adversarial === 0 ? all.slice(3, 4) : feature_distance ? all : all.slice(0, 6);
  return shown.map(([name, label, side, logit]) => ({ name, label, side, logit }));
}

/** What a view makes of digits: their left edges, a quarter of their size, or with a hole. @param {Pictures} pictures @param {string} view @returns {Pictures} */
export function viewed(pictures, view) {
  const side = view === "shrunk" ? 7 : SIDE;
  const at = (/** @type {number} */ i, /** @type {number} */ row, /** @type {number} */ column) => pictures.pixels[(i * SIDE + row) * SIDE + column] ?? 0;
  const pixels = Uint8Array.from({ length: pictures.count * side * side }, (_, k) => {
    const [i, row, column] = [Math.floor(k / side / side), Math.floor(k / side) % side, k % side];
    if (view === "shrunk") return [0, 1, 2, 3].reduce((sum, d) => sum + [0, 1, 2, 3].reduce((part, e) => part + at(i, 4 * row + d, 4 * column + e), 0), 0) / 16;
    if (view === "masked") return row >= 6 + (i % 5) && row < 18 + (i % 5) && column >= 8 && column < 20 ? 128 : at(i, row, column);
    if (view === "zebra") return (row + column) % 4 < 2 ? at(i, row, column) : 0;
    return at(i, row, column) > 128 && at(i, row, column - 1) <= 128 ? 255 : 0;
  });
  return { ...pictures, role: "source", shape: { side, channels: 1 }, pixels };
}

/** What two latents can make together. @param {Recipe} recipe @returns {Mixing | null} */
export function mixingOf({ game, generator }) {
  if (game === "film") return { kind: "motion" };
  return /** @type {any} */ (generator).network === "stylegan2" ? { kind: "styles", sides: [7, 7, 14, 14, 14, 28, 28, 28] } : null;
}

export const FRAMES = 8;

/** Films of pictures, or pictures in colour: digits on their way to the right, or each in an ink of its own. @param {Pictures} pictures @param {string} view @returns {Pictures} */
export function varied(pictures, view) {
  if (view !== "moving" && view !== "written" && view !== "tinted") return pictures;
  const channels = view === "tinted" ? 3 : FRAMES;
  const pixels = Uint8Array.from({ length: pictures.count * SIDE * SIDE * channels }, (_, k) => {
    const [place, channel] = [Math.floor(k / channels), k % channels];
    if (view === "tinted") return (Math.floor(place / SIDE / SIDE) + channel) % 3 === 0 ? 0 : pictures.pixels[place];
    return place % SIDE >= channel ? pictures.pixels[place - channel] : 0;
  });
  return { ...pictures, shape: { side: SIDE, channels }, frames: view === "tinted" ? 1 : FRAMES, pixels };
}

/** What it makes of them, at the size of its pictures. @param {Pictures} sources @returns {Pictures} */
export function enlarged(sources) {
  const { side } = sources.shape;
  const pixels = Uint8Array.from({ length: sources.count * SIDE * SIDE }, (_, k) => {
    const [i, row, column] = [Math.floor(k / SIDE / SIDE), Math.floor(k / SIDE) % SIDE, k % SIDE];
    return sources.pixels[(i * side + Math.floor((row * side) / SIDE)) * side + Math.floor((column * side) / SIDE)];
  });
  return { ...sources, role: "output", shape: TARGET, pixels };
}

/** Each pixel as the mean of itself and those around it. @param {Pictures} pictures @returns {Pictures} */
export function blurred(pictures) {
  const pixels = pictures.pixels.map((_, k) => [-SIDE, -1, 0, 1, SIDE].reduce((sum, d) => sum + (pictures.pixels[k + d] ?? 0), 0) / 5);
  return { ...pictures, pixels };
}

/** The catalog of a site where models of these presets lie ready. @param {Catalog} catalog @param {{ trained?: string[], rivals?: string[] }} models @returns {Catalog} */
export function withModels(catalog, { trained = [], rivals = [] }) {
  const presets = catalog.presets.map((preset) => ({ ...preset, outlook: { ...preset.outlook, trained: trained.includes(preset.name), rival: rivals.includes(preset.name) } }));
  return { ...catalog, presets };
}
