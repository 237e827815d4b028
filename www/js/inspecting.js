// Asks the session about one picture: what the judge would change, and which real digit is nearest. It
// must not know how the answer is shown.
// @ts-check

/** @import { Command, Pictures } from "./protocol.js" */
/** @import { Store } from "./store.js" */
import { CLASSES, sizeOf } from "./protocol.js";

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

  store.subscribe(["running"], ({ inspected, source }) => {
    // Another game has another kind of source: there nobody knows what this was made from.
    if (inspected && (inspected.source?.length ?? 0) !== sizeOf(source)) store.patch({ inspected: null });
    else ask();
  });
  store.subscribe(["classifier", "real"], ({ classifier, inspected }) => {
    if (classifier.status === "ready" && inspected?.neighbour === null) ask();
  });

  return {
    /**
     * @param {Pictures} pictures
     * @param {number} index
     * @param {Pictures | null} [sources] what they were made from, in a run that translates
     */
    inspect(pictures, index, sources = null) {
      const { role, shape } = pictures;
      if (shape.channels > 1) return; // the judge's opinion of single pixels is one of grey pictures
      const pixels = pixelsOf(pictures, index);
      const source = sources && pixelsOf(sources, index);
      // Real digits and asked-for drawings carry their label; others are judged under none.
      label = pictures.labels[index] ?? index % CLASSES;
      store.patch({ inspected: { id: ++id, role, shape, pixels, source, label: pictures.labels[index] ?? null, logit: null, saliency: null, neighbour: null } });
      ask();
      classifierReady(); // which is heard of above
    },
    close: () => store.patch({ inspected: null }),
  };

  function ask() {
    const { inspected } = store.get();
    if (inspected) send({ type: "inspect", id: inspected.id, pixels: inspected.pixels, label, source: inspected.source });
  }
}

/** One of several. @param {Pictures} pictures @param {number} index */
function pixelsOf({ shape, pixels }, index) {
  const size = sizeOf(shape);
  return pixels.slice(index * size, (index + 1) * size);
}
