// What lies on the pad: ink, and which pixels are wiped out. Pure: it knows neither pointer nor page.
// @ts-check

/** Pixels on a side. */
export const SIDE = 28;

/** A place on the sheet in pixels; the middle of the first one is at 0.5, 0.5. @typedef {{ x: number, y: number }} Place */

/** The grey of wiped pixels, neither paper nor ink, as the program's own holes have it. */
export const GREY = 128;
/** Pixels on a side of what a wiper takes along its way, and of a hole, which is as large as those of the training. */
export const WIPER = 5;
export const HOLE = 12;
/** So many changes can be undone. */
const MEMORY = 100;

export class Sheet {
  constructor() {
    /** @type {Uint8Array} */
    this.ink = new Uint8Array(SIDE * SIDE);
    /** 1 where it is wiped. @type {Uint8Array} */
    this.hole = new Uint8Array(SIDE * SIDE);
    /** The real digit that it shows, as it is. @type {number | null} */
    this.digit = null;
    /** @type {{ ink: Uint8Array, hole: Uint8Array, digit: number | null }[]} how it was before each change, the last one at the end */
    this.past = [];
  }

  get isBlank() {
    return this.ink.every((level) => level === 0);
  }

  get isWhole() {
    return this.hole.every((wiped) => wiped === 0);
  }

  /** Before a change that is to be undone as one. */
  keep() {
    this.past.push({ ink: this.ink.slice(), hole: this.hole.slice(), digit: this.digit });
    if (this.past.length > MEMORY) this.past.shift();
  }

  undo() {
    const before = this.past.pop();
    if (before) ({ ink: this.ink, hole: this.hole, digit: this.digit } = before);
  }

  clear() {
    this.ink.fill(0);
    this.hole.fill(0);
    this.digit = null;
  }

  /** Another picture under the same holes. @param {Uint8Array} pixels @param {number | null} digit */
  put(pixels, digit) {
    this.ink.set(pixels);
    this.digit = digit;
  }

  /** Takes all holes away. */
  mend() {
    this.hole.fill(0);
  }

  /**
   * A stroke of a round pen whose edge is soft over one pixel. Half of the edge's ink lies at `radius`, which is
   * where a thinned line takes it to end. What is drawn is known: it closes holes.
   * @param {Place} from @param {Place} to @param {number} radius
   */
  draw(from, to, radius) {
    this.digit = null;
    const reach = radius + 0.5;
    const [left, right] = span(from.x, to.x, reach);
    const [top, bottom] = span(from.y, to.y, reach);
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const cover = Math.min(1, reach - distance({ x: column + 0.5, y: row + 0.5 }, from, to));
        if (cover <= 0) continue;
        const at = row * SIDE + column;
        this.ink[at] = Math.max(this.ink[at], Math.round(255 * cover));
        this.hole[at] = 0;
      }
    }
  }

  /** Wipes a broad line. @param {Place} from @param {Place} to */
  wipe(from, to) {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y))));
    for (let k = 0; k <= steps; k++) {
      const t = k / steps;
      this.#stamp(Math.round(from.x + t * (to.x - from.x) - WIPER / 2), Math.round(from.y + t * (to.y - from.y) - WIPER / 2), WIPER);
    }
  }

  /** Wipes a hole as the training does, which lies inside the picture. @param {Place} at */
  punch({ x, y }) {
    const first = (/** @type {number} */ middle) => Math.max(0, Math.min(SIDE - HOLE, Math.round(middle - HOLE / 2)));
    this.#stamp(first(x), first(y), HOLE);
  }

  /** What is left of the picture for the artist. */
  given() {
    return this.ink.map((level, i) => (this.hole[i] ? GREY : level));
  }

  /** @param {number} left @param {number} top @param {number} side */
  #stamp(left, top, side) {
    for (let row = Math.max(0, top); row < Math.min(SIDE, top + side); row++) {
      this.hole.fill(1, row * SIDE + Math.max(0, left), row * SIDE + Math.max(0, Math.min(SIDE, left + side)));
    }
  }
}

/** The first and last pixel that a stroke can reach. @param {number} a @param {number} b @param {number} reach */
function span(a, b, reach) {
  return [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(SIDE - 1, Math.ceil(Math.max(a, b) + reach))];
}

/** From a place to the nearest one of a line. @param {Place} place @param {Place} from @param {Place} to */
function distance({ x, y }, from, to) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / length));
  return Math.hypot(x - from.x - t * dx, y - from.y - t * dy);
}
