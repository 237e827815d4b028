// Brings the downloaded data set and the classifier's weights from beside the page. It must not know
// what is inside the files, only where they lie and in which order they are wanted.
// @ts-check

/** @import { Command } from "./protocol.js" */
/** @import { Store } from "./store.js" */

/** The data set that comes as files, and the one that the programs draw themselves. */
export const DOWNLOADED = "mnist";
export const BUILT_IN = "drawn";

const TRIES = 3;
const FIRST_WAIT_MILLIS = 500;

/** @typedef {{ images: string, labels: string, count: number }} Shard */
/** `held_out`: digits that no run is trained on. @typedef {{ total: number, shards: Shard[], held_out?: Shard }} Manifest */

/** What the server says it has not, as opposed to what could not be brought. */
class Absent extends Error {}

/**
 * @param {Store} store
 * @param {(command: Command) => void} send must not be called before the session is open
 * @param {Promise<void>} opened
 */
export function createData(store, send, opened) {
  /** @type {Promise<Manifest | null> | null} */
  let manifest = null;
  let next = 0;
  let streaming = false;

  /** The list of shards, or null when this site carries none. */
  function find() {
    manifest ??= readManifest().catch((error) => {
      manifest = null; // a later try may do better
      throw error;
    });
    return manifest;
  }

  async function stream() {
    if (streaming) return;
    streaming = true;
    const { trouble } = store.get().data;
    if (trouble) store.patch({ data: { ...store.get().data, trouble: "" } });
    try {
      const found = await find();
      for (; found && next < found.shards.length; next++) {
        const { images, labels } = found.shards[next];
        const [imageBytes, labelBytes] = await Promise.all([bring(`data/${images}`), bring(`data/${labels}`)]);
        await opened;
        send({ type: "add-data", images: imageBytes, labels: labelBytes, total: found.total });
      }
    } catch (error) {
      const { loaded } = store.get().data;
      const start = loaded > 0 ? `Only ${loaded.toLocaleString("en")} pictures have arrived` : "The real digits have not arrived";
      const reason = error instanceof Error ? error.message : String(error);
      store.patch({ data: { ...store.get().data, trouble: `${start}: ${reason}.` } });
    }
    streaming = false;
  }

  return {
    /** Whether this site lacks the downloaded data set. Not certain of it counts as no. */
    async isAbsent() {
      try {
        return (await find()) === null;
      } catch {
        return false;
      }
    },
    /** Brings the digits that are held out of the training; false when this site has none. */
    async heldOut() {
      const found = (await find())?.held_out;
      if (!found) return false;
      const [images, labels] = await Promise.all([bring(`data/${found.images}`), bring(`data/${found.labels}`)]);
      send({ type: "add-held-out", images, labels });
      return true;
    },
    /** Brings the shards one after another, from where it last stopped. */
    stream,
  };
}

/** @returns {Promise<Manifest | null>} */
async function readManifest() {
  /** @type {Uint8Array<ArrayBuffer>} */
  let bytes;
  try {
    bytes = await bring(`data/${DOWNLOADED}.json`);
  } catch (error) {
    if (error instanceof Absent) return null;
    throw error;
  }
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(manifest.shards) && manifest.shards.length > 0 && manifest.total > 0) return manifest;
  } catch {
    // Some hosts answer with a page of their own where a file is missing.
  }
  return null;
}

/** The classifier's weights, or null when this site carries none. */
export async function bringClassifier() {
  try {
    return await bring("classifier.safetensors");
  } catch (error) {
    if (error instanceof Absent) return null;
    throw error;
  }
}

/**
 * A file beside the page, with patience: tried again unless the server says that there is none.
 * @param {string} path
 */
async function bring(path) {
  for (let attempt = 1; ; attempt++) {
    try {
      const response = await fetch(path);
      if (response.status === 404 || response.status === 410) throw new Absent(`${path} is not on this site`);
      if (!response.ok) throw new Error(`${path} could not be fetched (status ${response.status})`);
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (error instanceof Absent) throw error;
      if (attempt === TRIES) {
        throw error instanceof TypeError ? new Error(`${path} could not be fetched (no connection)`) : error;
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MILLIS * 2 ** (attempt - 1)));
    }
  }
}
