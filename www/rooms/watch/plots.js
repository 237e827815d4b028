// The run's curves: for each figure that its steps report the mean as a line and, paler, the range that its steps
// cover; dashed behind them the branches that the run left; dotted where theory says that the game ends.
// Linear while that shows something, logarithmic away from zero when the range is wide; the axis says which.
// It must not know any figure by name.
// @ts-check

/** @import { History, Path } from "../../js/history.js" */
/** @import { Figure } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { short, whole } from "../../js/format.js";

/** A line: `nth` among those in the ink of its player. @typedef {{ name: string, label: string, player: "artist" | "judge", nth: number }} Series */
/** `scores`: only the difference of two may mean something. @typedef {{ note: string, scores: boolean }} Plot */
/** How a history is drawn: `wide`, logarithmic away from zero; `centred`, around the middle of its series. @typedef {{ wide: boolean, centred: boolean }} Manner */

/** @type {Plot} */
export const LOSSES = { note: "What each player tries to minimise", scores: false };
/** @type {Plot} */
export const SCORES = { note: "Its mean score (logit): high means “real”", scores: true };

const HEIGHT = 200;
/** Branches that are drawn behind the present one: the last ones left. */
const BEHIND = 2;
const REDRAW_MILLIS = 250;
/** Beyond this ratio of the whole range to that of the middle nine tenths, linear hides everything. */
const WIDE = 12;
/** Scores that wander this many times as far as they lie apart show nothing else. */
const DRIFT = 4;
/** No branch. @type {Path} */
const NOTHING = { branch: 0, from: 0, stride: 1, figures: [], buckets: [] };
/** @type {Manner} */
const PLAIN = { wide: false, centred: false };

/**
 * The lines of a plot, in the ink of the player whose loss it is, or whose pictures have the score.
 * @param {Figure[]} figures
 * @param {boolean} scores
 * @returns {Series[]}
 */
export function seriesOf(figures, scores) {
  const shown = figures.filter(({ logit }) => logit === scores);
  const players = shown.map(({ side }, i) => (scores ? i % 2 === 1 : side === "generator") ? /** @type {const} */ ("artist") : /** @type {const} */ ("judge"));
  const all = shown.map(({ name, label }, i) => {
    const player = players[i];
    return { name, label, player, nth: players.slice(0, i).filter((other) => other === player).length };
  });
  return ["artist", "judge"].flatMap((player) => all.filter((series) => series.player === player));
}

/** How a line is told from others in the ink of the same player. @param {Series} series */
const styleOf = ({ player, nth }) => ({ ink: `--${player}${nth % 2 === 1 ? "-deep" : ""}`, dotted: nth > 1 });

/** @param {HTMLElement} el @param {Store} store @param {Plot} plot */
export function mount(el, store, plot) {
  const caption = /** @type {HTMLElement} */ (el.querySelector("figcaption"));
  const note = document.createElement("p");
  note.textContent = plot.note;
  const legend = document.createElement("dl");
  const scaleNote = document.createElement("p");
  scaleNote.className = "scale";
  caption.append(note, legend);
  const area = document.createElement("div");
  area.className = "area";
  area.setAttribute("role", "img");
  area.setAttribute("aria-label", `${plot.note}, by step`);
  el.append(area, scaleNote);

  /** @type {Series[]} */
  let series = [];
  /** @type {HTMLElement[]} */
  let values = [];
  const ends = () => series.map(({ name, player }) => {
    const known = /** @type {Record<string, number | null> | null} */ (store.get().equilibrium);
    return { value: known?.[plot.scores ? "logit" : name] ?? null, ink: `--${player}` };
  });
  const draw = createChart(area, plot, ends);
  let due = 0;
  // What nobody sees is drawn when it comes into view.
  let seen = false;
  let manner = PLAIN;
  const redraw = () => {
    due = 0;
    const { history } = store.get();
    if (seen) manner = draw(history, series);
    const { wide, centred } = manner;
    const last = series.map(({ name }) => history.latest(name));
    note.textContent = centred ? "Its mean scores, relative to their midpoint" : plot.note;
    // As on the axis.
    const middle = centred ? last.reduce((/** @type {number} */ sum, value) => sum + (value ?? 0) / last.length, 0) : 0;
    last.forEach((value, i) => (values[i].textContent = value === null ? "–" : short(value - middle)));
    const how = `${centred ? "Both scores drift together: shown relative to their midpoint, so that the gap stays visible. " : ""}${wide ? "Wide range: logarithmic except near zero. " : ""}`;
    scaleNote.textContent = `By step. ${how}${branches(history)}${centred ? "" : ending(ends())}`;
  };
  const soon = () => (due ||= window.setTimeout(redraw, REDRAW_MILLIS));
  new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting; // the last of several is how it is now
    soon();
  }).observe(area);
  store.subscribe(["figures"], ({ figures }) => {
    series = seriesOf(figures, plot.scores);
    el.hidden = series.length === 0;
    values = layLegend(legend, series);
    soon();
  });
  store.subscribe(["historyVersion", "equilibrium"], soon);
  new ResizeObserver(soon).observe(area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    manner = draw(null, series);
    soon();
  });
}

