// Asks the session about one picture: what the judge would change, and which real digit is nearest. It
// must not know how the answer is shown.
// @ts-check

/** @import { Command, Pictures } from "./protocol.js" */
/** @import { Store } from "./store.js" */
import { CLASSES, SIDE } from "./protocol.js";

/** @typedef {ReturnType<typeof createInspecting>} Inspecting */

/**
 * @param {Store} store
 * @param {(command: Command) => void} send
 * @param {() => Promise<boolean>} classifierReady
 */
export function createInspecting(store, send, classifierReady) {
  let id = 0;

  return {
    /** @param {Pictures} pictures @param {number} index @param {"artist" | "judge"} by whose picture it is */
    async inspect(pictures, index, by) {
      const pixels = pictures.pixels.slice(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
      // Real digits and asked-for drawings carry their label; others are judged under none.
      const label = pictures.labels[index] ?? index % CLASSES;
      const mine = ++id;
      store.patch({ inspected: { id: mine, by, pixels, label: pictures.labels[index] ?? null, logit: null, saliency: null, neighbour: null } });
      // Without the classifier there is no neighbour, but all the rest.
      await classifierReady();
      if (store.get().inspected?.id === mine) send({ type: "inspect", id: mine, pixels, label });
    },
    close: () => store.patch({ inspected: null }),
  };
}
