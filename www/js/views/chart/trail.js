// Where points have been, in bounded memory: what is old is kept more coarsely, or not at all. Pure: it must not know
// what the points are.
// @ts-check

/** Ages that are painted alike: the oldest is the palest. */
const AGES = 6;
const FAINTEST = 0.1;

/**
 * So many points, each of two coordinates.
 * @param {number} points
 * @param {{ most: number, least: number, ends: boolean }} bounds `most` moments are kept; one nearer to the last than
 * `least`, in every point, is none. `ends`: the oldest go, rather than every other of the old ones
 */
export function createTrail(points, { most, least, ends }) {
  /** @type {Float32Array[]} */
  let moments = [];
  /** The last, which the next may replace as it is too near to the one before. */
  let loose = false;

  return {
    get length() {
      return moments.length;
    },
    /** @param {ArrayLike<number>} at x and y of each point in turn */
    add(at) {
      const moment = Float32Array.from({ length: 2 * points }, (_, i) => at[i]);
      if (loose) moments.pop();
      const last = moments.at(-1);
      loose = last !== undefined && moment.every((value, i) => Math.abs(value - last[i]) < least);
      moments.push(moment);
      if (moments.length <= most) return;
      const old = moments.length >> (ends ? 4 : 1);
      moments = moments.filter((_, i) => i >= old || (!ends && i % 2 === 0));
    },
    forget() {
      moments = [];
      loose = false;
    },
    /**
     * Strokes the trails, paler the older they are, as they were `before` moments ago.
     * @param {CanvasRenderingContext2D} context
     * @param {(x: number) => number} xOf
     * @param {(y: number) => number} yOf
     * @param {number} [before]
     */
    stroke(context, xOf, yOf, before = 0) {
      const end = moments.length - before;
      for (let age = 0; age < AGES; age++) {
        const [first, last] = [Math.floor((age * end) / AGES), Math.min(end - 1, Math.floor(((age + 1) * end) / AGES))];
        if (last <= first) continue;
        context.globalAlpha = FAINTEST + (1 - FAINTEST) * ((age + 1) / AGES) ** 1.5;
        context.beginPath();
        for (let k = 0; k < 2 * points; k += 2) {
          context.moveTo(xOf(moments[first][k]), yOf(moments[first][k + 1]));
          for (let i = first + 1; i <= last; i++) context.lineTo(xOf(moments[i][k]), yOf(moments[i][k + 1]));
        }
        context.stroke();
      }
      context.globalAlpha = 1;
    },
    /** A point as it was `before` moments ago. @param {number} point @param {number} [before] @returns {[number, number] | null} */
    at(point, before = 0) {
      const moment = moments.at(-1 - before);
      return moment ? [moment[2 * point], moment[2 * point + 1]] : null;
    },
  };
}
