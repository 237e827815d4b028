// Test-only: a catalog of the shape that the core exports, with every kind of control.
// @ts-check

/** @import { Catalog, Field, Metric, Recipe } from "../../../www/js/protocol.js" */
import { METRICS, OPTIONS, presetsOf } from "./points.mjs";

const optimiser = { kind: "adam", lr: 2e-3, beta1: 0, beta2: 0.99, epsilon: 1e-8, weight_decay: 0.01 };
/** @type {Recipe} */
export const recipe = {
  game: "classic",
  view: "plain",
  adversarial: 1,
  distance: 0,
  dataset: "mnist",
  drawing: "",
  conditional: true,
  codes: { categorical: false, continuous: 0 },
  latent: 64,
  batch: 64,
  d_steps: 1,
  objective: "relativistic",
  penalty: { kind: "r1-r2", gamma: 1 },
  generator: { network: "dcgan", width: 32, optimiser: { ...optimiser } },
  discriminator: { network: "dcgan", width: 32, optimiser: { ...optimiser } },
  ema: 0.995,
  seed: 1,
};

/** @param {string} path @param {string} group @param {string} label @param {string} help @param {Field["control"]} control @param {string} [marks] @returns {Field} */
const field = (path, group, label, help, control, marks = "") => ({
  path, group, label, help, control, live: marks.includes("live"), branches: /live|branches/.test(marks), basic: marks.includes("basic"), unless: [],
});
/** Words as long as the real ones. */
const ABOUT = new Map([
  ["sketch", "The digit thinned to lines one pixel wide, for the artist to fill in."],
  ["shrunk", "The digit at 7 × 7 pixels, for the artist to enlarge."],
  ["zebra", "The digit made thicker and cut into diagonal stripes."],
  ["masked", "The digit with a square hole somewhere, for the artist to fill."],
]);
/** @param {[unknown, string][]} options @returns {Field["control"]} */
const choice = (options) => ({
  kind: "choice",
  options: options.map(([value, label]) => ({ value, label, help: ABOUT.get(String(value)) ?? `About ${label}.`, paper: { citation: "Someone 2014", url: "https://arxiv.org/abs/1406.2661" } })),
});
/** @param {"Generator" | "Discriminator"} group @param {string} words */
const player = (group, words) => {
  const at = group.toLowerCase();
  return [
    field(`${at}.optimiser.lr`, group, "Learning rate", words, { kind: "number", min: 1e-5, max: 0.1, log: true }, "live basic"),
    field(`${at}.network`, group, "Network", "Its architecture.", choice([["mlp", "MLP"], ["dcgan", "DCGAN"], ["stylegan2", "StyleGAN2"]])),
    field(`${at}.width`, group, "Width", "Channels of the first feature maps.", { kind: "integer", min: 4, max: 512 }),
    field(`${at}.optimiser.kind`, group, "Optimiser", "How a gradient becomes a step.", choice([["adam", "Adam"], ["rmsprop", "RMSProp"]]), "branches"),
    {
      ...field(`${at}.optimiser.beta1`, group, "Momentum β₁", "How much past gradients carry over into each step.", { kind: "number", min: 0, max: 0.999, log: false }, "branches"),
      unless: [{ path: `${at}.optimiser.kind`, values: ["rmsprop"] }],
    },
  ];
};

/** @param {string} name @param {string} label @param {Metric["better"]} better @param {number | null} ideal @param {Metric["unit"]} unit @returns {Metric} */
const metric = (name, label, better, ideal, unit) => ({
  name, label, better, ideal, unit, help: `What ${label} says.`, formula: "‖μ − μ′‖² + Tr(C + C′ − 2(CC′)^½)", sample: "drawings and held-out real digits",
  paper: { citation: "Someone 2017", url: "https://arxiv.org/abs/1706.08500" },
});

/** A run that makes pictures of pictures. @param {string} view @param {number} [adversarial] */
const translation = (view, adversarial = 1) => ({ ...recipe, game: "translation", view, conditional: false, adversarial, distance: 10 });

