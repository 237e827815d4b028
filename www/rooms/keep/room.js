// Keep: the run as a file, what this browser keeps of it and of earlier ones, and what of the site works offline.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import { single } from "../../js/place.js";
import * as checkpoint from "./checkpoint.js";
import * as kept from "./kept.js";
import * as offline from "./offline.js";

const MARKUP = `
<section class="card" id="checkpoint" aria-labelledby="checkpoint-title">
  <h2 id="checkpoint-title">As a file</h2>
  <p class="note">
    A checkpoint is the whole run in one file: both networks and the state of their training. Open one with the
    button, or drop it anywhere on this page.
  </p>
  <div class="row">
    <button type="button" class="save">Save checkpoint</button>
    <button type="button" class="open">Open checkpoint…</button>
    <input type="file" hidden />
  </div>
</section>
<section class="card" id="kept" aria-labelledby="kept-title">
  <h2 id="kept-title">In this browser</h2>
  <p class="note stored"></p>
  <ul class="earlier"></ul>
  <button type="button" class="forget">Forget them</button>
  <div class="sure" role="group" aria-labelledby="sure-words" hidden>
    <p id="sure-words"></p>
    <div class="row">
      <button type="button" class="delete">Delete them</button>
      <button type="button" class="cancel">Keep them</button>
    </div>
  </div>
</section>
<section class="card" id="offline" aria-labelledby="offline-title" hidden></section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, around) {
  const { store, actions, keeper } = around;
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  checkpoint.mount(part("checkpoint"), store, actions);
  kept.mount(part("kept"), store, actions, keeper);
  single?.mount(el, around);
  offline.mount(part("offline"), store);
}
