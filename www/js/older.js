// The runs before the one under way: which of them can go on, and what becomes of those that cannot. It must not
// touch the document, nor know what is in a checkpoint.
// @ts-check

/** @import { Archive, Run } from "./archive.js" */
/** @import { Store } from "./store.js" */
/** @import { Mark } from "./timeline.js" */
import { OLDER_RUNS } from "./archive.js";
import { whole } from "./format.js";
import { isPictures, isRun } from "./kept.js";
import { notify } from "./store.js";

/** How this version lays out what is kept of a run. */
export const FORMAT = 2;
/** Of a run that does not say so. */
const FIRST_FORMAT = 1;

/** Why a run cannot be opened that another version did not make. */
export const DAMAGED = "its stored data is damaged";

/** A run that can go on. `held`: its moments, where only memory has them. @typedef {{ run: Run, pictures: Mark["pictures"] | null, held: Mark[] | null }} Offer */

/** @param {Store} store @param {(name: string, bytes: Uint8Array) => void} deliver hands a file to the visitor */
export function createOlder(store, deliver) {
  const older = {
    /** The runs on offer. */
    ids: () => store.get().offers.map(({ run: { id } }) => id),

    /** What an archive holds of earlier visits. @param {Archive} archive */
    async find(archive) {
      const all = await archive.runs();
      const found = all.filter(({ run }) => !run.unreadable);
      count(all.length - found.length);
      const whyNot = (/** @type {Run} */ run) => ((run.format ?? FIRST_FORMAT) !== FORMAT ? "it is stored in another format" : isRun(run) ? "" : DAMAGED);
      const whole = found.filter(({ run }) => !whyNot(run)).slice(0, OLDER_RUNS + 1);
      const shown = whole.map(({ run, pictures }) => ({ run, pictures: isPictures(pictures) ? pictures : null, held: null }));
      offer([...store.get().offers, ...shown]);
      for (const { run } of found) if (whyNot(run)) older.setAside(run, whyNot(run), archive);
    },

    /** @param {Offer} left */
    add: (left) => offer([left, ...store.get().offers]),

    /** The run here is kept now, and takes the place of the oldest. */
    makeRoom: () => store.patch({ offers: store.get().offers.slice(0, OLDER_RUNS) }),

    /** @param {Run} run */
    withdraw: (run) => offer(store.get().offers.filter(({ run: { id } }) => id !== run.id)),

    /**
     * One that this version cannot open: says so once, and does not offer it again.
     * @param {Run} run
     * @param {string} why
     * @param {Archive | null} archive
     */
    setAside(run, why, archive) {
      older.withdraw(run);
      archive?.amend({ ...run, unreadable: true }).catch(() => {}); // then it is said again at the next visit
      count(1);
      const remove = () => {
        count(-1);
        archive?.remove(run.id).catch(() => {});
      };
      const save = async () => {
        const checkpoint = await archive?.checkpoint(run.id, run.newest).catch(() => null);
        if (checkpoint) deliver(`ganvas-step-${run.step}.safetensors`, checkpoint);
        tell(); // it is still there
      };
      const tell = () => notify(store, {
        key: "unreadable",
        kind: "warning",
        text: `Your run (${nameOf(run)}) cannot be opened here (${why}), and will not be offered again. Save it as a file for the version of ganvas that made it, or delete it.`,
        actions: [{ label: "Save it as a file", act: save }, { label: "Delete it", act: remove }],
      });
      tell();
    },
  };
  return older;

  /** @param {Offer[]} offers the latest first; one more than are kept beside a run, as a fresh one is nothing to keep */
  function offer(offers) {
    store.patch({ offers: offers.slice(0, OLDER_RUNS + 1) });
  }

  /** @param {number} more */
  function count(more) {
    store.patch({ unreadable: store.get().unreadable + more });
  }
}

/** How a run that was kept is told from others. @param {Run} run */
export function nameOf(run) {
  const known = [typeof run.label === "string" && run.label, Number.isFinite(run.step) && `step ${whole(run.step)}`, Number.isFinite(run.at) && whenOf(run)];
  return known.filter(Boolean).join(", ") || "a damaged one";
}

/** When it was last kept. @param {Run} run */
export function whenOf({ at }) {
  return new Date(at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
}
