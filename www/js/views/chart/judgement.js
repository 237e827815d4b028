// A judge that somebody draws: what it says of each place, how a stroke changes that, and how often it is right. Pure: it
// knows neither pointer nor page.
// @ts-check

/** @import { LineChart, PlaneChart } from "../../protocol.js" */

/** A drawn judge is never surer than this logit, where a logit is that of a probability: 98 of 100. */
const SUREST = 4;
/** The radius of the brush, as a share of the chart's width; what one touch of it adds, of all there is to say. */
export const BRUSH = 0.06;
const TOUCH = 0.3;
/** A keyboard's press moves a line so much of its height, and its neighbours within about so many cells. */
const [PRESS, REACH] = [0.08, 3];

/** A place on a chart: 0 is left and down, 1 right and up. @typedef {{ x: number, y: number }} Spot */

export class Judgement {
  /** Level: it cannot tell. @param {LineChart | PlaneChart} chart of the run that it is to judge */
  constructor(chart) {
    const { logits, threshold, probability } = chart;
    this.dimensions = /** @type {1 | 2} */ (chart.kind === "line" ? 1 : 2);
    this.cells = chart.kind === "line" ? logits.length : chart.cells;
    this.probability = probability;
    /** Where it cannot tell; where only differences count, the middle of what the run's own judge says. */
    this.middle = threshold ?? logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
    /** How far it may lie from there. */
    this.reach = probability ? SUREST : Math.max(...logits.map((logit) => Math.abs(logit - this.middle))) || 1;
    /** By cell, as in the chart. Never changed in place. @type {number[]} */
    this.logits = logits.map(() => this.middle);
  }

  get isLevel() {
    return this.logits.every((logit) => logit === this.logits[0]);
  }

  clear() {
    this.logits = this.logits.map(() => this.middle);
  }

  /** Says what another judge says. @param {number[]} logits */
  copy(logits) {
    this.logits = logits.map((logit) => this.#within(logit));
  }

  /** Of a line: it runs from one spot to the other. @param {Spot} from @param {Spot} to */
  draw(from, to) {
    const cellOf = (/** @type {Spot} */ { x }) => Math.max(0, Math.min(this.cells - 1, Math.floor(x * this.cells)));
    const [first, last] = [cellOf(from), cellOf(to)];
    const logits = [...this.logits];
    for (let i = Math.min(first, last); i <= Math.max(first, last); i++) {
      const share = first === last ? 1 : (i - first) / (last - first);
      logits[i] = this.#logitAt(from.y + share * (to.y - from.y));
    }
    this.logits = logits;
  }

  /** Of a line: bends it up (1) or down (−1) around a cell. @param {number} cell @param {number} sign */
  bend(cell, sign) {
    this.logits = this.logits.map((logit, i) => {
      const share = PRESS * Math.exp(-0.5 * ((i - cell) / (REACH / 2)) ** 2);
      return share < 1e-3 ? logit : this.#logitAt(this.heightOf(logit) + sign * share);
    });
  }

  /** Of a plane: raises (1) or lowers (−1) belief softly along the way. @param {Spot} from @param {Spot} to @param {number} sign */
  brush(from, to, sign) {
    const far = Math.hypot(to.x - from.x, to.y - from.y);
    const touches = Math.max(1, Math.round(far / (BRUSH / 2)));
    const logits = [...this.logits];
    for (let k = 1; k <= touches; k++) {
      const [x, y] = [from.x + (k / touches) * (to.x - from.x), from.y + (k / touches) * (to.y - from.y)];
      // A touch on the way counts as far as it is new.
      const weight = sign * TOUCH * this.reach * (far > 0 ? Math.min(1, far / touches / (BRUSH / 2)) : 1);
      for (let i = 0; i < logits.length; i++) {
        const [dx, dy] = [((i % this.cells) + 0.5) / this.cells - x, (Math.floor(i / this.cells) + 0.5) / this.cells - y];
        const share = Math.exp((-2 * (dx * dx + dy * dy)) / BRUSH ** 2);
        if (share > 1e-3) logits[i] = this.#within(logits[i] + weight * share);
      }
    }
    this.logits = logits;
  }

  /** How high a logit stands on a chart, from 0, fake, to 1, real. @param {number} logit */
  heightOf(logit) {
    return this.probability ? 1 / (1 + Math.exp(-logit)) : 0.5 + (logit - this.middle) / (2 * this.reach);
  }

  /** @param {number} height */
  #logitAt(height) {
    const within = Math.max(1e-9, Math.min(1 - 1e-9, height));
    return this.#within(this.probability ? Math.log(within / (1 - within)) : this.middle + (2 * within - 1) * this.reach);
  }

