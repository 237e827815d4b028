// Brings in what not every visit needs: the stages of games that make pictures of pictures, or films, and of those with points,
// and the close-up of a picture. Until the first is there, or where it does not come, the usual one shows the drawings; of points
// there is nothing else to see.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Inspecting } from "../inspecting.js" */
/** @import { Chart } from "../protocol.js" */
/** @import { Store } from "../store.js" */
import { isPoint } from "../protocol.js";
import { loadStyle } from "../rooms.js";
import { dismiss, notify } from "../store.js";

const ABSENT = "chart-absent";
const NO_CLOSE_UP = "close-up-absent";
/** Charts that are kept for a stage that is still on its way: each says where the run went since the one before. */
const MOST_EARLY = 300;

/**
 * @param {HTMLElement} el where the pictures stand
 * @param {HTMLDialogElement} dialog where one of them is looked at closely
 * @param {Store} store @param {Actions} actions @param {Inspecting} inspecting
 */
export function mount(el, dialog, store, actions, inspecting) {
  const pairs = once(async () => {
    const [view] = await Promise.all([import("./pairs.js"), loadStyle(new URL("./pairs.css", import.meta.url))]);
    view.mount(el, store, actions, inspecting);
  });
  const films = once(async () => {
    const [view] = await Promise.all([import("./filmstrip.js"), loadStyle(new URL("./filmstrip.css", import.meta.url))]);
    view.mount(el, store);
  });
  const closeUp = once(async (attempt) => {
    const view = await import(`./inspection.js${again(attempt)}`);
    view.mount(dialog, store, inspecting);
  });
  const chart = once(async (attempt) => {
    const query = again(attempt);
    const [view] = await Promise.all([import(`./chart.js${query}`), loadStyle(new URL(`./chart.css${query}`, import.meta.url))]);
    view.mount(el, store, actions, early.splice(0));
    heard = true;
  });
  /** @type {Chart[]} */
  const early = [];
  let heard = false;

  store.subscribe(["source"], ({ source }) => {
    if (source) pairs().catch(() => {}); // it is tried again with the next such run
  });
  store.subscribe(["preview"], ({ preview }) => {
    if (preview && preview.frames > 1) films().catch(() => {});
  });
  store.subscribe(["inspected"], ({ inspected }) => {
    if (!inspected) return;
    closeUp().then(
      () => dismiss(store, NO_CLOSE_UP),
      () => {
        inspecting.close();
        notify(store, { key: NO_CLOSE_UP, kind: "warning", text: "The close-up did not load. Press the picture again." });
      },
    );
  });
  store.subscribe(["target"], ({ target }) => (isPoint(target) ? bringChart() : dismiss(store, ABSENT)));

  store.subscribe(["chart"], ({ chart }) => {
    if (heard) return;
    if (chart) early.push(chart);
    if (!chart || early.length > MOST_EARLY) early.shift();
  });

  function bringChart() {
    chart().then(
      () => dismiss(store, ABSENT),
      () => notify(store, { key: ABSENT, kind: "warning", text: "The charts of this game did not load.", actions: [{ label: "Try again", act: bringChart }] }),
    );
  }
}

/** A browser remembers a module that did not come. @param {number} attempt */
const again = (attempt) => (attempt > 1 ? `?attempt=${attempt}` : "");

/** What is done once, and again only where it failed. @param {(attempt: number) => Promise<void>} act */
function once(act) {
  /** @type {Promise<void> | null} */
  let coming = null;
  let attempts = 0;
  return () => (coming ??= act(++attempts).catch((/** @type {unknown} */ error) => {
    coming = null;
    throw error;
  }));
}
