// The fixtures that Rust writes and reads, held against the types that the page's JavaScript is checked
// with: the tables below must name every field of every message, or the type checker objects.
// @ts-check

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Memory } from "../../www/js/memory.js";
import { createListener } from "../../www/js/session.js";
import { initialState } from "../../www/js/state.js";
import { createStore } from "../../www/js/store.js";

/** @import { AugmentReport, CollapseReport, Command, Equilibrium, Evaluation, Event, Figure, Given, Look, Measurement, Neighbour, Pictures, Problem, SampleRequest, Score, Shape, StepFigures } from "../../www/js/protocol.js" */

/** @typedef {"string" | "number" | "boolean" | "object" | "bytes"} Kind */
/** @template T @typedef {Record<Exclude<keyof T, "type">, Kind>} Fields */
/** @template {{ type: string }} M @typedef {{ [T in M["type"]]: Fields<Extract<M, { type: T }>> }} Table */

/** @type {Table<Command>} */
const COMMANDS = {
  "load": { recipe: "object" },
  "replay": { run: "string", until: "number" },
  "add-data": { images: "bytes", labels: "bytes", total: "number" },
  "run": {},
  "pause": {},
  "step": { player: "string" },
  "record": { id: "number" },
  "reset": {},
  "adjust": { recipe: "object" },
  "sample": { id: "number", request: "object" },
  "save": { id: "number" },
  "restore": { id: "number", checkpoint: "bytes", recipe: "object" },
  "export": { id: "number" },
  "load-rival": { checkpoint: "bytes" },
  "load-classifier": { weights: "bytes" },
  "inspect": { id: "number", pixels: "bytes", label: "number", source: "bytes" },
  "invert": { id: "number", pixels: "bytes", seed: "number" },
  "directions": { id: "number" },
  "evaluate": { count: "number", seed: "number" },
  "add-held-out": { images: "bytes", labels: "bytes" },
  "measure": { count: "number", seed: "number" },
  "augment": { id: "number", tries: "number" },
  "judge-by-hand": { id: "number", logits: "bytes", steps: "number", afresh: "boolean" },
};
/** @type {Fields<Evaluation>} */
const EVALUATION = { step: "number", count: "number", seed: "number", label_accuracy: "number", class_histogram: "object", class_kl: "number" };
/** @type {Fields<Measurement>} */
const MEASUREMENT = { step: "number", images_seen: "number", count: "number", seed: "number", reference: "number", class_histogram: "object", figures: "object", floor: "object", baseline: "object", millis: "number" };
/** @type {Table<Event>} */
const EVENTS = {
  "opened": { device: "string", catalog: "object" },
  "state-changed": { state: "string", step: "number" },
  "loaded": { recipe: "object", g_parameters: "number", d_parameters: "number", workers: "number", equilibrium: "object", figures: "object", target: "object", source: "object", mixing: "object", both_ways: "boolean", needs_classifier: "boolean" },
  "data-added": { dataset: "string", loaded: "number", total: "number", sample: "object", sources: "object" },
  "progressed": { step: "number", images_seen: "number", step_millis: "number", images_per_second: "number", losses: "object" },
  "previewed": { step: "number", pictures: "object" },
  "round-tripped": { step: "number", source_again: "object", forth: "object", target_again: "object" },
  "charted": { step: "number", chart: "object" },
  "tried": { id: "number", taken: "number", chart: "object" },
  "judged": { step: "number", fakes: "object", reals: "object", told_apart: "number" },
  "watched": { look: "object", collapse: "object" },
  "sampled": { id: "number", pictures: "object", sources: "object", compared: "object", scores: "object" },
  "compared": { step: "number", pictures: "object" },
  "dropped": { id: "number" },
  "inspected": { id: "number", logit: "number", saliency: "object" },
  "matched": { id: "number", neighbour: "object" },
  "inverted": { id: "number", taken: "number", of: "number", latent: "object", label: "number", distance: "number", picture: "object" },
  "directed": { id: "number", vectors: "object", shares: "object" },
  "recorded": { id: "number", step: "number", file: "bytes" },
  "saved": { id: "number", step: "number", millis: "number", checkpoint: "bytes", run: "string" },
  "replayed": { step: "number" },
  "replay-dropped": {},
  "restored": { id: "number", step: "number" },
  "evaluated": EVALUATION,
  "measured": MEASUREMENT,
  "augmented": { id: "number", step: "number", of: "number", curve: "object", conclusion: "string" },
  "supplied": { accepted: "boolean" },
  "waiting": { first: "number", last: "number" },
  "failed": { code: "string", message: "string", problems: "object" },
};
/** @type {Fields<AugmentReport["curve"]>} */
const CURVE = { origin: "object", tested: "number", scores: "object" };
/** @type {Fields<Score>} */
const SCORE = { digits: "number", seed: "number", arm: "string", accuracy: "number" };
/** @type {Fields<Look>} */
const LOOK = { step: "number", classes: "number", overall: "number", within: "number" };
/** @type {Fields<CollapseReport>} */
const COLLAPSE = { kind: "string", saw: "string", remedies: "object" };
/** @type {Fields<Neighbour>} */
const NEIGHBOUR = { pixels: "bytes", label: "number", distance: "number", usual: "number", searched: "number" };
/** @type {Fields<Equilibrium>} */
const EQUILIBRIUM = { d_loss: "number", g_loss: "number", logit: "number" };
/** @type {Fields<Pictures>} */
const PICTURES = { role: "string", shape: "object", frames: "number", count: "number", columns: "number", pixels: "bytes", labels: "bytes" };
/** @type {Fields<Shape>} */
const SHAPE = { side: "number", channels: "number" };
/** @type {Fields<Figure>} */
const FIGURE = { name: "string", label: "string", side: "string", logit: "boolean" };
/** @type {Fields<StepFigures>} */
const STEP = { step: "number", figures: "object" };
/** @type {Fields<Given>} */
const GIVEN = { pixels: "bytes", form: "string", direction: "string" };
/** @type {Fields<Problem>} */
const PROBLEM = { path: "string", reason: "string" };
/** @type {Fields<SampleRequest>} */
const REQUEST = { count: "number", seed: "number", latents: "object", labels: "object", truncation: "number", pictures: "object", second: "object", scored: "boolean" };

