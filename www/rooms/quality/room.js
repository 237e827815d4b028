// Quality: which digits a classifier reads in new drawings, and how far they are from real ones.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import { isPoint } from "../../js/protocol.js";
import * as helping from "./helping.js";
import * as metrics from "./metrics.js";
import * as reading from "./reading.js";

const MARKUP = `
<section class="card" id="reading" aria-labelledby="reading-title">
  <h2 id="reading-title">What the reader sees</h2>
  <p class="note"></p>
  <ol class="bars" start="0" aria-label="Share of drawings read as each digit"></ol>
  <button type="button">Read 500 new drawings</button>
</section>
<section class="card" id="measured" aria-labelledby="measured-title">
  <div class="head">
    <div>
      <h2 id="measured-title">How good it is</h2>
      <p class="note"></p>
    </div>
    <button type="button">Measure now</button>
  </div>
  <div class="metrics"></div>
</section>
<section class="card" id="helping" aria-labelledby="helping-title">
  <div class="head">
    <div>
      <h2 id="helping-title">Do drawings help a classifier?</h2>
      <p class="note"></p>
    </div>
    <button type="button">Try it</button>
  </div>
  <progress aria-label="Classifiers that have learnt" hidden></progress>
  <div class="result" hidden></div>
</section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, scoring }) {
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  reading.mount(part("reading"), store, scoring);
  metrics.mount(part("measured"), store, scoring);
  helping.mount(part("helping"), store, scoring);
  const read = part("reading");
  store.subscribe(["target"], ({ target }) => (read.hidden = isPoint(target))); // no reader reads points
  scoring.measureFromNowOn();
}
