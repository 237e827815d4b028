// Turns what the session reports into the page's state. It must not know how any of it is shown; what
// has to be done in answer (start, evaluate, fetch) it leaves to the actions.
// @ts-check

/** @import { Actions } from "./actions.js" */
/** @import { Arrival, Keeper } from "./keeper.js" */
/** @import { Event, Program, State } from "./protocol.js" */
/** @import { Scoring } from "./scoring.js" */
/** @import { Store } from "./store.js" */
import { whole } from "./format.js";
import { Measurements } from "./measurements.js";
import { inWords, isFrom } from "./recipe.js";
import { dismiss, notify } from "./store.js";

/** The code of a run whose numbers are no longer finite. */
const DIVERGED = "non-finite";

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
      const { device, state, wantsRun } = store.get();
      const was = device.program;
      const onward = step === null ? "from the beginning" : `from step ${step.toLocaleString("en")}`;
      const begun = store.get().running !== null;
      const goes = begun ? `going on with the CPU program ${onward}` : "using the CPU program instead";
      store.patch({
        device: was === program ? device : { program, reason: `the GPU program failed: ${clip(reason)}` },
        wantsRun: wantsRun || state === "training",
        evaluating: false,
        measuring: false,
      });
      moveTo("loading", step ?? 0);
      notify(store, {
        key: "replaced",
        kind: "warning",
        text: `The ${was.toUpperCase()} program failed (${clip(reason)}); ${goes}.`,
      });
    },

    /** @param {string} reason */
    onGone(reason) {
      store.patch({ state: "failed", evaluating: false, measuring: false, wantsRun: false });
      notify(store, {
        key: "replaced",
        kind: "error",
        text: `The CPU program keeps failing (${clip(reason)}). Nothing runs now.`,
        actions: [{ label: "Try again", act: () => actions.revive() }],
      });
    },
  };

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
        store.patch({
          running: event.recipe,
          dataset: event.recipe.dataset,
          parameters: { generator: event.g_parameters, discriminator: event.d_parameters },
          workers: event.workers,
          equilibrium: event.equilibrium,
          problems: [],
        });
        actions.fetchData();
        actions.settle(); // what was typed meanwhile
        break;
      case "data-added":
        store.patch({
          data: { ...store.get().data, loaded: event.loaded, total: event.total },
          real: event.sample,
        });
        break;
      case "progressed": {
        const { history } = store.get();
        for (const point of event.losses) history.add(point);
        store.patch({
          step: event.step,
          historyVersion: store.get().historyVersion + 1,
          speed: {
            imagesSeen: event.images_seen,
            imagesPerSecond: event.images_per_second,
            stepMillis: event.step_millis,
          },
        });
        scoring.ifDue();
        break;
      }
      case "previewed":
        store.patch({ preview: event.pictures });
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
        break;
      }
      case "sampled":
        actions.showSample(event.id, event.pictures);
        break;
      case "saved":
        actions.download(event.id, event.step, event.checkpoint);
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
      case "failed":
        store.patch({ evaluating: false, measuring: false });
        if (event.problems.length > 0) store.patch({ problems: event.problems });
        if (event.code === DIVERGED) explain(event.message);
        // A snapshot that was asked for a moment too late: the visitor has been told what matters.
        else if (event.code !== "not-ready" || store.get().state !== "failed") notify(store, { key: event.code, kind: "error", text: reasonFor(event) });
        break;
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
      "A step that is too long lands where the slope is steeper still, so the next one is longer: within a few steps the numbers leave what a computer can hold.";
    notify(store, {
      key: DIVERGED,
      kind: "error",
      text: `${sentence(message)} ${why}${back ? " The run before it is kept." : ""}`,
      actions: [...(back ? [back] : []), { label: "Begin anew", act: () => actions.reset() }],
    });
  }

  /** The run is another one than before, or stands elsewhere: what is shown of it follows. @param {Arrival} [arrival] */
  function adopt(arrival) {
    const { catalog, running, preset, draft, touched } = store.get();
    store.patch({ evaluating: false, measuring: false });
    if (arrival === "returned" || !catalog || !running) return;
    dismiss(store, "checkpoint-invalid");
    // Who branches off has set the form for it, and what it says beyond that still waits.
    const ahead = arrival === "branched";
    store.patch({
      draft: ahead ? draft : structuredClone(running),
      touched: ahead ? touched : [],
      preset: catalog.presets.find((candidate) => isFrom(catalog, running, candidate))?.name ?? preset,
      evaluation: null,
      measured: new Measurements(),
      sampled: null,
      // Known again after the next step.
      speed: { imagesSeen: NaN, imagesPerSecond: NaN, stepMillis: NaN },
      historyVersion: store.get().historyVersion + 1,
    });
  }

  /** @param {State} state @param {number} step */
  function moveTo(state, step) {
    const { history, evaluation, evaluating, look, measured, measuring, sampled, speed } = store.get();
    const fresh = step === 0 && (state === "ready" || state === "loading");
    if (fresh) history.clear();
    else history.rewind(step);
    if (state !== "failed") dismiss(store, DIVERGED);
    store.patch({
      state,
      step,
      historyVersion: store.get().historyVersion + 1,
      evaluation: evaluation && evaluation.step > step ? null : evaluation,
      // A fresh run knows nothing of what was asked of the last one.
      evaluating: evaluating && !fresh,
      measured: measured.upTo(fresh ? -1 : step),
      measuring: measuring && !fresh,
      sampled: fresh ? null : sampled,
      ...(look && look.step > step ? { look: null, collapse: null } : {}),
      speed: step === 0 ? { ...speed, imagesSeen: 0 } : speed,
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
