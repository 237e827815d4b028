// Keeps what a run has been: asks for snapshots at growing intervals, puts them on the timeline and into
// the browser's archive, and takes the run back to one of them. The only owner of snapshots. It must not
// touch the document, nor know what is in a checkpoint.
// @ts-check

/** @import { Archive, Run } from "./archive.js" */
/** @import { Command, Event, Recipe } from "./protocol.js" */
/** @import { Store } from "./store.js" */
/** @import { Branch, Mark } from "./timeline.js" */
import { REPLAY } from "./memory.js";
import { notify } from "./store.js";
import { DISK_BYTES, MEMORY_BYTES, interval, strip } from "./timeline.js";

/** Of a save that nobody waits for as a file. */
const OWN = 0;

/** @typedef {"returned" | "opened" | "resumed" | "back" | "branched"} Arrival how the run came to where it is */
/** What is to be done when a restore has been carried out. @typedef {(step: number) => Arrival} Aim */
/** @typedef {{ branches: Branch[], branch: number, curves: ReturnType<import("./history.js").History["pack"]> }} Rest */
/** @typedef {ReturnType<typeof createKeeper>} Keeper */

/**
 * @param {Store} store
 * @param {(...commands: Command[]) => void} send
 * @param {Promise<Archive>} opening
 */
