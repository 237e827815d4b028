// Watch: who is winning, the run in numbers, and its curves. Before the first step there is nothing to watch, and it
// says instead what there will be.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
import { loadScript, loadStyle } from "../../js/place.js";
import { hasJudge, isPoint } from "../../js/protocol.js";
import { isUntouched } from "../../js/state.js";
import * as figures from "./figures.js";
import * as plots from "./plots.js";
import * as verdict from "./verdict.js";

const UPLOT = "js/vendor/uplot/uPlot";

const MARKUP = `
<div class="before">
  <h2>Press Train, and watch two things</h2>
  <p>
    <b class="artist of-pictures">The drawings.</b><b class="artist of-points">The points.</b> <span class="noise">First noise, then grey blobs, then strokes; then, suddenly, digits. The noise
    that goes in stays the same, so every change is something that the artist has learned.</span><span class="given">Each
    is made from the picture that stands above it: first a blur, then ever more of the real digit below. What goes in
    stays the same, so every change is something that the artist has learned.</span><span class="of-points">First they
    lie anywhere; then they move, gather and settle where the real ones are. What goes in stays the
    same, so every change is something that the artist has learned.</span>
  </p>
  <p class="scores">
    <b class="judge">The judge.</b> It scores <span class="of-pictures">real digits and drawings</span><span class="of-points">real points and the artist’s</span>, and both players learn from its scores. Here you
    will see how often it tells them apart. A good match is one that neither of them wins.
  </p>
  <p class="note"><span class="of-pictures">Press any picture to look closer. </span>The Recipe has other GANs to try, and some that fail in interesting ways.</p>
</div>
<div class="during">
  <section class="card" id="verdict" aria-labelledby="verdict-title">
    <div class="head">
      <h2 id="verdict-title">Who is winning</h2>
      <label class="check"><input type="checkbox" /> Show the judge’s score for each picture</label>
    </div>
    <p class="note frames" hidden>A red frame: it looks drawn to the judge. A blue one: it looks real.</p>
    <div class="gauge" aria-hidden="true">
      <div class="beam"><span class="needle"></span></div>
      <div class="sides"><span class="artist">the artist fools it</span><span>it can only guess</span><span class="judge">nothing fools it</span></div>
    </div>
    <p class="balance"></p>
    <svg class="spread" viewBox="0 0 480 96" preserveAspectRatio="none" role="img" aria-label="The judge’s scores"></svg>
    <p class="ends"></p>
    <p class="legends"><span class="judge"></span> <span class="artist"></span></p>
  </section>
  <dl class="figures" id="figures">
    <div><dt>Step</dt><dd data-figure="step">0</dd></div>
    <div><dt>Images seen</dt><dd data-figure="seen">0</dd></div>
    <div><dt>Images per second</dt><dd data-figure="rate">–</dd></div>
    <div><dt>Milliseconds per step</dt><dd data-figure="millis">–</dd></div>
    <div><dt>Variety within digits</dt><dd data-figure="variety">–</dd></div>
    <div class="accuracy"><dt>Read as asked</dt><dd data-figure="accuracy">–</dd></div>
  </dl>
  <figure class="card plot" id="losses">
    <figcaption><h2>Losses</h2></figcaption>
  </figure>
  <figure class="card plot" id="logits">
    <figcaption><h2>What the judge thinks</h2></figcaption>
  </figure>
</div>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store }) {
  el.innerHTML = MARKUP;
  const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (el.querySelector(`#${id}`));
  const [before, during, losses, logits] = [".before", ".during", "#losses", "#logits"].map((name) => /** @type {HTMLElement} */ (el.querySelector(name)));
  verdict.mount(part("verdict"), store);
  figures.mount(part("figures"), store);
  store.subscribe(["source", "target", "figures"], ({ source, target, figures }) => {
    const judge = figures.length === 0 || hasJudge(figures);
    const points = isPoint(target);
    const said = { ".noise": !source && !points, ".given": source, ".scores": judge, ".of-points": points, ".of-pictures": !points };
    for (const [name, is] of Object.entries(said)) {
      for (const part of /** @type {NodeListOf<HTMLElement>} */ (before.querySelectorAll(name))) part.hidden = !is;
    }
    /** @type {HTMLElement} */ (before.querySelector("h2")).textContent = `Press Train, and watch${judge ? " two things" : ""}`;
  });
  let drawn = false;
  store.subscribe(["step", "state", "pretrained"], (page) => {
    const begun = !isUntouched(page) || page.state === "training" || page.state === "failed";
    before.hidden = begun;
    during.hidden = !begun;
    if (begun && !drawn) draw();
  });

  /** What draws the curves is fetched when there are some. */
  async function draw() {
    drawn = true;
    // Without it, they say that they cannot be drawn.
    await Promise.all([loadStyle(`${UPLOT}.min.css`), loadScript(`${UPLOT}.iife.min.js`)]).catch(() => {});
    plots.mount(losses, store, plots.LOSSES);
    plots.mount(logits, store, plots.SCORES);
  }
}
