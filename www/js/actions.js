// What a visitor can do, turned into commands; and what the page does by itself on the visitor's
// behalf (load what the address asks for, start when it can). It must not touch the document.
// @ts-check

/** @import { Keeper } from "./keeper.js" */
/** @import { Catalog, Command, Pictures, Players, Recipe, SampleRequest } from "./protocol.js" */
/** @import { Params } from "./params.js" */
/** @import { Store } from "./store.js" */
/** @import { Mark } from "./timeline.js" */
import { BUILT_IN, DOWNLOADED } from "./data.js";
import { recipeFor } from "./params.js";
import { differences, valueAt, withValue } from "./recipe.js";
import { notify } from "./store.js";

/** A slider in motion is heard when it rests so long. */
const SETTLE_MILLIS = 250;
/** No checkpoint of these nets comes near it. */
const CHECKPOINT_LIMIT_BYTES = 256 * 2 ** 20;

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {{
 *   store: Store,
 *   params: Params,
 *   send: (...commands: Command[]) => void,
 *   revive: () => void,
 *   keeper: Keeper,
 *   data: { isAbsent: () => Promise<boolean>, stream: () => Promise<void> },
 *   opened: () => void,
 *   offer: (name: string, bytes: Uint8Array) => void,
 * }} around `opened` says that the session takes commands, `offer` hands a file to the visitor
 */
