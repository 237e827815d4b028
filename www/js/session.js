// Turns what the session reports into the page's state. It must not know how any of it is shown; what
// has to be done in answer (start, evaluate, fetch) it leaves to the actions.
// @ts-check

/** @import { Actions } from "./actions.js" */
/** @import { Arrival, Keeper } from "./keeper.js" */
/** @import { Phase } from "./client.js" */
/** @import { Event, Fault, Program, State } from "./protocol.js" */
/** @import { Scoring } from "./scoring.js" */
/** @import { Store } from "./store.js" */
import { unitOf } from "./forecast.js";
import { whole } from "./format.js";
import { Measurements } from "./measurements.js";
import { hasJudge, isPoint, sizeOf } from "./protocol.js";
import { inWords, isFrom } from "./recipe.js";
import { dismiss, notify } from "./store.js";

/** The code of a run whose numbers are no longer finite. */
const DIVERGED = "non-finite";
/** The code of a run that goes on without help. */
const HELPER_LOST = "helper-lost";
/** The key of what is said when no program runs any more. */
const GONE = "gone";
/** The codes of files that the session refuses: who fetched them says so. */
const SUPPLIES = /^(data-|(classifier|rival)-invalid$)/;

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Scoring} scoring
 * @param {Keeper} keeper
 */