export function createKeeper(store, send, opening) {
  const { timeline } = store.get();
  /** @type {Archive | null} */
  let archive = null;
  /** @type {Map<number, Aim>} by the id of the restore */
  const aims = new Map();
  let ids = REPLAY;
  let run = newRun();
  let release = () => {};
  /** What the archive has of this run: whether with a snapshot, by mark. @type {Map<number, boolean>} */
  let stored = new Map();
  /** Writes follow one another. */
  let writing = Promise.resolve();
  let training = false;
  let clock = { taken: 0, asked: 0, cost: 0 };

  const keeper = {
    /** Looks for the last visit's run. */
    async open() {
      try {
        archive = await opening;
        timeline.budget = DISK_BYTES;
        const last = await archive.last();
        await archive.keepOnly(last ? [last.run.id, run] : [run]);
        store.patch({ archiveTrouble: "" });
        offer(last?.run ?? null, last?.pictures ?? null);
      } catch (error) {
        close(error);
      }
    },

    /** @param {Event} event @returns {Arrival | undefined} where a restore has led */
    hear(event) {
      switch (event.type) {
        case "state-changed":
          if (event.step === 0 && event.state !== "training" && timeline.marks.some(({ step }) => step > 0)) begin();
          if (event.state === "training" && !training) clock.asked = performance.now();
          // The moment at which a run is left alone is one to come back to.
          if (event.state === "paused" && training) snap();
          training = event.state === "training";
          break;
        case "progressed":
          if (training && performance.now() - clock.asked >= interval(clock.taken, clock.cost)) snap();
          break;
        case "previewed":
          timeline.previewed(event.step, event.pictures);
          changed();
          break;
        case "saved": {
          const { running } = store.get();
          if (!running) break;
          timeline.saved(event.step, event.checkpoint, running);
          clock = { ...clock, taken: clock.taken + 1, cost: event.millis };
          changed();
          sync();
          break;
        }
        case "restored": {
          training = false;
          const aim = aims.get(event.id);
          aims.delete(event.id);
          keeper.look(null);
          if (aim) return aim(event.step);
          timeline.rewind(event.step);
          return "returned";
        }
      }
    },

    /** What a worker that dies is replaced from. */
    newest() {
      const mark = timeline.newest();
      return mark?.checkpoint ? { step: mark.step, checkpoint: mark.checkpoint } : null;
    },

    /** Shows the drawings of a moment, or those of now. @param {Mark | null} mark */
    look(mark) {
      timeline.held = mark;
      store.patch({ looking: mark });
    },

    /** Back to a snapshot: everything as it was, settings too. @param {Mark} mark */
    goBack: (mark) => restore(mark, null, "back"),

    /** Back to a snapshot, to go on by other settings. @param {Mark} mark @param {Recipe} recipe */
    branch: (mark, recipe) => restore(mark, recipe, "branched"),

    /** A file of the visitor's: another run than the one here. @param {Uint8Array} checkpoint */
    openFile(checkpoint) {
      const id = ++ids;
      aims.set(id, (step) => {
        const { running, history } = store.get();
        begin();
        history.clear();
        if (running) timeline.saved(step, checkpoint, running);
        return "opened";
      });
      store.patch({ wantsRun: false });
      send({ type: "restore", id, checkpoint, recipe: null });
    },

    /** Goes on with the run that is offered. */
    async resume() {
      const { offer: offered } = store.get();
      if (!archive || !offered) return;
      const { run: found } = offered;
      try {
        await writing; // it may be the run that was here a moment ago
        const [marks, checkpoint] = await Promise.all([archive.marks(found.id), archive.checkpoint(found.id, found.newest)]);
        if (!checkpoint) throw new Error("it is no longer there");
        const id = ++ids;
        aims.set(id, (step) => {
          begin();
          const rest = /** @type {Rest} */ (found.rest);
          for (const mark of marks) if (mark.id === found.newest) mark.checkpoint = checkpoint;
          timeline.load(marks, rest.branches, step);
          store.get().history.unpack(rest.curves);
          run = found.id;
          stored = new Map(marks.map(({ id, bytes }) => [id, bytes > 0]));
          clock.taken = marks.filter(({ bytes }) => bytes > 0).length;
          claim();
          offer(null, null);
          return "resumed";
        });
        store.patch({ wantsRun: false });
        send({ type: "restore", id, checkpoint, recipe: null });
      } catch (error) {
        notify(store, { key: "archive", kind: "warning", text: `The last run could not be read: ${reasonOf(error)}.` });
      }
    },

    /** Deletes the run that is offered. */
    discard() {
      offer(null, null);
      archive?.keepOnly([run]).catch(close);
    },

    /** Deletes whatever this browser has kept of any run, and keeps nothing more until the page is opened anew. */
    forget() {
      const from = archive;
      release();
      writing = writing.then(() => from?.keepOnly([])).catch(close);
      close("what it had kept was forgotten");
    },
  };
  return keeper;

  function snap() {
    clock.asked = performance.now();
    send({ type: "save", id: OWN });
  }

  /** A fresh run: the last one, if it was kept, can still be had from the archive. */
  function begin() {
    const newest = timeline.newest();
    if (newest && stored.get(newest.id)) {
      offer({ id: run, at: Date.now(), label: labelOf(), step: newest.step, newest: newest.id, rest: rest() }, newest.pictures);
    }
    release();
    release = () => {};
    run = newRun();
    stored = new Map();
    clock = { taken: 0, asked: performance.now(), cost: 0 };
    timeline.begin();
    keeper.look(null);
    changed();
  }

  /** @param {Mark} mark @param {Recipe | null} recipe @param {Arrival} arrival */
  async function restore(mark, recipe, arrival) {
    const checkpoint = mark.checkpoint ?? (await archive?.checkpoint(run, mark.id).catch(() => null));
    if (!checkpoint) {
      strip(mark);
      changed();
      return notify(store, { key: "archive", kind: "warning", text: `The snapshot of step ${mark.step} is gone: this browser has not kept it.` });
    }
    const id = ++ids;
    aims.set(id, () => {
      mark.checkpoint = checkpoint; // a worker that dies goes on from here
      timeline.branchOff(mark);
      store.get().history.branchOff(timeline.branch, timeline.branches[timeline.branch]);
      changed();
      return arrival;
    });
    const { state, step } = store.get();
    store.patch({ wantsRun: false });
    // What is left behind stays within reach.
    if (state !== "failed" && step > (timeline.newest()?.step ?? 0)) send({ type: "save", id: OWN });
    send({ type: "restore", id, checkpoint, recipe });
  }

  /** Brings the archive to what the timeline holds. */
  function sync() {
    const newest = timeline.newest();
    if (!archive || !newest) return;
    const to = archive;
    if (stored.size === 0) claim();
    const has = stored;
    const fresh = timeline.marks.filter(({ id, bytes }) => has.get(id) !== bytes > 0).map((mark) => ({ ...mark }));
    const gone = [...has.keys()].filter((id) => !timeline.marks.some((mark) => mark.id === id));
    const record = { id: run, at: Date.now(), label: labelOf(), step: newest.step, newest: newest.id, rest: structuredClone(rest()) };
    for (const { id, bytes } of fresh) has.set(id, bytes > 0);
    for (const id of gone) has.delete(id);
    writing = writing
      .then(() => to.write(record, fresh, gone))
      .then(() => to.keepOnly([record.id, run, store.get().offer?.run.id ?? ""]))
      .then(() => timeline.release(({ id }) => stored.get(id) === true))
      .catch(close);
  }

  function claim() {
    release();
    release = archive?.claim(run) ?? (() => {});
  }

  /** @returns {Rest} */
  function rest() {
    return { branches: timeline.branches, branch: timeline.branch, curves: store.get().history.pack() };
  }

  /** @param {Run | null} found @param {Mark["pictures"] | null} pictures */
  function offer(found, pictures) {
    store.patch({ offer: found && { run: found, pictures } });
  }

  /** The archive is of no use any more: what memory holds stays. @param {unknown} error why */
  function close(error) {
    archive = null;
    stored = new Map();
    timeline.budget = MEMORY_BYTES;
    store.patch({ offer: null, archiveTrouble: reasonOf(error) });
    for (const mark of timeline.marks) if (!mark.checkpoint) strip(mark);
    changed();
  }

  function changed() {
    const { looking } = store.get();
    if (looking && !timeline.marks.includes(looking)) keeper.look(null);
    store.patch({ timelineVersion: store.get().timelineVersion + 1 });
  }

  function labelOf() {
    const { catalog, preset } = store.get();
    return catalog?.presets.find(({ name }) => name === preset)?.label ?? "";
  }
}

const newRun = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/** @param {unknown} error */
function reasonOf(error) {
  const { name = "", message = "" } = /** @type {Partial<Error>} */ (error ?? {});
  return (message || name || String(error)).trim().replace(/\.$/, "");
}
