// The snapshots of this run and of the ones before it in the browser's own database (IndexedDB), beyond what
// memory holds and beyond a reload. It must not know what is in them. Whatever fails here rejects: a
// browser may close its storage to a page, or run out of room, at any time.
// @ts-check

/** @import { Mark } from "./timeline.js" */
import { PATIENCE, inTime } from "./waits.js";

/**
 * A run as it is found again. `newest` is the mark it goes on from; `rest` is the keeper's own, laid out as `format`
 * says. `unreadable`: it could not be opened, and the visitor has been told.
 * @typedef {{ id: string, at: number, label: string, step: number, newest: number, format?: number, rest: unknown,
 *   unreadable?: boolean }} Run
 */
/** @typedef {Awaited<ReturnType<typeof openArchive>>} Archive */

const NAME = "ganvas";
const LOCK = "ganvas-run-";
/** Runs that are kept beside the one under way: those that ended last. */
export const OLDER_RUNS = 2;

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
    const all = Promise.all([(async () => act({ runs, marks, checkpoints }))(), ended(transaction)]);
    const [result] = await inTime(all, PATIENCE.transaction, "its storage stopped responding");
    return result;
  }

  /** No other page's. @param {(all: Run[]) => string[]} choose */
  async function deleteRuns(choose) {
    const busy = await running();
    await within("readwrite", async ({ runs, marks, checkpoints }) => {
      /** @type {Run[]} */
      const all = await answer(runs.getAll());
      for (const id of choose(all.filter(({ id }) => !busy.has(id)))) {
        runs.delete(id);
        for (const store of [marks, checkpoints]) store.delete(keysOf(id));
      }
    });
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
        runs.transaction.commit(); // the page may be gone before it would be by itself
      });
    },

    /** Says something else of a run. @param {Run} run */
    amend: (run) => within("readwrite", ({ runs }) => void runs.put(run)),

    /** The runs that no open page is busy with, the last one first, with its pictures at the end. */
    async runs() {
      const busy = await running();
      return within("readonly", async ({ runs, marks }) => {
        const all = latest(await answer(runs.getAll())).filter(({ id }) => !busy.has(id));
        const ends = await Promise.all(all.map(({ id, newest }) => (isRef(newest) ? answer(marks.get([id, newest])) : undefined)));
        return all.map((run, i) => ({ run, pictures: /** @type {Mark | undefined} */ (ends[i])?.pictures ?? null }));
      });
    },

    /** One run as it is kept now: another page may have gone on with it. @param {string} id @returns {Promise<Run | undefined>} */
    run: (id) => within("readonly", ({ runs }) => answer(runs.get(id))),

    /** The marks of a run, without their checkpoints. @param {string} run @returns {Promise<Mark[]>} */
    async marks(run) {
      /** @type {Mark[]} */
      const found = await within("readonly", ({ marks }) => answer(marks.getAll(keysOf(run))));
      return found.map((mark) => ({ ...mark, checkpoint: null }));
    },

    /** @param {string} run @param {number} mark @returns {Promise<Uint8Array | undefined>} */
    checkpoint: (run, mark) => within("readonly", ({ checkpoints }) => answer(checkpoints.get([run, mark]))),

    /** Makes room: deletes all but the last runs, and those that are on offer. @param {string} own the run under way @param {string[]} offered */
    prune: (own, offered) =>
      deleteRuns((all) => latest(all).map(({ id }) => id).filter((id) => id !== own).slice(OLDER_RUNS).filter((id) => !offered.includes(id))),

    /** @param {string} run */
    remove: (run) => deleteRuns(() => [run]),

    /** Deletes all runs, but those that another page is busy with. */
    clear: () => deleteRuns((all) => all.map(({ id }) => id)),

    /** Says to other pages that a run is under way here, until the function that it returns is called. @param {string} run */
    claim(run) {
      const { promise, resolve } = withResolvers();
      // Refused or unknown, it only means that two pages may tread on each other.
      navigator.locks?.request(LOCK + run, () => promise).catch(() => {});
      return resolve;
    },

    /** As `claim`, but null where another page is busy with the run. @param {string} run @returns {Promise<(() => void) | null>} */
    async take(run) {
      const { promise, resolve } = withResolvers();
      const asked = new Promise((/** @type {(value: boolean) => void} */ told) => {
        const hold = (/** @type {Lock | null} */ lock) => (told(lock !== null), lock ? promise : undefined);
        if (navigator.locks) navigator.locks.request(LOCK + run, { ifAvailable: true }, hold).catch(() => told(true));
        else told(true);
      });
      return (await inTime(asked, PATIENCE.storage, "its locks are not responding")) ? resolve : null;
    },
  };
}

/** A database that is ready; one that opens when nobody waits for it any more is closed. @param {IDBOpenDBRequest} opening */
async function opened(opening) {
  const coming = answer(opening);
  try {
    return await inTime(coming, PATIENCE.storage, "its storage is not responding");
  } catch (error) {
    coming.then((db) => db.close(), () => {});
    if (/** @type {DOMException} */ (error)?.name !== "VersionError") throw error;
    throw new Error("what it has stored is from a newer version of ganvas, which reloading this page may bring");
  }
}

/** Runs that an open page is busy with, this one included. */
async function running() {
  const asked = Promise.resolve(navigator.locks?.query());
  const { held = [] } = (await inTime(asked, PATIENCE.storage, "its locks are not responding")) ?? {};
  return new Set(held.map(({ name = "" }) => name.slice(LOCK.length)));
}

/** What marks are numbered by. @param {unknown} id */
const isRef = (id) => Number.isSafeInteger(id);

/** A promise and what keeps it. */
function withResolvers() {
  let resolve = () => {};
  const promise = new Promise((/** @type {(value: void) => void} */ keep) => (resolve = keep));
  return { promise, resolve };
}

/** @param {Run[]} runs */
const latest = (runs) => runs.sort((a, b) => b.at - a.at);

/** The keys of a run's marks. @param {string} run */
const keysOf = (run) => IDBKeyRange.bound([run], [run, []]);

/**
 * Apart from whoever began it: a browser may remember one that was broken off, and with its listeners all that they see.
 * @param {IDBTransaction} transaction
 */
function ended(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error("it was interrupted"));
  });
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
