// Says which device the networks run on, and why.
// @ts-check

/** @import { Store } from "../store.js" */

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const name = document.createElement("b");
  const why = document.createElement("span");
  el.append(name, why);
  store.subscribe(["device", "workers"], ({ device: { program, reason }, workers }) => {
    const shared = program === "cpu" && workers > 1;
    name.textContent = program.toUpperCase() + (shared ? ` × ${workers}` : "");
    name.dataset.program = program;
    why.textContent = reason ? `Runs on the ${program.toUpperCase()}${shared ? `, shared by ${workers} workers` : ""}: ${reason}.` : "Looking at this machine…";
  });
}
