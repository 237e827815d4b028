// Waiting for somebody else, in time that this thread has been awake for. It must not know whom it waits for.
//
// A machine that sleeps, or a page that its browser has frozen, may find twenty seconds gone between two
// lines of its program. Whoever was waited for slept, too, and is not late.
// @ts-check

/** Time counts in pieces of this length, milliseconds: one that took longer was slept through, and counts as one. */
const PIECE_MILLIS = 1_000;

/**
 * Calls `act` after so many milliseconds of being awake, unless the function that it returns is called before.
 * @param {number} millis
 * @param {() => void} act
 * @returns {() => void}
 */
export function patiently(millis, act) {
  let left = millis;
  let timer = setTimeout(next, Math.min(left, PIECE_MILLIS));

  function next() {
    left -= PIECE_MILLIS;
    if (left <= 0) act();
    else timer = setTimeout(next, Math.min(left, PIECE_MILLIS));
  }

  return () => clearTimeout(timer);
}
