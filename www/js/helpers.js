// Workers that help another one with its batches. It must not know what they are told.
//
// The numbers travel in one buffer per helper that goes to and fro: megabytes in every step, which the
// browser would otherwise have to find, clear and give back each time.
// @ts-check

import { startWorker } from "./place.js";
import { patiently } from "./waits.js";

/** A helper that says nothing for so long is lost, milliseconds awake: a share takes a fraction of a second. */
const SILENCE_MILLIS = 20_000;
/** How long to wait before lost helpers are started again, seconds: longer each time, and then no more. */
const WAITS = [1, 5, 30, 120];
/** Helpers that worked for so long are forgiven what was before, milliseconds. */
const FORGIVEN_MILLIS = 10 * 60_000;

/**
 * @typedef {{ gradient: Float32Array, figures: Float32Array }} Answer
 * @typedef {{ worker: Worker, buffer: ArrayBuffer, id: number, resolve: (answer: Answer) => void,
 *   reject: (error: Error) => void, calm: () => void }} Helper
 * `calm` ends the wait for its answer
 */

/**
 * Starts `count` helpers from a compiled program. `ask` sends one of them a task with weights, which it
 * copies at once, and promises the answer, which is to be used before it is asked again. `ready` says when all can
 * answer, or that they never will. The first helper that fails ends all: what is asked after that is refused, and
 * others have to be started.
 * @param {number} count
 * @param {WebAssembly.Module} program
 */
export function startHelpers(count, program) {
  /** @type {Error | null} */
  let lost = null;
  let questions = 0;
  const waited = new Set(Array.from({ length: count }, (_, i) => i));
  /** @type {(all: boolean) => void} */
  let settle = () => {};
  const ready = new Promise((/** @type {(all: boolean) => void} */ resolve) => (settle = resolve));
  // Its script may never come.
  const calm = patiently(SILENCE_MILLIS, () => lose("it did not start"));

  /** @type {Helper[]} */
  const helpers = Array.from({ length: count }, (_, i) => {
    const worker = startWorker("helper.js", `ganvas-helper-${i + 1}`);
    /** @type {Helper} */
    const helper = { worker, buffer: new ArrayBuffer(0), id: 0, resolve: () => {}, reject: () => {}, calm: () => {} };
    worker.onmessage = ({ data: { ready, id, reason, buffer, length, figures } }) => {
      if (reason) return lose(reason);
      if (ready) {
        waited.delete(i);
        if (waited.size > 0) return;
        calm();
        return settle(true);
      }
      helper.buffer = buffer;
      if (id !== helper.id) return; // of a question that nobody waits for any more
      helper.calm();
      helper.resolve({ gradient: new Float32Array(buffer, 0, length), figures });
    };
    worker.onerror = (event) => {
      event.preventDefault();
      lose(event.message || "its worker could not be loaded");
    };
    worker.postMessage({ program });
    return helper;
  });

  /** @param {string} reason */
  function lose(reason) {
    lost ??= new Error(reason);
    calm();
    settle(false);
    for (const { worker, reject, calm } of helpers) {
      worker.terminate();
      calm();
      reject(lost);
    }
  }

  return {
    ready,
    /** @param {number} index @param {object} task @param {Float32Array} weights @returns {Promise<Answer>} */
    ask(index, task, weights) {
      return new Promise((resolve, reject) => {
        if (lost) return reject(lost);
        const helper = helpers[index];
        helper.calm();
        const calm = patiently(SILENCE_MILLIS, () => lose("it stopped responding"));
        Object.assign(helper, { id: ++questions, resolve, reject, calm });
        // The answer may be longer than the question: either player's weights at most twice as long.
        const { length } = weights;
        const buffer = helper.buffer.byteLength >= weights.byteLength ? helper.buffer : new ArrayBuffer(2 * weights.byteLength);
        helper.buffer = new ArrayBuffer(0);
        new Float32Array(buffer, 0, length).set(weights);
        helper.worker.postMessage({ id: helper.id, task, buffer, length }, { transfer: [buffer] });
      });
    },
    /** Ends them, if they have not ended themselves. */
    stop: () => lose("it is no longer needed"),
  };
}

/** When lost helpers are to be started again. */
export function createRestarts() {
  let losses = 0;
  let lostAt = -Infinity;
  return {
    /** After a loss: the seconds to wait, or null when it has happened too often. @param {number} now milliseconds */
    next(now) {
      if (now - lostAt >= FORGIVEN_MILLIS) losses = 0;
      lostAt = now;
      return WAITS[losses++] ?? null;
    },
  };
}
