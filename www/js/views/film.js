// The clock of films: which frame all of them show. They play by themselves, or stand at a frame that the visitor has
// chosen; for those who want less motion they stand at first. It must not know who shows films.
// @ts-check

/** Frames a second: slow enough to see each. */
const RATE = 8;
/** A film rests at its end before it begins again. */
const REST = 4;

const listeners = /** @type {Set<() => void>} */ (new Set());
let playing = !matchMedia("(prefers-reduced-motion: reduce)").matches;
let tick = 0;
let length = 1;
/** @type {ReturnType<typeof setInterval> | null} */
let timer = null;

export const clock = {
  /** The frame of films so long that is shown now, from 0. @param {number} frames */
  frame(frames) {
    length = frames;
    return Math.min(tick, frames - 1);
  },

  get playing() {
    return playing;
  },

  play() {
    playing = true;
    wind();
    tell();
  },

  /** Stands at this frame. @param {number} frame */
  stand(frame) {
    playing = false;
    tick = frame;
    wind();
    tell();
  },

  /** Called at each change; while nobody listens the clock stands. @param {() => void} listener @returns {() => void} ends it */
  listen(listener) {
    listeners.add(listener);
    wind();
    return () => {
      listeners.delete(listener);
      wind();
    };
  },
};

function wind() {
  const wanted = playing && listeners.size > 0;
  if (wanted === (timer !== null)) return;
  if (timer !== null) {
    clearInterval(timer);
    timer = null;
    return;
  }
  timer = setInterval(() => {
    if (document.hidden) return;
    tick = (tick + 1) % (length + REST);
    tell();
  }, 1000 / RATE);
}

function tell() {
  for (const listener of listeners) listener();
}