/** Returns what holds the values. @param {HTMLElement} legend @param {Series[]} series */
function layLegend(legend, series) {
  // One line of each ink needs no sample of it.
  const many = series.some(({ nth }) => nth > 0);
  legend.className = many ? "legend many" : "legend";
  const items = series.map((one) => {
    const { dotted, ink } = styleOf(one);
    const [item, name, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    item.className = [one.player, dotted && "dotted", ink.endsWith("-deep") && "deep"].filter(Boolean).join(" ");
    name.append(...(many ? [document.createElement("i")] : []), one.label);
    item.append(name, value);
    return { item, value };
  });
  legend.replaceChildren(...items.map(({ item }) => item));
  return items.map(({ value }) => value);
}

/**
 * Returns a function that draws a history, or forgets the chart when given none; it answers in which manner.
 * @param {HTMLElement} area
 * @param {Plot} plot
 * @param {() => End[]} ends
 */
function createChart(area, { scores }, ends) {
  const { uPlot } = /** @type {{ uPlot?: typeof import("uplot") }} */ (/** @type {unknown} */ (globalThis));
  /** @type {uPlot | null} */
  let chart = null;
  let drawn = PLAIN;
  let drawnFor = "";
  if (!uPlot) {
    area.textContent = "The curves cannot be drawn: the plotting library did not load.";
    return () => PLAIN;
  }

  /** @param {History | null} history @param {Series[]} series */
  return (history, series) => {
    if (!history) {
      chart?.destroy();
      chart = null;
      return PLAIN;
    }
    const width = Math.floor(area.clientWidth);
    if (width === 0) return drawn;
    const names = series.map(({ name }) => name).join();
    const centred = scores && drifts(history, series);
    const data = aligned(history, series, centred);
    const wide = isWide(data.slice(1 + BEHIND * series.length));
    if (!chart || names !== drawnFor || wide !== drawn.wide || centred !== drawn.centred) {
      chart?.destroy();
      chart = new uPlot(options(area, series, width, wide, centred ? () => [] : ends), data, area);
    } else {
      if (chart.width !== width) chart.setSize({ width, height: HEIGHT });
      chart.setData(data);
    }
    [drawn, drawnFor] = [{ wide, centred }, names];
    return drawn;
  };
}

/**
 * The branches behind, then the present one, at the steps of all. Where a line has no point at a step it
 * goes on (undefined), other than where it has none to give (null).
 * @param {History} history
 * @param {Series[]} series
 * @param {boolean} centred
 */
function aligned(history, series, centred) {
  const behind = Array.from({ length: BEHIND }, (_, i) => history.past.at(-1 - i) ?? NOTHING);
  const own = history.steps();
  const steps = [...new Set([...own, ...behind.flatMap(({ buckets }) => history.steps(buckets))])].sort((a, b) => a - b);
  const spread = (/** @type {Path} */ path, /** @type {(number | null)[]} */ values) => {
    const middles = centred ? middlesOf(history, series, path) : null;
    const found = new Map(path.buckets.map(({ step }, i) => [step, values[i] === null ? null : values[i] - (middles?.[i] ?? 0)]));
    return steps.map((step) => found.get(step));
  };
  return /** @type {uPlot.AlignedData} */ ([
    steps,
    ...behind.flatMap((path) => series.map(({ name }) => spread(path, history.means(name, path)))),
    ...series.flatMap(({ name }) => [history.means(name), history.extremes(name, "max"), history.extremes(name, "min")].map((values) => spread(history, values))),
  ]);
}

/** The middle of the series at each bucket. @param {History} history @param {Series[]} series @param {Path} path */
function middlesOf(history, series, path) {
  const means = series.map(({ name }) => history.means(name, path));
  return path.buckets.map((_, i) => means.reduce((sum, values) => sum + (values[i] ?? 0), 0) / means.length);
}

/** Whether series wander together much farther than they lie apart. @param {History} history @param {Series[]} series */
function drifts(history, series) {
  const middles = middlesOf(history, series, history);
  const means = series.map(({ name }) => history.means(name));
  const gaps = middles.map((_, i) => reach(means.map((values) => values[i] ?? 0))).sort((x, y) => x - y);
  const gap = gaps[Math.floor(0.9 * (gaps.length - 1))] ?? 0;
  return middles.length >= 40 && reach(middles) > DRIFT * Math.max(gap, 0.5);
}

/** @param {number[]} values */
const reach = (values) => Math.max(...values) - Math.min(...values);

/** Where a series should come to rest, if theory says. @typedef {{ value: number | null, ink: string }} End */

/** @param {uPlot} chart @param {End[]} ends @param {(name: string) => string} ink */
function drawEnds({ ctx, bbox, valToPos }, ends, ink) {
  ctx.save();
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ends.forEach(({ value, ink: name }, i) => {
    if (value === null) return;
    const y = valToPos(value, "y", true);
    if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
    // Where both should meet, each has every second dot.
    ctx.setLineDash([2 * devicePixelRatio, 6 * devicePixelRatio]);
    ctx.lineDashOffset = 4 * i * devicePixelRatio;
    ctx.strokeStyle = ink(name);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  });
  ctx.restore();
}

/** What the dots are. @param {End[]} ends */
function ending(ends) {
  const known = [...new Set(ends.map(({ value }) => value).filter((value) => value !== null))];
  return known.length > 0 ? ` Dotted: the equilibrium in theory, ${known.map(short).join(" and ")}.` : "";
}

/** What the dashes are. @param {History} history */
function branches({ branch, from, past }) {
  if (branch === 0) return "";
  const names = past.slice(-BEHIND).map((path) => path.branch + 1);
  const dashed = names.length > 0 ? `; dashed: ${names.length > 1 ? "branches" : "branch"} ${names.join(" and ")}` : "";
  return `Branch ${branch + 1}, from step ${whole(from)}${dashed}.`;
}

/** @param {ArrayLike<number | null | undefined>[]} lines */
function isWide(lines) {
  const values = lines
    .flatMap((line) => Array.from(line))
    .filter((value) => value != null)
    .sort((a, b) => a - b);
  if (values.length < 40) return false;
  const at = (/** @type {number} */ share) => values[Math.floor(share * (values.length - 1))];
  return at(1) - at(0) > WIDE * Math.max(at(0.95) - at(0.05), 0.1);
}

/**
 * @param {HTMLElement} area
 * @param {Series[]} series
 * @param {number} width
 * @param {boolean} wide
 * @param {() => End[]} ends
 * @returns {uPlot.Options}
 */
function options(area, series, width, wide, ends) {
  const style = getComputedStyle(area);
  const ink = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: ink("--muted"),
    grid: { stroke: ink("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  /** The place of the first series of the present branch. */
  const behind = 1 + BEHIND * series.length;
  const count = (/** @type {number} */ step) => (step >= 10_000 ? `${Number((step / 1000).toPrecision(4))}k` : String(step));
  return {
    width,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    hooks: { draw: [(chart) => drawEnds(chart, ends(), ink)] },
    scales: {
      x: { time: false, range: (_, min, max) => [Math.min(min ?? 0, 0), Math.max(max ?? 0, 10)] },
      // An empty chart still shows where it will stand.
      y: wide ? { distr: 4, asinh: 1 } : { range: (_, min, max) => padded(min ?? 0, max ?? 1) },
    },
    axes: [
      { ...axis, size: 28, space: 60, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6], values: (_, ticks) => ticks.map(count) },
      { ...axis, size: 46, space: 28, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : tickLabel(tick))) },
    ],
    series: [
      {},
      ...Array.from({ length: BEHIND }).flatMap(() => series.map((one) => (
        { stroke: `${ink(styleOf(one).ink)}99`, width: 1.5, dash: [5, 4], points: { show: false }, spanGaps: false }
      ))),
      ...series.map(styleOf).flatMap(({ ink: name, dotted }) => [
        { stroke: ink(name), width: 2, dash: dotted ? [2, 3] : [], points: { show: false }, spanGaps: false },
        { stroke: "transparent", width: 0, points: { show: false } },
        { stroke: "transparent", width: 0, points: { show: false } },
      ]),
    ],
    bands: series.map(styleOf).map(({ ink: name }, i) => ({
      series: /** @type {[number, number]} */ ([behind + 3 * i + 1, behind + 3 * i + 2]),
      fill: `${ink(name)}2e`,
    })),
  };
}

/** @param {number} tick */
function tickLabel(tick) {
  const size = Math.abs(tick);
  return size >= 1e5 || (size > 0 && size < 0.01) ? tick.toExponential() : String(Number(tick.toPrecision(4)));
}

/** A little air, and never a range of nothing. @param {number} min @param {number} max @returns {[number, number]} */
function padded(min, max) {
  const air = Math.max((max - min) * 0.08, 0.05);
  return [min - air, max + air];
}