  /** @param {number} logit */
  #within(logit) {
    return Math.max(this.middle - this.reach, Math.min(this.middle + this.reach, logit));
  }
}

/**
 * How often a judge is right, who is shown real and made points in turn; where it cannot tell it guesses.
 * @param {ArrayLike<number>} logits of some places
 * @param {ArrayLike<number>} real how much of the data lies at each of them, and @param {ArrayLike<number>} made of what the artist makes
 * @param {number | null} threshold above which it says real; null where only differences count: then the one that suits it best
 */
export function shareRight(logits, real, made, threshold) {
  const [reals, mades] = [real, made].map((weights) => Array.from(weights).reduce((sum, weight) => sum + weight, 0) || 1);
  let right = 0;
  if (threshold !== null) {
    for (let i = 0; i < logits.length; i++) {
      const says = logits[i] > threshold ? 1 : logits[i] < threshold ? 0 : 0.5;
      right += (says * real[i]) / reals + ((1 - says) * made[i]) / mades;
    }
    return right / 2;
  }
  const order = Array.from(logits, (_, i) => i).sort((a, b) => logits[b] - logits[a]);
  let best = (right = 1); // who calls all of them fake
  order.forEach((i, k) => {
    right += real[i] / reals - made[i] / mades;
    if (k + 1 === order.length || logits[order[k + 1]] < logits[i]) best = Math.max(best, right);
  });
  return best / 2;
}

/** The best judge possible: ½ + ½ of the total variation between both densities. @param {ArrayLike<number>} real by cell @param {ArrayLike<number>} made */
export function bestShare(real, made) {
  const logits = Array.from(real, (p, i) => p - made[i]);
  return shareRight(logits, real, made, 0);
}

/** What a judge says of points in a plane, straight between the middles of its cells. @param {PlaneChart} chart @param {ArrayLike<number>} logits by cell @param {ArrayLike<number>} points x and y in turn */
export function logitsAt({ cells, range: [low, high] }, logits, points) {
  const along = (/** @type {number} */ value) => {
    const at = Math.max(0, Math.min(cells - 1, ((value - low) / (high - low)) * cells - 0.5));
    const first = Math.min(cells - 2, Math.floor(at));
    return [first, at - first];
  };
  return Float64Array.from({ length: points.length / 2 }, (_, k) => {
    const [[column, right], [row, up]] = [along(points[2 * k]), along(points[2 * k + 1])];
    const i = row * cells + column;
    const [a, b, c, d] = [logits[i], logits[i + 1], logits[i + cells], logits[i + cells + 1]];
    return (1 - up) * (a + right * (b - a)) + up * (c + right * (d - c));
  });
}

/**
 * How often a judge is right about what a chart shows: exactly, by both densities, or of the points on show.
 * @param {LineChart | PlaneChart} chart @param {number[]} logits of the judge, by cell @param {number | null} threshold @param {ArrayLike<number>} real points of the data
 */
export function scoreOf(chart, logits, threshold, real) {
  if (chart.kind === "line") return shareRight(logits, chart.data, chart.made, threshold);
  const [ofReal, ofMade] = [real, chart.fakes].map((points) => logitsAt(chart, logits, points));
  const all = [...ofReal, ...ofMade];
  return shareRight(all, all.map((_, i) => Number(i < ofReal.length)), all.map((_, i) => Number(i >= ofReal.length)), threshold);
}
