// Says which device the networks run on, and why.
// @ts-check

/** @import { Store } from "../store.js" */

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const name = document.createElement("b");
  const why = document.createElement("span");
  el.append(name, why);
  store.subscribe(["device"], ({ device: { program, reason } }) => {
    name.textContent = program.toUpperCase();
    name.dataset.program = program;
    why.textContent = reason ? `Runs on the ${program.toUpperCase()}: ${reason}.` : "Looking at this machine…";
  });
}
