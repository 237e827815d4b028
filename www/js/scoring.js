// Asks the session to score fresh samples with the classifier: when the visitor wants it, and now and
// then by itself, at a small share of the time. It must not know what the scores are shown as.
// @ts-check

/** @import { Command } from "./protocol.js" */
/** @import { Store } from "./store.js" */
import { bringClassifier } from "./data.js";

const AT_PRESS = { count: 500 };
/** By itself: not before so many steps and milliseconds, and no more often than that this share of the
 * time passes between question and answer (training goes on meanwhile). */
const BY_ITSELF = { count: 250, steps: 25, millis: 4_000, share: 0.2 };

/** @typedef {ReturnType<typeof createScoring>} Scoring */

/**
 * @param {Store} store
 * @param {(command: Command) => void} send
 */
export function createScoring(store, send) {
  let last = { step: 0, asked: 0, cost: 0 };

  store.subscribe(["evaluating"], ({ evaluating }) => {
    if (!evaluating && last.asked > 0) last.cost = performance.now() - last.asked;
  });

  return {
    classifierReady,

    atPress: () => score(AT_PRESS.count),

    ifDue() {
      const { step, evaluating, classifier } = store.get();
      if (evaluating || classifier === "loading" || classifier === "absent") return;
      if (step < last.step) last.step = 0; // the run has gone back
      const rested = performance.now() - last.asked - last.cost;
      if (step - last.step < BY_ITSELF.steps) return;
      if (rested < Math.max(BY_ITSELF.millis, last.cost / BY_ITSELF.share)) return;
      score(BY_ITSELF.count);
    },
  };

  /** @param {number} count */
  async function score(count) {
    if (store.get().evaluating || !(await classifierReady())) return;
    const { step } = store.get();
    last = { ...last, step, asked: performance.now() };
    store.patch({ evaluating: true });
    // The step seeds the samples: fresh ones each time, the same in the same run.
    send({ type: "evaluate", count, seed: step });
  }

  async function classifierReady() {
    const { classifier } = store.get();
    if (classifier !== "unasked") return classifier === "ready";
    store.patch({ classifier: "loading" });
    try {
      const weights = await bringClassifier();
      if (weights) send({ type: "load-classifier", weights });
      store.patch({ classifier: weights ? "ready" : "absent" });
    } catch {
      store.patch({ classifier: "unasked" }); // no connection: the next round asks again
    }
    return store.get().classifier === "ready";
  }
}
