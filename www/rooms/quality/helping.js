// Whether the artist helps a classifier that has only a few real digits: how well it reads held-out ones that has
// learnt from these alone, or from drawings as well. It must not know how that is found out.
// @ts-check

/** @import { AugmentReport, Score } from "../../js/protocol.js" */
/** @import { Scoring } from "../../js/scoring.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { BUILT_IN } from "../../js/data.js";
import { whole } from "../../js/format.js";
import { isPoint } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";

const TRIES = 3;
/** What is compared: an arm, what it is called, and which side it lies to where two are at one place. */
const ARMS = /** @type {const} */ ([["real", "Real digits only", -1], ["both", "With drawings", 1]]);
/** The curve's own units, and its margins: left, right, top, bottom. */
const [WIDTH, HEIGHT] = [360, 206];
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 16, 10, 42];
const ASIDE = 3;

/** @param {HTMLElement} el @param {Store} store @param {Scoring} scoring */
export function mount(el, store, scoring) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [note, result] = [find(".note"), find(".result")];
  const progress = /** @type {HTMLProgressElement} */ (el.querySelector("progress"));
  const button = /** @type {HTMLButtonElement} */ (el.querySelector("button"));
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") scoring.augment(store.get().augmenting ? 0 : TRIES);
  });
  /** @type {AugmentReport | null} */
  let shown = null;
  store.subscribe(["augmentation", "augmenting", "running", "target", "source", "heldOut", "dataset", "state", "program"], (page) => {
    const { augmentation, augmenting } = page;
    button.textContent = augmenting ? "Cancel" : augmentation ? "Try again" : "Try it";
    button.ariaDisabled = String(!augmenting && (whyNot(page) !== "" || !canAsk(page)));
    note.textContent = words(page);
    progress.hidden = !augmenting;
    progress.max = augmentation?.of ?? 1;
    progress.value = augmentation?.curve.scores.length ?? 0;
    result.hidden = !augmentation;
    if (augmentation !== shown) result.replaceChildren(...(augmentation ? drawn(augmentation) : []));
    shown = augmentation;
  });
}

/** Why this run cannot be asked, if it cannot. @param {PageState} page */
function whyNot({ running, target, source, heldOut, dataset }) {
  if (isPoint(target)) return "A classifier learns from pictures, and this run makes points.";
  if (source) return "A classifier needs new digits, and this artist only changes those that it is given.";
  if (target && target.channels > 1) return "A classifier learns here from single grey digits, and this artist makes films or coloured ones.";
  if (running && !running.conditional) return "A classifier must be told which digit a drawing is, and this artist draws without labels. Start from a recipe that is a conditional GAN.";
  if (heldOut.status === "absent" && dataset !== BUILT_IN) return "This site lacks the held-out digits that a classifier would be tested on.";
  return "";
}

/** @param {PageState} page */
function words(page) {
  const { augmentation, augmenting, heldOut, dataset } = page;
  const reason = whyNot(page);
  if (reason) return reason;
  if (heldOut.status === "failed" && dataset !== BUILT_IN) return `The held-out digits did not load: ${heldOut.trouble}. Press the button to try again.`;
  if (!augmentation) {
    return augmenting
      ? "Drawing, and teaching the first classifiers…"
      : "Many people add a GAN’s drawings where they have only a few real pictures. Try it: small classifiers learn here from 10 to 100 real digits of each kind, with and without this artist’s drawings. It takes a minute or more, and training goes on meanwhile, but more slowly.";
  }
  const { step, of, curve } = augmentation;
  const done = curve.scores.length;
  const progress = done < of ? `${done} of ${of} classifiers have learnt${augmenting ? "" : ", then it was cancelled"}.` : `${of} classifiers have learnt, in ${TRIES} tries.`;
  return `${progress} Drawings are of step ${whole(step)}; each classifier was tested on ${whole(curve.tested)} held-out digits.`;
}

/** @param {AugmentReport} augmentation */
function drawn({ curve, conclusion }) {
  const { scores } = curve;
  const counts = [...new Set(scores.map(({ digits }) => digits))].sort((a, b) => a - b);
  const said = document.createElement("p");
  said.className = "conclusion";
  said.textContent = conclusion;
  return [said, chart(scores, counts), table(scores, counts)];
}

