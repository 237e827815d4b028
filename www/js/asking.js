// One question at a time: what changes while an answer is awaited is asked about when it comes, however much it was.
// Each is answered, if only by word that no answer will come; whoever was out of sight meanwhile may have missed it. It must
// not know what is asked.
// @ts-check

/** An answer that has not come for so long was missed, milliseconds. */
const MISSED = 5_000;

/**
 * @param {() => number} ask sends the question as it stands now and returns its number, or 0 where there is none
 * @param {() => number} [now] milliseconds
 */
export function createAsking(ask, now = () => performance.now()) {
  let awaited = 0;
  let since = -Infinity;
  let stale = false;

  const asking = {
    want() {
      stale = awaited !== 0 && now() - since < MISSED;
      if (stale) return;
      awaited = ask();
      since = now();
    },

    /** For what changes by itself. @param {number} millis since the last question */
    wantAfter(millis) {
      if (now() - since >= millis) asking.want();
    },

    /** Whether this is the answer. @param {number} id */
    isAnswer(id) {
      if (id !== awaited) return false;
      awaited = 0;
      return true;
    },

    /** After an answer was shown: what has changed meanwhile. */
    goOn() {
      if (stale) asking.want();
    },

    /** No answer will come, or none is wanted. */
    forget() {
      awaited = 0;
      stale = false;
    },
  };
  return asking;
}