/** @param {string} name @returns {Promise<any[]>} */
const fixtures = async (name) => JSON.parse(await readFile(new URL(`../protocol/${name}.json`, import.meta.url), "utf8"));

/** @param {Record<string, Kind>} fields @param {any} value @param {string} where */
function hold(fields, value, where) {
  assert.deepEqual(Object.keys(value).filter((key) => key !== "type").sort(), Object.keys(fields).sort(), where);
  for (const [key, kind] of Object.entries(fields)) {
    if (value[key] === null) continue; // what may be absent
    if (kind === "bytes") assert(Array.isArray(value[key]), `${where}.${key} is bytes`);
    else assert.equal(typeof value[key], kind, `${where}.${key}`);
  }
}

for (const [name, table] of /** @type {const} */ ([["commands", COMMANDS], ["events", EVENTS]])) {
  test(`the ${name} of the fixtures are those that the page knows, field by field`, async () => {
    const messages = await fixtures(name);
    assert.deepEqual(messages.map(({ type }) => type).sort(), Object.keys(table).sort());
    for (const message of messages) {
      hold(/** @type {Record<string, Record<string, Kind>>} */ (table)[message.type], message, message.type);
      if (message.equilibrium) hold(EQUILIBRIUM, message.equilibrium, "equilibrium");
      if (message.curve) hold(CURVE, message.curve, "curve");
      for (const score of message.curve?.scores ?? []) hold(SCORE, score, "score");
      if (message.look) hold(LOOK, message.look, "look");
      if (message.collapse) hold(COLLAPSE, message.collapse, "collapse");
      if (message.neighbour) hold(NEIGHBOUR, message.neighbour, "neighbour");
      for (const name of ["pictures", "sample", ...(table === EVENTS ? ["sources", "compared"] : [])]) {
        if (!message[name]) continue;
        hold(PICTURES, message[name], `${message.type}.${name}`);
        hold(SHAPE, message[name].shape, `${message.type}.${name}.shape`);
      }
      if (message.type === "loaded") for (const shape of [message.target, message.source]) hold(SHAPE, shape, "loaded");
      if (message.request) hold(REQUEST, message.request, `${message.type}.request`);
      if (message.request?.pictures) hold(GIVEN, message.request.pictures, "given");
      for (const figure of message.figures?.map ? message.figures : []) hold(FIGURE, figure, `${message.type}.figures`);
      for (const problem of message.problems ?? []) hold(PROBLEM, problem, `${message.type}.problems`);
      for (const point of message.losses ?? []) hold(STEP, point, `${message.type}.losses`);
    }
  });
}

test("every event of the fixtures does something on the page", async () => {
  for (const event of await fixtures("events")) {
    /** @type {string[]} */
    const done = [];
    const spy = (/** @type {string} */ name) => new Proxy({}, { get: (_, method) => () => void done.push(`${name}.${String(method)}`) });
    const store = createStore({ ...initialState("cpu", false), evaluating: event.type === "evaluated", measuring: event.type === "measured" });
    const before = store.get();
    const memory = new Memory();
    memory.supply({ type: "load-classifier", weights: new Uint8Array() }, () => done.push("memory.supply"));
    memory.hear(event);
    createListener(store, /** @type {any} */ (spy("actions")), /** @type {any} */ (spy("scoring")), /** @type {any} */ (spy("keeper"))).onEvents([event]);
    assert(store.get() !== before || done.length > 0, `${event.type} goes unheard`);
  }
});
