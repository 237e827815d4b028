// Asks the session to score fresh samples with the classifier: when the visitor wants it, and now and
// then by itself, at a small share of the time. It must not know what the scores are shown as.
// @ts-check

/** @import { Data } from "./data.js" */
/** @import { Command } from "./protocol.js" */
/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { BUILT_IN, wordsOf } from "./data.js";
import { isPoint } from "./protocol.js";
import { UNASKED } from "./state.js";

const AT_PRESS = { count: 500 };
/** By itself: so many drawings, not before so many steps and milliseconds. While a run is young, few and often: its
 * digits come within seconds. */
const YOUNG = { count: 100, steps: 12, millis: 600 };
const LATER = { count: 250, steps: 25, millis: 8_000 };
/** A run is young for so many steps. */
const YOUTH = 500;
/** No more often than that this share of the time passes between question and answer; training goes on meanwhile. */
const SHARE = 0.1;
/** Measuring by every figure: at intervals that grow, and so long that it never takes more than this share
 * of the time, by its own account. The first one reads the real digits too, and comes when there is something to see. */
const MEASURING = { count: 2_000, steps: 50, firstMillis: 12_000, growth: 1.25, mostMillis: 60_000, share: 0.04 };

/** @typedef {ReturnType<typeof createScoring>} Scoring */
/** @typedef {"classifier" | "heldOut"} Wanted */

/**
 * @param {Store} store
 * @param {(command: Command) => void} send
 * @param {Pick<Data, "classifier" | "heldOut">} data
 */
export function createScoring(store, send, data) {
  let last = { step: 0, asked: 0, cost: 0 };
  /** What is on its way. @type {Map<Wanted, Promise<void>>} */
  const coming = new Map();
  const rhythm = createRhythm(MEASURING);
  /** Nobody has looked for the figures yet, so they cost nothing. */
  let unseen = true;
  /** The number of the last experiment with classifiers, or of its end. */
  let experiment = 0;

  store.subscribe(["evaluating"], ({ evaluating }) => {
    if (!evaluating && last.asked > 0) last.cost = performance.now() - last.asked;
  });

  // A run that learns from it does not wait until it is scored.
  store.subscribe(["classifier", "needsClassifier"], ({ classifier, needsClassifier }) => {
    if (needsClassifier && classifier.status === "unasked") ready("classifier");
  });

  return {
    /** Whether the classifier is there, once it can be told. */
    classifierReady: () => ready("classifier"),

    /** What did not come may be asked for again. */
    again() {
      for (const what of /** @type {const} */ (["classifier", "heldOut"])) {
        if (store.get()[what].status === "failed") store.patch({ [what]: UNASKED });
      }
    },

    atPress: () => score(AT_PRESS.count),

    measureNow: () => measure(),

    /** Asks in so many tries whether the artist helps a classifier; none ends it. @param {number} tries */
    async augment(tries) {
      const id = (experiment += 1);
      store.patch(tries > 0 ? { augmenting: true, augmentation: null } : { augmenting: false });
      const there = tries === 0 || (await heldOutReady());
      if (id !== experiment) return;
      if (there) send({ type: "augment", id, tries });
      else store.patch({ augmenting: false });
    },

    /** Whether that is still what was asked last. @param {number} id */
    isAugmenting: (id) => id === experiment,

    /** Measures now and then, once somebody looks. */
    measureFromNowOn() {
      unseen = false;
    },

    /** The share of the time that measuring takes at its present interval; null before the first. */
    share: () => rhythm.share(store.get().measured.last),

    /** After each piece of training: asks for what is due. */
    ifDue() {
      scoreIfDue();
      measureIfDue();
    },
  };

  function scoreIfDue() {
    const { step, evaluating, classifier, target } = store.get();
    if (evaluating || isPoint(target) || (classifier.status !== "unasked" && classifier.status !== "ready")) return;
    if (step < last.step) last.step = 0; // the run has gone back
    const rested = performance.now() - last.asked - last.cost;
    const { count, steps, millis } = step < YOUTH ? YOUNG : LATER;
    if (step - last.step < steps || rested < Math.max(millis, last.cost / SHARE)) return;
    score(count);
  }

  function measureIfDue() {
    const { step, measuring, measured, classifier, heldOut, target } = store.get();
    if (unseen || measuring) return;
    // The reader comes with the first reading; what did not come is asked for again at a press.
    if (!isPoint(target) && (classifier.status !== "ready" || heldOut.status === "failed" || cannotMeasure(store.get()))) return;
    if (rhythm.isDue(step, performance.now(), measured.last)) measure();
  }

  async function measure() {
    if (store.get().measuring) return;
    rhythm.begun(store.get().step, performance.now());
    store.patch({ measuring: true });
    if (await readyToMeasure()) send({ type: "measure", count: MEASURING.count, seed: store.get().step });
    else store.patch({ measuring: false });
  }

  /** Points need no reader. Drawn digits are held out by the program itself. */
  async function readyToMeasure() {
    if (isPoint(store.get().target)) return true;
    return (await ready("classifier")) && heldOutReady();
  }

  async function heldOutReady() {
    return store.get().dataset === BUILT_IN || ready("heldOut");
  }

  /** @param {number} count */
  async function score(count) {
    const cannot = () => store.get().evaluating || isPoint(store.get().target);
    if (cannot() || !(await ready("classifier")) || cannot()) return;
    const { step } = store.get();
    last = { ...last, step, asked: performance.now() };
    store.patch({ evaluating: true });
    // The step seeds the samples: fresh ones each time, the same in the same run.
    send({ type: "evaluate", count, seed: step });
  }

  /** Whether something is there once it was brought; what did not come before is tried once more. @param {Wanted} what */
  async function ready(what) {
    const { status } = store.get()[what];
    if (status === "unasked" || status === "failed") coming.set(what, fetched(what));
    await coming.get(what);
    return store.get()[what].status === "ready";
  }

  /** @param {Wanted} what */
  async function fetched(what) {
    store.patch({ [what]: { status: "loading", trouble: "" } });
    try {
      store.patch({ [what]: { status: (await data[what]()) ? "ready" : "absent", trouble: "" } });
    } catch (error) {
      store.patch({ [what]: { status: "failed", trouble: wordsOf(error) } });
    }
  }
}

