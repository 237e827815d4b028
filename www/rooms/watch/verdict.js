// Who is winning: how often the judge tells a real digit from a drawing, and how its scores of both are
// spread. It must not know which objective is played, only what theory says of its end.
// @ts-check

/** @import { Judged } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { short } from "../../js/format.js";
import { hasJudge, isPoint } from "../../js/protocol.js";

const BINS = 24;
const WIDTH = 480;
const HEIGHT = 96;
/** Shares of pairs between which neither player is ahead. */
const EVEN = [0.4, 0.6];
/** Above this the judge is so sure that its verdict hardly changes with the drawing. */
const TOO_SURE = 0.98;

/** What is judged, in words: one real one and one made, and several. */
const DIGITS = { real: "real digit", made: "drawing", reals: "real digits", mades: "drawings", those: "the drawings", all: "pictures" };
const POINTS = { real: "real point", made: "artist’s", reals: "real points", mades: "the artist’s points", those: "the artist’s points", all: "points" };

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const needle = find(".needle");
  const balance = find(".balance");
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
  store.subscribe(["showScores"], ({ showScores }) => (scores.checked = showScores));
  const legends = [".judge", ".artist"].map((player) => find(`.legends ${player}`));
  store.subscribe(["figures"], ({ figures }) => el.classList.toggle("unjudged", !hasJudge(figures)));
  // A point has no frame that could be coloured.
  store.subscribe(["target"], ({ target }) => (find(".check").hidden = isPoint(target)));
  store.subscribe(["target", "showScores"], ({ target, showScores }) => (frames.hidden = !showScores || isPoint(target)));
  store.subscribe(["judged", "equilibrium", "figures", "target"], ({ judged, equilibrium, figures, target }) => {
    const words = isPoint(target) ? POINTS : DIGITS;
    [legends[0].textContent, legends[1].textContent] = [words.reals, words.mades];
    el.classList.toggle("empty", judged === null || judged.reals.length === 0);
    if (!judged || judged.reals.length === 0) {
      balance.textContent =
        hasJudge(figures) ? (isPoint(target) ? "Each player is a single number here, so there are no scores to rank: the chart says all." : `The judge has not scored any ${words.all} yet.`)
        : "There is no judge in this run: the artist learns from its distance to the truth alone.";
      return;
    }
    needle.style.left = `${100 * judged.told_apart}%`;
    balance.textContent = `In ${Math.round(100 * judged.told_apart)} of 100 pairs, the judge scores the ${words.real} higher than the ${words.made}. ${standing(judged.told_apart, words)}`;
    spread(judged, equilibrium?.logit ?? null, words);
  });

  /** @param {Judged} judged @param {number | null} logit @param {typeof DIGITS} words */
  function spread({ fakes, reals }, logit, words) {
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
    chart.setAttribute("aria-label", `The judge’s scores, from ${short(low)} to ${short(high)}: ${words.reals} average ${short(mean(reals))}, ${words.mades} ${short(mean(fakes))}`);
  }
}

/** @param {number} toldApart @param {typeof DIGITS} words */
function standing(toldApart, { mades, reals, those }) {
  if (toldApart > TOO_SURE) return "It is too sure: its verdict stays the same whatever the artist changes, which teaches little.";
  if (toldApart > EVEN[1]) return "The judge is ahead, so the artist has something to learn.";
  if (toldApart < EVEN[0]) return `The artist is ahead: the judge finds ${mades} more convincing than ${reals}.`;
  return `Neither is ahead: the judge can only guess, which is where the game should end. How good ${those} are it does not say.`;
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
