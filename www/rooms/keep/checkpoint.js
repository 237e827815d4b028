// Saving a run as a file, and opening one.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Store } from "../../js/store.js" */
import { press } from "../../js/views/press.js";
import { persist } from "./offline.js";

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const save = /** @type {HTMLButtonElement} */ (el.querySelector(".save"));
  const open = /** @type {HTMLButtonElement} */ (el.querySelector(".open"));
  const picker = /** @type {HTMLInputElement} */ (el.querySelector("input"));

  press(save, () => {
    actions.save();
    persist();
  });
  press(open, () => picker.click());
  picker.addEventListener("change", () => {
    const file = picker.files?.[0];
    if (file) actions.restore(file);
    picker.value = ""; // the same file may be chosen again
  });
  store.subscribe(["running", "state"], ({ running, state }) => {
    open.ariaDisabled = String(running === null);
    save.ariaDisabled = String(running === null || state === "failed");
  });
}
