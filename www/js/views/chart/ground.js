// What lies below the points of a plane: what the judge says of each place as a map with lines of equal height, and how
// the latent space is laid over the plane. It changes only with the chart, so between two it is kept as a picture.
// @ts-check

/** @import { PlaneChart } from "../../protocol.js" */
/** @import { Inks, Place } from "./surface.js" */
import { sigmoid } from "./caption.js";
import { addContour } from "./contours.js";
import { rgbOf, squareOf } from "./surface.js";

/** Probabilities along whose logits there are lines; and shares of the scale, where a logit is that of none. */
const SHARES = [0.1, 0.25, 0.75, 0.9];
const PARTS = [-0.67, -0.33, 0.33, 0.67];
/** What the map's colours take of the paper. */
const OPACITY = 0.5;
/** Shades of the lattice's cells: each is so many times as dense as the one before. */
const SHADES = 8;
const STEP = 2.6;
/** Areas are painted in squares of so many pixels and then smoothed, which is far quicker and hardly to be seen; lines are not. */
const COARSE = 2;

export function createGround() {
  const [picture, areas, map] = [0, 1, 2].map(() => document.createElement("canvas"));
  const [context, areaContext, mapContext] = [picture, areas, map].map((canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")));
  /** Of the judge's scale, which follows slowly. */
  let spread = 0;
  /** What the picture shows. @type {{ chart: PlaneChart, inks: Inks, how: string } | null} */
  let kept = null;

  return {
    /** @param {PlaneChart} chart */
    take(chart) {
      const next = spreadOf(chart);
      spread = spread > 0 ? spread + 0.15 * (next - spread) : next;
    },
    forget: () => void (spread = 0),
    /** @param {CanvasRenderingContext2D} onto @param {Place} place @param {PlaneChart} chart @param {{ judge: boolean, lattice: boolean }} layers */
    paint(onto, place, chart, layers) {
      if (!layers.judge && !layers.lattice) return;
      const { inks, ratio } = place;
      const { left, top, side } = squareOf(place);
      const how = [side, ratio, layers.judge, layers.lattice].join();
      if (kept?.chart !== chart || kept.inks !== inks || kept.how !== how) {
        kept = { chart, inks, how };
        clear(context, side, ratio);
        clear(areaContext, side, 1 / COARSE);
        const lattice = layers.lattice ? laidOut(chart, side) : null;
        if (layers.judge) {
          paintMap(mapContext, chart, spread, inks);
          areaContext.drawImage(map, 0, 0, side, side);
        }
        if (lattice) fillCells(areaContext, lattice, inks);
        context.drawImage(areas, 0, 0, side, side);
        if (layers.judge) strokeContours(context, chart, spread, side, inks);
        if (lattice) strokeLines(context, lattice, ratio, inks);
      }
      onto.drawImage(picture, left, top, side, side);
    },
  };
}

/** The logit between real and fake. @param {PlaneChart} chart */
const middleOf = ({ threshold, logits }) => threshold ?? logits.reduce((sum, logit) => sum + logit, 0) / logits.length;

/** How far from the middle most logits lie: beyond it a place has its full colour. @param {PlaneChart} chart */
function spreadOf(chart) {
  const middle = middleOf(chart);
  const sizes = Float32Array.from(chart.logits, (logit) => Math.abs(logit - middle)).sort();
  return sizes[Math.floor(0.95 * sizes.length)] || 1;
}

/** From fake to real, from -1 to 1. @param {PlaneChart} chart @param {number} spread */
function verdictOf(chart, spread) {
  const middle = middleOf(chart);
  return chart.probability ? (/** @type {number} */ logit) => 2 * sigmoid(logit) - 1 : (/** @type {number} */ logit) => Math.max(-1, Math.min(1, (logit - middle) / spread));
}

/** A pixel for each cell, the upper row first. @param {CanvasRenderingContext2D} context @param {PlaneChart} chart @param {number} spread @param {Inks} inks */
function paintMap(context, chart, spread, inks) {
  const { cells, logits } = chart;
  const image = new ImageData(cells, cells);
  const shades = new Uint32Array(image.data.buffer);
  const verdict = verdictOf(chart, spread);
  const [none, ...ends] = [inks.sheet, inks.artist, inks.judge].map(rgbOf);
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const t = verdict(logits[row * cells + column]);
      const end = ends[t > 0 ? 1 : 0];
      const share = OPACITY * Math.abs(t);
      const [red, green, blue] = none.map((from, i) => Math.round(from + share * (end[i] - from)));
      shades[(cells - 1 - row) * cells + column] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
    }
  }
  if (context.canvas.width !== cells) context.canvas.width = context.canvas.height = cells;
  context.putImageData(image, 0, 0);
}

