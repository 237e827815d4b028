// Brings in what not every visit needs: the stages of games that make pictures of pictures, or films, and of those with points,
// and the close-up of a picture. Until the first is there, or where it does not come, the usual one shows the drawings; of points
// there is nothing else to see.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Inspecting } from "../inspecting.js" */
/** @import { Chart } from "../protocol.js" */
/** @import { Store } from "../store.js" */
import { isPoint } from "../protocol.js";
import { bring, loadStyle } from "../place.js";
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
    const [view] = await Promise.all([bring("js/views/pairs.js"), loadStyle("js/views/pairs.css")]);
    view.mount(el, store, actions, inspecting);
  });
  const films = once(async () => {
    const [view] = await Promise.all([bring("js/views/filmstrip.js"), loadStyle("js/views/filmstrip.css")]);
    view.mount(el, store);
  });
  const closeUp = once(async () => {
    const view = await bring("js/views/inspection.js");
    view.mount(dialog, store, inspecting);
  });
  const chart = once(async () => {
    const [view] = await Promise.all([bring("js/views/chart.js"), loadStyle("js/views/chart.css")]);
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

/** What is done once, and again only where it failed. @param {() => Promise<void>} act */
function once(act) {
  /** @type {Promise<void> | null} */
  let coming = null;
  return () => (coming ??= act().catch((/** @type {unknown} */ error) => {
    coming = null;
    throw error;
  }));
}
