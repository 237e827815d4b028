// Says which device the networks run on, and why.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const name = document.createElement("b");
  const why = document.createElement("span");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "link";
  again.textContent = "Try the GPU again";
  again.addEventListener("click", actions.tryGpu);
  const words = document.createElement("span");
  words.append(why, " ", again);
  el.append(name, words);
  store.subscribe(["gpuLost"], ({ gpuLost }) => (again.hidden = !gpuLost));
  store.subscribe(["device", "workers"], ({ device: { program, reason }, workers }) => {
    const shared = program === "cpu" && workers > 1;
    name.textContent = program.toUpperCase() + (shared ? ` × ${workers}` : "");
    name.dataset.program = program;
    why.textContent = reason ? `Runs on the ${program.toUpperCase()}${shared ? ` with ${workers} workers` : ""}: ${reason}.` : "Checking this machine…";
  });
}
