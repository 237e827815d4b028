// The shapes of what travels between the page and a session, as `src/session/protocol.rs` and
// `src/recipe/` define them, and what they mean: it must not know who sends or shows any of it.
// `tests/protocol/*.json` hold one of each message, read by Rust and by JS.
// @ts-check

/**
 * A whole experiment. Its fields are those that the catalog lists; only those that the page's
 * address can set, or that say what can be asked of the artist, are named here.
 * @typedef {{ dataset: string, drawing: string, view: string, conditional: boolean, codes: { categorical: boolean, continuous: number },
 *   latent: number, seed: number, [field: string]: unknown }} Recipe
 */

/** @typedef {{ citation: string, url: string }} Paper */
/** @typedef {{ value: unknown, label: string, help: string, paper?: Paper | null }} Choice */
/**
 * @typedef {{ kind: "choice", options: Choice[] }
 *   | { kind: "toggle" }
 *   | { kind: "drawing" }
 *   | { kind: "integer", min: number, max: number }
 *   | { kind: "number", min: number, max: number, log: boolean }} Control
 */
/**
 * One settable value: `path` is where it stands in the recipe, such as `a.b.c`; `live` when it may
 * change while training, `branches` when it may also where a run goes on from a snapshot; `basic` when a
 * first-time visitor sees it. It has no effect while the value at a path of `unless` is one of those.
 * @typedef {{ path: string, group: string, label: string, help: string, control: Control,
 *   live: boolean, branches: boolean, basic: boolean,
 *   unless: { path: string, values: unknown[] }[] }} Field
 */
/** @typedef {{ name: string, label: string, summary: string, paper?: Paper | null, recipe: Recipe,
 *   outlook: { fails: boolean, steps: number, cost: number, trained?: boolean, rival?: boolean } }} Preset
 * `outlook`: after so many steps it draws digits, or is seen to fail; a step costs so many times what the first preset's
 * does; whether a model of it lies ready on the site, and one without a judge to compare with */
/**
 * A figure that pictures are measured by. `ideal` is what perfect pictures would read, if there is such a
 * thing; `sample` says what it is computed from.
 * @typedef {{ name: string, label: string, help: string, formula: string, paper: Paper, sample: string,
 *   better: "higher" | "lower" | "neither", ideal: number | null, unit: "share" | "count" | "number" }} Metric
 */
/** @typedef {{ presets: Preset[], fields: Field[], metrics: Metric[] }} Catalog */

/** @typedef {"both" | "discriminator" | "generator"} Players */
/** A step that was recorded, as a safetensors file. @typedef {{ id: number, step: number, file: Uint8Array }} Recorded */
/** @typedef {"loading" | "ready" | "training" | "paused" | "failed"} State */
/** What a picture is: so many pixels on each side, of so many values each; a point is one pixel. @typedef {{ side: number, channels: number }} Shape */
/**
 * Pictures, one after another, 0 is black; `labels` may be empty. `role`: real ones, what is translated, or what the
 * artist made. `frames`: of films, whose frames are the channels of a picture; 1 of others.
 * @typedef {{ role: "target" | "source" | "output", shape: Shape, frames: number, count: number, columns: number, pixels: Uint8Array, labels: Uint8Array }} Pictures
 */
/**
 * Both ways of a run that translates back and forth, of the first pictures on show: the sources that come of the preview's
 * targets, the sources that come of the real targets, and what those become in turn.
 * @typedef {{ step: number, source_again: Pictures, forth: Pictures, target_again: Pictures }} RoundTrip
 */
/** How far a generated density lies from the data's; null for infinity. @typedef {{ kl: number | null, reverse_kl: number | null, jensen_shannon: number, wasserstein: number }} Divergences */
/**
 * What is to be seen of a game with points. A list by cell divides `range` evenly, one of a plane row by row from the
 * lower left; points are x and y in turn. `pushes`: where the artist's loss sends the first fakes. `probability`:
 * whether a logit is that of a probability; `threshold`: the logit at which the judge cannot tell, if there is one; `optimum`, the logits of the best judge there could be, may be empty.
 * `exact`: whether `made` is the exact density. `warped`: what becomes of (lattice + 1)² latents of equally likely
 * cells; empty where the latents have no two dimensions. `modes`: of a mixture. `path`: [θ, ψ] in turn, where the run
 * has been since the last chart; `field`: which way it goes at arrows × arrows places within ± reach.
 * @typedef {{ kind: "line", range: [number, number], data: number[], made: number[], exact: boolean, logits: number[],
 *     optimum: number[], probability: boolean, threshold: number | null, latents: number[], fakes: number[], pushes: number[], divergences: Divergences }} LineChart
 * @typedef {{ kind: "plane", range: [number, number], cells: number, logits: number[], probability: boolean, threshold: number | null,
 *     lattice: number, warped: number[], fakes: number[], pushes: number[],
 *     modes: { found: number, all: number, close: number, reverse_kl: number } | null }} PlaneChart
 * @typedef {{ kind: "dirac", reach: number, arrows: number, field: number[], path: number[],
 *     eigenvalues: [{ re: number, im: number }, { re: number, im: number }] | null }} DiracChart
 * @typedef {LineChart | PlaneChart | DiracChart} Chart
 */