export function createListener(store, actions, scoring, keeper) {
  return {
    /** @param {Event[]} events */
    onEvents(events) {
      for (const event of events) hear(event);
    },

    /** @param {{ program: Program, reason: string, step: number | null }} next */
    onReplaced({ program, reason, step }) {
      const { device } = store.get();
      const was = device.program;
      keeper.bereave(reason, was === "cpu");
      const onward = step === null ? "from the beginning" : `from step ${step.toLocaleString("en")}`;
      const begun = store.get().running !== null;
      const goes = begun ? `continuing with the CPU program ${onward}` : "using the CPU program instead";
      const gpuLost = was === "gpu";
      store.patch({ unit: null }); // another program has another speed
      if (gpuLost) store.patch({ device: { program, reason: `the GPU program failed: ${clip(reason)}` }, gpuLost });
      beginAgain(step);
      notify(store, {
        key: "replaced",
        kind: "warning",
        text: `The ${was.toUpperCase()} program failed (${clip(reason)}); ${goes}.`,
        actions: gpuLost ? [{ label: "Try the GPU again", act: actions.tryGpu }] : [],
      });
    },

    /** The visitor wants another program. @param {{ program: Program, step: number | null }} next */
    onSwitched({ program, step }) {
      dismiss(store, "replaced");
      store.patch({ device: { program, reason: "you asked to try it again" }, unit: null });
      beginAgain(step);
    },

    /** @param {Phase} phase @param {string} trouble */
    onPhase(phase, trouble) {
      const { state } = store.get();
      store.patch({ program: { phase, trouble }, state: phase === "loading" && state === "failed" ? "loading" : state });
      if (phase === "working") dismiss(store, GONE);
    },

    /** @param {string} reason @param {Fault} fault */
    onGone(reason, fault) {
      keeper.bereave(reason, fault === "crashed");
      const out = { absent: "reload the page", unsupported: "use another browser" }[/** @type {string} */ (fault)] ?? "Reset restarts it";
      store.patch({ state: "failed", program: { phase: "gone", trouble: out }, waiting: null, evaluating: false, measuring: false, augmenting: false, wantsRun: false, asked: null });
      dismiss(store, "replaced");
      notify(store, { key: GONE, kind: "error", ...farewell(clip(reason), fault) });
    },
  };

  /** A fresh program brings the run to where it is to go on. @param {number | null} step */
  function beginAgain(step) {
    const { state, wantsRun, asked } = store.get();
    store.patch({ wantsRun: wantsRun || asked === "run" || (state === "training" && asked === null), evaluating: false, measuring: false, augmenting: false });
    moveTo("loading", step ?? 0);
  }

  /** @param {Event} event */
  function hear(event) {
    const arrival = keeper.hear(event);
    switch (event.type) {
      case "opened":
        actions.begin(event.catalog);
        break;
      case "state-changed":
        moveTo(event.state, event.step);
        actions.runIfWanted();
        break;
      case "loaded":
        if (event.workers > store.get().workers && store.get().notices.some(({ key }) => key === HELPER_LOST)) {
          notify(store, { key: HELPER_LOST, kind: "info", text: "The helping workers are back." });
        }
        store.patch({
          running: event.recipe,
          dataset: event.recipe.dataset,
          parameters: { generator: event.g_parameters, discriminator: event.d_parameters },
          workers: event.workers,
          equilibrium: event.equilibrium,
          figures: event.figures,
          target: event.target,
          source: event.source,
          mixing: event.mixing,
          bothWays: event.both_ways,
          needsClassifier: event.needs_classifier,
          compared: store.get().running?.view === event.recipe.view ? store.get().compared : null,
          problems: [],
        });
        forget();
        actions.fetchData();
        actions.settle(); // what was typed meanwhile
        break;
      case "data-added": {
        const { running } = store.get();
        // Digits may arrive that the run here does not learn from.
        if (running && running.dataset !== event.dataset) break;
        store.patch({
          data: { ...store.get().data, loaded: event.loaded, total: event.total },
          real: event.sample,
          sources: event.sources,
          waiting: null,
        });
        break;
      }
      case "waiting":
        store.patch({ waiting: event });
        break;
      case "progressed": {
        const { history } = store.get();
        history.follow(store.get().figures.map(({ name }) => name));
        for (const point of event.losses) history.add(point);
        store.patch({
          step: event.step,
          waiting: null,
          historyVersion: store.get().historyVersion + 1,
          speed: {
            imagesSeen: event.images_seen,
            imagesPerSecond: event.images_per_second,
            stepMillis: event.step_millis,
          },
        });
        store.patch({ unit: unitOf(store.get()) ?? store.get().unit });
        scoring.ifDue();
        break;
      }
      case "previewed":
        store.patch({ preview: event.pictures });
        break;
      case "round-tripped":
        store.patch({ roundTrip: event });
        break;
      case "charted":
        store.patch({ chart: event.chart });
        break;
      case "tried":
        store.patch({ tried: event });
        break;
      case "judged":
        store.patch({ judged: event });
        break;
      case "watched":
        store.patch({ look: event.look, collapse: event.collapse });
        break;
      case "inspected":
      case "matched": {
        const { inspected } = store.get();
        const { type, id, ...found } = event;
        if (inspected?.id === id) store.patch({ inspected: { ...inspected, ...found } });
        else if (type === "matched") store.patch({ foundReal: { id, neighbour: event.neighbour } });
        break;
      }
      case "inverted":
        store.patch({ inverted: event });
        break;
      case "directed":
        store.patch({ directed: event });
        break;
      case "recorded":
        store.patch({ recorded: event });
        break;
      case "sampled":
        actions.showSample(event.id, event);
        break;
      case "dropped":
        actions.showSample(event.id, null);
        break;
      case "compared":
        store.patch({ compared: event });
        break;
      case "saved":
        store.patch({ told: { step: event.step, account: event.run } });
        actions.download(event.id, event.step, event.checkpoint);
        break;
      case "replayed":
      case "replay-dropped":
        actions.endReplay(event.type === "replayed");
        break;
      case "restored":
        adopt(arrival);
        break;
      case "evaluated":
        store.patch({ evaluation: event, evaluating: false });
        break;
      case "measured":
        store.patch({ measured: store.get().measured.with(event), measuring: false });
        break;
      case "augmented":
        // Not of one that was stopped meanwhile.
        if (scoring.isAugmenting(event.id)) store.patch({ augmentation: event, augmenting: event.curve.scores.length < event.of });
        break;
      case "failed":
        if (SUPPLIES.test(event.code)) break;
        store.patch({ evaluating: false, measuring: false, augmenting: false, asked: null });
        if (arrival === "refused" || arrival === "unreadable") {
          // Everything is as it was, and what waited meanwhile goes on.
          actions.settle();
          actions.runIfWanted();
        }
        if (arrival === "unreadable") break;
        if (event.problems.length > 0) store.patch({ problems: event.problems });
        if (event.code === DIVERGED) explain(event.message);
        // A snapshot that was asked for a moment too late: the visitor has been told what matters.
        else if (event.code !== "not-ready" || store.get().state !== "failed") notify(store, { key: event.code, kind: "error", text: reasonFor(event) });
        break;
    }
  }

  /** Why nothing runs any more, and what helps. @param {string} reason @param {Fault} fault */
  function farewell(reason, fault) {
    const again = { label: "Try again", act: () => actions.revive() };
    switch (fault) {
      case "crashed":
        return { text: `The CPU program keeps failing (${reason}). Nothing is running.`, actions: [again] };
      case "unsupported":
        return { text: `This browser cannot run ganvas: ${reason}. A current Chrome, Edge, Firefox or Safari can.` };
      case "absent": {
        const good = keeper.newest();
        const kept = good && store.get().archiveTrouble === "";
        const then =
          !good ? "Reload it to get the new version."
          : kept ? `Reload it and press Resume to continue from step ${whole(good.step)}, which is kept.`
          : `Save the run at step ${whole(good.step)}, reload the page and open the file to continue.`;
        return {
          text: `The program did not load: ${reason}. The site has probably been updated since this page was loaded. ${then}`,
          actions: [
            ...(good && !kept ? [{ label: "Save the run", act: () => actions.keep(good), stays: true }] : []),
            { label: "Reload", act: () => actions.reload() },
          ],
        };
      }
      default:
        return { text: `The program did not load: ${reason}. Nothing is running.`, actions: [again] };
    }
  }

  /** @param {Extract<Event, { type: "failed" }>} event */
  function reasonFor({ message, problems }) {
    return problems.length > 0 ? inWords(store.get().catalog, problems) : sentence(message);
  }

  /** What happened, why it tends to, and the ways out. @param {string} message */
  function explain(message) {
    const good = keeper.newest();
    const back = good && {
      label: `Go back to step ${whole(good.step)}`,
      act: () => {
        const mark = store.get().timeline.newest();
        if (mark) actions.goBack(mark);
      },
    };
    const why =
      "A step that is too large lands where the loss is steeper still, so the next one is larger: within a few steps the numbers overflow.";
    notify(store, {
      key: DIVERGED,
      kind: "error",
      text: `${sentence(message)} ${why}${back ? " The run up to then is kept." : ""}`,
      actions: [...(back ? [back] : []), { label: "Start afresh", act: () => actions.reset() }],
    });
  }

  /** The run is another one than before, or stands elsewhere: what is shown of it follows. @param {Arrival} [arrival] */
  function adopt(arrival) {
    const { catalog, running, preset, draft, touched } = store.get();
    store.patch({ evaluating: false, measuring: false, augmenting: false });
    if (arrival === "returned" || !catalog || !running) return;
    dismiss(store, "checkpoint-invalid");
    // Who branches off has set the form for it, and what it says beyond that still waits.
    const ahead = arrival === "branched";
    store.patch({
      draft: ahead ? draft : structuredClone(running),
      touched: ahead ? touched : [],
      preset: catalog.presets.find((candidate) => isFrom(catalog, running, candidate))?.name ?? preset,
      evaluation: null,
      augmentation: null,
      measured: new Measurements(),
      sampled: null,
      recorded: null,
      tried: null,
      // Known again after the next step.
      speed: { imagesSeen: NaN, imagesPerSecond: NaN, stepMillis: NaN },
      historyVersion: store.get().historyVersion + 1,
    });
  }

  /** What the last run was told, and this one never will be: nobody scores without a judge, nor watches a translation. */
  function forget() {
    const { figures, target, source, sources, real, preview } = store.get();
    if (!hasJudge(figures)) store.patch({ judged: null });
    if (source || isPoint(target)) store.patch({ look: null, collapse: null });
    if (!isPoint(target)) store.patch({ chart: null });
    // Points are not painted as pictures, nor the other way round.
    if (real && isPoint(real.shape) !== isPoint(target)) store.patch({ real: null });
    if (preview && isPoint(preview.shape) !== isPoint(target)) store.patch({ preview: null, looking: null, judged: null });
    if (sizeOf(source) !== sizeOf(sources?.shape)) store.patch({ sources: null });
  }

  /** @param {State} state @param {number} step */
  function moveTo(state, step) {
    const { history, augmentation, augmenting, evaluation, evaluating, look, measured, measuring, pretrained, recorded, sampled, speed, tried } = store.get();
    const fresh = step === 0 && (state === "ready" || state === "loading");
    if (fresh) history.clear();
    else history.rewind(step);
    if (state !== "failed") dismiss(store, DIVERGED);
    store.patch({
      state,
      step,
      asked: null,
      waiting: null,
      historyVersion: store.get().historyVersion + 1,
      evaluation: evaluation && evaluation.step > step ? null : evaluation,
      // A fresh run knows nothing of what was asked of the last one.
      evaluating: evaluating && !fresh,
      measured: measured.upTo(fresh ? -1 : step),
      measuring: measuring && !fresh,
      augmentation: augmentation && (fresh || augmentation.step > step) ? null : augmentation,
      augmenting: augmenting && !fresh,
      pretrained: fresh ? null : pretrained,
      sampled: fresh ? null : sampled,
      recorded: fresh ? null : recorded,
      tried: fresh ? null : tried,
      ...(look && look.step > step ? { look: null, collapse: null } : {}),
      // The last run's speed says nothing of this one.
      speed: fresh ? { imagesSeen: 0, imagesPerSecond: NaN, stepMillis: NaN } : speed,
    });
  }
}

/** @param {string} reason */
function clip(reason) {
  const line = reason.trim().replace(/\.$/, "");
  return line.length > 140 ? `${line.slice(0, 140)}…` : line;
}

/** @param {string} text */
function sentence(text) {
  const trimmed = text.trim();
  const start = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
