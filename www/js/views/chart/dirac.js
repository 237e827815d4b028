// The Dirac-GAN: the artist is a number θ, the judge a slope ψ, so the whole game is a plane, with the way both would
// move at each place and the way they have come.
// @ts-check

/** @import { DiracChart } from "../../protocol.js" */
/** @import { Layer } from "./caption.js" */
/** @import { Plot } from "./plot.js" */
/** @import { Inks, Place } from "./surface.js" */
import { three, two } from "./caption.js";
import { createMotion } from "./motion.js";
import { squareOf, strokeArrow, write } from "./surface.js";
import { createTrail } from "./trail.js";

/** @type {Layer[]} */
export const LAYERS = [
  { name: "field", word: "arrows", help: "Which way both players would move from each place, if their steps were very small; the longer, the faster.", sign: "arrow", of: "both" },
  { name: "path", word: "path", help: "Where the run has been: the paler, the longer ago.", sign: "path", of: "both" },
];

export const CLAUSES = [
  "The artist is one number, θ, the judge a slope, ψ, and all the data are 0.",
  "At each place the {field} show which way both would move,",
  "and the {path} shows how they have moved.",
];

/** It shows so many times as far as the arrows reach, and where a run leaves that, up to so many times. */
const [NEAR, FAR] = [1.1, 4];
/** Rates that cannot be told from 0 by differences of 32-bit numbers. */
const NOTHING = 2e-3;

/** @returns {Plot<DiracChart>} */
export function create() {
  const motion = createMotion();
  const trail = createTrail(1, { most: 3000, least: 0.008, ends: true });
  /** Moments that came with the last chart: they appear one after the other. */
  let fresh = 0;
  let span = 0;

  return {
    take({ path, reach }, now) {
      const before = trail.length;
      for (let k = 0; k + 1 < path.length; k += 2) trail.add(path.slice(k, k + 2));
      fresh = Math.max(0, trail.length - before);
      const [theta, psi] = trail.at(0) ?? [0, 0];
      motion.take([theta, psi], now);
      span = Math.max(NEAR * reach, Math.min(FAR * reach, NEAR * Math.max(Math.abs(theta), Math.abs(psi))), span);
    },
    forget() {
      motion.forget();
      trail.forget();
      fresh = span = 0;
    },
    absent: ({ field }) => (field.length === 0 ? ["field"] : []),

    paint(context, place, chart, layers, past) {
      const { inks, now } = place;
      const on = layOut(place, span || NEAR * chart.reach);
      const { x, y, left, top, side } = on;
      context.fillStyle = inks.sheet;
      context.fillRect(left, top, side, side);
      context.save();
      context.beginPath();
      context.rect(left, top, side, side);
      context.clip();
      drawAxes(context, on, inks);
      if (layers.has("field")) drawField(context, chart, on, inks);
      nameAxes(context, on, inks);
      drawSolution(context, on, inks);
      const share = motion.share(now);
      const coming = Math.floor((1 - share) * fresh);
      if (layers.has("path")) {
        context.strokeStyle = inks.ink;
        context.lineWidth = past ? 1 : 2;
        context.lineJoin = "round";
        trail.stroke(context, x, y, coming);
      }
      const point = trail.at(0, coming);
      if (past) drawPast(context, past.points[0], on, inks);
      else if (point) drawPoint(context, point, on, inks);
      context.restore();
      context.strokeStyle = inks.line;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
      return !past && share < 1;
    },

    readings({ eigenvalues }) {
      const point = trail.at(0);
      const distance = point ? three(Math.hypot(...point)) : "–";
      const rates = eigenvalues ? inWords(eigenvalues) : { numbers: "–", words: "" };
      return [
        { label: "From the solution", value: distance, help: "The distance of θ and ψ from 0, where the game is solved." },
        { label: "Eigenvalues there", value: rates.numbers, note: rates.words, help: "Of the arrows’ derivative at the solution. Their real part says how fast the game comes nearer (negative) or leaves (positive), the imaginary part how fast it turns." },
      ];
    },
    verdict: "At the cross, at distance 0, the game is solved.",

    describe({ eigenvalues }, step) {
      const [theta, psi] = trail.at(0) ?? [0, 0];
      const way = eigenvalues ? `; the arrows around it make ${inWords(eigenvalues).words}` : "";
      return `The path of the artist’s number θ and the judge’s slope ψ after ${step} steps: they are at ${two(theta)} and ${two(psi)}, ${three(Math.hypot(theta, psi))} from the solution${way}`;
    },
    describePast: (step) => `The artist’s number θ as it was at step ${step}, on the path of the run`,

    read({ field, arrows, reach }, place, across, down) {
      const { side, left, top } = layOut(place, span);
      const [theta, psi] = [((across - left) / side - 0.5) * 2 * span, (0.5 - (down - top) / side) * 2 * span];
      if (Math.max(Math.abs(theta), Math.abs(psi)) > span) return "";
      const at = `θ ${two(theta)}, ψ ${two(psi)}`;
      const [column, row] = [theta, psi].map((value) => Math.round(((value / reach + 1) / 2) * (arrows - 1)));
      if (field.length === 0 || column < 0 || row < 0 || column >= arrows || row >= arrows) return at;
      const k = 2 * (row * arrows + column);
      return `${at}: near here θ moves by ${two(field[k])}, ψ by ${two(field[k + 1])} per unit of time`;
    },
  };
}

/** On one line. @param {string} text */
const together = (text) => text.replaceAll(" ", "\u00a0");

