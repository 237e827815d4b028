// Numbers on a line: both densities, the judge between them beside the best judge there could be; below the axis where
// each number is pushed, and below that what noise it was made of.
// @ts-check

/** @import { LineChart } from "../../protocol.js" */
/** @import { Layer } from "./caption.js" */
/** @import { Plot } from "./plot.js" */
/** @import { Inks, Place } from "./surface.js" */
import { sigmoid, three, two } from "./caption.js";
import { createMotion } from "./motion.js";
import { reachOf, strokeArrow, write } from "./surface.js";

/** @type {Layer[]} */
export const LAYERS = [
  { name: "data", word: "data", help: "The density of the real numbers: where it is high, many lie.", sign: "area", of: "judge" },
  { name: "made", word: "artist’s numbers", help: "The density of what the artist makes. It has learned all there is when this lies on that of the data.", sign: "area", of: "artist" },
  { name: "judge", word: "judge", help: "What the judge says of a number at each place: high means real.", sign: "line", of: "judge" },
  { name: "best", word: "best judge", help: "What the best judge possible would say, given both densities. Where they agree it can only guess.", sign: "dashes", of: "judge" },
  { name: "pushes", word: "arrows", help: "Where the judge’s verdict sends each of the artist’s numbers; the longer, the stronger.", sign: "arrow", of: "artist" },
  { name: "noise", word: "lines", help: "From the noise that goes in, at the bottom, to the number that the artist makes of it.", sign: "rays", of: "artist" },
];

export const CLAUSES = [
  "The {data} lie here, the {made} there.",
  "The {judge} says how real each place looks.",
  "Dashed is what the {best} possible would say.",
  "Below, {pushes} show where the judge sends the numbers,",
  "and {noise} which noise they come from.",
];

/** Rows into which the numbers are spread, so that their arrows can be told apart. */
const ROWS = 6;
/** Noise is shown within ± so many deviations. */
const NOISE = 3.2;
/** Bars of what was made at an earlier moment. */
const BARS = 40;
/** The radius of a dot, and what it has of its row. */
const [DOT, SHARE] = [2.5, 0.38];