/** What a copy of the artist makes after so many steps against a judge drawn by hand; no chart where its numbers have run away. @typedef {{ id: number, taken: number, chart: Chart | null }} Tried */
/**
 * A figure that each step reports, and whose it is. Those of a judge's scores (`logit`) come in pairs: of real
 * pictures, then of drawings. The others are losses.
 * @typedef {{ name: string, label: string, side: "generator" | "discriminator", logit: boolean }} Figure
 */
/**
 * What a step reports, in the order of the run's figures; null for a player who did not move.
 * @typedef {{ step: number, figures: (number | null)[] }} StepFigures
 */
/**
 * `label_accuracy` is absent for an unconditional run; `class_kl` is in nats.
 * @typedef {{ step: number, count: number, seed: number, label_accuracy?: number | null,
 *   class_histogram: number[], class_kl: number }} Evaluation
 */
/** How varied the drawings are: 1 is as varied as real digits. @typedef {{ step: number, classes: number, overall: number, within: number }} Look */
/** @typedef {{ kind: string, saw: string, remedies: string[] }} CollapseReport */
/** @typedef {{ step: number, fakes: number[], reals: number[], told_apart: number }} Judged */
/** Where a loss, by its name, and every score come to rest in theory. @typedef {{ d_loss: number | null, g_loss: number | null, logit: number | null }} Equilibrium */
/**
 * Distances in the classifier's features; `usual` is that of the real digit from its own nearest one.
 * @typedef {{ pixels: Uint8Array, label: number, distance: number, usual: number | null, searched: number }} Neighbour
 */
/**
 * Every figure of fresh samples by its name in the catalog; the floor, the same of as many real pictures of the
 * training; and the baseline, that of what a run translates, at the size of its pictures: empty otherwise. All were compared with `reference` held-out ones. `millis` is computing time.
 * @typedef {{ step: number, images_seen: number, count: number, seed: number, reference: number,
 *   class_histogram: number[], figures: Record<string, number>, floor: Record<string, number>,
 *   baseline: Record<string, number>, millis: number }} Measurement
 */
/** How one classifier that has learnt from so many real digits a class, with or without drawings, reads held-out ones. @typedef {{ digits: number, seed: number, arm: "real" | "both" | "moved" | "samples" | "both-moved", accuracy: number }} Score */
/** Of the run at that step: scores so far, of so many, and what they say. @typedef {{ id: number, step: number, of: number, curve: { origin: unknown, tested: number, scores: Score[] }, conclusion: string }} AugmentReport */
/** Pictures to translate: whole ones (`target`), of which the run's view is still to be made, or as that makes them. `forth`: only whole ones, in a run that translates both ways. @typedef {{ pixels: Uint8Array, form: "target" | "source", direction: Direction }} Given */
/** Back to the data set's own pictures, or forth to what the run's view makes of them. @typedef {"back" | "forth"} Direction */
/** `pictures`: for a run that translates, and only for one. `scored`: whether the judge is to score them. @typedef {{ count: number, seed: number, latents?: number[], labels?: number[], truncation?: number, pictures?: Given, second?: { latents: number[], from: number }, scored?: boolean }} SampleRequest */

/** What a second latent can decide: the styles of the layers from one on, `sides` being those of their pictures, or how things move. @typedef {{ kind: "styles", sides: number[] } | { kind: "motion" }} Mixing */

/**
 * @typedef {{ type: "load", recipe: Recipe }
 *   | { type: "replay", run: string, until: number }
 *   | { type: "add-data", images: Uint8Array, labels: Uint8Array, total: number }
 *   | { type: "run" }
 *   | { type: "pause" }
 *   | { type: "step", player: Players }
 *   | { type: "record", id: number }
 *   | { type: "reset" }
 *   | { type: "adjust", recipe: Recipe }
 *   | { type: "sample", id: number, request: SampleRequest }
 *   | { type: "save", id: number }
 *   | { type: "restore", id: number, checkpoint: Uint8Array, recipe: Recipe | null }
 *   | { type: "export", id: number }
 *   | { type: "load-rival", checkpoint: Uint8Array }
 *   | { type: "load-classifier", weights: Uint8Array }
 *   | { type: "inspect", id: number, pixels: Uint8Array, label: number, source: Uint8Array | null }
 *   | { type: "invert", id: number, pixels: Uint8Array, seed: number }
 *   | { type: "directions", id: number }
 *   | { type: "evaluate", count: number, seed: number }
 *   | { type: "add-held-out", images: Uint8Array, labels: Uint8Array }
 *   | { type: "measure", count: number, seed: number }
 *   | { type: "augment", id: number, tries: number }
 *   | { type: "judge-by-hand", id: number, logits: Uint8Array, steps: number, afresh: boolean }} Command
 */

