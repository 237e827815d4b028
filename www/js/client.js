// Owns the worker. When one dies it starts another (the CPU program after the GPU program), and tells
// it everything that the old one knew, so that the run goes on from its last snapshot; a program that does
// not arrive is fetched again. It must not know what is shown, what a recipe means, or how snapshots are kept.
// @ts-check

/** @import { Command, Event, Fault, FromWorker, Program, Supply } from "./protocol.js" */
import { diagnose } from "./fetching.js";
import { Memory } from "./memory.js";
import { startWorker } from "./place.js";
import { PATIENCE, createAlarm, inSeconds, pauseAfter } from "./waits.js";

/** CPU workers that may die, none getting further than the last, before the client gives up. */
const CPU_ATTEMPTS = 3;
/** What another run begins with. */
const BEGINS = ["load", "replay", "reset", "restore"];

/** Where the program stands: its files are on their way, it gets ready, it answers, or nothing more is tried.
 * @typedef {"loading" | "starting" | "working" | "gone"} Phase */

/**
 * @typedef {{
 *   onEvents: (events: Event[]) => void,
 *   onPhase: (phase: Phase, trouble: string) => void,
 *   onReplaced: (next: { program: Program, reason: string, step: number | null }) => void,
 *   onGone: (reason: string, fault: Fault) => void,
 *   newest: () => { step: number, checkpoint: Uint8Array } | null,
 * }} Listener `trouble`: why the program has to be fetched again; `newest`: the last snapshot of the run; `step` is
 * its own, or null when the run starts anew
 */

const WORKER = "worker.js";

/** @param {Listener} listener */
export function createClient(listener) {
  /** @type {Worker | null} */
  let worker = null;
  /** @type {Program} */
  let program = "cpu";
  /** @type {Phase} */
  let phase = "loading";
  /** Fetches of the program that came to nothing, one after another. */
  let losses = 0;
  /** Whether what the browser has or awaits of the program's files is of no use. */
  let anew = false;
  let fetches = 0;
  let deaths = 0;
  let step = 0;
  let diedAt = -1;
  /** @type {number | null} */
  let workers = null;
  /** @type {Command[]} what no worker was there to hear */
  let unheard = [];
  const memory = new Memory();
  const alarm = createAlarm(() => {
    if (phase === "loading") replace("unreachable", `no data arrived for ${inSeconds(PATIENCE.loading)}`);
    else replace("crashed", phase === "starting" ? `it did not start within ${inSeconds(PATIENCE.starting)}` : "it stopped responding");
  });

  /** @param {Program} next */
  function open(next) {
    program = next;
    enter("loading");
    /** @type {Worker} */
    let started;
    try {
      // A request that never ends holds up all others to the same address.
      started = startWorker(anew ? `${WORKER}?again=${++fetches}` : WORKER, `ganvas-${next}`);
    } catch (error) {
      return give(/** @type {Error} */ (error).message, "unsupported");
    }
    worker = started;
    started.onmessage = (/** @type {MessageEvent<FromWorker>} */ { data }) => {
      if (worker !== started) return; // a last word of one already replaced
      switch (data.type) {
        case "failed":
          return replace(data.fault, data.reason);
        case "events":
          enter("working");
          return hear(data.events);
        default:
          return enter(data.type);
      }
    };
    started.onerror = async (event) => {
      event.preventDefault();
      // A script that could not be loaded comes without a word, half of one as a fault of its own.
      const trouble = event.message && phase !== "loading" ? null : await diagnose(WORKER);
      if (worker !== started) return;
      replace(trouble?.kind ?? (phase === "loading" ? "unreachable" : "crashed"), trouble?.message ?? (event.message || "its worker could not be loaded"));
    };
    started.postMessage({ type: "open", program: next, workers, anew });
  }

  /** A sign of life. @param {"loading" | "starting" | "working"} next */
  function enter(next) {
    alarm.set(PATIENCE[next]);
    if (next === "working") [losses, anew] = [0, false];
    if (next === phase) return;
    phase = next;
    listener.onPhase(next, "");
  }

  /** @param {Event[]} events */
  function hear(events) {
    for (const event of events) {
      if (event.type === "progressed") {
        step = event.step;
        if (step > diedAt) deaths = 0;
      }
      if (event.type === "failed" && event.code === "device-failed") return replace("crashed", event.message);
      memory.hear(event);
    }
    if (!memory.training) alarm.stop();
    listener.onEvents(events);
  }

  /** Another worker in the place of one that is of no more use. @param {Fault} fault @param {string} reason */
  function replace(fault, reason) {
    worker?.terminate();
    worker = null;
    alarm.stop();
    diedAt = Math.max(diedAt, step);
    anew = fault !== "crashed";
    // Neither a program that is not there nor one that is withheld comes by being asked for again.
    const final = fault === "absent" || fault === "refused" || fault === "unsupported";
    if (fault !== "crashed" && !final && ++losses < PATIENCE.tries) {
      phase = "loading";
      listener.onPhase(phase, reason);
      setTimeout(() => worker || phase === "gone" || reopen(program), pauseAfter(losses));
      return;
    }
    if (program === "cpu" && (fault !== "crashed" || ++deaths >= CPU_ATTEMPTS)) return give(reason, fault);
    losses = 0;
    const from = reopen("cpu");
    if (worker) listener.onReplaced({ program: "cpu", reason, step: from });
  }

  /** Nothing more is tried by itself. @param {string} reason @param {Fault} fault */
  function give(reason, fault) {
    alarm.stop();
    deaths = losses = 0;
    phase = "gone";
    listener.onPhase("gone", "");
    listener.onGone(reason, fault);
  }

  /** Brings a fresh worker to where the last one stood; the step, or null when it begins anew. @param {Program} next */
  function reopen(next) {
    open(next);
    const snapshot = listener.newest();
    const { commands, anew } = memory.replay(snapshot);
    post([...commands, ...unheard.splice(0)]);
    return anew ? null : (snapshot?.step ?? null);
  }

  /** @param {Command[]} commands */
  function post(commands) {
    if (commands.length > 0) worker?.postMessage({ type: "commands", commands });
  }

  const client = {
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
        if (BEGINS.includes(command.type)) [step, diedAt] = [0, -1];
      }
      post(commands);
      if (worker) return;
      // The next worker is told of what memory does not hold; who begins anew does not wait for one.
      unheard.push(...commands.filter(({ type }) => type === "restore"));
      if (commands.some(({ type }) => BEGINS.includes(type))) client.revive();
    },
    /**
     * Hands the session something that every later worker is handed as well.
     * @param {Supply} command
     * @returns {Promise<string>} why it was refused, or nothing when it was taken
     */
    supply(command) {
      return new Promise((resolve) => {
        memory.supply(command, resolve);
        post([command]);
      });
    },
    /** Tries once more after `onGone`. */
    revive() {
      if (phase !== "gone") return;
      reopen(program);
    },
    /** Goes on with another program; the step it goes on from, or null when the run begins anew. @param {Program} next */
    switchTo(next) {
      worker?.terminate();
      worker = null;
      losses = 0;
      return reopen(next);
    },
  };
  return client;
}
