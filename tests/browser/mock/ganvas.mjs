// Test-only: a program with the exports of the real one that trains nothing. It speaks the protocol
// plausibly, so that the page can be looked at and tested without wasm. What it should do wrong is
// in `mock-config.mjs`, which the test's server makes up.
// @ts-check

/** @import { Account } from "../../../www/js/link/account.js" */
/** @import { AugmentReport, Command, Event, Given, Pictures, Recipe, Shape, State } from "../../../www/js/protocol.js" */
// @ts-ignore: as the page is served
import { readAccount, writeAccount } from "/js/link/account.js";
import { catalog } from "./catalog.mjs";
import { chartOf, triedChart } from "./charts.mjs";
import { SIDE, TARGET, blurred, enlarged, figuresOf, mixingOf, viewed, varied, withModels } from "./games.mjs";
import { recordingOf } from "./recordings.mjs";
import { measured, pointOf, points, problemsOf } from "./points.mjs";
// @ts-ignore: served by tests/browser/lib/server.mjs
import config from "./mock-config.mjs";

const MAGIC = "mock checkpoint ";
const device = new URL(import.meta.url).pathname.includes("/gpu/") ? "gpu" : "cpu";

export default async function init() {
  if (config[device] === "no-init") throw new Error("the mock would not start");
  if (config[device] === "never-starts") await new Promise(() => {});
}

export async function openSession() {
  if (config[device] === "never-opens") await new Promise(() => {});
  return new MockSession();
}

export function compiledProgram() {
  return "a program";
}

/** Answers everything with what it was told. */
export class Replica {
  static async open() {
    return new Replica();
  }

  /** @param {unknown} _task @param {Float32Array} _room @param {number} count */
  async answer(_task, _room, count) {
    return Float32Array.of(0, count);
  }
}

class MockSession {
  constructor() {
    /** @type {Event[]} */
    this.events = [{ type: "opened", device, catalog: withModels(catalog, config.models ?? {}) }];
    /** @type {Recipe | null} */
    this.recipe = null;
    this.step = 0;
    /** How the run came to its step, if that is known. @type {Account | null} */
    this.account = null;
    /** A run that is played again: its moves that are still to come, and where it ends. @type {{ moves: Account["moves"], until: number } | null} */
    this.replay = null;
    this.loaded = 0;
    /** @type {State} */
    this.state = "loading";
    this.ticking = false;
    this.workers = 1;
    /** @type {((helper: number, task: object, weights: Float32Array) => Promise<unknown>) | null} */
    this.ask = null;
    this.savedAt = Infinity;
    this.drops = config.drops ?? 0;
    /** @type {Extract<Command, { type: "evaluate" }> | null} */
    this.evaluation = null;
    /** @type {Extract<Command, { type: "measure" }> | null} */
    this.measurement = null;
    /** What an experiment has come to, which goes on with every tick. @type {AugmentReport | null} */
    this.augmentation = null;
    this.heldOut = false;
    this.classifier = false;
    this.total = 0;
    this.waits = false;
    /** The step of the last chart of points. */
    this.charted = 0;
    /** Steps of the artist that plays against a judge drawn by hand. @type {number | null} */
    this.tried = null;
    /** Whether there is a run to compare with. */
    this.rival = false;
    /** Shards to be refused. */
    this.refusals = config.refusesShards ?? 0;
  }

  /** @param {number} count @param {NonNullable<MockSession["ask"]>} ask */
  shareWith(count, ask) {
    this.workers = count + 1;
    this.ask = ask;
    this.sayLoaded();
  }

  /** As the real one does, in each step. */
  async askHelpers() {
    try {
      await this.ask?.(0, {}, new Float32Array(4));
    } catch (error) {
      this.ask = null;
      this.workers = 1;
      this.refuse("helper-lost", `a helping worker failed (${/** @type {Error} */ (error).message}); training continues without help, more slowly`);
      this.sayLoaded();
    }
  }

  get busy() {
    if (this.ticking) throw new Error("busy was asked during a tick");
    return this.state === "training" || this.evaluation !== null || this.measurement !== null || this.augmentation !== null;
  }

  drawsFromNoise() {
    return this.source === null && !pointOf(this.recipe);
  }

