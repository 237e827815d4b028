// How long the page waits for what may never come, and how often it tries again; all of it stands here,
// where tests put shorter waits in its place. It must not know what is waited for.
// @ts-check

/** Milliseconds, but for `tries`. */
export const PATIENCE = {
  /** A download that brings less than a kilobyte in so long has stalled. */
  stall: 10_000,
  /** How often a file is asked for at one press, and the wait before the second time; each later wait is twice as long. */
  tries: 3,
  pause: 500,
  /** The graphics driver's answer. */
  adapter: 5_000,
  /** The browser's database: to open, and to carry out what it is told. */
  storage: 5_000,
  transaction: 30_000,
  /** A search that says nothing: it was refused, or its program has gone. */
  search: 15_000,
  /** A worker without a word: while its program is fetched, while it starts, and at work. */
  loading: 20_000,
  starting: 60_000,
  working: 180_000,
};

/** Waits are counted in pieces of this length, milliseconds. */
const PIECE = 1_000;

/**
 * Calls `act` after so many milliseconds of being awake, unless the function that it returns is called before. A
 * machine that sleeps, or a tab that is frozen, may find a night gone between two lines of its program: that counts
 * as one piece, since whoever was waited for slept, too.
 * @param {number} millis
 * @param {() => void} act
 * @returns {() => void}
 */
export function patiently(millis, act) {
  let left = millis;
  let timer = setTimeout(next, Math.min(left, PIECE));

  function next() {
    left -= PIECE;
    if (left <= 0) act();
    else timer = setTimeout(next, Math.min(left, PIECE));
  }

  return () => clearTimeout(timer);
}

/** An alarm that rings when it has not been set again for a while. @param {() => void} ring */
export function createAlarm(ring) {
  let stop = () => {};
  return {
    /** @param {number} millis */
    set(millis) {
      stop();
      stop = patiently(millis, ring);
    },
    stop: () => stop(),
  };
}

/**
 * What is promised, or a refusal in these words when it takes too long.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} millis
 * @param {string} words
 * @returns {Promise<T>}
 */
export function inTime(promise, millis, words) {
  return new Promise((resolve, reject) => {
    const alarm = createAlarm(() => reject(new Error(words)));
    alarm.set(millis);
    promise.then(resolve, reject).finally(alarm.stop);
  });
}

/** The wait before the next try, after so many. @param {number} tries */
export const pauseAfter = (tries) => PATIENCE.pause * 2 ** (tries - 1);

/** @param {number} millis @returns {Promise<void>} */
export const rest = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** A wait in words. @param {number} millis */
export function inSeconds(millis) {
  const seconds = Math.round(millis / 1000);
  return seconds === 1 ? "one second" : `${seconds} seconds`;
}
