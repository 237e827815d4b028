// What a visitor can do, turned into commands; and what the page does by itself on the visitor's
// behalf (load what the address asks for, start when it can). It must not touch the document.
// @ts-check

/** @import { Data } from "./data.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Catalog, Command, Pictures, Players, Program, Recipe, SampleRequest } from "./protocol.js" */
/** @import { Params } from "./link/read.js" */
/** @import { Store } from "./store.js" */
/** @import { Mark } from "./timeline.js" */
/** @import { Offer } from "./older.js" */
import { BUILT_IN, DOWNLOADED, MADE_OF_FILES, areAlike, isDownloaded } from "./data.js";
import { roomOf } from "./link/address.js";
import { createModels } from "./models.js";
import { recipeFor } from "./link/read.js";
import { bring } from "./place.js";
import { conform, differences, valueAt, withValue } from "./recipe.js";
import { isUntouched } from "./state.js";
import { notify } from "./store.js";

/** A slider in motion is heard when it rests so long. */
const SETTLE_MILLIS = 250;
/** No checkpoint of these nets comes near it. */
const CHECKPOINT_LIMIT_BYTES = 256 * 2 ** 20;

/** Of a link that is mostly nonsense so many sentences are enough. */
const MOST_COMPLAINTS = 8;

/** Translations are samples that count from here. */
const FIRST_TRANSLATION = 2 ** 31;

/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {{
 *   store: Store,
 *   params: Params,
 *   send: (...commands: Command[]) => void,
 *   revive: () => void,
 *   switchTo: (program: Program) => void,
 *   keeper: Keeper,
 *   data: Pick<Data, "isAbsent" | "stream" | "again" | "rival">,
 *   opened: () => void,
 *   offer: (name: string, bytes: Uint8Array) => void,
 *   reload: () => void,
 *   rest: () => void,
 * }} around `rest` is told when the visitor lets the run rest, `opened` says that the session takes commands, `offer` hands a file to the visitor
 */
