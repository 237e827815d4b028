// Numbers that move from where they were to where they are said to be, within the time between two reports: what is
// reported thirty times a second is seen to flow. Pure but for the clock: it must not know what the numbers are.
// @ts-check

/** Longer than this nothing moves, however late the last report was. */
const LONGEST_MILLIS = 250;
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** How far along something is that began at `start` and takes `span`. @param {number} now @param {number} start @param {number} span */
const shareOf = (now, start, span) => (span > 0 ? Math.min(1, Math.max(0, (now - start) / span)) : 1);

export function createMotion() {
  let from = new Float32Array();
  let to = from;
  let shown = from;
  let start = -Infinity;
  let span = 0;

  return {
    /** @param {ArrayLike<number>} next @param {number} now milliseconds, as of a frame */
    take(next, now) {
      const jumps = still.matches || next.length !== to.length;
      from = jumps ? Float32Array.from(next) : this.at(now).slice();
      to = Float32Array.from(next);
      shown = new Float32Array(to.length);
      span = jumps ? 0 : Math.min(LONGEST_MILLIS, now - start);
      start = now;
    },
    /** Where they are: the same list every time, with other numbers. @param {number} now */
    at(now) {
      const share = shareOf(now, start, span);
      if (share === 1) return to;
      for (let i = 0; i < to.length; i++) shown[i] = from[i] + share * (to[i] - from[i]);
      return shown;
    },
    /** How far along they are, from 0 to 1. @param {number} now */
    share: (now) => shareOf(now, start, span),
    forget() {
      from = to = shown = new Float32Array();
    },
  };
}

/** @typedef {ReturnType<typeof createMotion>} Motion */