  /** @param {Command[]} commands @param {number} budget */
  async tick(commands, budget) {
    if (this.ticking) throw new Error("tick was called while another was under way");
    this.ticking = true;
    if (config.translationMillis && commands.some(({ type }) => type === "sample")) await new Promise((resolve) => setTimeout(resolve, config.translationMillis));
    for (const command of commands) this.carryOut(command);
    // As the real one does: an evaluation takes its time, and is forgotten when the run is replaced.
    if (this.evaluation && commands.length === 0) this.evaluate(this.evaluation);
    if (this.measurement && commands.length === 0) this.measure(this.measurement);
    if (this.augmentation && commands.length === 0) await this.augment(this.augmentation);
    if (this.state === "training") await this.train(budget);
    this.ticking = false;
    return this.events.splice(0);
  }

  /** @param {Command} command */
  carryOut(command) {
    if (["load", "run", "step", "record", "reset", "adjust", "restore"].includes(command.type)) this.tried = null;
    switch (command.type) {
      case "load":
        if (this.refuses(command.recipe)) break;
        this.recipe = command.recipe;
        this.begin();
        break;
      case "replay":
        return this.replayed(readAccount(command.run), command.until);
      case "add-data": {
        // The real one unzips them and sees more.
        if (command.images[0] !== 31 || this.refusals-- > 0) return this.take("data-wrong-magic", "the images are not an IDX file");
        this.loaded += 4000;
        this.total = command.total;
        this.waits = false;
        // What is added is MNIST, whatever the run learns from.
        this.showData("mnist", this.loaded, this.total);
        this.take();
        this.leaveLoading();
        break;
      }
      case "run":
        if (this.state === "loading" || this.state === "failed") return this.refuse("not-ready", "there is nothing to train yet");
        this.become("training");
        break;
      case "pause":
        if (this.state === "training") this.become("paused");
        break;
      case "step":
        this.dropReplay();
        if (command.player !== "both") this.note({ step: this.step, action: { single: command.player } });
        this.advance(1, command.player);
        this.become("paused");
        this.preview();
        break;
      case "record": {
        if (this.state === "loading" || this.state === "failed" || !this.recipe) return this.refuse("not-ready", "there is nothing to train yet");
        this.dropReplay();
        this.advance(1, "both");
        this.become("paused");
        this.preview();
        const view = String(this.recipe.view);
        const { shape, pixels: fakes } = varied(this.pictures(8, 8, null, 0), view);
        const { pixels: reals } = varied(this.pictures(8, 8, null, 1, 0), view);
        const file = recordingOf(this.recipe, this.step, { target: pointOf(this.recipe) ?? shape, source: this.source, judge: figuresOf(this.recipe).some(({ side }) => side === "discriminator"), fakes, reals });
        this.events.push({ type: "recorded", id: command.id, step: this.step, file });
        break;
      }
      case "reset":
        this.begin();
        break;
      case "adjust":
        this.dropReplay();
        this.note({ step: this.step, action: { adjust: command.recipe } });
        this.recipe = command.recipe;
        this.sayLoaded();
        break;
      case "sample": {
        const { count, labels, latents, pictures, second } = command.request;
        if (this.drops-- > 0) return void this.events.push({ type: "dropped", id: command.id });
        if (this.source !== null) {
          const given = pictures && this.given(pictures, count);
          if (!given) return this.drop(command.id, "this run translates pictures: give it some to translate");
          const made = pictures?.direction === "forth" ? viewed({ ...given, role: "output" }, this.recipe?.view ?? "") : enlarged(given);
          this.events.push({ type: "sampled", id: command.id, pictures: { ...made, role: "output" }, sources: { ...given, role: "source" }, compared: this.rival ? blurred(made) : null, scores: null });
          break;
        }
        if (pictures) return this.drop(command.id, "this run draws from noise and takes no pictures");
        // Other latents are other drawings, if they are as many as the run takes.
        const size = this.recipe?.latent ?? 0;
        if (latents && latents.length !== count * size) return this.drop(command.id, `${latents.length} latent numbers`);
        if (second && second.latents.length !== count * size) return this.drop(command.id, `${second.latents.length} second latent numbers`);
        const variant = latents ? latents[0] * 3 + latents[1] * 7 + latents[size - 1] : command.request.seed;
        this.events.push({ type: "sampled", id: command.id, pictures: varied(this.pictures(count, 10, labels ?? null, variant), String(this.recipe?.view)), sources: null, compared: null, scores: command.request.scored ? Array.from({ length: count }, (_, i) => Math.sin(i)) : null });
        break;
      }
      case "save":
        if (this.state === "failed") return this.refuse("not-ready", "this run has failed");
        this.savedAt = this.step;
        this.preview();
        this.events.push({ type: "saved", id: command.id, step: this.step, millis: 1, checkpoint: new TextEncoder().encode(MAGIC + JSON.stringify({ step: this.step, recipe: this.recipe, account: this.account })), run: this.account && writeAccount(this.account) });
        break;
      case "restore": {
        const text = readable(command.checkpoint);
        if (config.forgets) return this.refuse("checkpoint-invalid", "this checkpoint cannot be used: it was not made by this version of ganvas");
        if (!text.startsWith(MAGIC)) return this.refuse("checkpoint-invalid", "this checkpoint cannot be used: it is not a safetensors file");
        const { step, recipe, account = null } = JSON.parse(text.slice(MAGIC.length));
        this.dropReplay();
        this.recipe = command.recipe ?? recipe;
        this.step = step;
        this.account = account;
        if (command.recipe) this.note({ step, action: { adjust: command.recipe } });
        this.evaluation = this.measurement = this.augmentation = null;
        this.sayLoaded();
        this.events.push({ type: "restored", id: command.id, step });
        this.become(this.canStart ? "paused" : "loading");
        this.preview();
        this.compare();
        break;
      }
      case "inspect": {
        const { id } = command;
        if (pointOf(this.recipe)) return this.refuse("bad-command", "only pictures can be inspected");
        const size = this.source ? this.source.side ** 2 : 0;
        if ((command.source?.length ?? 0) !== size) return this.refuse("bad-command", `this run wants a source of ${size} bytes, not ${command.source?.length}`);
        this.events.push({ type: "inspected", id, logit: -0.25, saliency: Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i / 9)) });
        if (this.classifier) this.events.push({ type: "matched", id, neighbour: { pixels: this.pictures(1, 1, [7], 3, 0).pixels, label: 7, distance: 4.5, usual: 4, searched: 60_000 } });
        break;
      }
      case "invert": {
        const { id, pixels, seed } = command;
        if (!this.drawsFromNoise()) return this.refuse("bad-command", "only a run that draws single pictures from noise can look for one");
        if (pixels.length !== SIDE * SIDE) return this.refuse("bad-command", `a picture of this run has ${SIDE * SIDE} bytes, but ${pixels.length} came`);
        if (config.findsNothing) break;
        // The real one takes a look at a time, and gets nearer.
        for (let taken = 0; taken <= 20; taken++) {
          const latent = Array.from({ length: this.recipe?.latent ?? 0 }, (_, i) => Math.sin(i + seed) * (1 + taken / 20));
          this.events.push({ type: "inverted", id, taken, of: 20, latent, label: 3, distance: 0.3 - taken / 100, picture: this.pictures(1, 1, [3], seed + taken) });
        }
        break;
      }
      case "directions": {
        if (!this.drawsFromNoise()) return this.refuse("bad-command", "only a run that draws pictures from noise has directions to look for");
        const size = this.recipe?.latent ?? 0;
        const vectors = Array.from({ length: Math.min(4, size) }, (_, k) => Array.from({ length: size }, (_, i) => Number(i === k)));
        this.events.push({ type: "directed", id: command.id, vectors, shares: [0.4, 0.2, 0.1, 0.05].slice(0, vectors.length) });
        break;
      }
      case "evaluate":
        if (pointOf(this.recipe)) return this.refuse("bad-command", "points are not read: ask to measure them");
        if (!this.classifier) return this.refuse("not-ready", "the classifier has not been loaded");
        this.evaluation = command;
        break;
      case "load-rival":
        if (!readable(command.checkpoint).startsWith(MAGIC)) return this.take("rival-invalid", "this model cannot be compared with: it is damaged");
        this.rival = true;
        this.compare();
        this.take();
        break;
      case "add-held-out":
        this.heldOut = true;
        this.take();
        break;
      case "load-classifier":
        if (config.refusesClassifier) return this.take("classifier-invalid", "the classifier's weights cannot be used: it lacks a tensor");
        this.classifier = true;
        this.take();
        this.leaveLoading();
        break;
      case "measure":
        if (!this.heldOut && !this.isEndless) return this.refuse("not-ready", "there are no held-out pictures to measure by");
        this.measurement = command;
        break;
      case "augment":
        this.augmentation = null;
        if (command.tries === 0) break;
        if (!this.recipe?.conditional || this.source || pointOf(this.recipe)) return this.refuse("bad-command", "classifiers need to know which digit a drawing is, and this run has no labels");
        if (!this.heldOut && !this.isEndless) return this.refuse("not-ready", "there are no held-out pictures to measure by");
        this.augmentation = { id: command.id, step: this.step, of: 8 * command.tries, curve: { origin: { others: 60_000 }, tested: 2000, scores: [] }, conclusion: "" };
        break;
      case "judge-by-hand": {
        const point = pointOf(this.recipe);
        if (this.state !== "ready" && this.state !== "paused") return this.refuse("not-ready", "a judge drawn by hand plays while a run rests: load or pause one first");
        if (!this.recipe || !point || this.recipe.dataset === "origin") return this.refuse("bad-command", "a judge can be drawn by hand in games with points");
        const { id, steps, afresh } = command;
        const logits = [...new Float32Array(command.logits.slice().buffer)];
        if (logits.length !== (point.channels === 2 ? 48 * 48 : 120)) return this.refuse("bad-command", `${logits.length} numbers came`);
        this.tried = (afresh ? 0 : this.tried ?? 0) + steps;
        if (this.tried > (config.diesTrying ?? Infinity)) setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); });
        const chart = this.tried > (config.runsAwayTrying ?? Infinity) ? null : triedChart(chartOf(this.recipe.dataset, point.channels, this.step, 0), this.tried, logits);
        this.events.push({ type: "tried", id, taken: this.tried, chart });
        if (!chart) this.tried = null;
        break;
      }
    }
  }

  /** @param {{ count: number, seed: number }} request */
  evaluate({ count, seed }) {
    const share = Math.min(0.97, 0.1 + this.step / 200);
    const histogram = Array.from({ length: 10 }, (_, i) => Math.round(count * (i === 7 ? 0.02 : 0.098 + 0.03 * Math.sin(i))));
    this.events.push({ type: "evaluated", step: this.step, count, seed, label_accuracy: this.recipe?.conditional || this.source ? share : null, class_histogram: histogram, class_kl: 0.05 });
    this.evaluation = null;
  }

  /** @param {{ count: number, seed: number }} request */
  measure({ count, seed }) {
    const figures = { distance: 900 / (1 + this.step), share: 0.5, gap: 0.25 * Math.sin(this.step) };
    const floor = { distance: 2.5, share: 0.9 };
    if (this.recipe && pointOf(this.recipe)) {
      this.events.push({ type: "measured", step: this.step, images_seen: this.step * 64, count, seed, reference: 2000, class_histogram: Array(10).fill(0), ...measured(this.recipe, this.step), baseline: {}, millis: 4 });
      this.measurement = null;
      return;
    }
    this.events.push({ type: "measured", step: this.step, images_seen: this.step * 64, count, seed, reference: 2000, class_histogram: Array(10).fill(count / 10), figures, floor, baseline: this.source ? { distance: 700 } : {}, millis: 640 });
    this.measurement = null;
  }

  /** One classifier more. @param {AugmentReport} augmentation */
  async augment({ id, step, of, curve: { origin, tested, scores } }) {
    await new Promise((resolve) => setTimeout(resolve, config.lessonMillis ?? 5));
    const k = scores.length;
    const [digits, arm, seed] = [[10, 20, 50, 100][(k >> 1) % 4], k % 2 === 0 ? "real" : "both", (k >> 3) + 1];
    const accuracy = 1 - (arm === "both" ? 0.9 : 1.9) / Math.sqrt(10 * digits) - 0.01 * seed;
    scores = [...scores, { digits, arm: /** @type {"real" | "both"} */ (arm), seed, accuracy }];
    const said = { id, step, of, curve: { origin, tested, scores }, conclusion: k === 0 ? "" : "Added to the real digits, drawings help at 10 digits a class (+10.0 points). The artist has learnt from 60,000 digits." };
    this.events.push({ type: "augmented", ...said });
    this.augmentation = scores.length < of ? said : null;
  }

  leaveLoading() {
    if (this.state === "loading" && this.recipe && this.canStart) this.become(this.step > 0 ? "paused" : "ready");
  }

  /** @param {Account["moves"][number]} move */
  note(move) {
    if (this.account) this.account = { ...this.account, moves: [...this.account.moves, move] };
  }

  /** @param {Account} account @param {number} until */
  replayed({ start, moves }, until) {
    if (this.refuses(start)) return;
    this.recipe = start;
    this.begin();
    this.replay = { moves: [...moves], until };
  }

  dropReplay() {
    if (this.replay) this.events.push({ type: "replay-dropped" });
    this.replay = null;
  }

  /** What comes of a replay before its next steps: how many of them there are. */
  followReplay() {
    if (!this.replay) return Infinity;
    const { moves, until } = this.replay;
    while (moves[0]?.step <= this.step) {
      const { step, action } = /** @type {Account["moves"][number]} */ (moves.shift());
      this.note({ step: this.step, action });
      if ("single" in action) this.advance(1, action.single);
      else {
        this.recipe = action.adjust;
        this.sayLoaded();
      }
    }
    if (this.step < until) return Math.min(moves[0]?.step ?? until, until) - this.step;
    this.replay = null;
    this.preview();
    this.become("paused");
    this.events.push({ type: "replayed", step: this.step });
    return 0;
  }

  begin() {
    this.dropReplay();
    this.account = this.recipe && { start: this.recipe, moves: [] };
    this.step = 0;
    this.evaluation = this.measurement = this.augmentation = null;
    this.sayLoaded();
    if (this.recipe && this.isEndless) this.showData(this.recipe.dataset, 0, 0);
    else if (this.loaded > 0) this.showData("mnist", this.loaded, this.total);
    this.become(this.canStart ? "ready" : "loading");
    this.preview();
    this.compare();
  }

  /** Of the rival, which enlarges. */
  compare() {
    if (this.rival && this.recipe?.view === "shrunk") this.events.push({ type: "compared", step: 600, pictures: blurred(enlarged(viewed(this.truth(), "shrunk"))) });
  }

  sayLoaded() {
    if (!this.recipe) return;
    const equilibrium = this.source ? { d_loss: null, g_loss: null, logit: null } : { d_loss: 2 * Math.LN2, g_loss: Math.LN2, logit: 0 };
    this.events.push({ type: "loaded", recipe: this.recipe, g_parameters: 350_000, d_parameters: 36_000, workers: this.workers, equilibrium, figures: figuresOf(this.recipe), target: pointOf(this.recipe) ?? this.truth().shape, source: this.source, mixing: mixingOf(this.recipe), both_ways: this.bothWays, needs_classifier: this.needsClassifier });
  }

  /** Whether the run compares features. */
  get needsClassifier() {
    return Number(this.recipe?.feature_distance ?? 0) > 0;
  }

  /** Whether what the run starts from has arrived. */
  get canStart() {
    return (this.isEndless || this.loaded > 0) && (this.classifier || !this.needsClassifier);
  }

  /** @param {string} dataset @param {number} loaded @param {number} total */
  showData(dataset, loaded, total) {
    this.events.push({ type: "data-added", dataset, loaded, total, sample: this.truth(), sources: this.source && viewed(this.truth(), this.recipe?.view ?? "") });
  }

  /** Whether the program makes the real data itself. */
  get isEndless() {
    return this.recipe?.dataset === "drawn" || pointOf(this.recipe) !== null;
  }

  /** The real digits on show, or points. @returns {Pictures} */
  truth() {
    const point = pointOf(this.recipe);
    if (point) return { ...points(point, 300, 0), role: "target" };
    return varied(this.pictures(100, 10, null, 3, 0), String(this.recipe?.view));
  }

  /** The shape of what the run translates, if it does. */
  get source() {
    if (!this.recipe || this.recipe.game === "classic" || this.recipe.game === "film") return null;
    return this.recipe.view === "shrunk" ? { side: 7, channels: 1 } : TARGET;
  }

  get bothWays() {
    return this.recipe?.game === "cycle";
  }

  /** What the run is to translate. @param {Given} given @param {number} count @returns {Pictures | null} */
  given({ pixels, form, direction }, count) {
    if (direction === "forth" && !this.bothWays) return null;
    const shape = form === "target" ? TARGET : /** @type {Shape} */ (this.source);
    if (pixels.length !== count * shape.side ** 2) return null;
    const pictures = /** @type {Pictures} */ ({ role: form, shape, frames: 1, count, columns: 10, pixels, labels: new Uint8Array() });
    return form === "target" && direction === "back" ? viewed(pictures, this.recipe?.view ?? "") : pictures;
  }

  /** The grid: of latents, or what becomes of the digits on show, ever more like them. @returns {Pictures} */
  drawings() {
    const point = pointOf(this.recipe);
    if (point) return points(point, 300, Math.exp(-this.step / 60));
    if (!this.source) return varied(this.pictures(100, 10, null, 1), String(this.recipe?.view));
    const truth = this.truth();
    const rough = enlarged(viewed(truth, this.recipe?.view ?? ""));
    const share = Math.exp(-this.step / 60);
    const pixels = truth.pixels.map((value, k) => value * (1 - share) + share * (0.6 * rough.pixels[k] + 0.4 * rough.pixels[k - (k % SIDE > 0 ? 1 : 0)]));
    return { ...truth, role: "output", pixels };
  }

  /** @param {number} budget */
  async train(budget) {
    const end = performance.now() + budget;
    const first = this.step + 1;
    // As if a step took so many pictures that the last ones are needed soon.
    if (this.recipe?.dataset === "mnist" && this.loaded < this.total && this.step >= (config.needsMoreAt ?? Infinity)) {
      if (!this.waits) this.events.push({ type: "waiting", first: this.loaded + 1, last: this.loaded + 4000 });
      this.waits = true;
      return;
    }
    while (performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    const most = this.followReplay();
    if (most === 0) return;
    await this.askHelpers();
    this.advance(Math.min(most, config.stepsPerTick ?? 2), "both");
    if (this.step >= this.savedAt + 20 && config.diesAfterSave === device || this.step >= config.diesAt) {
      // As a Rust panic does: printed, then a trap outside of any awaited promise.
      console.error("panicked at src/somewhere.rs:1:1:\nthe mock was told to die");
      setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); });
      return new Promise(() => {});
    }
    if (this.step >= (config.divergesAt ?? Infinity)) {
      this.refuse("non-finite", `training diverged: a loss is no longer a finite number at step ${this.step}`);
      this.become("failed");
    }
    if (device === "gpu" && this.step >= (config.shaderErrorAt ?? Infinity)) throw new Error("the device reported an error: Shader validation error: not today");
    if (this.step >= (config.collapsesAt ?? Infinity)) this.collapse();
    if (first % 10 === 1 || this.step < 20) this.preview();
    else this.chart();
  }

  /** @param {number} count @param {string} player */
  advance(count, player) {
    const figures = this.recipe ? figuresOf(this.recipe) : [];
    const losses = [];
    for (let i = 0; i < count; i++) {
      this.step += 1;
      const t = this.step;
      const noise = () => 0.12 * (Math.random() + Math.random() - 1);
      const spike = config.spikes && t % 97 === 0 ? 60 : 0;
      /** @type {Record<string, number>} */
      const values = {
        d_loss: 0.62 - 0.1 * Math.exp(-t / 80) + noise() + spike, d_real: 1.1 + noise(), d_fake: -0.4 - Math.exp(-t / 90) + noise(),
        g_loss: 0.9 + 0.8 * Math.exp(-t / 60) + noise() * 2, g_adversarial: 0.7 + noise(), distance: 0.04 + 0.1 * Math.exp(-t / 60) + noise() / 9, features: 0.5 + noise(),
      };
      losses.push({ step: t, figures: figures.map(({ name, side }) => (player === "both" || player === side ? values[name] : null)) });
    }
    this.events.push({ type: "progressed", step: this.step, images_seen: this.step * 64, step_millis: 24 + Math.random(), images_per_second: 2600 + 60 * Math.random(), losses });
  }

  collapse() {
    const look = { step: this.step, classes: 1.2, overall: 0.02, within: 0.01 };
    this.events.push({ type: "watched", look, collapse: { kind: "full", saw: "All drawings are alike.", remedies: ["Add a penalty.", "Go back."] } });
  }

  preview() {
    const made = this.drawings();
    this.events.push({ type: "previewed", step: this.step, pictures: made });
    if (this.bothWays) {
      const first = (/** @type {Pictures} */ all) => ({ ...all, role: /** @type {const} */ ("output"), count: 20, pixels: all.pixels.subarray(0, 20 * SIDE * SIDE), labels: all.labels.subarray(0, 20) });
      const [source_again, forth] = [made, this.truth()].map((all) => viewed(first(all), this.recipe?.view ?? ""));
      this.events.push({ type: "round-tripped", step: this.step, source_again, forth, target_again: first(made) });
    }
    this.chart();
    const scores = (/** @type {number} */ around) => Array.from({ length: 100 }, (_, i) => around + Math.sin(i * 12.9898 + this.step));
    if (Number(this.recipe?.adversarial ?? 1) > 0 && this.recipe?.dataset !== "origin") this.events.push({ type: "judged", step: this.step, fakes: scores(-0.5), reals: scores(0.5), told_apart: 0.7 });
  }

  /** Of a game with points. */
  chart() {
    const point = pointOf(this.recipe);
    if (!this.recipe || !point) return;
    const since = Math.min(this.charted, this.step);
    this.events.push({ type: "charted", step: this.step, chart: chartOf(this.recipe.dataset, point.channels, this.step, since) });
    this.charted = this.step;
  }

  /** @param {number} count @param {number} columns @param {number[] | null} labels @param {number} seed @param {number} [noise] @returns {Pictures} */
  pictures(count, columns, labels, seed, noise = Math.exp(-this.step / 60)) {
    const asked = labels ?? Array.from({ length: count }, (_, i) => i % 10);
    const pixels = new Uint8Array(count * SIDE * SIDE);
    asked.forEach((digit, i) => pixels.set(drawDigit(digit, i + seed * 100, noise), i * SIDE * SIDE));
    const known = this.recipe?.conditional || noise === 0;
    return { role: noise === 0 ? "target" : "output", shape: TARGET, frames: 1, count, columns, pixels, labels: Uint8Array.from(known ? asked : []) };
  }

  /** @param {State} state */
  become(state) {
    this.state = state;
    this.events.push({ type: "state-changed", state, step: this.step });
  }

  /** Answers what it was supplied with. @param {string} [code] @param {string} [message] */
  take(code, message = "") {
    if (code) this.refuse(code, message);
    this.events.push({ type: "supplied", accepted: !code });
  }

  /** Two large settings are too large together. @param {Recipe} recipe */
  refuses(recipe) {
    const { width } = /** @type {{ width: number }} */ (recipe.generator);
    const tooLarge = width === 512 && recipe.batch === 512;
    const pointless = problemsOf(recipe);
    if (pointless.length > 0) this.refuse("recipe-invalid", `this recipe cannot run: ${pointless[0].path} ${pointless[0].reason}`, pointless);
    const problems = ["generator.width", "batch"].map((path) => ({ path, reason: "must be less together" }));
    if (tooLarge) this.refuse("recipe-invalid", "this recipe cannot run: generator.width, batch must be less together", problems);
    return tooLarge || pointless.length > 0;
  }

  /** @param {string} code @param {string} message @param {import("../../../www/js/protocol.js").Problem[]} [problems] */
  refuse(code, message, problems = []) {
    this.events.push({ type: "failed", code, message, problems });
  }

  /** Of a question about samples. @param {number} id @param {string} message */
  drop(id, message) {
    this.refuse("bad-command", message);
    this.events.push({ type: "dropped", id });
  }
}

