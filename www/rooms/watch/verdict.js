// Who is winning: how often the judge tells a real digit from a drawing, and how its scores of both are
// spread. It must not know which objective is played, only what theory says of its end.
// @ts-check

/** @import { Judged } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { short } from "../../js/format.js";
import { hasJudge } from "../../js/protocol.js";

const BINS = 24;
const WIDTH = 480;
const HEIGHT = 96;
/** Shares of pairs between which neither player is ahead. */
const EVEN = [0.4, 0.6];
/** Above this the judge is so sure that its verdict hardly changes with the drawing. */
const TOO_SURE = 0.98;

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const needle = find(".needle");
  const words = find(".balance");
  const chart = find(".spread");
  const ends = find(".ends");
  const scores = /** @type {HTMLInputElement} */ (el.querySelector("input"));
  const bars = ["judge", "artist"].map((player) => Array.from({ length: BINS }, () => {
    const bar = shape("rect", { class: player, width: WIDTH / BINS - 1, height: 0 });
    chart.append(bar);
    return bar;
  }));
  const goal = shape("line", { class: "goal", y1: 0, y2: HEIGHT });
  chart.append(goal);

  scores.addEventListener("change", () => store.patch({ showScores: scores.checked }));
  const frames = find(".frames");
  store.subscribe(["showScores"], ({ showScores }) => {
    scores.checked = showScores;
    frames.hidden = !showScores;
  });
  store.subscribe(["figures"], ({ figures }) => el.classList.toggle("unjudged", !hasJudge(figures)));
  store.subscribe(["judged", "equilibrium", "figures"], ({ judged, equilibrium, figures }) => {
    el.classList.toggle("empty", judged === null || judged.reals.length === 0);
    if (!judged || judged.reals.length === 0) {
      words.textContent = hasJudge(figures) ? "The judge has not scored any pictures yet." : "There is no judge in this run: the artist learns from its distance to the truth alone.";
      return;
    }
    needle.style.left = `${100 * judged.told_apart}%`;
    words.textContent = `In ${Math.round(100 * judged.told_apart)} of 100 pairs, the judge scores the real digit higher than the drawing. ${standing(judged.told_apart)}`;
    spread(judged, equilibrium?.logit ?? null);
  });

  /** @param {Judged} judged @param {number | null} logit */
  function spread({ fakes, reals }, logit) {
    const all = [...fakes, ...reals, ...(logit === null ? [] : [logit])].filter(Number.isFinite);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const range = high - low || 1;
    const place = (/** @type {number} */ score) => (score - low) / range;
    const counts = [reals, fakes].map((list) => {
      const bins = new Array(BINS).fill(0);
      for (const score of list) if (Number.isFinite(score)) bins[Math.min(BINS - 1, Math.floor(place(score) * BINS))] += 1 / list.length;
      return bins;
    });
    const most = Math.max(...counts.flat()) || 1;
    counts.forEach((bins, k) => bins.forEach((share, i) => {
      const height = (share / most) * (HEIGHT - 4);
      set(bars[k][i], { x: (i * WIDTH) / BINS, y: HEIGHT - height, height });
    }));
    goal.classList.toggle("absent", logit === null);
    if (logit !== null) set(goal, { x1: place(logit) * WIDTH, x2: place(logit) * WIDTH });
    ends.replaceChildren(...[short(low), logit === null ? "its score" : `its score; dashed: ${short(logit)}, a pure guess`, short(high)].map((text) => {
      const part = document.createElement("span");
      part.textContent = text;
      return part;
    }));
    chart.setAttribute("aria-label", `The judge’s scores, from ${short(low)} to ${short(high)}: real digits average ${short(mean(reals))}, drawings ${short(mean(fakes))}`);
  }
}

/** @param {number} toldApart */
function standing(toldApart) {
  if (toldApart > TOO_SURE) return "It is too sure: its verdict stays the same whatever the artist changes, which teaches little.";
  if (toldApart > EVEN[1]) return "The judge is ahead, so the artist has something to learn.";
  if (toldApart < EVEN[0]) return "The artist is ahead: the judge finds drawings more convincing than real digits.";
  return "Neither is ahead: the judge can only guess, which is where the game should end. How good the drawings are it does not say.";
}

/** @param {number[]} list */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** @param {string} tag @param {Record<string, string | number>} attributes */
function shape(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(made, attributes);
  return made;
}

/** @param {Element} element @param {Record<string, string | number>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, typeof value === "number" ? value.toFixed(2) : value);
}