/** @param {NonNullable<DiracChart["eigenvalues"]>} both */
function inWords([a, b]) {
  if (Math.abs(a.im) > NOTHING) {
    const turns = Math.abs(a.re) < NOTHING;
    return {
      numbers: together(turns ? `± ${two(Math.abs(a.im))} i` : `${two(a.re)} ± ${two(Math.abs(a.im))} i`),
      words: turns ? "round and round" : a.re < 0 ? "a spiral inwards" : "a spiral outwards",
    };
  }
  const rates = [a.re, b.re];
  const words =
    rates.every((rate) => rate < -NOTHING) ? "straight in"
    : rates.some((rate) => rate > NOTHING) ? "a way out"
    : rates.some((rate) => rate < -NOTHING) ? "in, and then a standstill"
    : "a standstill";
  return { numbers: together(rates.map(two).join(" and ")), words };
}

/** @param {Place} place @param {number} span what is shown on each side of the solution */
function layOut(place, span) {
  const { left, top, side } = squareOf(place);
  const scale = side / (2 * span);
  return {
    left, top, side, scale, span,
    x: (/** @type {number} */ theta) => left + side / 2 + scale * theta,
    y: (/** @type {number} */ psi) => top + side / 2 - scale * psi,
  };
}

/** @typedef {ReturnType<typeof layOut>} Layout */

/** @param {CanvasRenderingContext2D} context @param {Layout} on @param {Inks} inks */
function drawAxes(context, { x, y, left, top, side, span }, inks) {
  context.strokeStyle = inks.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, y(0));
  context.lineTo(left + side, y(0));
  context.moveTo(x(0), top);
  context.lineTo(x(0), top + side);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {Layout} on @param {Inks} inks */
function nameAxes(context, { x, y, left, top, side, span }, inks) {
  const step = span > 5 ? 4 : span > 2.5 ? 2 : 1;
  for (let value = -step * Math.floor(span / step); value < span; value += step) {
    if (value === 0) continue;
    const text = String(value).replace("-", "−");
    write(context, inks, text, x(value), y(0) + 10, { halo: true });
    write(context, inks, text, x(0) - 7, y(value), { align: "right", halo: true });
  }
  // Whose numbers they are, in their inks.
  write(context, inks, "θ", left + side - 10, y(0) - 11, { ink: inks.artist, bold: true, halo: true });
  write(context, inks, "ψ", x(0) + 12, top + 12, { ink: inks.judge, bold: true, halo: true });
}

/** @param {CanvasRenderingContext2D} context @param {DiracChart} chart @param {Layout} on @param {Inks} inks */
function drawField(context, { field, arrows, reach }, { x, y, scale }, inks) {
  let most = 0;
  for (let k = 0; k < field.length; k += 2) most = Math.max(most, Math.hypot(field[k], field[k + 1]));
  const gap = (2 * reach * scale) / (arrows - 1);
  context.strokeStyle = inks.muted;
  context.globalAlpha = 0.75;
  context.lineWidth = 1.1;
  for (let i = 0; i < arrows * arrows; i++) {
    const [theta, psi] = [i % arrows, Math.floor(i / arrows)].map((at) => reach * ((2 * at) / (arrows - 1) - 1));
    const [dx, dy] = [field[2 * i], -field[2 * i + 1]];
    const size = Math.hypot(dx, dy);
    if (size === 0) continue;
    // By the root, so that slow ones are seen too.
    const length = (0.9 * gap * Math.sqrt(size / most)) / size;
    strokeArrow(context, x(theta) - (length * dx) / 2, y(psi) - (length * dy) / 2, length * dx, length * dy);
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Layout} on @param {Inks} inks */
function drawSolution(context, { x, y }, inks) {
  context.strokeStyle = inks.ink;
  context.lineWidth = 2.5;
  context.beginPath();
  for (const way of [-1, 1]) {
    context.moveTo(x(0) - 6, y(0) - 6 * way);
    context.lineTo(x(0) + 6, y(0) + 6 * way);
  }
  context.stroke();
}

/** Where they are, and what that is on either axis. @param {CanvasRenderingContext2D} context @param {[number, number]} point @param {Layout} on @param {Inks} inks */
function drawPoint(context, [theta, psi], { x, y, left, top }, inks) {
  const [across, down] = [x(theta), y(psi)];
  context.lineWidth = 1.5;
  context.setLineDash([3, 3]);
  for (const [ink, toX, toY] of /** @type {const} */ ([[inks.artist, across, y(0)], [inks.judge, x(0), down]])) {
    context.strokeStyle = ink;
    context.beginPath();
    context.moveTo(across, down);
    context.lineTo(toX, toY);
    context.stroke();
  }
  context.setLineDash([]);
  context.fillStyle = inks.sheet;
  context.fillRect(left, top, 88, 44);
  // In the corner: beside the point they would hide the end of the game.
  write(context, inks, `θ = ${two(theta)}`, left + 10, top + 14, { ink: inks.artist, bold: true, halo: true, align: "left" });
  write(context, inks, `ψ = ${two(psi)}`, left + 10, top + 31, { ink: inks.judge, bold: true, halo: true, align: "left" });
  context.fillStyle = inks.ink;
  context.strokeStyle = inks.sheet;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(across, down, 6, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

/** Of the past only θ is known. @param {CanvasRenderingContext2D} context @param {number} theta @param {Layout} on @param {Inks} inks */
function drawPast(context, theta, { x, top, side, left }, inks) {
  context.strokeStyle = inks.artist;
  context.lineWidth = 2;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(x(theta), top);
  context.lineTo(x(theta), top + side);
  context.stroke();
  context.setLineDash([]);
  write(context, inks, `θ ${two(theta)}`, Math.max(left + 28, Math.min(left + side - 28, x(theta))), top + 12, { ink: inks.artist, bold: true, halo: true });
}