/** A checkpoint as this program writes it, or a model as the server does: as text. @param {Uint8Array} bytes */
function readable(bytes) {
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(MAGIC) || text[8] !== "{") return text;
  const { __metadata__: { preset, step } = {} } = JSON.parse(text.slice(8, text.lastIndexOf("}") + 1));
  const recipe = catalog.presets.find(({ name }) => name === preset)?.recipe;
  return recipe ? MAGIC + JSON.stringify({ step: Number(step), recipe }) : "";
}

const canvas = new OffscreenCanvas(SIDE, SIDE);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));

/** A digit in some typeface, slanted, under some noise. @param {number} digit @param {number} variant @param {number} noise */
function drawDigit(digit, variant, noise) {
  const wobble = (/** @type {number} */ k) => Math.sin(variant * 12.9898 + k * 78.233);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE);
  context.setTransform(1, 0.1 * wobble(1), 0.3 * wobble(2), 1, 14, 14.5);
  context.font = `${wobble(3) > 0 ? "bold " : ""}${22 + 3 * wobble(4)}px ${wobble(5) > 0 ? "serif" : "sans-serif"}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = "#fff";
  context.fillText(String(digit), 0, 0);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * i] * (1 - noise) + 255 * noise * Math.abs(Math.sin(variant * 7 + i * 3.7)) ** 3);
}
