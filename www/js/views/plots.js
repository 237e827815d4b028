// The run's curves: for each of two series the mean as a line and, paler, the range that its steps
// cover; dashed behind them the branches that the run left; dotted where theory says that the game ends.
// Linear while that shows something, logarithmic away from zero when the range is wide; the axis says which.
// @ts-check

/** @import { History, Key } from "../history.js" */
/** @import { Equilibrium } from "../protocol.js" */
/** @import { Store } from "../store.js" */
import { short, whole } from "../format.js";

/** @typedef {{ key: Key, label: string, ink: string, end: keyof Equilibrium }} Series `end`: what theory says of it */
/** @typedef {{ series: Series[], note: string }} Plot */

/** @type {Plot} */
export const LOSSES = {
  series: [
    { key: "g_loss", end: "g_loss", label: "artist", ink: "--artist" },
    { key: "d_loss", end: "d_loss", label: "judge", ink: "--judge" },
  ],
  note: "What each player tries to make small",
};
/** @type {Plot} */
export const LOGITS = {
  series: [
    { key: "d_fake", end: "logit", label: "drawn digits", ink: "--artist" },
    { key: "d_real", end: "logit", label: "real digits", ink: "--judge" },
  ],
  note: "Its mean score: higher means “real”",
};

const HEIGHT = 200;
/** Branches that are drawn behind the present one: the last ones left. */
const BEHIND = 2;
const REDRAW_MILLIS = 250;
/** Beyond this ratio of the whole range to that of the middle nine tenths, linear hides everything. */
const WIDE = 12;

/** @param {HTMLElement} el @param {Store} store @param {Plot} plot */
export function mount(el, store, plot) {
  const caption = /** @type {HTMLElement} */ (el.querySelector("figcaption"));
  const note = document.createElement("p");
  note.textContent = plot.note;
  const legend = document.createElement("dl");
  legend.className = "legend";
  const values = plot.series.map(({ label, ink }) => {
    const [item, name, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    item.className = ink === "--artist" ? "artist" : "judge";
    name.textContent = label;
    item.append(name, value);
    legend.append(item);
    return value;
  });
  const scaleNote = document.createElement("p");
  scaleNote.className = "scale";
  caption.append(note, legend);
  const area = document.createElement("div");
  area.className = "area";
  area.setAttribute("role", "img");
  area.setAttribute("aria-label", `${plot.note}, by step`);
  el.append(area, scaleNote);

  const ends = () => plot.series.map(({ end, ink }) => ({ value: store.get().equilibrium?.[end] ?? null, ink }));
  const draw = createChart(area, plot.series, ends);
  let due = 0;
  // What nobody sees is drawn when it comes into view.
  let seen = false;
  let wide = false;
  const redraw = () => {
    due = 0;
    const { history } = store.get();
    if (seen) wide = draw(history);
    plot.series.forEach(({ key }, i) => (values[i].textContent = history.last ? short(history.last[key]) : "–"));
    scaleNote.textContent = `By step. ${wide ? "Wide range: the axis is logarithmic away from zero. " : ""}${branches(history)}${ending(ends())}`;
  };
  const soon = () => (due ||= window.setTimeout(redraw, REDRAW_MILLIS));
  new IntersectionObserver(([{ isIntersecting }]) => {
    seen = isIntersecting;
    soon();
  }).observe(area);
  store.subscribe(["historyVersion", "equilibrium"], soon);
  new ResizeObserver(soon).observe(area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    wide = draw(null);
    soon();
  });
}

/**
 * Returns a function that draws a history, or forgets the chart when given none; it answers whether
 * the axis is the logarithmic one.
 * @param {HTMLElement} area
 * @param {Series[]} series
 * @param {() => End[]} ends
 */
function createChart(area, series, ends) {
  const { uPlot } = /** @type {{ uPlot?: typeof import("uplot") }} */ (/** @type {unknown} */ (globalThis));
  /** @type {uPlot | null} */
  let chart = null;
  let chartIsWide = false;
  if (!uPlot) {
    area.textContent = "The curves cannot be drawn: the plotting library did not arrive.";
    return () => false;
  }

  /** @param {History | null} history */
  return (history) => {
    if (!history) {
      chart?.destroy();
      chart = null;
      return false;
    }
    const width = Math.floor(area.clientWidth);
    if (width === 0) return chartIsWide;
    const wide = isWide(history, series);
    const data = aligned(history, series);
    if (!chart || wide !== chartIsWide) {
      chart?.destroy();
      chart = new uPlot(options(area, series, width, wide, ends), data, area);
      chartIsWide = wide;
    } else {
      if (chart.width !== width) chart.setSize({ width, height: HEIGHT });
      chart.setData(data);
    }
    return wide;
  };
}

/**
 * The branches behind, then the present one, at the steps of all. Where a line has no point at a step it
 * goes on (undefined), other than where it has none to give (null).
 * @param {History} history
 * @param {Series[]} series
 */
function aligned(history, series) {
  const behind = Array.from({ length: BEHIND }, (_, i) => history.past.at(-1 - i)?.buckets ?? []);
  const own = history.steps();
  const steps = [...new Set([...own, ...behind.flatMap((buckets) => history.steps(buckets))])].sort((a, b) => a - b);
  const spread = (/** @type {number[]} */ at, /** @type {(number | null)[]} */ values) => {
    const found = new Map(at.map((step, i) => [step, values[i]]));
    return steps.map((step) => found.get(step));
  };
  return /** @type {uPlot.AlignedData} */ ([
    steps,
    ...behind.flatMap((buckets) => series.map(({ key }) => spread(history.steps(buckets), history.means(key, buckets)))),
    ...series.flatMap(({ key }) => [history.means(key), history.extremes(key, "max"), history.extremes(key, "min")].map((values) => spread(own, values))),
  ]);
}

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
  return known.length > 0 ? ` Dotted, where theory says it ends: ${known.map(short).join(" and ")}.` : "";
}

/** What the dashes are. @param {History} history */
function branches({ branch, from, past }) {
  if (branch === 0) return "";
  const names = past.slice(-BEHIND).map((path) => path.branch + 1);
  const dashed = names.length > 0 ? `; dashed: ${names.length > 1 ? "branches" : "branch"} ${names.join(" and ")}` : "";
  return `Branch ${branch + 1}, from step ${whole(from)}${dashed}.`;
}

/** @param {History} history @param {Series[]} series */
function isWide(history, series) {
  const values = series
    .flatMap(({ key }) => [...history.extremes(key, "min"), ...history.extremes(key, "max")])
    .filter((value) => value !== null)
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
      ...Array.from({ length: BEHIND }).flatMap(() => series.map(({ ink: name }) => (
        { stroke: `${ink(name)}99`, width: 1.5, dash: [5, 4], points: { show: false }, spanGaps: false }
      ))),
      ...series.flatMap(({ ink: name }) => [
        { stroke: ink(name), width: 2, points: { show: false }, spanGaps: false },
        { stroke: "transparent", width: 0, points: { show: false } },
        { stroke: "transparent", width: 0, points: { show: false } },
      ]),
    ],
    bands: series.map(({ ink: name }, i) => ({
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
