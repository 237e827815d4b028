// The snapshots of this run and of the last one in the browser's own database (IndexedDB), beyond what
// memory holds and beyond a reload. It must not know what is in them. Whatever fails here rejects: a
// browser may close its storage to a page, or run out of room, at any time.
// @ts-check

/** @import { Mark } from "./timeline.js" */
import { PATIENCE, inTime } from "./waits.js";

/**
 * A run as it is found again. `newest` is the mark it goes on from; `rest` is the keeper's own.
 * @typedef {{ id: string, at: number, label: string, step: number, newest: number, rest: unknown }} Run
 */
/** @typedef {Awaited<ReturnType<typeof openArchive>>} Archive */

const NAME = "ganvas";
const LOCK = "ganvas-run-";

export async function openArchive() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("runs", { keyPath: "id" });
    opening.result.createObjectStore("marks"); // by run and id, without the checkpoints
    opening.result.createObjectStore("checkpoints");
  };
  const db = await opened(opening);
  db.onversionchange = () => db.close(); // or another tab could not delete it

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(stores: { runs: IDBObjectStore, marks: IDBObjectStore, checkpoints: IDBObjectStore }) => T} act
   * @returns {Promise<Awaited<T>>}
   */
  async function within(mode, act) {
    const transaction = db.transaction(["runs", "marks", "checkpoints"], mode);
    const [runs, marks, checkpoints] = ["runs", "marks", "checkpoints"].map((name) => transaction.objectStore(name));
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error ?? new Error("it was broken off"));
    });
    const all = Promise.all([(async () => act({ runs, marks, checkpoints }))(), done]);
    const [result] = await inTime(all, PATIENCE.transaction, "its storage stopped answering");
    return result;
  }

  return {
    /** Writes what is new of a run, and deletes marks. @param {Run} run @param {Mark[]} fresh @param {number[]} gone */
    write(run, fresh, gone) {
      return within("readwrite", ({ runs, marks, checkpoints }) => {
        for (const id of gone) [marks, checkpoints].forEach((store) => store.delete([run.id, id]));
        for (const { checkpoint, ...mark } of fresh) {
          marks.put(mark, [run.id, mark.id]);
          if (checkpoint) checkpoints.put(checkpoint, [run.id, mark.id]);
          else if (mark.bytes === 0) checkpoints.delete([run.id, mark.id]);
        }
        runs.put(run);
      });
    },

    /** The latest run that no open page is busy with, its pictures at the end. */
    async last() {
      const busy = await running();
      const { runs, pictures } = await within("readonly", async ({ runs, marks }) => {
        /** @type {Run[]} */
        const all = (await answer(runs.getAll())).filter(({ id }) => !busy.has(id));
        const [run] = all.sort((a, b) => b.at - a.at);
        /** @type {Mark | undefined} */
        const mark = run && (await answer(marks.get([run.id, run.newest])));
        return { runs: all, pictures: mark?.pictures ?? null };
      });
      return runs.length > 0 ? { run: runs[0], pictures } : null;
    },

    /** The marks of a run, without their checkpoints. @param {string} run @returns {Promise<Mark[]>} */
    async marks(run) {
      /** @type {Mark[]} */
      const found = await within("readonly", ({ marks }) => answer(marks.getAll(all(run))));
      return found.map((mark) => ({ ...mark, checkpoint: null }));
    },

    /** @param {string} run @param {number} mark @returns {Promise<Uint8Array | undefined>} */
    checkpoint: (run, mark) => within("readonly", ({ checkpoints }) => answer(checkpoints.get([run, mark]))),

    /** Deletes all runs but these, and those that another page is busy with. @param {string[]} kept */
    async keepOnly(kept) {
      const busy = await running();
      await within("readwrite", async ({ runs, marks, checkpoints }) => {
        for (const id of /** @type {string[]} */ (await answer(runs.getAllKeys()))) {
          if (kept.includes(id) || busy.has(id)) continue;
          runs.delete(id);
          for (const store of [marks, checkpoints]) store.delete(all(id));
        }
      });
    },

    /** Says to other pages that a run is under way here, until the function that it returns is called. @param {string} run */
    claim(run) {
      let release = () => {};
      const released = new Promise((/** @type {(value: void) => void} */ resolve) => (release = resolve));
      // Refused or unknown, it only means that two pages may tread on each other.
      navigator.locks?.request(LOCK + run, () => released).catch(() => {});
      return release;
    },
  };
}

/** A database that is ready; one that opens when nobody waits for it any more is closed. @param {IDBOpenDBRequest} opening */
async function opened(opening) {
  const coming = answer(opening);
  try {
    return await inTime(coming, PATIENCE.storage, "its storage does not answer");
  } catch (error) {
    coming.then((db) => db.close(), () => {});
    throw error;
  }
}

/** Runs that an open page is busy with, this one included. */
async function running() {
  const asked = Promise.resolve(navigator.locks?.query());
  const { held = [] } = (await inTime(asked, PATIENCE.storage, "its locks do not answer")) ?? {};
  return new Set(held.map(({ name = "" }) => name.slice(LOCK.length)));
}

/** The keys of a run's marks. @param {string} run */
const all = (run) => IDBKeyRange.bound([run], [run, []]);

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
