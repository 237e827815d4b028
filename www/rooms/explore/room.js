// Explore: what the artist can draw. A sheet of what lies between four drawings, the directions in which they change most,
// the nearest one to the visitor's own, new ones of a chosen digit, and those of two latents.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import * as directions from "./directions.js";
import * as finder from "./find.js";
import * as mixer from "./mixer.js";
import * as sampler from "./sampler.js";
import { createSpot } from "./spot.js";
import * as walk from "./walk.js";

const MARKUP = `
<section class="card" id="walk" aria-labelledby="walk-title" hidden>${walk.MARKUP}
</section>
<section class="card" id="find" aria-labelledby="find-title" hidden>${finder.MARKUP}
</section>
<section class="card" id="directions" aria-labelledby="directions-title" hidden>${directions.MARKUP}
</section>
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
export function mount(el, { store, actions, scoring, inspecting, params }) {
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  const spot = createSpot();
  walk.mount(part("walk"), store, actions, inspecting, spot, params.asks.get("walk"));
  finder.mount(part("find"), store, actions, scoring, inspecting, spot);
  directions.mount(part("directions"), store, actions, spot);
  sampler.mount(part("sampler"), store, actions, inspecting);
  mixer.mount(part("mixer"), store, actions, inspecting);
  const ofNoise = ["walk", "find", "directions"].map(part);
  store.subscribe(["running", "source", "target", "state", "program"], (page) => {
    for (const card of ofNoise) card.hidden = !walk.draws(page);
  });
}