/** The nearest drawing after so many looks, and how far from the wanted one, 0 to 1. @typedef {{ id: number, taken: number, of: number, latent: number[], label: number, distance: number, picture: Pictures }} Inverted */
/** Unit vectors along which drawings change most, and the share of each. @typedef {{ id: number, vectors: number[][], shares: number[] }} Directed */

/** What a session is supplied with: each is answered by a `supplied`, in their order. @typedef {Extract<Command, { type: "add-data" | "add-held-out" | "load-classifier" | "load-rival" }>} Supply */

/**
 * @typedef {{ type: "opened", device: string, catalog: Catalog }
 *   | { type: "state-changed", state: State, step: number }
 *   | { type: "loaded", recipe: Recipe, g_parameters: number, d_parameters: number, workers: number,
 *       equilibrium: Equilibrium, figures: Figure[], target: Shape, source: Shape | null, mixing: Mixing | null, both_ways: boolean, needs_classifier: boolean }
 *   | { type: "data-added", dataset: string, loaded: number, total: number, sample: Pictures, sources: Pictures | null }
 *   | { type: "progressed", step: number, images_seen: number, step_millis: number,
 *       images_per_second: number, losses: StepFigures[] }
 *   | { type: "previewed", step: number, pictures: Pictures }
 *   | ({ type: "round-tripped" } & RoundTrip)
 *   | { type: "charted", step: number, chart: Chart }
 *   | ({ type: "tried" } & Tried)
 *   | ({ type: "judged" } & Judged)
 *   | { type: "watched", look: Look, collapse: CollapseReport | null }
 *   | { type: "sampled", id: number, pictures: Pictures, sources: Pictures | null, compared: Pictures | null, scores: number[] | null }
 *   | { type: "compared", step: number, pictures: Pictures }
 *   | { type: "dropped", id: number }
 *   | { type: "inspected", id: number, logit: number, saliency: number[] }
 *   | { type: "matched", id: number, neighbour: Neighbour }
 *   | ({ type: "inverted" } & Inverted)
 *   | ({ type: "directed" } & Directed)
 *   | ({ type: "recorded" } & Recorded)
 *   | { type: "saved", id: number, step: number, millis: number, checkpoint: Uint8Array, run: string | null }
 *   | { type: "replayed", step: number }
 *   | { type: "replay-dropped" }
 *   | { type: "restored", id: number, step: number }
 *   | ({ type: "evaluated" } & Evaluation)
 *   | ({ type: "measured" } & Measurement)
 *   | ({ type: "augmented" } & AugmentReport)
 *   | { type: "supplied", accepted: boolean }
 *   | { type: "waiting", first: number, last: number }
 *   | { type: "failed", code: string, message: string, problems: Problem[] }} Event
 */

/**
 * A field that a recipe was refused for; `reason` follows its name. Of a failure that is about something else
 * there are none, and `message` says all.
 * @typedef {{ path: string, reason: string }} Problem
 */

/** Which browser program: they differ only in what they compute on. @typedef {"cpu" | "gpu"} Program */

/**
 * What the page tells its worker: which program to open (once), how many workers are to share a batch (null: as
 * many as there are processors) and whether what the browser remembers of the program is of no use; then commands.
 * @typedef {{ type: "open", program: Program, workers: number | null, anew: boolean }
 *   | { type: "commands", commands: Command[] }} ToWorker
 */
/** Why a program ends: its files did not come, this browser cannot run it, or it broke down.
 * @typedef {import("./fetching.js").TroubleKind | "unsupported" | "crashed"} Fault */
/**
 * What the worker tells the page: that it is still fetching its program, that it is starting it, then events.
 * After `failed` the worker is dead and should be replaced.
 * @typedef {{ type: "loading" } | { type: "starting" } | { type: "events", events: Event[] }
 *   | { type: "failed", fault: Fault, reason: string }} FromWorker
 */

export const CLASSES = 10;

/** Values of a picture. @param {Shape | null | undefined} shape */
export const sizeOf = (shape) => (shape ? shape.side * shape.side * shape.channels : 0);

/** Bytes of a picture: one a value, but points have numbers of four. @param {Shape} shape */
export const bytesOf = (shape) => sizeOf(shape) * (isPoint(shape) ? Float32Array.BYTES_PER_ELEMENT : 1);

/** Whether something of that shape is a point, whose numbers are in the bytes. @param {Shape | null | undefined} shape */
export const isPoint = (shape) => shape?.side === 1;

/** The numbers of points. @param {Pictures} points */
export const numbersOf = ({ pixels }) => new Float32Array(pixels.slice().buffer);

/** Whether a judge plays in a run of these figures. @param {Figure[]} figures */
export const hasJudge = (figures) => figures.some(({ side }) => side === "discriminator");

/**
 * What the artist of a run is given beside noise and digits; where it is told digits nothing is.
 * @param {Recipe | null} running
 */
export function codesOf(running) {
  return running && !running.conditional ? running.codes : { categorical: false, continuous: 0 };
}
