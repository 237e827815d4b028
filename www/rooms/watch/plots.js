// The run's curves: for each of two series the mean as a line and, paler, the range that its steps
// cover; dashed behind them the branches that the run left; dotted where theory says that the game ends.
// Linear while that shows something, logarithmic away from zero when the range is wide; the axis says which.
// @ts-check

/** @import { Bucket, History, Key } from "../../js/history.js" */
/** @import { Equilibrium } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { short, whole } from "../../js/format.js";

/** @typedef {{ key: Key, label: string, ink: string, end: keyof Equilibrium }} Series `end`: what theory says of it */
/** `scores`: only the difference of the two may mean something. @typedef {{ series: Series[], note: string, scores: boolean }} Plot */
/** How a history is drawn: `wide`, logarithmic away from zero; `centred`, around the middle of its two series. @typedef {{ wide: boolean, centred: boolean }} Manner */

/** @type {Plot} */
export const LOSSES = {
  series: [
    { key: "g_loss", end: "g_loss", label: "artist", ink: "--artist" },
    { key: "d_loss", end: "d_loss", label: "judge", ink: "--judge" },
  ],
  note: "What each player tries to minimise",
  scores: false,
};
/** @type {Plot} */
export const LOGITS = {
  series: [
    { key: "d_fake", end: "logit", label: "drawn digits", ink: "--artist" },
    { key: "d_real", end: "logit", label: "real digits", ink: "--judge" },
  ],
  note: "Its mean score (logit): high means “real”",
  scores: true,
};

const HEIGHT = 200;
/** Branches that are drawn behind the present one: the last ones left. */
const BEHIND = 2;
const REDRAW_MILLIS = 250;
/** Beyond this ratio of the whole range to that of the middle nine tenths, linear hides everything. */
const WIDE = 12;
/** Scores that wander this many times as far as they lie apart show nothing else. */
const DRIFT = 4;
/** @type {Manner} */
const PLAIN = { wide: false, centred: false };

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
  const draw = createChart(area, plot, ends);
  let due = 0;
  // What nobody sees is drawn when it comes into view.
  let seen = false;
  let manner = PLAIN;
  const redraw = () => {
    due = 0;
    const { history } = store.get();
    if (seen) manner = draw(history);
    const { wide, centred } = manner;
    const last = plot.series.map(({ key }) => history.last?.[key] ?? null);
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
  store.subscribe(["historyVersion", "equilibrium"], soon);
  new ResizeObserver(soon).observe(area);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    manner = draw(null);
    soon();
  });
}

/**
 * Returns a function that draws a history, or forgets the chart when given none; it answers in which manner.
 * @param {HTMLElement} area
 * @param {Plot} plot
 * @param {() => End[]} ends
 */
function createChart(area, { series, scores }, ends) {
  const { uPlot } = /** @type {{ uPlot?: typeof import("uplot") }} */ (/** @type {unknown} */ (globalThis));
  /** @type {uPlot | null} */
  let chart = null;
  let drawn = PLAIN;
  if (!uPlot) {
    area.textContent = "The curves cannot be drawn: the plotting library did not load.";
    return () => PLAIN;
  }

  /** @param {History | null} history */
  return (history) => {
    if (!history) {
      chart?.destroy();
      chart = null;
      return PLAIN;
    }
    const width = Math.floor(area.clientWidth);
    if (width === 0) return drawn;
    const centred = scores && drifts(history, series);
    const data = aligned(history, series, centred);
    const wide = isWide(data.slice(1 + BEHIND * series.length));
    if (!chart || wide !== drawn.wide || centred !== drawn.centred) {
      chart?.destroy();
      chart = new uPlot(options(area, series, width, wide, centred ? () => [] : ends), data, area);
    } else {
      if (chart.width !== width) chart.setSize({ width, height: HEIGHT });
      chart.setData(data);
    }
    drawn = { wide, centred };
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
  const behind = Array.from({ length: BEHIND }, (_, i) => history.past.at(-1 - i)?.buckets ?? []);
  const own = history.steps();
  const steps = [...new Set([...own, ...behind.flatMap((buckets) => history.steps(buckets))])].sort((a, b) => a - b);
  const spread = (/** @type {Bucket[]} */ buckets, /** @type {(number | null)[]} */ values) => {
    const middles = centred ? middlesOf(history, series, buckets) : null;
    const found = new Map(buckets.map(({ step }, i) => [step, values[i] === null ? null : values[i] - (middles?.[i] ?? 0)]));
    return steps.map((step) => found.get(step));
  };
  return /** @type {uPlot.AlignedData} */ ([
    steps,
    ...behind.flatMap((buckets) => series.map(({ key }) => spread(buckets, history.means(key, buckets)))),
    ...series.flatMap(({ key }) => [history.means(key), history.extremes(key, "max"), history.extremes(key, "min")].map((values) => spread(history.buckets, values))),
  ]);
}

/** Half way between two series at each bucket. @param {History} history @param {Series[]} series @param {Bucket[]} buckets */
function middlesOf(history, series, buckets) {
  const [a, b] = series.map(({ key }) => history.means(key, buckets));
  return buckets.map((_, i) => ((a[i] ?? 0) + (b[i] ?? 0)) / 2);
}

/** Whether two series wander together much farther than they lie apart. @param {History} history @param {Series[]} series */
function drifts(history, series) {
  const middles = middlesOf(history, series, history.buckets);
  const [a, b] = series.map(({ key }) => history.means(key));
  const gaps = middles.map((_, i) => Math.abs((a[i] ?? 0) - (b[i] ?? 0))).sort((x, y) => x - y);
  const gap = gaps[Math.floor(0.9 * (gaps.length - 1))] ?? 0;
  return middles.length >= 40 && Math.max(...middles) - Math.min(...middles) > DRIFT * Math.max(gap, 0.5);
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
