// Test-only: charts of games with points, whose artist comes ever nearer to the data and whose judge half knows the best
// one there could be. Pure functions of the step.
// @ts-check

/** @import { Chart, DiracChart, LineChart, PlaneChart } from "../../../www/js/protocol.js" */

const COUNT = 300;
const PUSHED = 100;
/** @type {[number, number]} */
const RANGE = [-1.25, 1.25];

/** @param {string} dataset @param {number} dimensions @param {number} step @param {number} since the step of the last chart @returns {Chart} */
export const chartOf = (dataset, dimensions, step, since) => (dataset === "origin" ? diracChart(step, since) : dimensions === 2 ? planeChart(step) : lineChart(step));

/** As good as random, between 0 and 1. @param {number} k */
const chance = (k) => Math.abs(Math.sin(k * 12.9898 + 4.1) * 43758.5453) % 1;
/** A standard normal number. @param {number} k */
const normal = (k) => Math.sqrt(-2 * Math.log(Math.max(chance(2 * k), 1e-6))) * Math.cos(2 * Math.PI * chance(2 * k + 1));
const bump = (/** @type {number} */ x, /** @type {number} */ at, /** @type {number} */ wide) => Math.exp(-0.5 * ((x - at) / wide) ** 2) / wide / Math.sqrt(2 * Math.PI);
const places = (/** @type {number} */ cells) => Array.from({ length: cells }, (_, i) => RANGE[0] + ((i + 0.5) / cells) * (RANGE[1] - RANGE[0]));
const shareOf = (/** @type {number} */ step) => 1 - Math.exp(-step / 80);

const BUMPS = [[0.5, -0.6, 0.1], [0.3, 0.1, 0.06], [0.2, 0.7, 0.04]];
const density = (/** @type {number} */ x) => BUMPS.reduce((sum, [weight, at, wide]) => sum + weight * bump(x, at, wide), 0);
/** What becomes of a number of noise. @param {number} z @param {number} share */
function bent(z, share) {
  const [, at, wide] = BUMPS[z < 0 ? 0 : z < 0.84 ? 1 : 2];
  const within = z < 0 ? z + 0.67 : z < 0.84 ? 2 * (z - 0.4) : 2 * (z - 1.3);
  return (1 - share) * (0.2 + 0.3 * z) + share * (at + wide * within);
}

/** @param {number} step @returns {LineChart} */
function lineChart(step) {
  const share = shareOf(step);
  const cells = places(120);
  const data = cells.map(density);
  const made = cells.map((x) => (1 - share) * bump(x, 0.2, 0.3) + share * (0.9 * density(x) + 0.1 * bump(x, 0, 0.5)));
  const optimum = data.map((p, i) => Math.log(Math.max(p, 1e-9) / Math.max(made[i], 1e-9)));
  const logits = optimum.map((_, i) => 0.8 * [-3, -2, -1, 0, 1, 2, 3].reduce((sum, d) => sum + Math.max(-6, Math.min(6, optimum[Math.max(0, Math.min(119, i + d))])) / 7, 0));
  const latents = Array.from({ length: PUSHED }, (_, k) => normal(k));
  const fakes = latents.map((z) => bent(z, share));
  const pushes = fakes.map((x) => {
    const i = Math.max(1, Math.min(118, Math.round(((x - RANGE[0]) / 2.5) * 120 - 0.5)));
    return (logits[i + 1] - logits[i - 1]) * 24 / (1 + Math.exp(logits[i]));
  });
  const apart = Math.exp(-step / 80);
  return {
    kind: "line", range: RANGE, data, made, exact: true, logits, optimum, probability: true, threshold: 0, latents, fakes, pushes,
    divergences: { kl: step < 20 ? null : 0.9 * apart, reverse_kl: 1.7 * apart, jensen_shannon: 0.31234 * apart, wasserstein: 0.412 * apart },
  };
}

