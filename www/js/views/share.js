// The button that opens the dialog for sharing, and what is to happen with the address meanwhile. All that takes is
// fetched when it is first wanted.
// @ts-check

/** @import { Keeper } from "../keeper.js" */
/** @import { Params } from "../link/read.js" */
/** @import { Store } from "../store.js" */
import { watchAddress } from "../link/address.js";
import { bring } from "../place.js";
import { dismiss, notify } from "../store.js";

const ABSENT = "share-absent";

/** What sharing needs of the page. @typedef {{ store: Store, keeper: Keeper, offer: (name: string, bytes: Uint8Array) => void }} Sharing */

/** @param {HTMLElement} button @param {Sharing} around */
export function createShare(button, around) {
  const { store } = around;
  /** @type {HTMLButtonElement} */ (button).disabled = false;
  button.addEventListener("click", async () => {
    dismiss(store, ABSENT);
    const dialog = await bring("js/share/dialog.js").catch(() => null);
    if (dialog) dialog.open(around);
    else notify(store, { key: ABSENT, kind: "warning", text: "The part of the page that makes links did not load. Try again, or reload the page." });
  });
  watchAddress(() => {
    notify(store, { key: "address-edited", kind: "info", text: "There is another link in the address now. It is opened when the page is loaded anew.", actions: [{ label: "Open it", act: () => location.reload() }] });
  });

  return {
    /** The run rests: from now on the address leads to its settings. A link's run stays in it until it has been played. */
    async rest() {
      if (store.get().replay?.phase === "ahead") return;
      const settings = await bring("js/link/settings.js").catch(() => null); // it is only the address
      settings?.put(store.get());
    },
  };
}
