// Keeps what a run has been: asks for snapshots at growing intervals, puts them on the timeline and into
// the browser's archive, and takes the run back to one of them. The only owner of snapshots. It must not
// touch the document, nor know what is in a checkpoint.
// @ts-check

/** @import { Archive, Run } from "./archive.js" */
/** @import { Offer } from "./older.js" */
/** @import { History } from "./history.js" */
/** @import { Command, Event, Recipe } from "./protocol.js" */
/** @import { Store } from "./store.js" */
/** @import { Branch, Mark } from "./timeline.js" */
import { isWhole } from "./kept.js";
import { REPLAY } from "./memory.js";
import { DAMAGED, FORMAT, createOlder, nameOf } from "./older.js";
import { differences } from "./recipe.js";
import { notify } from "./store.js";
import { DISK_BYTES, MEMORY_BYTES, interval, strip } from "./timeline.js";

/** Of a save that nobody waits for as a file. */
const OWN = 0;
/** With these words a session refuses a restore. */
const REFUSALS = ["checkpoint-invalid", "recipe-invalid", "bad-command"];
/** How long a snapshot is waited for before something is done without it, milliseconds. */
const PATIENCE_MILLIS = 5_000;

/**
 * How the run came to where it is. `refused`: it is where it was; `unreadable`: so it is, and the visitor has been told.
 * @typedef {"returned" | "opened" | "resumed" | "back" | "branched" | "refused" | "unreadable"} Arrival
 */
/**
 * What is to be done when a restore has been carried out, or refused.
 * @typedef {{ arrive: (step: number) => Arrival, refused: (reason: string) => Arrival }} Aim
 */
/** @typedef {{ branches: Branch[], branch: number, curves: ReturnType<History["pack"]> }} Rest */
/** @typedef {ReturnType<typeof createKeeper>} Keeper */

/**
 * @param {Store} store
 * @param {(...commands: Command[]) => void} send
 * @param {Promise<Archive>} opening
 * @param {(name: string, bytes: Uint8Array) => void} deliver hands a file to the visitor
 */