/** Whether this site has not what measuring takes; points take nothing. @param {PageState} page */
export function cannotMeasure({ classifier, heldOut, dataset, target }) {
  return !isPoint(target) && (classifier.status === "absent" || (heldOut.status === "absent" && dataset !== BUILT_IN));
}

/**
 * When to measure: a first time when a run has gone on for a while, then at growing intervals, and so seldom that the
 * last one's cost is at most a share of the time until the next.
 * @param {{ steps: number, firstMillis: number, growth: number, mostMillis: number, share: number }} limits
 */
export function createRhythm({ steps, firstMillis, growth, mostMillis, share }) {
  /** `asked`: when it was last, or when the run began. @type {{ step: number, asked: number | null }} */
  let last = { step: 0, asked: null };
  let wanted = firstMillis;
  const interval = (/** @type {{ millis: number } | null} */ measured) => Math.max(wanted, (measured?.millis ?? 0) / share);
  return {
    /** @param {number} step @param {number} now @param {{ millis: number } | null} measured the last one */
    isDue(step, now, measured) {
      if (step < last.step) [last, wanted] = [{ step: 0, asked: null }, firstMillis]; // the run has gone back
      last.asked ??= now;
      return step - last.step >= steps && now - last.asked >= interval(measured);
    },
    /** @param {number} step @param {number} now */
    begun(step, now) {
      if (last.step > 0) wanted = Math.min(wanted * growth, mostMillis);
      last = { step, asked: now };
    },
    /** @param {{ millis: number } | null} measured */
    share: (measured) => (measured ? measured.millis / interval(measured) : null),
  };
}
