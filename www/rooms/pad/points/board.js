// What is on the board: stamps, in the order in which they were put there. Pure: it knows neither pointer nor page.
// @ts-check

/** @import { Stamp } from "../../../js/drawing.js" */
import { DEVIATION, MOST_STAMPS, coordinateOf, quantised, read, textOf } from "../../../js/drawing.js";

/** A place on the board: x to the right and y up, both within ±1. @typedef {{ x: number, y: number }} Place */

/** From one stamp of a stroke to the next: bumps that far apart make one ridge. */
const SPACING = 2 * DEVIATION;
/** How far the eraser reaches. */
export const REACH = 2 * DEVIATION;
/** So many changes can be undone. */
const MEMORY = 100;

export class Board {
  /** @param {1 | 2} dimensions */
  constructor(dimensions) {
    this.dimensions = dimensions;
    /** Never changed in place. @type {Stamp[]} */
    this.stamps = beginning(dimensions);
    /** How it was before each change, the last one at the end. @type {Stamp[][]} */
    this.past = [];
    /** Where the stroke has put its last stamp. @type {Place} */
    this.last = { x: 0, y: 0 };
  }

  get isFull() {
    return this.stamps.length >= MOST_STAMPS;
  }

  /** As a recipe has it. */
  get text() {
    return textOf(this.stamps, this.dimensions);
  }

  /** Before a change that is to be undone as one. */
  keep() {
    this.past.push(this.stamps);
    if (this.past.length > MEMORY) this.past.shift();
  }

  undo() {
    this.stamps = this.past.pop() ?? this.stamps;
  }

  clear() {
    this.stamps = [];
  }

  /** @param {Stamp[]} stamps */
  replace(stamps) {
    this.stamps = stamps;
  }

  /** Whether there was room. @param {Place} at */
  put(at) {
    this.last = at;
    if (this.isFull) return false;
    this.stamps = [...this.stamps, this.#stampAt(at)];
    return true;
  }

  /** Goes on with a stroke from its last stamp; whether there was room for all of it. @param {Place} to */
  stroke(to) {
    for (;;) {
      const { x, y } = this.last;
      const far = this.#distance(this.last, to);
      if (far < SPACING) return true;
      const t = SPACING / far;
      if (!this.put({ x: x + t * (to.x - x), y: y + t * (to.y - y) })) return false;
    }
  }

  /** Takes away what the eraser meets on its way. @param {Place} from @param {Place} to */
  erase(from, to) {
    const steps = Math.max(1, Math.ceil(this.#distance(from, to) / DEVIATION));
    const way = Array.from({ length: steps + 1 }, (_, k) => ({ x: from.x + (k / steps) * (to.x - from.x), y: from.y + (k / steps) * (to.y - from.y) }));
    this.stamps = this.stamps.filter((stamp) => way.every((at) => this.#distance(at, placeOf(stamp)) > REACH));
  }

  /** Takes the nearest stamp away; where it stood. @param {Place} at @returns {Place | null} */
  remove(at) {
    const far = this.stamps.map((stamp) => this.#distance(at, placeOf(stamp)));
    const nearest = far.lastIndexOf(Math.min(...far)); // of those on one spot, the last
    if (nearest < 0) return null;
    const place = placeOf(this.stamps[nearest]);
    this.stamps = this.stamps.filter((_, i) => i !== nearest);
    return place;
  }

  /** @param {Place} at @returns {Stamp} */
  #stampAt({ x, y }) {
    return (this.dimensions === 1 ? [x] : [x, y]).map(quantised);
  }

  /** On a line only x counts. @param {Place} a @param {Place} b */
  #distance(a, b) {
    return this.dimensions === 1 ? Math.abs(a.x - b.x) : Math.hypot(a.x - b.x, a.y - b.y);
  }
}

/** @param {Stamp} stamp @returns {Place} */
export const placeOf = ([x, y]) => ({ x: coordinateOf(x), y: y === undefined ? 0 : coordinateOf(y) });

/**
 * What stands there until something is drawn, as in src/data/points/drawing.rs: six marks, or a heart (32 wide: x = 16 sin³ t,
 * y = 13 cos t − 5 cos 2t − 2 cos 3t − cos 4t).
 * @param {1 | 2} dimensions
 * @returns {Stamp[]}
 */
export function beginning(dimensions) {
  if (dimensions === 1) return [-0.7, -0.6, -0.5, 0.1, 0.15, 0.7].map((x) => [quantised(x)]);
  return Array.from({ length: 48 }, (_, i) => {
    const t = (2 * Math.PI * i) / 48;
    const y = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
    return [16 * Math.sin(t) ** 3, y + 2.5].map((v) => quantised(v / 18));
  });
}

/** The stamps of a recipe's drawing: none means what it begins with. @param {string} text @param {1 | 2} dimensions */
export const stampsOf = (text, dimensions) => (text === "" ? beginning(dimensions) : read(text, dimensions).stamps);
