// Brings in the stages that not every game needs: of one that makes pictures of pictures, or films, and of one with points. Until
// the first is there, or where it does not come, the usual one shows the drawings; of points there is nothing else to
// see.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Inspecting } from "../inspecting.js" */
/** @import { Chart } from "../protocol.js" */
/** @import { Store } from "../store.js" */
import { isPoint } from "../protocol.js";
import { loadStyle } from "../rooms.js";
import { dismiss, notify } from "../store.js";

const ABSENT = "chart-absent";
/** Charts that are kept for a stage that is still on its way: each says where the run went since the one before. */
const MOST_EARLY = 300;

/** @param {HTMLElement} el where the pictures stand @param {Store} store @param {Actions} actions @param {Inspecting} inspecting */
export function mount(el, store, actions, inspecting) {
  const pairs = once(async () => {
    const [view] = await Promise.all([import("./pairs.js"), loadStyle(new URL("./pairs.css", import.meta.url))]);
    view.mount(el, store, actions, inspecting);
  });
  const films = once(async () => {
    const [view] = await Promise.all([import("./filmstrip.js"), loadStyle(new URL("./filmstrip.css", import.meta.url))]);
    view.mount(el, store);
  });
  const chart = once(async (attempt) => {
    const again = attempt > 1 ? `?attempt=${attempt}` : ""; // a browser remembers a module that did not come
    const [view] = await Promise.all([import(`./chart.js${again}`), loadStyle(new URL(`./chart.css${again}`, import.meta.url))]);
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
