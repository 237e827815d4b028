// Shows what the visitor should know, one sentence each, until it is dismissed.
// @ts-check

/** @import { Notice } from "../state.js" */
/** @import { Store } from "../store.js" */
import { dismiss } from "../store.js";

/** The newest so many are shown. */
const SHOWN = 3;

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  /** @type {Map<Notice, HTMLElement>} */
  let cards = new Map();
  store.subscribe(["notices"], ({ notices }) => {
    const next = new Map(notices.slice(-SHOWN).map((notice) => [notice, cards.get(notice) ?? card(notice)]));
    for (const [notice, old] of cards) if (!next.has(notice)) old.remove();
    for (const [notice, fresh] of next) if (!cards.has(notice)) el.append(fresh);
    cards = next;
  });

  /** @param {Notice} notice */
  function card({ key, kind, text, actions = [] }) {
    const box = document.createElement("div");
    box.className = `notice ${kind}`;
    const words = document.createElement("p");
    words.textContent = text;
    const body = document.createElement("div");
    body.append(words);
    box.append(body);
    const row = document.createElement("div");
    row.className = "row";
    row.append(...actions.map(({ label, act, stays }) => button(label, () => {
      if (!stays) dismiss(store, key);
      act();
    })));
    if (actions.length > 0) body.append(row);
    const close = button("×", () => dismiss(store, key));
    close.className = "close";
    close.setAttribute("aria-label", "Dismiss this notice");
    box.append(close);
    return box;
  }
}

/** @param {string} label @param {() => void} act */
function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}