export function createKeeper(store, send, opening, deliver) {
  const { timeline } = store.get();
  const older = createOlder(store, deliver);
  /** @type {Archive | null} */
  let archive = null;
  /** @type {Map<number, Aim>} by the id of the restore, in the order in which they were sent */
  const aims = new Map();
  /** Whether training was to start by itself when what is in `aims` was asked for. */
  let calledOff = false;
  let ids = REPLAY;
  let run = newRun();
  let release = nothing;
  /** What the archive has of this run: whether with a snapshot, by mark. @type {Map<number, boolean>} */
  let stored = new Map();
  /** Writes follow one another. */
  let writing = Promise.resolve();
  let training = false;
  let clock = { taken: 0, asked: 0, cost: 0 };
  /** Who waits for the next snapshot. @type {(() => void)[]} */
  let waiting = [];
  /** The run that is being gone on with, until it is there or is not to be had. */
  let resuming = "";
  let abandon = nothing;

  const keeper = {
    /** Looks for the runs of earlier visits. */
    async open() {
      try {
        archive = await opening;
        timeline.budget = DISK_BYTES;
        await older.find(archive);
        await archive.prune(run, older.ids());
        store.patch({ archiveTrouble: "" });
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
          goOn();
          const { running } = store.get();
          // One that was asked for before a reset and comes after it: a fresh run is nothing to come back to.
          if (!running || event.step === 0) break;
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
          if (aim) return aim.arrive(event.step);
          timeline.rewind(event.step);
          return "returned";
        }
        case "failed": {
          goOn();
          // Answers come in the order of the questions.
          const [first] = aims;
          if (!first || !REFUSALS.includes(event.code)) break;
          aims.delete(first[0]);
          return first[1].refused(event.message);
        }
      }
    },

    /** The program has died: what was asked of it is not answered. @param {string} reason @param {boolean} certain whether it is not the device's fault */
    bereave(reason, certain) {
      goOn();
      const lost = [...aims.values()];
      aims.clear();
      for (const { refused } of certain ? lost : []) refused(reason);
      abandon();
    },

    /** What a worker that dies is replaced from. */
    newest() {
      const mark = timeline.newest();
      return mark?.checkpoint ? { step: mark.step, checkpoint: mark.checkpoint } : null;
    },

    /**
     * The run is about to be left: takes a snapshot if there is something new. What can be done before a page is gone
     * depends on the browser: while it fetches the next page there is time for it, when it closes a tab often not.
     */
    keep() {
      const { state, step } = store.get();
      if (state !== "failed" && (state === "training" || step > (timeline.newest()?.step ?? 0))) snap();
    },

    /** As `keep`; resolves when it is there, or cannot be had. */
    kept() {
      return new Promise((/** @type {(value: void) => void} */ resolve) => {
        waiting.push(resolve);
        setTimeout(resolve, PATIENCE_MILLIS);
        snap();
      });
    },

    /** The run as it stands, to go on with elsewhere; null where there is nothing to go on from. */
    async whole() {
      await keeper.kept();
      const newest = timeline.newest();
      return newest?.checkpoint ? { run: record(newest), pictures: newest.pictures, held: bare(newest) } : null;
    },

    /** A run that came with the page can be gone on with. */
    offer: older.add,

    /** As `kept`; resolves when this browser has stored it, or cannot. */
    async stored() {
      await keeper.kept();
      await writing;
    },

    /** Shows the drawings of a moment, or those of now. @param {Mark | null} mark */
    look(mark) {
      timeline.held = mark;
      store.patch({ looking: mark });
    },

    /** Back to a snapshot: everything as it was, settings too. @param {Mark} mark */
    goBack: (mark) => returnTo(mark, null, "back"),

    /** Back to a snapshot, to go on by other settings. @param {Mark} mark @param {Recipe} recipe */
    branch: (mark, recipe) => returnTo(mark, recipe, "branched"),

    /** A file of the visitor's: another run than the one here. @param {Uint8Array} checkpoint */
    openFile(checkpoint) {
      restore(checkpoint, null, (step) => open(step, checkpoint));
    },

    /** The run here as it was trained before the visit: nobody's own, and not kept until it is gone on with. @param {Uint8Array} model @param {() => void} [otherwise] called if it is refused */
    openModel(model, otherwise = nothing) {
      restore(model, null, (step) => {
        const opened = open(step, model);
        store.patch({ pretrained: step });
        return opened;
      }, (reason) => {
        console.warn(reason);
        otherwise();
        return "unreadable";
      });
    },

    /** Goes on with a run that is offered. @param {Offer} offered */
    async resume({ run: offered, held }) {
      if (aims.size > 0 || resuming) return; // pressed twice
      resuming = offered.id;
      let found = offered;
      /** @type {(() => void) | null | undefined} */
      let taken;
      /** @type {Mark[]} */
      let marks;
      /** @type {Uint8Array | null | undefined} */
      let checkpoint;
      const letGo = (abandon = () => {
        taken?.();
        resuming = "";
        abandon = nothing;
      });
      try {
        await writing; // it may be the run that was here a moment ago
        if (held) {
          [marks, checkpoint] = [held, held.find(({ id }) => id === found.newest)?.checkpoint];
        } else {
          taken = await archive?.take(found.id);
          if (taken === null) {
            letGo();
            const text = `Your run (${nameOf(found)}) is open in another tab of this browser. Continue there, or close that tab and try again.`;
            return notify(store, { key: "archive", kind: "warning", text });
          }
          found = (await archive?.run(found.id)) ?? found; // another tab may have gone on with it, and left
          [marks, checkpoint] = await Promise.all([archive?.marks(found.id) ?? [], archive?.checkpoint(found.id, found.newest)]);
        }
        if (!checkpoint) throw new Error("it is no longer there");
      } catch (error) {
        letGo();
        older.withdraw(found);
        return notify(store, { key: "archive", kind: "warning", text: `That run could not be read: ${reasonOf(error)}.` });
      }
      if (!isWhole(found, marks)) {
        letGo();
        return older.setAside(found, DAMAGED, archive);
      }
      const { branches, curves } = /** @type {Rest} */ (found.rest);
      restore(checkpoint, null, (step) => {
        begin();
        store.patch({ pretrained: null });
        resuming = "";
        abandon = nothing;
        for (const mark of marks) if (mark.id === found.newest) mark.checkpoint = checkpoint;
        timeline.load(marks, branches, step);
        store.get().history.unpack(curves, step);
        run = found.id;
        stored = new Map(held ? [] : marks.map(({ id, bytes }) => [id, bytes > 0]));
        clock.taken = marks.filter(({ bytes }) => bytes > 0).length;
        if (taken) release = taken;
        else claim();
        older.withdraw(found);
        changed();
        return "resumed";
      }, (reason) => {
        letGo();
        older.setAside(found, reason, held ? null : archive);
        return "unreadable";
      });
    },

    /** Deletes a run that is offered. @param {Offer} offered */
    discard({ run: found }) {
      if (found.id === resuming) return; // it is on its way here
      older.withdraw(found);
      const from = archive;
      writing = writing.then(() => from?.remove(found.id)).catch(close); // it may still be on its way there
    },

    /** Deletes whatever this browser has kept of any run, and keeps nothing more until the page is opened anew. */
    forget() {
      const from = archive;
      release();
      writing = writing.then(() => from?.clear()).catch(close);
      close("the stored runs were deleted");
    },
  };
  return keeper;

  function snap() {
    clock.asked = performance.now();
    send({ type: "save", id: OWN });
  }

  function goOn() {
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  /** A run from elsewhere is here. @param {number} step @param {Uint8Array} checkpoint @returns {Arrival} */
  function open(step, checkpoint) {
    const { running, history } = store.get();
    begin();
    store.patch({ pretrained: null });
    history.clear();
    if (running) timeline.saved(step, checkpoint, running);
    return "opened";
  }

  /** A fresh run: the last one can still be had. */
  function begin() {
    const newest = timeline.newest();
    const { pretrained } = store.get();
    if (newest && timeline.marks.some(({ step }) => step > (pretrained ?? 0))) {
      const held = stored.get(newest.id) ? null : bare(newest);
      older.add({ run: record(newest), pictures: newest.pictures, held });
    }
    release();
    release = nothing;
    run = newRun();
    stored = new Map();
    clock = { taken: 0, asked: performance.now(), cost: 0 };
    timeline.begin();
    keeper.look(null);
    changed();
  }

  /** The moments of this run without their snapshots, but for the newest. @param {Mark} newest */
  function bare(newest) {
    return timeline.marks.map((mark) => (mark === newest ? { ...mark } : { ...mark, bytes: 0, checkpoint: null, recipe: null }));
  }

  /** @param {Mark} mark @param {Recipe | null} recipe @param {Arrival} arrival */
  async function returnTo(mark, recipe, arrival) {
    const checkpoint = mark.checkpoint ?? (await archive?.checkpoint(run, mark.id).catch(() => null));
    if (!checkpoint) {
      strip(mark);
      changed();
      return notify(store, { key: "archive", kind: "warning", text: `The snapshot of step ${mark.step} is gone: this browser did not keep it.` });
    }
    restore(checkpoint, recipe, () => {
      mark.checkpoint = checkpoint; // a worker that dies goes on from here
      timeline.branchOff(mark);
      store.get().history.branchOff(timeline.branch, timeline.branches[timeline.branch]);
      changed();
      return arrival;
    });
  }

  /**
   * Asks for a restore. Training that is to start by itself is called off by it, unless it is refused: then nothing
   * has changed.
   * @param {Uint8Array} checkpoint
   * @param {Recipe | null} recipe
   * @param {Aim["arrive"]} arrive
   * @param {Aim["refused"]} refused
   */
  function restore(checkpoint, recipe, arrive, refused = () => "refused") {
    // Two files may be on their way at once: the second finds what the first has called off.
    calledOff = store.get().wantsRun || (aims.size > 0 && calledOff);
    store.patch({ wantsRun: false });
    const id = ++ids;
    aims.set(id, {
      arrive(step) {
        calledOff = false;
        return arrive(step);
      },
      refused(reason) {
        if (aims.size === 0) store.patch({ wantsRun: calledOff });
        return refused(reason);
      },
    });
    keeper.keep(); // what is left behind stays within reach
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
    const entry = structuredClone(record(newest));
    for (const { id, bytes } of fresh) has.set(id, bytes > 0);
    for (const id of gone) has.delete(id);
    const own = run;
    writing = writing
      .then(() => to.write(entry, fresh, gone))
      .then(() => {
        if (archive !== to) return;
        store.patch({ archiveTrouble: "" });
        timeline.budget = DISK_BYTES;
        timeline.release(({ id }) => stored.get(id) === true);
        if (run === own) older.makeRoom();
        return to.prune(own, older.ids());
      })
      .catch((error) => {
        if (archive !== to) return;
        // What was written before can still be read, and there may be room again at the next try.
        for (const { id } of fresh) has.delete(id);
        for (const id of gone) has.set(id, true);
        timeline.budget = MEMORY_BYTES;
        store.patch({ archiveTrouble: reasonOf(error) });
      });
  }

  function claim() {
    release();
    release = archive?.claim(run) ?? nothing;
  }

  /** @param {Mark} newest @returns {Run} */
  function record(newest) {
    /** @type {Rest} */
    const rest = { branches: timeline.branches, branch: timeline.branch, curves: store.get().history.pack() };
    return { id: run, at: Date.now(), label: labelOf(newest.recipe), step: newest.step, newest: newest.id, format: FORMAT, rest };
  }

  /** The archive is of no use any more: what memory holds stays. @param {unknown} error why */
  function close(error) {
    archive = null;
    stored = new Map();
    timeline.budget = MEMORY_BYTES;
    store.patch({ offers: store.get().offers.filter(({ held }) => held), unreadable: 0, archiveTrouble: reasonOf(error) });
    for (const mark of timeline.marks) if (!mark.checkpoint) strip(mark);
    changed();
  }

  function changed() {
    const { looking } = store.get();
    if (looking && !timeline.marks.includes(looking)) keeper.look(null);
    store.patch({ timelineVersion: store.get().timelineVersion + 1 });
  }

  /** The preset that a recipe is nearest to: the one in the form may wait for a fresh start. @param {Recipe | null} recipe */
  function labelOf(recipe) {
    const { catalog, running } = store.get();
    const own = recipe ?? running;
    if (!catalog || !own) return "";
    const apart = (/** @type {Recipe} */ other) => differences(catalog, other, own).length;
    return [...catalog.presets].sort((a, b) => apart(a.recipe) - apart(b.recipe))[0]?.label ?? "";
  }
}

/** One for all: a function of its own would hold what stands around it, a whole snapshot. */
const nothing = () => {};

const newRun = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;

/** @param {unknown} error */
function reasonOf(error) {
  const { name = "", message = "" } = /** @type {Partial<Error>} */ (error ?? {});
  return (message || name || String(error)).trim().replace(/\.$/, "");
}
