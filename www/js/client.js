// Owns the worker. When one dies it starts another (the CPU program after the GPU program), and tells
// it everything that the old one knew, so that the run goes on from its last snapshot. It must not
// know what is shown, what a recipe means, or how snapshots are kept.
// @ts-check

/** @import { Command, Event, FromWorker, Program } from "./protocol.js" */
import { Memory } from "./memory.js";
import { patiently } from "./patience.js";

/** A program that says nothing for so long while it should be at work is dead, milliseconds awake. */
const SILENCE_MILLIS = 180_000;
/** CPU workers that may die, none getting further than the last, before the client gives up. */
const CPU_ATTEMPTS = 3;

/**
 * @typedef {{
 *   onEvents: (events: Event[]) => void,
 *   onReplaced: (next: { program: Program, reason: string, step: number | null }) => void,
 *   onGone: (reason: string) => void,
 *   newest: () => { step: number, checkpoint: Uint8Array } | null,
 * }} Listener `newest`: the last snapshot of the run; `step` is its own, or null when the run starts anew
 */

/** @param {Listener} listener */
export function createClient(listener) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Program} */
  let program = "cpu";
  let deaths = 0;
  let step = 0;
  let diedAt = -1;
  let calm = () => {};
  /** @type {number | null} */
  let workers = null;
  const memory = new Memory();

  /** @param {Program} next */
  function open(next) {
    program = next;
    const started = new Worker(new URL("../worker.js", import.meta.url), { type: "module", name: `ganvas-${next}` });
    worker = started;
    started.onmessage = (/** @type {MessageEvent<FromWorker>} */ { data }) => {
      if (worker !== started) return; // a last word of one already replaced
      if (data.type === "failed") return replace(data.reason);
      watch(true);
      hear(data.events);
    };
    started.onerror = (event) => {
      event.preventDefault();
      if (worker === started) replace(event.message || "its worker could not be loaded");
    };
    started.postMessage({ type: "open", program: next, workers });
    watch(true);
  }

  /** @param {Event[]} events */
  function hear(events) {
    for (const event of events) {
      if (event.type === "progressed") {
        step = event.step;
        if (step > diedAt) deaths = 0;
      }
      if (event.type === "failed" && event.code === "device-failed") return replace(event.message);
      memory.hear(event);
    }
    if (!memory.training) watch(false);
    listener.onEvents(events);
  }

  /** Starts the alarm for a silent program anew, or turns it off. @param {boolean} on */
  function watch(on) {
    calm();
    if (on) calm = patiently(SILENCE_MILLIS, () => replace("it stopped answering"));
  }

  /** @param {string} reason */
  function replace(reason) {
    worker?.terminate();
    worker = null;
    watch(false);
    diedAt = Math.max(diedAt, step);
    if (program === "cpu" && ++deaths >= CPU_ATTEMPTS) {
      deaths = 0;
      return listener.onGone(reason);
    }
    listener.onReplaced({ program: "cpu", reason, step: reopen("cpu") });
  }

  /** Brings a fresh worker to where the last one stood; the step, or null when it begins anew. @param {Program} next */
  function reopen(next) {
    open(next);
    const snapshot = listener.newest();
    const { commands, anew } = memory.replay(snapshot);
    post(commands);
    return anew ? null : (snapshot?.step ?? null);
  }

  /** @param {Command[]} commands */
  function post(commands) {
    if (commands.length > 0) worker?.postMessage({ type: "commands", commands });
  }

  return {
    /**
     * @param {Program} program
     * @param {number | null} sharing how many workers are to share a batch; null: as many as there are
     * processors
     */
    start(program, sharing) {
      workers = sharing;
      open(program);
    },
    /** @param {...Command} commands */
    send(...commands) {
      for (const command of commands) {
        memory.note(command);
        // Another run has its own way to go.
        if (["load", "reset", "restore"].includes(command.type)) [step, diedAt] = [0, -1];
      }
      post(commands);
    },
    /** Tries once more after `onGone`. */
    revive() {
      if (worker) return;
      reopen("cpu");
    },
    /** Goes on with another program; the step it goes on from, or null when the run begins anew. @param {Program} next */
    switchTo(next) {
      worker?.terminate();
      return reopen(next);
    },
  };
}
