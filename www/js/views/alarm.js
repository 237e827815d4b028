// Says when the artist has collapsed, what was seen, and what to try. All words come from the session.
// @ts-check

/** @import { Store } from "../store.js" */

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const saw = /** @type {HTMLElement} */ (el.querySelector("p"));
  const remedies = /** @type {HTMLElement} */ (el.querySelector("ul"));
  let dismissed = false;
  /** @type {HTMLElement} */ (el.querySelector(".close")).addEventListener("click", () => (el.hidden = dismissed = true));
  store.subscribe(["collapse"], ({ collapse }) => {
    if (!collapse) dismissed = false; // the next one is another
    el.hidden = !collapse || dismissed;
    if (!collapse || saw.textContent === collapse.saw) return;
    saw.textContent = collapse.saw;
    remedies.replaceChildren(...collapse.remedies.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  });
}
