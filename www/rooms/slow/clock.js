// The time of the room: where between two stills it stands. One still at a time or all in a row, forwards and backwards, at
// three speeds. Pure but for the clock that it is given; it must not know what is shown.
// @ts-check

/** A motion from one still to the next takes so long, and playing rests on a still for so long, milliseconds at full speed. */
export const MOTION = 400;
export const REST = 700;

/**
 * @param {(t: number) => void} show
 * @param {{ now: () => number, frame: (then: () => void) => void, still: () => boolean }} around `still`: whether nothing is to move by itself
 */
export function createClock(show, { now, frame, still }) {
  let [t, last, speed] = [0, 0, 1];
  /** What goes on by itself: to a still, and from there on where it plays. @type {{ from: number, to: number, began: number, plays: boolean } | null} */
  let motion = null;
  let ticking = false;

  function tick() {
    ticking = false;
    if (!motion) return;
    const { from, to, began, plays } = motion;
    const took = (now() - began) * speed;
    const far = still() ? 1 : Math.min(1, took / (MOTION * Math.abs(to - from)));
    t = far === 1 ? to : from + (to - from) * eased(far);
    const rested = took - MOTION * Math.abs(to - from) >= REST;
    if (far === 1 && !(plays && to < last)) motion = null;
    else if (far === 1 && rested) motion = { from: to, to: to + 1, began: now(), plays };
    show(t);
    goOn();
  }

  function goOn() {
    if (!motion || ticking) return;
    ticking = true;
    frame(tick);
  }

  /** @param {number} to @param {boolean} plays */
  function begin(to, plays) {
    motion = { from: t, to: Math.max(0, Math.min(last, to)), began: now(), plays };
    if (motion.to === t && !plays) motion = null;
    goOn();
  }

  /** What is under way is complete before anything else begins. */
  function settle() {
    if (motion) t = motion.to;
    motion = null;
  }

  return {
    get t() {
      return t;
    },
    get playing() {
      return motion?.plays === true;
    },
    /** @param {number} stills */
    reset(stills) {
      [t, last, motion] = [0, stills - 1, null];
      show(t);
    },
    /** A still further, or back. @param {1 | -1} way */
    step(way) {
      settle();
      begin(way > 0 ? Math.floor(t) + 1 : Math.ceil(t) - 1, false);
      show(t);
    },
    /** At once. @param {number} to */
    go(to) {
      motion = null;
      t = Math.max(0, Math.min(last, to));
      show(t);
    },
    play() {
      settle();
      if (t >= last) t = 0;
      begin(Math.floor(t) + 1, true);
      show(t);
    },
    pause() {
      settle();
      show(t);
    },
    /** @param {number} to */
    setSpeed(to) {
      settle();
      speed = to;
      show(t);
    },
  };
}

/** Fast at first. @param {number} x of 1 */
const eased = (x) => 1 - (1 - x) ** 3;
