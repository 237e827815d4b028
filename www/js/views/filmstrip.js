// Below the drawings of a run that makes films: plays them, or stands at the frame that the visitor drags to.
// @ts-check

/** @import { Store } from "../store.js" */
import { clock } from "./film.js";

// The count is no <output>: a label names the first of those in it, and it would be read aloud with every frame.
const MARKUP = `
<button type="button" aria-pressed="true">Play</button>
<label><span>Frame <b></b></span><input type="range" min="1" step="1" /></label>`;

/** @param {HTMLElement} el where the pictures stand @param {Store} store */
export function mount(el, store) {
  const bar = document.createElement("div");
  bar.className = "filmstrip";
  bar.innerHTML = MARKUP;
  /** @type {HTMLElement} */ (el.querySelector(".fakes")).append(bar);
  const button = /** @type {HTMLElement} */ (bar.querySelector("button"));
  const range = /** @type {HTMLInputElement} */ (bar.querySelector("input"));
  const count = /** @type {HTMLElement} */ (bar.querySelector("b"));
  let frames = 1;

  button.addEventListener("click", () => (clock.playing ? clock.stand(clock.frame(frames)) : clock.play()));
  range.addEventListener("input", () => clock.stand(Number(range.value) - 1));

  /** @type {(() => void) | null} */
  let unfollow = null;
  store.subscribe(["preview"], ({ preview }) => {
    frames = preview?.frames ?? 1;
    bar.hidden = !(frames > 1);
    if (bar.hidden === (unfollow === null)) return;
    unfollow?.();
    unfollow = bar.hidden ? null : clock.listen(show);
    show();
  });

  function show() {
    const frame = clock.frame(frames) + 1;
    range.max = String(frames);
    range.value = String(frame);
    count.textContent = `${frame} of ${frames}`;
    button.ariaPressed = String(clock.playing);
  }
}