export function createActions(around) {
  const { store, params, send, revive, keeper, data, opened, offer } = around;
  let settling = 0;
  /** @type {Set<number>} ids of the saves that are to become files */
  const downloads = new Set();
  let saves = 0;
  let sampleId = 0;
  let caption = "";

  const actions = {
    /** @param {Catalog} catalog the first event of a session */
    async begin(catalog) {
      const first = store.get().draft === null;
      store.patch({ catalog });
      if (!first) return opened();
      /** @type {string[]} */
      const complaints = [];
      const { preset, recipe } = recipeFor(params, catalog, complaints);
      complaints.forEach((text, i) => notify(store, { key: `address-${i}`, kind: "warning", text }));
      store.patch({ preset, draft: recipe });
      const absence = data.isAbsent().then((absent) => {
        if (absent) store.patch({ unavailable: { dataset: [DOWNLOADED] } });
      });
      // Who asked for digits that need no download does not wait for the answer.
      if (recipe.dataset === DOWNLOADED) await absence;
      const draft = available(recipe);
      store.patch({ draft, dataset: draft.dataset });
      load();
      opened();
    },

    train() {
      applyNow();
      store.patch({ wantsRun: true });
      actions.runIfWanted();
    },

    runIfWanted() {
      const { wantsRun, state } = store.get();
      if (!wantsRun || (state !== "ready" && state !== "paused")) return;
      store.patch({ wantsRun: false });
      send({ type: "run" });
    },

    pause() {
      store.patch({ wantsRun: false });
      send({ type: "pause" });
    },

    /** @param {Players} player */
    step(player) {
      applyNow();
      store.patch({ wantsRun: false });
      send({ type: "step", player });
    },

    /** Back to step 0; settings that waited for it take effect. */
    reset() {
      store.patch({ wantsRun: false });
      const { catalog, draft, running } = store.get();
      const changed = catalog && draft && running && differences(catalog, draft, running).length > 0;
      if (changed) load();
      else send({ type: "reset" });
    },

    /** As reset, but training goes on by itself if it was under way. */
    startOver() {
      store.patch({ wantsRun: store.get().state === "training" });
      load();
    },

    /** @param {string} path @param {unknown} value that the catalog allows */
    edit(path, value) {
      const { draft, touched } = store.get();
      if (!draft) return;
      store.patch({ draft: available(withValue(draft, path, value)), touched: [...new Set([...touched, path])], problems: [] });
      actions.settle();
    },

    /** Sees in a moment whether the session runs what the form says. */
    settle() {
      clearTimeout(settling);
      settling = window.setTimeout(apply, SETTLE_MILLIS);
    },

    /**
     * Takes a preset's settings, for the next fresh start if a run is under way; the visitor's seed
     * and data stay.
     * @param {string} name
     */
    choosePreset(name) {
      const { catalog, draft } = store.get();
      const preset = catalog?.presets.find((candidate) => candidate.name === name);
      if (!preset || !draft) return;
      const { seed, dataset } = draft;
      store.patch({
        preset: name,
        draft: available({ ...structuredClone(preset.recipe), seed, dataset }),
        touched: [],
        problems: [],
      });
      clearTimeout(settling);
      apply();
    },

    fetchData() {
      const { dataset, unavailable } = store.get();
      if (dataset !== DOWNLOADED) return;
      if (unavailable.dataset?.includes(dataset)) {
        const text = "This run learned from MNIST, which this site does not carry: it can draw, but not train on.";
        notify(store, { key: "data-absent", kind: "warning", text });
      } else {
        data.stream();
      }
    },

    /** @param {SampleRequest} request @param {string} words what the pictures show */
    sample(request, words) {
      caption = words;
      send({ type: "sample", id: ++sampleId, request });
    },

    /** @param {number} id @param {Pictures} pictures */
    showSample(id, pictures) {
      if (id === sampleId) store.patch({ sampled: { pictures, caption } });
    },

    save() {
      downloads.add(++saves);
      send({ type: "save", id: saves });
    },

    /** @param {number} id @param {number} step @param {Uint8Array} checkpoint */
    download(id, step, checkpoint) {
      if (downloads.delete(id)) offer(`ganvas-step-${step}.safetensors`, checkpoint);
    },

    /** Back to a snapshot: everything as it was, settings too. @param {Mark} mark */
    goBack(mark) {
      dropEdits();
      keeper.goBack(mark);
    },

    resume() {
      dropEdits();
      keeper.resume();
    },

    /** Goes on from a snapshot by what the form says, as far as a branch may change it. @param {Mark} mark */
    branch(mark) {
      const { catalog, draft } = store.get();
      if (!catalog || !draft || !mark.recipe) return;
      dropEdits();
      const free = catalog.fields.filter(({ branches }) => branches);
      keeper.branch(mark, free.reduce((next, { path }) => withValue(next, path, valueAt(draft, path)), mark.recipe));
    },

    /** @param {File} file */
    async restore(file) {
      const refuse = (/** @type {string} */ why) =>
        notify(store, { key: "checkpoint-invalid", kind: "error", text: `“${file.name}” ${why}. The run here is unchanged.` });
      if (file.size === 0) return refuse("is empty");
      if (file.size > CHECKPOINT_LIMIT_BYTES) return refuse("is far too large to be a checkpoint of ganvas");
      try {
        const checkpoint = new Uint8Array(await file.arrayBuffer());
        dropEdits();
        keeper.openFile(checkpoint);
      } catch {
        refuse("could not be read");
      }
    },

    revive() {
      store.patch({ state: "loading" });
      revive();
    },
  };
  return actions;

  /** What was typed a moment ago was meant for the run that is left now. */
  function dropEdits() {
    clearTimeout(settling);
    settling = 0;
  }

  /** Sets up the draft as a fresh run. */
  function load() {
    const { draft } = store.get();
    if (!draft) return;
    clearTimeout(settling);
    settling = 0;
    store.patch({ touched: [] });
    send({ type: "load", recipe: draft });
  }

  /** Brings the session as near to the draft as it can without losing a run. */
  function apply() {
    settling = 0;
    const { catalog, draft, running, state, step, touched } = store.get();
    if (!catalog || !draft || !running) return;
    const changed = differences(catalog, draft, running);
    if (changed.length === 0) return;
    if (step === 0 && state !== "training") return load();
    const live = changed.filter(({ live, path }) => live && touched.includes(path));
    if (live.length === 0) return;
    const recipe = live.reduce((next, { path }) => withValue(next, path, valueAt(draft, path)), running);
    send({ type: "adjust", recipe });
  }

  /** What was typed a moment ago counts before what is pressed now: a run must not start only to be reset. */
  function applyNow() {
    if (settling === 0) return;
    clearTimeout(settling);
    apply();
  }

  /** The same recipe with what this site can offer. @param {Recipe} recipe */
  function available(recipe) {
    const missing = store.get().unavailable.dataset ?? [];
    if (!missing.includes(recipe.dataset)) return recipe;
    notify(store, {
      key: "data-absent",
      kind: "info",
      text: "This site carries no MNIST. The real digits here are drawn by the program itself.",
    });
    return { ...recipe, dataset: BUILT_IN };
  }
}
