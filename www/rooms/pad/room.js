// Pad: where the visitor draws or wipes, and sees at once what the artist of a run that translates makes of it; or, in a
// game with points, draws what the judge learns from.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import * as choice from "./choice.js";
import * as desk from "./desk.js";
import * as board from "./points/desk.js";

const MARKUP = `
<section class="card" id="pad" aria-labelledby="pad-title" hidden>
  <h2 id="pad-title"></h2>
  <p class="note lead"></p>
  <p class="comparing"><span class="others"></span> <button type="button" class="compare" hidden></button></p>
  <div class="bench">
    <div class="desk">
      <div class="sheet">
        <canvas role="application" aria-roledescription="drawing pad" aria-describedby="pad-keys"></canvas>
        <span class="margin" aria-hidden="true"></span>
        <span class="invitation" aria-hidden="true"></span>
        <span class="pen" aria-hidden="true" hidden></span>
      </div>
      <p class="caption"></p>
      <div class="row tools">
        <fieldset class="choice ways" hidden>
          <legend class="visually-hidden">Which way the artist translates</legend>
          <label><input type="radio" name="pad-way" value="0" checked /> <span></span></label>
          <label><input type="radio" name="pad-way" value="1" /> <span></span></label>
        </fieldset>
        <fieldset class="choice inks">
          <legend class="visually-hidden">What the pad’s pen does</legend>
          <label><input type="radio" name="pad-tool" value="wiper" checked /> Wiper</label>
          <label><input type="radio" name="pad-tool" value="pen" /> Pen</label>
        </fieldset>
        <button type="button" class="undo">Undo</button>
        <button type="button" class="mend">Unwipe</button>
        <button type="button" class="clear">Clear</button>
        <span class="digits">
          <button type="button" class="previous" aria-label="Previous real digit">←</button>
          <button type="button" class="next">Real digit →</button>
        </span>
      </div>
    </div>
    <div class="results">
      ${["given", "bicubic", "rival", "artist", "truth"].map((role) => `
      <figure data-role="${role}">
        <canvas role="img"></canvas>
        <figcaption></figcaption>${role === "artist" ? '\n        <p class="judgeless" hidden>distance only</p>' : ""}
      </figure>`).join("")}
    </div>
  </div>
  <p class="note remark"></p>
  <p class="help" id="pad-keys">By keyboard: arrow keys move the pen (Shift: by four), Space lowers and lifts it, <span class="enter">Enter makes a dot</span>, Ctrl + Z undoes.</p>
  <p class="visually-hidden told" role="status"></p>
</section>
<section class="card" id="board" aria-labelledby="board-title" hidden>${board.MARKUP}
</section>
<section class="card" id="pad-choice" aria-labelledby="pad-choice-title">
  <h2 id="pad-choice-title">You draw, the artist answers</h2>
  <p class="note words" role="status"></p>
  <ul class="presets"></ul>
  <h3 class="games-title">You draw, the judge learns</h3>
  <p class="note games-words">In a game with points you draw the real data. Start with one of these:</p>
  <ul class="games"></ul>
  <div class="over" hidden>
    <p></p>
    <button type="button">Start over with it</button>
  </div>
</section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, actions }) {
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  desk.mount(part("pad"), store, actions);
  board.mount(part("board"), store, actions);
  choice.mount(part("pad-choice"), store, actions);
}
