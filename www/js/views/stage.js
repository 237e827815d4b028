// Brings in the stage of a game that makes pictures of pictures, which no other needs. Until it is there, or where it
// does not come, the usual one shows the drawings.
// @ts-check

/** @import { Inspecting } from "../inspecting.js" */
/** @import { Store } from "../store.js" */
import { loadStyle } from "../rooms.js";

/** @param {HTMLElement} el where the pictures stand @param {Store} store @param {Inspecting} inspecting */
export function mount(el, store, inspecting) {
  /** @type {Promise<void> | null} */
  let coming = null;
  store.subscribe(["source"], ({ source }) => {
    if (source) coming ??= bring().catch(() => void (coming = null)); // it is tried again with the next such run
  });

  async function bring() {
    const [pairs] = await Promise.all([import("./pairs.js"), loadStyle(new URL("./pairs.css", import.meta.url))]);
    pairs.mount(el, store, inspecting);
  }
}
