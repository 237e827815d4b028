// Slow motion: one step of the run in ten stills, which the visitor goes through as fast as he likes, both ways.
// @ts-check

/** @import { Around } from "../../js/rooms.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Recording } from "./recording.js" */
/** @import { Kind, Still } from "./stills.js" */
import { whole } from "../../js/format.js";
import { isPoint } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { press } from "../../js/views/press.js";
import { createClock } from "./clock.js";
import { paintPicture } from "./paint.js";
import { readRecording } from "./recording.js";
import { TITLES, noteOf, stillsOf, titleOf } from "./stills.js";
import { createTheatre } from "./theatre.js";

const MARKUP = `
<section class="card" id="slow" aria-labelledby="slow-title">
  <div class="head">
    <h2 id="slow-title">One step, slowly</h2>
    <button type="button" class="record">Take a step in slow motion</button>
  </div>
  <p class="note intro">A training step takes a few hundredths of a second. Here you can look at one: the run takes its next step, keeps every number of it, and rests. Then go through it at your own pace, forwards and backwards.</p>
  <p class="note why" role="status"></p>
  <ol class="stills" aria-label="The stills of a step"></ol>
  <div class="player" hidden>
    <div class="keys">
      <button type="button" class="back" aria-label="← Still before">←</button>
      <button type="button" class="next" aria-label="Next → still">Next →</button>
      <button type="button" class="play">Play all</button>
      <label class="speed"><span>Speed</span> <select><option value="1">1×</option><option value="0.5" selected>½×</option><option value="0.25">¼×</option></select></label>
    </div>
    <input type="range" class="scrub" min="0" step="0.01" value="0" aria-label="Place in the step" />
    <div class="caption"><h3></h3><p></p></div>
    <p class="visually-hidden" role="status"></p>
    <div class="theatre" tabindex="0" role="group" aria-label="The step" aria-describedby="slow-keys"></div>
    <dl class="tells"></dl>
    <p class="note more"></p>
    <div class="row"><label class="which"><span>Follow</span> <select></select></label></div>
    <div class="samples" role="group" aria-label="Follow another one"></div>
    <p class="help" id="slow-keys">By keyboard: Space or → for the next still, ← for the one before, Home and End for the first and the last. The numbers of one sample are its own; losses, gradients and weights are the whole batch’s.</p>
    <button type="button" class="file link">Save this step as a file</button>
  </div>
</section>`;

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, actions }) {
  el.innerHTML = MARKUP;
  /** @template {HTMLElement} T @param {string} selector @returns {T} */
  const find = (selector) => /** @type {T} */ (el.querySelector(selector));
  const heading = find("h2");
  const record = find(".record");
  const intro = find(".intro");
  const why = find(".why");
  const list = find(".stills");
  const player = find(".player");
  const [back, next, play] = [".back", ".next", ".play"].map((name) => /** @type {HTMLButtonElement} */ (find(name)));
  /** @type {HTMLInputElement} */
  const scrub = find(".scrub");
  const [title, caption, said, tells, more, samples] = [".caption h3", ".caption p", ".player [role=status]", ".tells", ".more", ".samples"].map((name) => /** @type {HTMLElement} */ (find(name)));
  /** @type {HTMLSelectElement} */
  const speed = find(".speed select");
  /** @type {HTMLSelectElement} */
  const which = find(".which select");
  const stage = find(".theatre");
  const theatre = createTheatre(stage);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const clock = createClock(show, { now: () => performance.now(), frame: requestAnimationFrame, still: () => calm.matches });

  /** @type {Recording | null} */
  let step = null;
  /** @type {Still[]} */
  let stills = [];
  /** @type {Kind} */
  let kind = { points: false, source: false, digits: true, colour: false };
  let followed = 0;
  /** @type {PageState["recorded"]} */
  let shown = null;
  /** The visitor waits for a step. */
  let wanted = false;

  list.append(...TITLES.map((name) => item(name, null)));
  clock.setSpeed(Number(speed.value));

  /** Shows the step as it stands at a time. @param {number} t */
  function show(t) {
    if (!step) return;
    theatre.show(t);
    const at = Math.round(t);
    const still = stills[at];
    const text = still.says(step, followed, kind);
    const name = `${at + 1} · ${titleOf(still, kind)}`;
    if (title.textContent !== name || caption.textContent !== text) {
      title.textContent = name;
      title.className = still.whose;
      caption.textContent = text;
      more.textContent = noteOf(still, step, followed, kind);
      tells.replaceChildren(...still.tells(step, followed).map(({ label, value, raw }) => {
        const [row, term, number] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
        term.textContent = label;
        number.textContent = value;
        number.title = String(raw);
        row.append(term, number);
        return row;
      }));
    }
    if (Number.isInteger(t)) said.textContent = `${name}. ${text}`;
    scrub.value = String(t);
    scrub.ariaValueText = `${at + 1} of ${stills.length}: ${titleOf(still, kind)}`;
    [...list.children].forEach((it, i) => (/** @type {HTMLElement} */ (it.firstChild).ariaCurrent = i === at ? "step" : null));
    back.ariaDisabled = t === 0 ? "true" : null;
    next.ariaDisabled = t === stills.length - 1 ? "true" : null;
    play.textContent = clock.playing ? "Pause here" : "Play all";
  }

  /** @param {number} k */
  function follow(k) {
    if (!step) return;
    followed = Math.max(0, Math.min(step.samples - 1, k));
    which.value = String(followed);
    [...samples.children].forEach((it, i) => (/** @type {HTMLElement} */ (it).ariaPressed = String(i === followed)));
    theatre.follow(followed);
    show(clock.t);
  }

  /** @param {PageState} page */
  function take({ recorded, target, source }) {
    shown = recorded;
    player.hidden = !recorded;
    intro.hidden = recorded !== null;
    record.textContent = recorded ? "Take another step" : "Take a step in slow motion";
    heading.textContent = recorded ? `Step ${whole(recorded.step)}, slowly` : "One step, slowly";
    if (!recorded || !target) {
      step = null;
      list.classList.remove("short");
      list.replaceChildren(...TITLES.map((name) => item(name, null)));
      return;
    }
    const again = step !== null;
    const recording = readRecording(recorded.file);
    step = recording;
    stills = stillsOf(recording);
    kind = { points: isPoint(target), source: source !== null, digits: target.channels === 1, colour: target.channels === 3 };
    theatre.take(recording, stills, kind, target.channels);
    list.replaceChildren(...stills.map((still, i) => item(titleOf(still, kind), () => clock.go(i))));
    list.classList.add("short");
    scrub.max = String(stills.length - 1);
    which.replaceChildren(...Array.from({ length: recording.samples }, (_, k) => {
      const label = recording.label(k);
      return new Option(label === null || kind.points ? `sample ${k + 1}` : `sample ${k + 1}, a ${label}`, String(k));
    }));
    // Points are chosen by their numbers: a picture of each would say nothing.
    samples.hidden = kind.points;
    samples.replaceChildren(...(kind.points ? [] : Array.from({ length: recording.samples }, (_, k) => thumb(recording, k, target.channels))));
    clock.reset(stills.length);
    follow(again ? followed : 0);
    if (!wanted) return;
    // The keys work from here on, and caption and picture are in sight.
    wanted = false;
    stage.focus({ preventScroll: true });
    if (player.getBoundingClientRect().top > innerHeight / 3) player.scrollIntoView({ block: "start" });
  }

  /** @param {Recording} recording @param {number} k @param {number} channels */
  function thumb(recording, k, channels) {
    const button = document.createElement("button");
    const canvas = document.createElement("canvas");
    button.type = "button";
    button.className = "made";
    button.ariaLabel = `Follow sample ${k + 1}`;
    canvas.ariaHidden = "true";
    button.append(canvas);
    button.addEventListener("click", () => follow(k));
    requestAnimationFrame(() => paintPicture(canvas, recording.of("fake", k), channels));
    return button;
  }

  /** @param {number} to */
  const chosen = (to) => (to === clock.t ? show(to) : clock.go(to));

  press(record, () => {
    wanted = true;
    actions.record();
  });
  next.addEventListener("click", () => clock.step(1));
  back.addEventListener("click", () => clock.step(-1));
  play.addEventListener("click", () => (clock.playing ? clock.pause() : clock.play()));
  speed.addEventListener("change", () => clock.setSpeed(Number(speed.value)));
  which.addEventListener("change", () => follow(Number(which.value)));
  scrub.addEventListener("input", () => chosen(calm.matches ? Math.round(Number(scrub.value)) : Number(scrub.value)));
  // Let go, it comes to rest on a still.
  scrub.addEventListener("change", () => chosen(Math.round(Number(scrub.value))));
  find(".file").addEventListener("click", () => shown && actions.offerFile(`ganvas-recorded-step-${shown.step}.safetensors`, shown.file));
  for (const it of [stage, scrub]) {
    it.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      /** @type {Record<string, () => void>} */
      const keys = {
        " ": () => clock.step(1),
        ArrowRight: () => clock.step(1),
        ArrowLeft: () => clock.step(-1),
        Home: () => clock.go(0),
        End: () => clock.go(stills.length - 1),
      };
      const act = keys[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => follow(followed));

  store.subscribe(["recorded", "target"], (page) => {
    if (page.recorded !== shown) take(page);
  });
  store.subscribe(["running", "state", "program", "asked", "waiting"], (page) => {
    const can = canAsk(page) && page.state !== "failed";
    record.ariaDisabled = can ? null : "true";
    why.textContent = can ? (page.state === "training" ? "The run pauses for it." : "") : page.state === "failed" ? "This run has failed: reset it, or go back to a moment before." : "It can be taken once the run has loaded.";
  });
}

/** A still by its name, which a press goes to. @param {string} name @param {(() => void) | null} go */
function item(name, go) {
  const it = document.createElement("li");
  const inside = document.createElement(go ? "button" : "span");
  const words = document.createElement("span");
  words.textContent = name;
  inside.append(words);
  if (go) {
    /** @type {HTMLButtonElement} */ (inside).type = "button";
    inside.title = name;
    inside.addEventListener("click", go);
  }
  it.append(inside);
  return it;
}