/** @returns {Plot<LineChart>} */
export function create() {
  const motion = createMotion();
  /** Of the judge's scale, which follows slowly. @type {[number, number] | null} */
  let scale = null;

  return {
    take(chart, now) {
      motion.take([...chart.fakes, ...chart.pushes, ...chart.made, ...chart.logits, ...chart.optimum], now);
      scale = chart.probability ? null : eased(scale, rangeOf(chart.logits));
    },
    forget() {
      motion.forget();
      scale = null;
    },
    absent: ({ optimum }) => (optimum.length === 0 ? ["best"] : []),

    paint(context, place, chart, layers, past, real) {
      const { inks, now } = place;
      const count = chart.fakes.length;
      const cells = chart.data.length;
      const at = motion.at(now);
      const part = (/** @type {number} */ start, /** @type {number} */ length) => at.subarray(start, start + length);
      const [fakes, pushes, made, logits, optimum] = [
        part(0, count), part(count, count), part(2 * count, cells), part(2 * count + cells, cells), part(2 * count + 2 * cells, chart.optimum.length),
      ];
      const below = { pushes: layers.has("pushes") || past !== null, noise: layers.has("noise") };
      const on = layOut(place, chart, below);
      const { x, axis, left, right, top } = on;

      context.fillStyle = inks.sheet;
      context.fillRect(0, 0, place.width, place.height);
      context.save();
      context.beginPath();
      context.rect(left, 0, right - left, axis);
      context.clip();
      if (layers.has("data")) fillDensity(context, chart.data, on, inks.judge, 0.3);
      if (layers.has("made")) fillDensity(context, past ? histogram(past.points, chart, BARS) : made, on, inks.artist, 0.22);
      if (!past) {
        const y = heightOf(chart, scale, top, axis);
        context.strokeStyle = inks["judge-deep"];
        if (layers.has("best")) strokeCurve(context, optimum, y, on, 1.75, [6, 4]);
        if (layers.has("judge")) strokeCurve(context, logits, y, on, 2.25, []);
      }
      context.restore();
      if (!past && (layers.has("judge") || layers.has("best"))) drawScale(context, chart, scale, on, inks);
      drawAxis(context, chart, on, inks);

      const rowOf = (/** @type {number} */ i) => on.rows + ((i % ROWS) + 0.5) * on.rowHeight;
      if (past) {
        drawDots(context, past.points, on, rowOf, inks["artist-deep"]);
        if (real && below.noise) drawDots(context, real, on, (i) => rowOf(i) + (ROWS + 1) * on.rowHeight, inks["judge-deep"]);
        return false;
      }
      if (below.noise) {
        drawNoise(context, chart, on, inks);
        context.strokeStyle = inks.artist;
        context.globalAlpha = 0.5;
        context.lineWidth = 1 / place.ratio; // the thinnest are the quickest, one by one
        for (let i = 0; i < count; i++) {
          context.beginPath();
          context.moveTo(on.z(chart.latents[i]), on.noise);
          context.lineTo(x(fakes[i]), below.pushes ? rowOf(i) : on.rows);
          context.stroke();
        }
        context.globalAlpha = 1;
      }
      if (below.pushes) {
        const most = 0.16 * (right - left);
        context.strokeStyle = inks.artist;
        context.lineWidth = 1.25;
        for (let i = 0; i < count; i++) strokeArrow(context, x(fakes[i]), rowOf(i), Math.sign(pushes[i]) * reachOf(Math.abs(pushes[i]), most), 0);
      }
      if (below.pushes || below.noise) drawDots(context, fakes, on, below.pushes ? rowOf : () => on.rows, inks["artist-deep"]);
      return motion.share(now) < 1;
    },

    readings({ divergences: { jensen_shannon, wasserstein, kl }, exact }) {
      const how = exact ? "" : " The artist’s density is counted from 1,000 of its numbers, so that 0 is never quite reached.";
      const known = (/** @type {number | null} */ value) => (value === null ? "—" : three(value));
      return [
        { label: "Jensen–Shannon", value: three(jensen_shannon), help: `How far the artist’s density lies from that of the data: 0 when they agree, 0.693 when they never meet. It is what the best judge measures.${how}` },
        { label: "Wasserstein", value: three(wasserstein), help: `How far the artist’s numbers would have to be moved, on average, to lie as the data do.${how}` },
        { label: "KL divergence", value: known(kl), help: `Large where the artist hardly ever makes what the data have; — means infinite: there it never does.${how}` },
      ];
    },
    verdict: "0 is perfect.",

    describe: ({ divergences }, step) => `The densities of the data and of the artist’s numbers after ${step} steps, with the judge between them: their Jensen–Shannon divergence is ${three(divergences.jensen_shannon)}, where 0 is perfect`,
    describePast: (step) => `The artist’s numbers as they were at step ${step}, below the density of the data`,

    frame(chart, place, layers) {
      const { left, right, top, axis } = layOut(place, chart, { pushes: layers.has("pushes"), noise: layers.has("noise") });
      return { left, right, top, bottom: axis };
    },

    read(chart, place, left, top, layers) {
      const on = layOut(place, chart, { pushes: layers.has("pushes"), noise: layers.has("noise") });
      const share = (left - on.left) / (on.right - on.left);
      if (share < 0 || share >= 1 || top > place.height) return "";
      const i = Math.floor(share * chart.data.length);
      const [low, high] = chart.range;
      const said = (/** @type {number} */ logit) => two(chart.probability ? sigmoid(logit) : logit);
      const best = chart.optimum.length > 0 ? `, best judge ${said(chart.optimum[i])}` : "";
      return `At ${two(low + share * (high - low))}: data ${two(chart.data[i])}, artist ${two(chart.made[i])}, judge ${said(chart.logits[i])}${best}`;
    },
  };
}

/** Where everything stands. @param {Place} place @param {LineChart} chart @param {{ pushes: boolean, noise: boolean }} below */
function layOut({ width, height }, { range: [low, high], data }, below) {
  const [left, right, top] = [8, width - 34, 12];
  const rowHeight = Math.max(5, Math.min(11, height / 50));
  const band = below.pushes ? ROWS * rowHeight + 6 : 0;
  const deep = below.noise ? 0.24 * height : 0;
  const noise = below.noise ? height - 18 : height;
  const axis = (below.noise ? noise - deep : height - 2) - band - 18;
  const most = 1.3 * Math.max(...data);
  return {
    left, right, top, axis, rowHeight, noise,
    rows: axis + 20,
    x: (/** @type {number} */ value) => left + ((value - low) / (high - low)) * (right - left),
    z: (/** @type {number} */ value) => left + (0.5 + Math.max(-0.5, Math.min(0.5, value / NOISE / 2))) * (right - left),
    density: (/** @type {number} */ value) => axis - (value / most) * (axis - top),
  };
}

/** @typedef {ReturnType<typeof layOut>} Layout */

/** @param {ArrayLike<number>} values */
function rangeOf(values) {
  const [low, high] = [Math.min(...Array.from(values)), Math.max(...Array.from(values))];
  const air = Math.max(0.1 * (high - low), 0.05);
  return /** @type {[number, number]} */ ([low - air, high + air]);
}