export function createActions(around) {
  const { store, params, send, revive, switchTo, keeper, data, opened, offer, reload, rest } = around;
  let settling = 0;
  /** @type {Set<number>} ids of the saves that are to become files */
  const downloads = new Set();
  let saves = 0;
  let sampleId = 0;
  let trialId = 0;
  let recordings = 0;
  let explorationId = FIRST_TRANSLATION;
  let translationId = FIRST_TRANSLATION;
  let caption = "";
  let begun = false;
  /** The form says the built-in digits because the downloaded ones did not come. */
  let fellBack = false;

  store.subscribe(["data", "running", "state"], () => {
    const { data: { arrived }, running, state, step } = store.get();
    if (arrived > 0) comeBack();
    else if (running?.dataset === DOWNLOADED && state === "loading" && step === 0 && fallBack()) load();
  });

  const models = createModels(store, keeper, data);
  if (params.asks.has("trained")) models.expect(params.asks.get("preset") ?? "");

  const actions = {
    /** @param {Catalog} catalog the first event of a session */
    async begin(catalog) {
      store.patch({ catalog });
      if (begun) return opened();
      begun = true;
      /** @type {string[]} */
      const complaints = [];
      const more = params.needsMore ? await bring("js/link/more.js").catch(() => null) : undefined;
      if (more === null) complaints.push("The part of the page that reads such links did not load, so only its plain settings hold. Reload the page.");
      if (more) await more.open(params, complaints);
      const { preset, recipe } = recipeFor(params, catalog, complaints);
      const run = more?.heed(params, catalog, recipe, complaints);
      const label = params.asks.has("trained") ? catalog.presets.find(({ name, outlook }) => name === preset && !outlook.trained)?.label : undefined;
      if (label) complaints.push(`No trained model of ${label} lies ready, so it begins from noise.`);
      const excess = complaints.splice(MOST_COMPLAINTS).length;
      if (excess > 0) complaints.push(`${excess} more things in the address mean nothing here.`);
      complaints.forEach((text, i) => notify(store, { key: `address-${i}`, kind: "warning", text }));
      more?.follow(params, store, actions);
      store.patch({ preset, draft: recipe });
      const absence = data.isAbsent().then((absent) => {
        if (absent) store.patch({ unavailable: { dataset: MADE_OF_FILES } });
      });
      // Who asked for digits that need no download does not wait for the answer.
      if (isDownloaded(recipe.dataset)) await absence;
      store.patch({ draft: available(/** @type {Recipe} */ (store.get().draft)) });
      fallBack();
      store.patch({ dataset: store.get().draft?.dataset ?? recipe.dataset });
      if (run && store.get().draft?.dataset === recipe.dataset) {
        store.patch({ replay: { ...run, phase: "ahead" } });
        send({ type: "replay", run: run.text, until: run.until });
      } else {
        if (run) notify(store, { key: "replay", kind: "warning", text: "The run in the link cannot be replayed: what it learned from is not to be had here." });
        if (!(await models.beginWith(preset, load))) {
          load();
          models.showOnce(preset, params.asks.has("trained"));
        }
      }
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
      store.patch({ wantsRun: false, asked: "run" });
      send({ type: "run" });
    },

    /** A link's run has been replayed, or is left. @param {boolean} whole */
    endReplay(whole) {
      const { replay } = store.get();
      if (replay) store.patch({ replay: { ...replay, phase: whole ? "done" : "dropped" } });
    },

    pause() {
      const { state, asked } = store.get();
      store.patch({ wantsRun: false, asked: state === "training" || asked === "run" ? "pause" : null });
      send({ type: "pause" });
      rest();
    },

    /** @param {Players} player */
    step(player) {
      applyNow();
      store.patch({ wantsRun: false, asked: "step" });
      send({ type: "step", player });
    },

    /** A step of both that is recorded. */
    record() {
      applyNow();
      store.patch({ wantsRun: false, asked: "step" });
      send({ type: "record", id: ++recordings });
    },

    /** Back to step 0; settings that waited for it take effect. */
    reset() {
      store.patch({ wantsRun: false, tried: null });
      const { catalog, draft, running } = store.get();
      if (!running) return revive(); // none has ever run
      const changed = catalog && draft && differences(catalog, draft, running).length > 0;
      if (changed) load();
      else {
        keeper.keep();
        send({ type: "reset" });
      }
    },

    /** To where the preset's model is. */
    skipAhead: () => models.skipAhead(),

    /** As reset, but training goes on by itself if it was under way. */
    startOver() {
      store.patch({ wantsRun: store.get().state === "training" });
      load();
    },

    /** @param {string} path @param {unknown} value that the catalog allows */
    edit(path, value) {
      const { draft, touched } = store.get();
      if (!draft || isLocked(path)) return;
      if (path === "dataset") {
        fellBack = false;
        if (isDownloaded(String(value))) data.again();
      }
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
     * and digits stay.
     * @param {string} name
     */
    choosePreset(name) {
      const { catalog, draft } = store.get();
      const preset = catalog?.presets.find((candidate) => candidate.name === name);
      if (!preset || !draft || isLocked("preset")) return;
      const { seed } = draft;
      const dataset = areAlike(draft.dataset, preset.recipe.dataset) ? draft.dataset : preset.recipe.dataset;
      store.patch({
        preset: name,
        draft: available({ ...structuredClone(preset.recipe), seed, dataset }),
        touched: [],
        problems: [],
      });
      clearTimeout(settling);
      if (apply()) models.showOnce(name);
    },

    fetchData() {
      const { dataset, unavailable } = store.get();
      if (!isDownloaded(dataset)) return;
      if (unavailable.dataset?.includes(dataset)) {
        const text = "This run was trained on MNIST, which this site does not include: it can draw, but not train any further.";
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

    /** What a run that translates makes of the request's pictures: `translated`, by the number that this returns. @param {SampleRequest} request */
    translate(request) {
      send({ type: "sample", id: ++translationId, request });
      return translationId;
    },

    /** Asks for the drawing that is nearest to a picture; the number of the question. @param {Uint8Array} pixels @param {number} seed */
    invert(pixels, seed) {
      send({ type: "invert", id: ++explorationId, pixels, seed });
      return explorationId;
    },

    /** Asks in which directions drawings change most; the number of the question. */
    directions() {
      send({ type: "directions", id: ++explorationId });
      return explorationId;
    },

    /** Asks for the real digit that is nearest to a drawing; the number of the question. @param {Uint8Array} pixels @param {number} label */
    nearestReal(pixels, label) {
      send({ type: "inspect", id: ++explorationId, pixels: pixels.slice(), label, source: null });
      return explorationId;
    },

    /** A picture that was dropped on the page. @param {File} file */
    openPicture(file) {
      store.patch({ dropped: file });
      if (roomOf() !== "explore") location.hash = "room=explore";
    },

    /** @param {number} id @param {{ pictures: Pictures, sources: Pictures | null, compared: Pictures | null, scores: number[] | null } | null} answer none where none will come */
    showSample(id, answer) {
      const { pictures, sources, compared, scores } = answer ?? { pictures: null, sources: null, compared: null, scores: null };
      if (id > FIRST_TRANSLATION) store.patch({ translated: { id, pictures, sources, compared, scores } });
      if (id === sampleId && pictures) store.patch({ sampled: { pictures, sources, caption } });
    },

    /** Shows others' pictures beside the artist's, or no longer. */
    compare() {
      const comparing = !store.get().comparing;
      store.patch({ comparing });
      if (comparing) models.bringRival();
    },

    /** Lets a copy of the artist play against a judge that the visitor draws: `tried` by the number that this returns. @param {number[]} logits @param {number} steps @param {boolean} afresh with a new copy */
    judge(logits, steps, afresh) {
      send({ type: "judge-by-hand", id: ++trialId, logits: new Uint8Array(Float32Array.from(logits).buffer), steps, afresh });
      return trialId;
    },

    save() {
      downloads.add(++saves);
      send({ type: "save", id: saves });
    },

    /** @param {number} id @param {number} step @param {Uint8Array} checkpoint */
    download(id, step, checkpoint) {
      if (downloads.delete(id)) offer(nameOf(step), checkpoint);
    },

    /** Back to a snapshot: everything as it was, settings too. @param {Mark} mark */
    goBack(mark) {
      dropEdits();
      keeper.goBack(mark);
    },

    /** @param {Offer} offer */
    resume(offer) {
      dropEdits();
      keeper.resume(offer);
    },

    /** Goes on from a snapshot by what the form says, as far as a branch may change it. @param {Mark} mark */
    branch(mark) {
      const { catalog, draft, running } = store.get();
      if (!catalog || !draft || !running || !mark.recipe) return;
      dropEdits();
      const free = catalog.fields.filter(({ branches }) => branches);
      const kept = conform(catalog, running, mark.recipe);
      keeper.branch(mark, free.reduce((next, { path }) => withValue(next, path, valueAt(draft, path)), kept));
    },

    /** @param {File} file */
    async restore(file) {
      const refuse = (/** @type {string} */ why) =>
        notify(store, { key: "checkpoint-invalid", kind: "error", text: `“${file.name}” ${why}. The run here is unchanged.` });
      if (!store.get().running) return refuse("cannot be opened before the program has loaded: try again in a moment");
      if (file.size === 0) return refuse("is empty");
      if (file.size > CHECKPOINT_LIMIT_BYTES) return refuse("is far too large to be a ganvas checkpoint");
      try {
        const checkpoint = new Uint8Array(await file.arrayBuffer());
        store.patch({ tried: null });
        applyNow(); // should the file be refused, nothing has been lost
        keeper.openFile(checkpoint);
      } catch {
        refuse("could not be read");
      }
    },

    revive,

    reload,

    offerFile: offer,

    /** Hands a snapshot to the visitor as a file. @param {{ step: number, checkpoint: Uint8Array }} snapshot */
    keep({ step, checkpoint }) {
      offer(nameOf(step), checkpoint);
    },

    /** From where the run stands: the GPU may only have been busy, or its driver restarted. */
    async tryGpu() {
      store.patch({ gpuLost: false }); // pressed twice
      if (store.get().state !== "failed") await keeper.kept();
      switchTo("gpu");
    },
  };
  return actions;

  /** What was typed a moment ago was meant for the run that is left now. */
  function dropEdits() {
    store.patch({ tried: null });
    clearTimeout(settling);
    settling = 0;
  }

  /** Whether the link that opened the page keeps something as it is. @param {string} name */
  function isLocked(name) {
    const locked = params.lock.some((one) => one === name || one === "all");
    if (locked) notify(store, { key: "locked", kind: "info", text: "The link that opened this page keeps that as it is." });
    return locked;
  }

  /** Sets up the draft as a fresh run. */
  function load() {
    const { draft } = store.get();
    if (!draft) return;
    clearTimeout(settling);
    settling = 0;
    store.patch({ touched: [], tried: null });
    models.showOnce(null);
    keeper.keep();
    send({ type: "load", recipe: draft });
  }

  /** Brings the session as near to the draft as it can without losing a run; whether by a fresh one. */
  function apply() {
    settling = 0;
    const { catalog, draft, running, state, step, touched } = store.get();
    if (!catalog || !draft) return false;
    const changed = running ? differences(catalog, draft, running) : [];
    if (running && changed.length === 0) return false;
    const live = changed.filter(({ live, path }) => live && touched.includes(path));
    // Without a run the session has refused what it was first asked for.
    if (!running || (isUntouched(store.get()) && state !== "training" && (step === 0 || live.length < changed.length))) {
      load();
      return true;
    }
    if (live.length === 0) return false;
    const recipe = live.reduce((next, { path }) => withValue(next, path, valueAt(draft, path)), running);
    send({ type: "adjust", recipe });
    return false;
  }

  /** What was typed a moment ago counts before what is pressed now: a run must not start only to be reset. */
  function applyNow() {
    if (settling === 0) return;
    clearTimeout(settling);
    apply();
  }

  /** Goes on with the built-in digits where none of the downloaded ones has come; whether it does. */
  function fallBack() {
    const { data: { arrived, trouble }, draft } = store.get();
    if (trouble === "" || arrived > 0 || draft?.dataset !== DOWNLOADED) return false;
    fellBack = true;
    store.patch({ draft: { ...draft, dataset: BUILT_IN } });
    return true;
  }

  /** The downloaded digits have come after all: a run that has not begun takes them, one under way is left alone. */
  function comeBack() {
    if (!fellBack) return;
    fellBack = false;
    const { draft, state, step, wantsRun } = store.get();
    if (draft?.dataset !== BUILT_IN) return;
    if (step === 0 && state !== "training" && !wantsRun) {
      store.patch({ draft: { ...draft, dataset: DOWNLOADED } });
      load();
    } else {
      notify(store, { key: "data-late", kind: "info", text: "MNIST has loaded. Choose it under “Data” and start over to train on it." });
    }
  }

  /** The same recipe with what this site can offer. @param {Recipe} recipe */
  function available(recipe) {
    const missing = store.get().unavailable.dataset ?? [];
    if (!missing.includes(recipe.dataset)) return recipe;
    notify(store, {
      key: "data-absent",
      kind: "info",
      text: "This site does not include MNIST. The real digits here are drawn by the program itself.",
    });
    return { ...recipe, dataset: BUILT_IN };
  }
}

/** What a run of so many steps is called as a file. @param {number} step */
const nameOf = (step) => `ganvas-step-${step}.safetensors`;