/** The accuracies of an arm at so many digits: lowest, median, highest; null without any. @param {Score[]} scores @param {number} digits @param {string} arm */
function spread(scores, digits, arm) {
  const all = scores.filter((score) => score.digits === digits && score.arm === arm).map(({ accuracy }) => accuracy).sort((a, b) => a - b);
  if (all.length === 0) return null;
  const median = (all[(all.length - 1) >> 1] + all[all.length >> 1]) / 2;
  return { low: all[0], median, high: all[all.length - 1], tries: all.length };
}

/** @param {Score[]} scores @param {number[]} counts */
function chart(scores, counts) {
  const svg = element("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }); // the table says it
  const all = scores.map(({ accuracy }) => accuracy);
  const step = [0.02, 0.05, 0.1].find((step) => (Math.max(...all) - Math.min(...all)) / step < 5) ?? 0.2;
  const bottom = Math.floor(Math.min(...all) / step) * step;
  const top = Math.max(Math.ceil(Math.max(...all) / step) * step, bottom + step);
  const [first, last] = [counts[0], Math.max(counts[counts.length - 1], counts[0] * 10)];
  const inner = WIDTH - LEFT - RIGHT - 20;
  const x = (/** @type {number} */ digits) => LEFT + 10 + (inner * Math.log(digits / first)) / Math.log(last / first);
  const y = (/** @type {number} */ share) => TOP + ((HEIGHT - TOP - BOTTOM) * (top - share)) / (top - bottom);
  for (let share = bottom; share < top + step / 2; share += step) {
    svg.append(element("path", { class: "guide", d: `M${LEFT} ${y(share)}H${WIDTH - RIGHT}` }));
    svg.append(label(LEFT - 6, y(share) + 4, "end", `${Math.round(100 * share)}%`));
  }
  for (const digits of counts) svg.append(label(x(digits), HEIGHT - 24, "middle", String(digits)));
  svg.append(label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "middle", "real digits of each kind"));
  for (const [arm, , side] of ARMS) {
    const points = counts.flatMap((digits) => {
      const of = spread(scores, digits, arm);
      return of ? [{ at: x(digits) + side * ASIDE, ...of }] : [];
    });
    const group = element("g", { class: arm });
    group.append(element("path", { class: "line", d: points.map(({ at, median }, i) => `${i === 0 ? "M" : "L"}${at} ${y(median)}`).join("") }));
    for (const { at, low, median, high } of points) {
      group.append(element("path", { class: "line", d: `M${at - 3} ${y(low)}h6m-3 0V${y(high)}m-3 0h6` }));
      group.append(element("circle", { cx: at, cy: y(median), r: 4 }));
    }
    svg.append(group);
  }
  return svg;
}

/** @param {Score[]} scores @param {number[]} counts */
function table(scores, counts) {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  head.append(cell("th", "Real digits of each kind", "col"));
  for (const [arm, name] of ARMS) {
    const th = cell("th", name, "col");
    th.className = arm;
    head.append(th);
  }
  const body = made.createTBody();
  for (const digits of counts) {
    const row = body.insertRow();
    row.append(cell("th", String(digits), "row"));
    for (const [arm] of ARMS) {
      const of = spread(scores, digits, arm);
      const td = cell("td", of ? `${percents(of.median)} % ` : "…");
      if (of && of.tries > 1) {
        const range = document.createElement("small");
        range.textContent = `(${percents(of.low)}–${percents(of.high)})`;
        td.append(range);
      }
      row.append(td);
    }
  }
  const caption = made.createCaption();
  caption.textContent = "Held-out digits read correctly: the median of all tries, lowest and highest";
  return made;
}

const percents = (/** @type {number} */ share) => (100 * share).toFixed(1);

/** @param {"th" | "td"} tag @param {string} text @param {string} [scope] */
function cell(tag, text, scope) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (scope) made.setAttribute("scope", scope);
  return made;
}

/** @param {string} tag @param {Record<string, string | number>} attributes */
function element(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** @param {number} x @param {number} y @param {string} anchor @param {string} text */
function label(x, y, anchor, text) {
  const made = element("text", { x, y, "text-anchor": anchor });
  made.textContent = text;
  return made;
}
