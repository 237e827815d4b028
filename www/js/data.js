// Brings the downloaded data set, the digits that are held out of it and the classifier's weights from
// beside the page to the session. It must not know what is inside the files, only where they lie, what
// they have to look like, and in which order they are wanted.
// @ts-check

/** @import { Supply } from "./protocol.js" */
/** @import { Store } from "./store.js" */
import { IMAGES, LABELS, Trouble, bring, idx, isSafetensors, parse } from "./fetching.js";

/** The data set that comes as files, and the one that the programs draw themselves. */
export const DOWNLOADED = "mnist";
export const BUILT_IN = "drawn";

/** Those that are made of these files: in the latter three digits are a picture, one in each colour. */
export const MADE_OF_FILES = [DOWNLOADED, "stacked-mnist"];

/** @param {string} name */
export const isDownloaded = (name) => MADE_OF_FILES.includes(name);

/** Whether a data set has digits, not points. @param {string} name */
export const hasDigits = (name) => isDownloaded(name) || name === BUILT_IN;

/** Whether one data set may stand in for the other: both are grey digits. @param {string} a @param {string} b */
export const areAlike = (a, b) => [a, b].every((name) => name === DOWNLOADED || name === BUILT_IN);

const MANIFEST = `data/${DOWNLOADED}.json`;
const CLASSIFIER = "classifier.safetensors";

/** @typedef {{ images: string, labels: string, count: number }} Shard */
/** `held_out`: digits that no run is trained on. @typedef {{ total: number, shards: Shard[], held_out?: Shard }} Manifest */
/** @typedef {ReturnType<typeof createData>} Data */

/**
 * @param {Store} store
 * @param {(command: Supply) => Promise<string>} supply hands something to the session, once it is open;
 * resolves to why it was refused, or to nothing when it was taken
 * @param {Promise<void>} opened
 */
export function createData(store, supply, opened) {
  /** @type {Promise<Manifest | null> | null} */
  let manifest = null;
  let next = 0;
  /** `stopped`: what was tried has come to an end, and only a press or a new connection begins again.
   * @type {"resting" | "streaming" | "stopped"} */
  let state = "resting";

  /** The list of shards, or null when this site carries none. */
  function find() {
    manifest ??= readManifest().catch((error) => {
      manifest = null; // a later try may do better
      throw error;
    });
    return manifest;
  }

  async function stream() {
    if (state !== "resting") return;
    state = "streaming";
    say({ trouble: "" });
    try {
      const found = await find();
      for (; found && next < found.shards.length; next++) {
        const shard = found.shards[next];
        await deliver(`data/${shard.images}`, async (anew) => {
          const [images, labels] = await bringPair(shard, anew);
          return { type: "add-data", images, labels, total: found.total };
        });
        say({ arrived: store.get().data.arrived + shard.count });
      }
      state = "resting";
    } catch (error) {
      state = "stopped";
      say({ trouble: wordsOf(error) });
    }
  }

  /** @param {Partial<{ arrived: number, trouble: string }>} news */
  function say(news) {
    store.patch({ data: { ...store.get().data, ...news } });
  }

  /** A pair of files. @param {Shard} shard @param {boolean} anew */
  function bringPair({ images, labels, count }, anew) {
    return Promise.all([
      bring(`data/${images}`, idx(count, IMAGES), anew),
      bring(`data/${labels}`, idx(count, LABELS), anew),
    ]);
  }

  /**
   * Hands files to the session. Those that it refuses are fetched once more.
   * @param {string} name
   * @param {(anew: boolean) => Promise<Supply>} fetch
   */
  async function deliver(name, fetch) {
    let refusal = "";
    for (const anew of [false, true]) {
      const command = await fetch(anew);
      await opened;
      refusal = await supply(command);
      if (refusal === "") return;
    }
    throw new Trouble("unfit", `${name} cannot be used (${refusal})`);
  }

  return {
    /** Whether this site lacks the downloaded data set. Not certain of it counts as no. */
    async isAbsent() {
      if (state === "stopped") return false;
      try {
        return (await find()) === null;
      } catch {
        return false;
      }
    },

    /** Brings the shards one after another, from where it last stopped; not after it has come to an end. */
    stream,

    /** The same, also after an end. */
    again() {
      if (state === "stopped") state = "resting";
      return stream();
    },

    /** Brings the digits that are held out of the training; false when this site has none. */
    async heldOut() {
      const shard = (await find())?.held_out;
      if (!shard) return false;
      await deliver(`data/${shard.images}`, async (anew) => {
        const [images, labels] = await bringPair(shard, anew);
        return { type: "add-held-out", images, labels };
      });
      return true;
    },

    /** Brings the classifier's weights; false when this site has none. */
    classifier: () => single(CLASSIFIER, (weights) => ({ type: "load-classifier", weights })),

    /** Brings a model to compare with; false when this site has none. @param {string} path */
    rival: (path) => single(path, (checkpoint) => ({ type: "load-rival", checkpoint })),
  };

  /** @param {string} path @param {(bytes: Uint8Array) => Supply} command */
  async function single(path, command) {
    try {
      await deliver(path, async (anew) => command(await bring(path, isSafetensors, anew)));
      return true;
    } catch (error) {
      if (error instanceof Trouble && error.kind === "absent") return false;
      throw error;
    }
  }
}

/** What went wrong, to follow a colon. @param {unknown} error */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, "");

/** @returns {Promise<Manifest | null>} */
async function readManifest() {
  try {
    return parse(await bring(MANIFEST, (bytes) => isManifest(parse(bytes))));
  } catch (error) {
    if (error instanceof Trouble && error.kind === "absent") return null;
    throw error;
  }
}

/** @param {any} list */
function isManifest(list) {
  if (!Array.isArray(list?.shards) || list.shards.length === 0) return false;
  const pairs = [...list.shards, ...(list.held_out ? [list.held_out] : [])];
  if (!pairs.every((pair) => [pair?.images, pair?.labels].every((name) => typeof name === "string" && /^[\w.-]+$/.test(name)) && Number.isSafeInteger(pair.count) && pair.count > 0)) return false;
  return list.total === list.shards.reduce((/** @type {number} */ sum, /** @type {Shard} */ { count }) => sum + count, 0);
}
