// What the classifier reads in fresh drawings: the share of each digit, and whether it is the one that
// was asked for. An even row of bars is health; a few tall ones are mode collapse.
// @ts-check

/** @import { Scoring } from "../../js/scoring.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { percent, whole } from "../../js/format.js";
import { CLASSES, isPoint } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";

/** A bar of this share is full height: four times an even share. */
const FULL = 4 / CLASSES;

/** @param {HTMLElement} el @param {Store} store @param {Scoring} scoring */
export function mount(el, store, scoring) {
  const note = /** @type {HTMLElement} */ (el.querySelector(".note"));
  const list = /** @type {HTMLElement} */ (el.querySelector(".bars"));
  const button = /** @type {HTMLButtonElement} */ (el.querySelector("button"));
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") scoring.atPress();
  });
  const bars = Array.from({ length: CLASSES }, (_, digit) => {
    const item = document.createElement("li");
    const bar = document.createElement("span");
    const name = document.createElement("b");
    const share = document.createElement("span");
    bar.className = "bar";
    share.className = "visually-hidden";
    name.textContent = String(digit);
    item.append(bar, name, share);
    list.append(item);
    return { item, share };
  });

  store.subscribe(["evaluation", "evaluating", "classifier", "running", "source", "target", "state", "program"], (page) => {
    const { evaluation, evaluating, classifier, target } = page;
    button.ariaDisabled = String(evaluating || isPoint(target) || classifier.status === "absent" || classifier.status === "loading" || !canAsk(page));
    note.textContent = words(page);
    bars.forEach(({ item, share }, digit) => {
      const part = evaluation ? evaluation.class_histogram[digit] / Math.max(evaluation.count, 1) : 0;
      item.style.setProperty("--share", String(Math.min(part / FULL, 1)));
      share.textContent = evaluation ? `: ${percent(part)}` : "";
    });
  });
}

/** @param {PageState} page */
function words({ evaluation, classifier, source }) {
  if (classifier.status === "absent") return "This site does not include the reader, so nothing is scored.";
  if (classifier.status === "failed") return `The reader did not load: ${classifier.trouble}. Press the button to try again.`;
  if (classifier.status === "loading") return "Fetching the reader…";
  if (!evaluation) return "The reader, a classifier, now and then counts how many drawings look like each digit.";
  const { count, step, label_accuracy: accuracy, class_histogram: histogram } = evaluation;
  const missing = histogram.flatMap((n, digit) => (n < count / 100 ? [digit] : []));
  const read = accuracy == null ? "" : `, ${percent(accuracy)} of them as ${source ? "the digit that was given" : "asked"}`;
  const gone = missing.length > 0 ? `Hardly any: ${missing.join(", ")}.` : "All ten digits occur.";
  return `${whole(count)} drawings read at step ${whole(step)}${read}. ${gone}`;
}
