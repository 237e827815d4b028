// The recipe: which GAN is trained, on what, and how.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import * as controls from "./controls.js";
import * as preset from "./preset.js";

const MARKUP = `
<section class="card settings" id="settings" aria-labelledby="settings-title">
  <h2 id="settings-title">The recipe</h2>
  <div class="preset" id="preset"></div>
  <form id="recipe" novalidate></form>
  <div class="apply" id="apply">
    <button type="button" disabled>Start over with these settings</button>
    <p></p>
  </div>
</section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, actions, params }) {
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  preset.mount(part("preset"), store, actions, params);
  controls.mount(part("settings"), store, actions, params);
}