/** @type {Catalog} */
export const catalog = {
  presets: [
    { name: "quick", label: "Quick digits", summary: "Digits within seconds: a conditional DCGAN with the relativistic loss. Each column asks for one digit.", paper: { citation: "Huang et al. 2024 (R3GAN)", url: "https://arxiv.org/abs/2501.05441" }, recipe, outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "vanilla", label: "Vanilla GAN", summary: "The first GAN: two plain multilayer perceptrons. Noisy strokes; watch for collapse.", paper: { citation: "Goodfellow et al. 2014", url: "https://arxiv.org/abs/1406.2661" }, recipe: { ...recipe, conditional: false, objective: "non-saturating" }, outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "codes", label: "With codes", summary: "Codes instead of labels.", paper: null, recipe: { ...recipe, conditional: false, codes: { categorical: true, continuous: 2 } }, outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "told", label: "With codes and digits", summary: "Digits take the place of codes that nobody reads.", paper: null, recipe: { ...recipe, conditional: true, codes: { categorical: true, continuous: 2 } }, outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "sketch", label: "Sketch to digit", summary: "The artist is given a digit thinned to a line.", paper: null, recipe: translation("sketch"), outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "super", label: "Super-resolution", summary: "The artist makes large pictures of small ones.", paper: null, recipe: { ...translation("shrunk"), feature_distance: 0.5 }, outlook: { fails: false, steps: 200, cost: 1 } },
    { name: "distance", label: "Distance alone", summary: "No judge.", paper: null, recipe: translation("masked", 0), outlook: { fails: false, steps: 200, cost: 1 } },
    ...[
      { name: "zebra", label: "Zebra stripes", recipe: { ...translation("zebra"), game: "cycle", distance: 0 } },
      { name: "moco", label: "Moving digits", recipe: { ...recipe, game: "film", view: "moving" } },
      { name: "styles", label: "Styles", recipe: { ...recipe, generator: { network: "stylegan2", width: 32, optimiser: { ...optimiser } } } },
      { name: "tinted", label: "Digits in colour", recipe: { ...recipe, view: "tinted" } },
    ].map((row) => ({ ...row, summary: `About ${row.label}.`, paper: null, outlook: { fails: false, steps: 200, cost: 1 } })),
    ...presetsOf(recipe),
  ],
  fields: [
    field("game", "Run", "Game", "What the artist starts from.", choice([["classic", "From noise"], ["translation", "Translation"], ["cycle", "Without pairs"], ["film", "Films"]]), "basic"),
    { ...field("view", "Run", "Source", "What the artist is given of each real picture.", choice([["plain", "As it is"], ["sketch", "Sketch"], ["shrunk", "Shrunk"], ["masked", "Masked"], ["zebra", "Zebra"], ["moving", "Moving"], ["tinted", "Tinted"]]), "basic"), unless: [] },
    field("adversarial", "Run", "Weight of the judge", "How much the artist minds what the judge says.", { kind: "number", min: 0, max: 10, log: false }, "branches"),
    field("distance", "Run", "Weight of the distance λ", "How much it minds being away from the truth.", { kind: "number", min: 0, max: 100, log: false }, "branches"),
    field("dataset", "Run", "Data", "The real pictures that the judge learns from.", choice([["mnist", "MNIST"], ["drawn", "Drawn digits"], ...OPTIONS]), "basic"),
    { ...field("drawing", "Run", "Drawing", "Where you have put the points that the judge learns from: draw them in the room Pad.", { kind: "drawing" }), unless: [{ path: "dataset", values: ["mnist", "drawn", ...OPTIONS.map(([value]) => value).filter((value) => !value.startsWith("drawn-"))] }] },
    field("seed", "Run", "Seed", "Determines every random number: the same seed gives the same run.", { kind: "integer", min: 0, max: 999_999 }, "basic"),
    field("batch", "Run", "Batch size", "Pictures per step: a larger batch makes steadier but slower steps.", { kind: "integer", min: 2, max: 512 }, "basic"),
    field("conditional", "Run", "Conditional GAN", "The artist draws the digit it is asked for.", { kind: "toggle" }),
    field("codes.categorical", "Run", "Categorical code", "Categories that the artist makes up.", { kind: "toggle" }),
    field("codes.continuous", "Run", "Continuous codes", "How many numbers of the latent vector have to show.", { kind: "integer", min: 0, max: 4 }),
    field("d_steps", "Run", "Discriminator steps per generator step", "More steps give the judge a head start.", { kind: "integer", min: 1, max: 8 }, "live"),
    field("objective", "Run", "Objective", "The loss that each player minimises.", choice([["non-saturating", "Non-saturating"], ["relativistic", "Relativistic"]]), "branches"),
    field("penalty.gamma", "Run", "Penalty weight γ", "The penalty is γ/2 times the mean squared gradient norm.", { kind: "number", min: 0.001, max: 100, log: true }, "branches"),
    ...player("Generator", "How fast the artist learns."),
    ...player("Discriminator", "How fast the judge learns."),
  ],
  metrics: [
    metric("distance", "Distance of some kind", "lower", 0, "number"),
    metric("share", "Share of a thing with a long name indeed", "higher", 1, "share"),
    metric("gap", "A gap", "neither", null, "number"),
    metric("elsewhere", "What another game has", "lower", 0, "number"),
    ...METRICS,
  ],
};
