// Every figure that the catalog lists: what it reads now, what real digits read in the same place, its
// curve, and behind a press what it means. It must not know any figure by name.
// @ts-check

/** @import { Scoring } from "../../js/scoring.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Measurement, Metric } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { BUILT_IN } from "../../js/data.js";
import { percent, short, whole } from "../../js/format.js";
import { isPoint } from "../../js/protocol.js";
import { cannotMeasure } from "../../js/scoring.js";
import { canAsk } from "../../js/state.js";
import { paperLink } from "../../js/views/paper.js";

const ARROWS = { higher: "↑", lower: "↓", neither: "" };
const BETTER = { higher: "Higher is better.", lower: "Lower is better.", neither: "" };
const WRITE = { share: percent, count: whole, number: short };
/** A curve's own units. */
const [WIDTH, HEIGHT] = [100, 28];

/** @param {HTMLElement} el @param {Store} store @param {Scoring} scoring */
export function mount(el, store, scoring) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const note = find(".note");
  const list = find(".metrics");
  const button = /** @type {HTMLButtonElement} */ (el.querySelector("button"));
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") scoring.measureNow();
  });

  /** @type {ReturnType<typeof createRow>[]} */
  let rows = [];
  let drawnFor = "";
  store.subscribe(["catalog"], ({ catalog }) => {
    const key = JSON.stringify(catalog?.metrics);
    if (!catalog || key === drawnFor) return;
    drawnFor = key;
    rows = catalog.metrics.map(createRow);
    list.replaceChildren(...rows.map(({ element }) => element));
  });
  store.subscribe(["catalog", "measured", "measuring", "classifier", "heldOut", "dataset", "running", "target", "state", "program"], (page) => {
    const { measured, measuring, target } = page;
    button.ariaDisabled = String(measuring || cannotMeasure(page) || !canAsk(page));
    note.textContent = words(page, scoring.share());
    for (const row of rows) row.show(measured.last, measured.curve(row.name), isPoint(target));
  });
}

/** @param {PageState} page @param {number | null} share of the time that measuring takes */
function words(page, share) {
  const { last } = page.measured;
  const { classifier, heldOut, dataset, target } = page;
  if (isPoint(target)) {
    if (!last) return "During training, fresh points are measured now and then against the real ones.";
    return `${whole(last.count)} points at step ${whole(last.step)}, against ${whole(last.reference)} real ones.`;
  }
  if (cannotMeasure(page)) return "This site lacks the reader or the held-out digits, so nothing is measured.";
  if (classifier.status === "failed") return `The reader did not load: ${classifier.trouble}. Press the button to try again.`;
  if (heldOut.status === "failed" && dataset !== BUILT_IN) return `The held-out digits did not load: ${heldOut.trouble}. Press the button to try again.`;
  if (!last) return "During training, fresh drawings are measured now and then against held-out real digits.";
  const cost = share === null ? "" : `, ${percent(share)} of the time`;
  return `${whole(last.count)} drawings at step ${whole(last.step)}, against ${whole(last.reference)} held-out digits. This took ${short(last.millis / 1000)} s${cost}.`;
}

/** @param {Metric} metric */
function createRow(metric) {
  const { name, label, help, formula, paper, sample, better, ideal, unit } = metric;
  // By what it says of itself: a run of pictures has none of those of points.
  const ofPoints = sample.startsWith("points");
  const write = (/** @type {number | undefined} */ value) => (value === undefined ? "–" : WRITE[unit](value));
  const element = make("details");
  const summary = make("summary");
  const title = make("span", "name", label);
  const value = make("b", "value", "–");
  const floor = make("span", "floor");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "path");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  if (ARROWS[better]) {
    const arrow = make("span", "better", ARROWS[better]);
    arrow.ariaHidden = "true";
    title.append("\u00a0", arrow);
  }
  summary.title = help;
  summary.append(title, value, floor, svg);

  const sentences = [help, BETTER[better], ideal === null ? "" : `Ideal: ${write(ideal)}.`];
  const formal = make("p");
  const sampled = make("p", "sample");
  formal.append(make("code", "", formula), " ", paperLink(paper));
  element.append(summary, make("p", "", sentences.filter(Boolean).join(" ")), formal, sampled);

  return {
    name,
    element,
    /** @param {Measurement | null} last @param {[number, number][]} curve @param {boolean} points whether the run makes points */
    show(last, curve, points) {
      const figure = last?.figures[name];
      const real = last?.floor[name];
      // What can be said depends on the game and on the data, so the first measurement decides.
      element.hidden = last ? figure === undefined && real === undefined : ofPoints !== points;
      const none = last !== null && figure === undefined;
      // What the real points have and the artist's have not is infinite.
      value.textContent = none ? (points ? "∞" : "n/a") : write(figure);
      value.title = none ? (points ? "Infinite" : "Not defined for this recipe") : "";
      floor.textContent = real === undefined ? "" : `real ${write(real)}`;
      const given = last?.baseline[name];
      const trivial = given === undefined ? "" : ` What is given, in their place, reads ${write(given)}.`;
      sampled.textContent = last ? `From ${whole(last.count)} each: ${sample}.${trivial}` : `From ${sample}.`;
      line.setAttribute("d", curve.length > 1 ? pathOf(curve) : "");
    },
  };
}

/** A curve from the first step to the last, its range as high as there is room. @param {[number, number][]} curve */
function pathOf(curve) {
  const values = curve.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [[from], [to]] = [curve[0], curve[curve.length - 1]];
  const x = (/** @type {number} */ step) => (WIDTH * (step - from)) / (to - from || 1);
  const y = (/** @type {number} */ value) => 2 + (HEIGHT - 4) * (high > low ? (high - value) / (high - low) : 0.5);
  return curve.map(([step, value], i) => `${i === 0 ? "M" : "L"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join("");
}

/** @param {string} tag @param {string} [className] @param {string} [text] */
function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}
