// Asks the session about one picture: what the judge would change, and which real digit is nearest. It
// must not know how the answer is shown.
// @ts-check

/** @import { Command, Pictures } from "./protocol.js" */
/** @import { Store } from "./store.js" */
import { CLASSES, SIDE } from "./protocol.js";

/** @typedef {ReturnType<typeof createInspecting>} Inspecting */

/**
 * The judge is asked at once, and again when the reader comes or the session has forgotten what it was asked: with
 * a new run, or a new worker.
 * @param {Store} store
 * @param {(command: Command) => void} send
 * @param {() => Promise<boolean>} classifierReady
 */
export function createInspecting(store, send, classifierReady) {
  let id = 0;
  let label = 0;

  store.subscribe(["running"], ask);
  store.subscribe(["classifier", "real"], ({ classifier, inspected }) => {
    if (classifier.status === "ready" && inspected?.neighbour === null) ask();
  });

  return {
    /** @param {Pictures} pictures @param {number} index @param {"artist" | "judge"} by whose picture it is */
    inspect(pictures, index, by) {
      const pixels = pictures.pixels.slice(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
      // Real digits and asked-for drawings carry their label; others are judged under none.
      label = pictures.labels[index] ?? index % CLASSES;
      store.patch({ inspected: { id: ++id, by, pixels, label: pictures.labels[index] ?? null, logit: null, saliency: null, neighbour: null } });
      ask();
      classifierReady(); // which is heard of above
    },
    close: () => store.patch({ inspected: null }),
  };

  function ask() {
    const { inspected } = store.get();
    if (inspected) send({ type: "inspect", id: inspected.id, pixels: inspected.pixels, label });
  }
}
