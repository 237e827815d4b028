// Draws more pictures on request: of a chosen digit, from a chosen seed.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */
import { CLASSES } from "../protocol.js";
import { createPainter } from "./pictures.js";

const SIZE = { columns: 5, rows: 4 };
const ALL = "all";
const LAST_SEED = 999_999;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const form = /** @type {HTMLFormElement} */ (el.querySelector("form"));
  const digit = /** @type {HTMLSelectElement} */ (form.elements.namedItem("digit"));
  const seed = /** @type {HTMLInputElement} */ (form.elements.namedItem("seed"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const note = /** @type {HTMLElement} */ (el.querySelector(".note"));
  const canvas = /** @type {HTMLCanvasElement} */ (el.querySelector("canvas"));
  const show = createPainter(canvas, SIZE);
  digit.append(new Option("all ten", ALL), ...Array.from({ length: CLASSES }, (_, i) => new Option(String(i), String(i))));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.ariaDisabled === "true" || !form.reportValidity()) return;
    const number = seed.valueAsNumber;
    const wanted = digit.disabled || digit.value === ALL ? null : Number(digit.value);
    const what = wanted === null ? "drawings" : `drawings asked to be a ${wanted}`;
    actions.sample(SIZE.columns * SIZE.rows, number, wanted, `${SIZE.columns * SIZE.rows} ${what}, from seed ${number}.`);
    // The next press draws others.
    seed.value = String(number < LAST_SEED ? number + 1 : 0);
  });

  store.subscribe(["running", "state"], ({ running, state }) => {
    button.ariaDisabled = String(running === null || state === "loading");
    digit.disabled = running !== null && !running.conditional;
    if (digit.disabled) digit.value = ALL;
  });
  store.subscribe(["sampled"], ({ sampled }) => {
    show(sampled?.pictures ?? null, SIZE);
    note.textContent = sampled?.caption ?? "Fresh noise, as the artist would draw it now.";
    canvas.setAttribute("aria-label", sampled?.caption ?? "Nothing drawn yet");
  });
}
