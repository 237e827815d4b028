// Saving a run as a file, and opening one by button or by dropping it anywhere on the page.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const save = /** @type {HTMLButtonElement} */ (el.querySelector(".save"));
  const open = /** @type {HTMLButtonElement} */ (el.querySelector(".open"));
  const picker = /** @type {HTMLInputElement} */ (el.querySelector("input"));
  const veil = /** @type {HTMLElement} */ (document.getElementById("drop"));

  save.addEventListener("click", () => {
    if (save.ariaDisabled !== "true") actions.save();
  });
  open.addEventListener("click", () => {
    if (open.ariaDisabled !== "true") picker.click();
  });
  picker.addEventListener("change", () => {
    const file = picker.files?.[0];
    if (file) actions.restore(file);
    picker.value = ""; // the same file may be chosen again
  });
  store.subscribe(["running", "state"], ({ running, state }) => {
    open.ariaDisabled = String(running === null);
    save.ariaDisabled = String(running === null || state === "failed");
  });

  const carriesFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault(); // or the browser would leave the page for the file
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (file) actions.restore(file);
  });
}

/** Hands a file to the visitor. @param {string} name @param {Uint8Array} bytes */
export function offer(name, bytes) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)]));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
