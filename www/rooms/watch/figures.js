// The run in numbers.
// @ts-check

/** @import { Store } from "../../js/store.js" */
import { percent, short, whole } from "../../js/format.js";
import { isPoint } from "../../js/protocol.js";

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const figure = (/** @type {string} */ name) => /** @type {HTMLElement} */ (el.querySelector(`[data-figure=${name}]`));
  const [step, seen, rate, millis, variety, accuracy] = ["step", "seen", "rate", "millis", "variety", "accuracy"].map(figure);

  store.subscribe(["step"], (page) => (step.textContent = whole(page.step)));
  store.subscribe(["speed"], ({ speed }) => {
    seen.textContent = speed.imagesSeen >= 0 ? whole(speed.imagesSeen) : "–";
    rate.textContent = speed.imagesPerSecond > 0 ? whole(speed.imagesPerSecond) : "–";
    millis.textContent = speed.stepMillis > 0 ? short(speed.stepMillis) : "–";
  });
  store.subscribe(["target"], ({ target }) => {
    const what = isPoint(target) ? "Points" : "Images";
    nameOf(seen).textContent = `${what} seen`;
    nameOf(rate).textContent = `${what} per second`;
  });
  store.subscribe(["look", "source", "target"], ({ look, source, target }) => {
    // Nobody watches a translation for collapse: how varied it is is up to what is given. Of points one sees it.
    /** @type {HTMLElement} */ (variety.parentElement).hidden = source !== null || isPoint(target);
    variety.textContent = look ? percent(look.within) : "–";
    nameOf(variety).textContent = `Variety within digits${at(look)}`;
    const box = /** @type {HTMLElement} */ (variety.parentElement);
    box.title = look ? `Real digits: 100 %; measured on 100 drawings, so it wavers; ${short(look.classes)} of ten digits in use` : "";
  });
  store.subscribe(["evaluation", "running", "source", "target"], ({ evaluation, running, source, target }) => {
    const share = evaluation?.label_accuracy;
    const box = /** @type {HTMLElement} */ (accuracy.parentElement);
    box.hidden = isPoint(target) || (running !== null && !running.conditional && !source);
    accuracy.textContent = share == null ? "–" : percent(share);
    nameOf(accuracy).textContent = `Read as ${source ? "the source’s digit" : "asked"}${at(evaluation)}`;
    box.title = evaluation ? `Of ${whole(evaluation.count)} new drawings` : "";
  });
}

/** What stands below a figure. @param {HTMLElement} figure */
const nameOf = (figure) => /** @type {HTMLElement} */ (figure.previousElementSibling);

/** A figure that stands still between two looks says when it was true. @param {{ step: number } | null} found */
const at = (found) => (found ? `, step ${whole(found.step)}` : "");
