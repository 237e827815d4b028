// Keeps the root element's attributes true: tests and embedding pages rely on them; and tells the style sheet how high
// the dock is, over which nothing may stand.
// @ts-check

/** @import { Store } from "../store.js" */
import { isPoint } from "../protocol.js";

/** @param {HTMLElement} el @param {Store} store @param {HTMLElement} dock */
export function mount(el, store, dock) {
  new ResizeObserver(() => el.style.setProperty("--dock-height", `${dock.offsetHeight}px`)).observe(dock);
  const start = /** @type {HTMLElement} */ (el.querySelector(".pitch .start"));
  store.subscribe(["source", "target"], ({ source, target }) => {
    start.textContent = isPoint(target) ? "points from noise" : source ? "digits from what it is given" : "digits from noise";
  });
  store.subscribe(["state", "step", "device", "dataset", "evaluation"], ({ state, step, device, dataset, evaluation }) => {
    el.dataset.state = state;
    el.dataset.step = String(step);
    el.dataset.device = device.program;
    el.dataset.dataset = dataset;
    const accuracy = evaluation?.label_accuracy;
    if (accuracy == null) delete el.dataset.accuracy;
    else el.dataset.accuracy = accuracy.toFixed(4);
  });
}