/** A scale that jumped with every report could not be read. @param {[number, number] | null} before @param {[number, number]} next @returns {[number, number]} */
const eased = (before, next) => (before ? [before[0] + 0.15 * (next[0] - before[0]), before[1] + 0.15 * (next[1] - before[1])] : next);

/** How high what the judge says stands. @param {LineChart} chart @param {[number, number] | null} scale @param {number} top @param {number} axis */
function heightOf({ probability }, scale, top, axis) {
  const [low, high] = scale ?? [0, 1];
  const share = (/** @type {number} */ logit) => (probability ? sigmoid(logit) : (logit - low) / (high - low));
  return (/** @type {number} */ logit) => axis - share(logit) * (axis - top);
}

/** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} values by cell @param {Layout} on @param {string} ink @param {number} opacity */
function fillDensity(context, values, on, ink, opacity) {
  const width = (on.right - on.left) / values.length;
  const trace = () => {
    for (let i = 0; i < values.length; i++) context.lineTo(on.left + (i + 0.5) * width, on.density(values[i]));
  };
  context.fillStyle = context.strokeStyle = ink;
  context.globalAlpha = opacity;
  context.beginPath();
  context.moveTo(on.left, on.axis);
  trace();
  context.lineTo(on.right, on.axis);
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.beginPath();
  trace();
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} values by cell @param {(value: number) => number} y @param {Layout} on @param {number} thick @param {number[]} dashes */
function strokeCurve(context, values, y, on, thick, dashes) {
  const width = (on.right - on.left) / values.length;
  context.lineWidth = thick;
  context.lineJoin = "round";
  context.setLineDash(dashes);
  context.beginPath();
  for (let i = 0; i < values.length; i++) context.lineTo(on.left + (i + 0.5) * width, y(values[i]));
  context.stroke();
  context.setLineDash([]);
}

/** What the judge's height means. @param {CanvasRenderingContext2D} context @param {LineChart} chart @param {[number, number] | null} scale @param {Layout} on @param {Inks} inks */
function drawScale(context, { probability }, scale, { right, top, axis, left }, inks) {
  const ink = inks["judge-deep"];
  const at = right + 5;
  write(context, inks, "real", at, top + 2, { ink, align: "left" });
  write(context, inks, "fake", at, axis - 6, { ink, align: "left" });
  const middle = probability ? 0.5 : scale && scale[0] < 0 && scale[1] > 0 ? -scale[0] / (scale[1] - scale[0]) : null;
  if (middle === null || middle < 0.15 || middle > 0.85) return;
  const y = axis - middle * (axis - top);
  write(context, inks, probability ? "½" : "0", at, y, { ink, align: "left" });
  context.strokeStyle = inks.muted;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.setLineDash([1, 4]);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(right, y);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {LineChart} chart @param {Layout} on @param {Inks} inks */
function drawAxis(context, { range: [low, high] }, { x, axis, left, right }, inks) {
  context.strokeStyle = inks.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, axis + 0.5);
  context.lineTo(right, axis + 0.5);
  for (let value = Math.ceil(2 * low) / 2; value <= high; value += 0.5) {
    context.moveTo(x(value), axis);
    context.lineTo(x(value), axis + 4);
    write(context, inks, String(value).replace("-", "−"), x(value), axis + 11);
  }
  context.stroke();
}

/** The axis of the noise. @param {CanvasRenderingContext2D} context @param {LineChart} chart @param {Layout} on @param {Inks} inks */
function drawNoise(context, { exact }, { z, noise, left, right }, inks) {
  context.strokeStyle = inks.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, noise + 0.5);
  context.lineTo(right, noise + 0.5);
  for (let value = -3; value <= 3; value++) {
    context.moveTo(z(value), noise);
    context.lineTo(z(value), noise + 3);
    if (value !== 0) write(context, inks, String(value).replace("-", "−"), z(value), noise + 10);
  }
  context.stroke();
  write(context, inks, exact ? "noise" : "noise (its first number)", z(0), noise + 10);
}

/** @param {CanvasRenderingContext2D} context @param {ArrayLike<number>} values @param {Layout} on @param {(i: number) => number} y @param {string} ink */
function drawDots(context, values, { x, rowHeight }, y, ink) {
  const radius = Math.min(DOT, SHARE * rowHeight);
  context.fillStyle = ink;
  for (let i = 0; i < values.length; i++) {
    context.beginPath();
    context.arc(x(values[i]), y(i), radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/** A density, counted. @param {Float32Array} numbers @param {LineChart} chart @param {number} bars */
function histogram(numbers, { range: [low, high] }, bars) {
  const found = new Float32Array(bars);
  const width = (high - low) / bars;
  for (const number of numbers) {
    const i = Math.floor((number - low) / width);
    if (i >= 0 && i < bars) found[i] += 1 / numbers.length / width;
  }
  return found;
}
