// Train, pause, step, reset; and one line that says what is going on.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Players } from "../protocol.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { hasDigits } from "../data.js";
import { inTime, presetOf, secondsOf } from "../forecast.js";
import { percent, whole } from "../format.js";
import { modelOf } from "../models.js";
import { hasJudge } from "../protocol.js";

/** What takes no longer needs no announcement. */
const LONG_SECONDS = 8;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const train = /** @type {HTMLButtonElement} */ (el.querySelector("#train"));
  const reset = /** @type {HTMLButtonElement} */ (el.querySelector("#reset"));
  const skip = /** @type {HTMLButtonElement} */ (el.querySelector("#skip"));
  const steps = /** @type {NodeListOf<HTMLButtonElement>} */ (el.querySelectorAll("[data-player]"));
  const line = /** @type {HTMLElement} */ (el.querySelector("#state"));
  const progress = /** @type {HTMLElement} */ (el.querySelector("#progress"));

  train.addEventListener("click", () => {
    if (goes(store.get())) actions.pause();
    else actions.train();
  });
  reset.addEventListener("click", actions.reset);
  skip.addEventListener("click", actions.skipAhead);
  for (const button of steps) {
    button.addEventListener("click", () => {
      if (button.ariaDisabled !== "true") actions.step(/** @type {Players} */ (button.dataset.player));
    });
  }

  store.subscribe(["story", "state", "step", "pretrained", "running", "wantsRun", "asked", "draft", "data", "real", "classifier", "needsClassifier", "waiting", "program", "device"], (page) => {
    const words = page.story || inWords(page);
    // It is read aloud: only what is new.
    if (line.textContent !== words) line.textContent = words;
  });
  store.subscribe(["step", "unit", "evaluation", "running", "source", "state", "collapse"], (page) => {
    const { step, evaluation, running, source, state, collapse } = page;
    const read = running?.conditional || source ? evaluation?.label_accuracy : null;
    const parts = [
      state === "training" && step > 0 && `Step ${whole(step)}`,
      state === "training" && ahead(page),
      collapse && "mode collapse: see Watch",
      read != null && evaluation && `${percent(read)} recognised at step ${whole(evaluation.step)}`,
    ];
    progress.textContent = parts.filter(Boolean).join(", ");
    progress.classList.toggle("warning", collapse !== null);
  });
  store.subscribe(["state", "step", "pretrained", "wantsRun", "asked", "draft", "running", "figures", "program", "preset"], (page) => {
    const { step, pretrained, state, draft, running, figures, program } = page;
    train.textContent = goes(page) ? "Pause" : "Train";
    train.disabled = !draft || state === "failed";
    // Disabled would drop the keyboard's focus in the middle of a press: they stay reachable.
    const canStep = state === "ready" || state === "paused" || state === "training";
    for (const button of steps) button.ariaDisabled = String(!canStep || (button.dataset.player === "discriminator" && running !== null && !hasJudge(figures)));
    reset.textContent = step > 0 && step === pretrained && !goes(page) ? "Start over" : "Reset";
    reset.disabled = !running && program.phase !== "gone";
    // At the beginning there is nothing to reset, but perhaps something to skip.
    const skips = modelOf(page) !== undefined && !goes(page);
    if (skips === skip.hidden) {
      const focused = document.activeElement === skip || document.activeElement === reset;
      [skip.hidden, reset.hidden] = [!skips, skips];
      if (focused) (skips ? skip : reset).focus();
    }
  });
}

/** Whether training is on, or will be: a press is answered before the session has heard of it. @param {PageState} page */
const goes = ({ state, wantsRun, asked }) => wantsRun || (asked ? asked === "run" : state === "training");

/** What a visitor may wait for, if it takes long. @param {PageState} page */
function ahead(page) {
  const preset = presetOf(page);
  const seconds = preset && secondsOf(preset, page.unit, page.step);
  if (!preset || !seconds || seconds <= LONG_SECONDS) return "";
  const what = preset.outlook.fails ? "fails visibly" : hasDigits(preset.recipe.dataset) ? "digits" : "learned";
  return `${what} in about ${inTime(seconds)}`;
}

/** @param {PageState} page */
function inWords({ state, step, pretrained, running, wantsRun, asked, draft, data, real, classifier, needsClassifier, waiting, program, device }) {
  if (asked && program.phase === "working") return { run: "Starting…", pause: "Pausing…", step: "Taking a step…" }[asked];
  switch (state) {
    case "loading":
      if (program.trouble) return `The program did not load: ${program.trouble}. Trying again…`;
      if (program.phase === "starting") return "Starting the program…";
      if (program.phase === "loading" || !draft) return "Fetching the program…";
      if (real && needsClassifier && classifier.status !== "ready") return classifier.status === "loading" ? "Fetching the reader, which this run learns from…" : "Waiting for the reader, which this run learns from.";
      if (data.trouble) return "Waiting for the real digits.";
      return wantsRun ? "Training starts when the first digits arrive…" : "Fetching the first digits…";
    case "ready":
      return wantsRun ? "Starting…" : "Ready. Press Train.";
    case "training":
      if (waiting) return `Waiting for pictures ${whole(waiting.first)} to ${whole(waiting.last)}.`;
      if (step > 0) return "Training.";
      return device.program === "gpu" ? "Training: the first step takes longer while the GPU gets ready…" : "Training…";
    case "paused":
      if (step === pretrained) return `Trained before your visit: ${whole(step)} steps, seed ${running?.seed}.`;
      return `Paused at step ${whole(step)}.`;
    case "failed":
      if (program.phase === "gone") return `Stopped: the program is not running; ${program.trouble}.`;
      return draft ? "Stopped. Go back in time, or reset." : "Stopped.";
  }
}
