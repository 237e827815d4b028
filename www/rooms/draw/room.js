// Draw more: new drawings of a chosen digit, from a chosen seed, and of two latents.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import * as mixer from "./mixer.js";
import * as sampler from "./sampler.js";

const MARKUP = `
<section class="card" id="sampler" aria-labelledby="sampler-title">
  <h2 id="sampler-title">Draw more</h2>
  <p class="elsewhere" hidden><span></span> in the room <a href="#room=pad">Pad</a>.</p>
  <form class="row">
    <label><span>Digit</span> <select name="digit"></select></label>
    <label>Seed <input name="seed" type="number" min="0" max="999999" step="1" value="1" required /></label>
    <label>Truncation <input name="truncation" type="number" min="0.1" max="1" step="0.1" value="1" required aria-describedby="truncation-help" /></label>
    <button type="submit">Draw</button>
  </form>
  <p class="help" id="truncation-help">
    Truncation below 1 keeps the noise closer to its average: clearer drawings, less variety. The same seed then gives other drawings.
  </p>
  <div class="row codes" role="group" aria-label="Codes" hidden>
    <label>Along a row <select></select></label>
  </div>
  <p class="note" role="status"></p>
  <div class="frame"><canvas role="img" aria-label="Nothing drawn yet"></canvas></div>
</section>
<section class="card" id="mixer" aria-labelledby="mixer-title" hidden></section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, actions, inspecting }) {
  el.innerHTML = MARKUP;
  sampler.mount(/** @type {HTMLElement} */ (el.querySelector("#sampler")), store, actions, inspecting);
  mixer.mount(/** @type {HTMLElement} */ (el.querySelector("#mixer")), store, actions, inspecting);
}