/** Lines of equal height: a thick one where the judge cannot tell. @param {CanvasRenderingContext2D} context @param {PlaneChart} chart @param {number} spread @param {number} side @param {Inks} inks */
function strokeContours(context, chart, spread, side, inks) {
  const { cells, logits, probability, threshold } = chart;
  const middle = middleOf(chart);
  const levels = probability ? SHARES.map((share) => Math.log(share / (1 - share))) : PARTS.map((share) => middle + share * spread);
  const x = (/** @type {number} */ column) => ((column + 0.5) / cells) * side;
  const y = (/** @type {number} */ row) => side - ((row + 0.5) / cells) * side;
  context.strokeStyle = inks.muted;
  context.globalAlpha = 0.55;
  context.lineWidth = 0.75;
  context.beginPath();
  for (const level of levels) addContour(context, logits, cells, level, x, y);
  context.stroke();
  context.globalAlpha = 1;
  if (threshold === null) return;
  context.strokeStyle = inks.ink;
  context.lineWidth = 1.75;
  context.beginPath();
  addContour(context, logits, cells, threshold, x, y);
  context.stroke();
}

/** Makes a square of so many CSS pixels empty. @param {CanvasRenderingContext2D} context @param {number} side @param {number} ratio */
function clear(context, side, ratio) {
  const wide = Math.max(1, Math.round(side * ratio));
  if (context.canvas.width !== wide) context.canvas.width = context.canvas.height = wide;
  context.setTransform(wide / side, 0, 0, wide / side, 0, 0);
  context.clearRect(0, 0, side, side);
}

/** Where the lattice's points lie; `fair` is the area of a cell if all were as large. @typedef {{ points: number, u: Float32Array, v: Float32Array, fair: number }} Lattice */

/** @param {PlaneChart} chart @param {number} side @returns {Lattice} */
function laidOut({ lattice, warped, range: [low, high] }, side) {
  const points = lattice + 1;
  const scale = side / (high - low);
  const u = Float32Array.from({ length: points * points }, (_, i) => (warped[2 * i] - low) * scale);
  const v = Float32Array.from({ length: points * points }, (_, i) => side - (warped[2 * i + 1] - low) * scale);
  return { points, u, v, fair: ((2 * scale) / lattice) ** 2 };
}

/** The cells, the darker the denser. @param {CanvasRenderingContext2D} context @param {Lattice} lattice @param {Inks} inks */
function fillCells(context, { points, u, v, fair }, inks) {
  const shades = Array.from({ length: SHADES }, () => new Path2D());
  for (let row = 0; row + 1 < points; row++) {
    for (let column = 0; column + 1 < points; column++) {
      const i = row * points + column;
      const corners = [i, i + 1, i + points + 1, i + points];
      const area = corners.reduce((sum, a, k) => {
        const b = corners[(k + 1) % 4];
        return sum + (u[a] * v[b] - u[b] * v[a]) / 2;
      }, 0);
      // One that has its fair share of the square that the data lie in is nearly the palest.
      const density = fair / Math.max(Math.abs(area), 1e-3);
      const path = shades[Math.max(0, Math.min(SHADES - 1, Math.round(1 + Math.log(density) / Math.log(STEP))))];
      // All the same way round: where two lie over each other both count.
      if (area < 0) corners.reverse();
      corners.forEach((a, k) => (k === 0 ? path.moveTo(u[a], v[a]) : path.lineTo(u[a], v[a])));
      path.closePath();
    }
  }
  context.fillStyle = inks.artist;
  shades.forEach((path, shade) => {
    context.globalAlpha = (0.32 * shade) / SHADES;
    if (shade > 0) context.fill(path);
  });
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Lattice} lattice @param {number} ratio @param {Inks} inks */
function strokeLines(context, { points, u, v }, ratio, inks) {
  context.strokeStyle = inks.artist;
  context.globalAlpha = Math.min(0.5, 0.18 + 0.14 * ratio);
  context.lineWidth = 1 / ratio; // the thinnest are the quickest, one by one
  for (const [first, next] of [[points, 1], [1, points]]) {
    for (let k = 0; k < points; k++) {
      context.beginPath();
      for (let i = 0; i < points; i++) context.lineTo(u[k * first + i * next], v[k * first + i * next]);
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}