/** What becomes of a point of noise: it is drawn to the ring, and on it to the nearest spot. @param {number} x @param {number} y @param {number} share */
function drawn(x, y, share) {
  const [radius, angle] = [Math.hypot(x, y), Math.atan2(y, x)];
  const far = (1 - share) * 0.4 * radius + share * (0.9 + 0.05 * Math.tanh(radius - 1.2));
  const turned = angle - (share * Math.sin(8 * angle)) / 8.5;
  return [far * Math.cos(turned), far * Math.sin(turned)];
}
const made = (/** @type {number} */ step) => Array.from({ length: COUNT }, (_, k) => drawn(normal(3 * k), normal(3 * k + 1), shareOf(step))).flat();

/** @param {number} step @returns {PlaneChart} */
function planeChart(step) {
  const share = shareOf(step);
  const [cells, lattice] = [48, 24];
  const axis = places(cells);
  const logitAt = (/** @type {number} */ x, /** @type {number} */ y) => {
    const [radius, angle] = [Math.hypot(x, y), Math.atan2(y, x)];
    return 3 * Math.exp(-20 * (radius - 0.9) ** 2) * (1 + 0.5 * Math.cos(8 * angle)) * (1 - 0.5 * share) - (1 - share) * 3 * Math.exp(-4 * radius ** 2) - 0.8;
  };
  const logits = axis.flatMap((y) => axis.map((x) => logitAt(x, y)));
  const edges = Array.from({ length: lattice + 1 }, (_, i) => 2.1 * Math.tan(((i / lattice) * 2 - 1) * 0.95) / Math.tan(0.95));
  const warped = edges.flatMap((y) => edges.flatMap((x) => drawn(x, y, share)));
  const fakes = made(step);
  const pushes = Array.from({ length: PUSHED }, (_, k) => {
    const [x, y] = [fakes[2 * k], fakes[2 * k + 1]];
    return [(logitAt(x + 0.01, y) - logitAt(x - 0.01, y)) * 25, (logitAt(x, y + 0.01) - logitAt(x, y - 0.01)) * 25];
  }).flat();
  return {
    kind: "plane", range: RANGE, cells, logits, probability: true, threshold: 0, lattice, warped, fakes, pushes,
    modes: { all: 8, found: Math.min(8, Math.floor(step / 15)), close: 0.9 * share, reverse_kl: 0.4 * (1 - share) },
  };
}

const GAMMA = 0.3;
/** θ and ψ from one step to another. @param {number} from @param {number} to */
function pathOf(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => {
    const time = 0.1 * (from + i);
    const far = Math.exp((-GAMMA / 2) * time);
    return [far * Math.cos(0.99 * time), -far * Math.sin(0.99 * time)];
  }).flat();
}

/** @param {number} step @param {number} since @returns {DiracChart} */
function diracChart(step, since) {
  const [arrows, reach] = [15, 2];
  const axis = Array.from({ length: arrows }, (_, i) => reach * ((2 * i) / (arrows - 1) - 1));
  const field = axis.flatMap((psi) => axis.flatMap((theta) => [psi, -theta - GAMMA * psi]));
  const turn = Math.sqrt(1 - GAMMA ** 2 / 4);
  return { kind: "dirac", reach, arrows, field, path: pathOf(Math.min(since + 1, step), step), eigenvalues: [{ re: -GAMMA / 2, im: turn }, { re: -GAMMA / 2, im: -turn }] };
}

/**
 * What an artist makes of a chart who plays against a judge drawn by hand: everything goes where that says real.
 * @param {Chart} chart @param {number} taken steps @param {number[]} logits @returns {Chart}
 */
export function triedChart(chart, taken, logits) {
  if (chart.kind === "dirac") return chart;
  const share = 1 - Math.exp(-taken / 60);
  const best = logits.indexOf(Math.max(...logits));
  if (chart.kind === "line") {
    const cells = places(logits.length);
    const fakes = chart.fakes.map((x) => x + share * (cells[best] - x));
    return { ...chart, logits, fakes, made: chart.made.map((q, i) => (1 - share) * q + share * bump(cells[i], cells[best], 0.1)) };
  }
  const axis = places(chart.cells);
  const top = [axis[best % chart.cells], axis[Math.floor(best / chart.cells)]];
  const fakes = chart.fakes.map((value, k) => value + share * (top[k % 2] - value));
  return { ...chart, logits, fakes, warped: chart.warped.map((value, k) => value + share * (top[k % 2] - value)) };
}
