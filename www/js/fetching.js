// How files are fetched from beside the page: what counts as arrived, what is tried again and when that
// ends. It must not know what the files are for.
//
// A host may answer with a page of its own where a file is missing, break off in the middle, or never go
// on: nothing counts as a file but bytes that are what was expected.
// @ts-check

import * as place from "./place.js";
import { PATIENCE, createAlarm, inSeconds, pauseAfter, rest } from "./waits.js";

/** Longer than any file of ours, bytes: a server that goes on for ever is cut off. */
const MOST_BYTES = 64 * 2 ** 20;
/** A download that brings no more than this in a while has stalled, bytes. */
const TRICKLE_BYTES = 1024;

/**
 * `absent`: the server says that it has no such file; `refused`: it will not hand it out, and would say the
 * same again; `unreachable`: it did not answer, or not to the end; `unfit`: it sent something else.
 * @typedef {"absent" | "refused" | "unreachable" | "unfit"} TroubleKind
 */

/** Why a file could not be had, in words that begin with the file. */
export class Trouble extends Error {
  /** @param {TroubleKind} kind @param {string} message */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }

  /** Whether asking again is of no use for now. */
  get final() {
    return this.kind === "absent" || this.kind === "refused";
  }
}

/** Whether bytes are a file of some kind. @typedef {(bytes: Uint8Array) => boolean} Fits */

/**
 * A file beside the page, tried again with growing waits unless the answer is final.
 * @param {string} path
 * @param {Fits} fits
 * @param {boolean} [anew] whether what the browser remembers of it is of no use
 * @returns {Promise<Uint8Array<ArrayBuffer>>} rejects with a `Trouble`
 */
export async function bring(path, fits, anew = false) {
  for (let tries = 1; ; tries++) {
    try {
      return await download(path, fits, anew || tries > 1);
    } catch (error) {
      const trouble = troubleOf(path, error);
      if (trouble.final || tries >= PATIENCE.tries) throw trouble;
      await rest(pauseAfter(tries));
    }
  }
}

/** @param {string} path @param {Fits} fits @param {boolean} anew */
async function download(path, fits, anew) {
  const controller = new AbortController();
  const alarm = createAlarm(() => controller.abort(stalled(path)));
  alarm.set(PATIENCE.stall);
  try {
    const response = await ask(path, path, { signal: controller.signal, cache: anew ? "reload" : "default" });
    const bytes = await read(path, response, () => alarm.set(PATIENCE.stall));
    if (!fits(bytes)) throw unfit(path, bytes);
    return bytes;
  } catch (error) {
    controller.abort(); // whatever else is on its way is of no use
    throw error;
  } finally {
    alarm.stop();
  }
}

/**
 * A response that may be read, as far as its head tells.
 * @param {string | URL} url
 * @param {string} name what to call it
 * @param {RequestInit} [how]
 */
export async function ask(url, name, how) {
  const response = await place.file(url, how);
  const { status } = response;
  if (response.ok) return response;
  response.body?.cancel().catch(() => {});
  if (status === 404 || status === 410) throw new Trouble("absent", `${name} is not on this site`);
  const again = status >= 500 || status === 408 || status === 429;
  throw new Trouble(again ? "unreachable" : "refused", `${name} could not be fetched (status ${status})`);
}

/** All bytes of a body. @param {string} name @param {Response} response @param {() => void} onward told of each kilobyte or more */
async function read(name, response, onward) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  for await (const chunk of chunksOf(response, onward)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) throw new Trouble("unfit", `the server never stops sending ${name}`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The bytes of a body as they come. @param {Response} response @param {() => void} onward told of each kilobyte or more */
export async function* chunksOf(response, onward) {
  onward(); // the head has come
  const reader = response.body?.getReader();
  let trickle = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) return;
    trickle += value.length;
    if (trickle >= TRICKLE_BYTES) {
      trickle = 0;
      onward();
    }
    yield value;
  }
}

/** What happened to a file. @param {string} name @param {unknown} error @returns {Trouble} */
export function troubleOf(name, error) {
  if (error instanceof Trouble) return error;
  const reason = globalThis.navigator?.onLine === false ? "there is no connection" : "the connection failed";
  return new Trouble("unreachable", `${name} could not be fetched (${reason})`);
}

/** @param {string} name @param {Uint8Array} bytes */
export function unfit(name, bytes) {
  const what = bytes.length === 0 ? "an empty" : bytes[0] === LESS_THAN ? "a web page instead of" : "a damaged";
  return new Trouble("unfit", `the server sent ${what} ${name}`);
}

/** @param {string} name */
const stalled = (name) => new Trouble("unreachable", `${name} could not be fetched (no data arrived for ${inSeconds(PATIENCE.stall)})`);

/**
 * Why a script of ours or one that it imports does not load, which neither `import` nor a worker says; null when all do
 * now. The browser's cache has the server's answers of now afterwards.
 * @param {string} path
 * @returns {Promise<Trouble | null>}
 */
export const diagnose = (path) => examine(place.at(path), path, new Set());

/** @param {URL} url @param {string} name @param {Set<string>} seen addresses that were looked at @returns {Promise<Trouble | null>} */
async function examine(url, name, seen) {
  seen.add(url.href);
  try {
    const bytes = await download(url.href, (bytes) => bytes.length > 0 && bytes[0] !== LESS_THAN, true);
    // As it is written here, and as the build shortens it.
    const imports = [...new TextDecoder().decode(bytes).matchAll(/(?:^|;)(?:import|export)\b[^;"]*"(\.{1,2}\/[^"]+)"/gm)];
    const fresh = imports.map(([, path]) => new URL(path, url)).filter(({ href }) => !seen.has(href));
    for (const { href } of fresh) seen.add(href);
    const troubles = await Promise.all(fresh.map((each) => examine(each, each.pathname.replace(/^.*?(?=[^/]+\/[^/]+$)/, ""), seen)));
    return troubles.find((trouble) => trouble !== null) ?? null;
  } catch (error) {
    const trouble = troubleOf(name, error);
    return new Trouble(trouble.kind, trouble.message.replace(url.href, name));
  }
}

const LESS_THAN = 0x3c;
const GZIP = [0x1f, 0x8b];

/**
 * An IDX file of so many entries, zipped or, as some hosts send it, unzipped. A zipped file ends with the
 * length of what was zipped, so that one that was broken off is told as well.
 * @param {number} count
 * @param {{ magic: number, header: number, entry: number }} shape bytes of the header and of an entry
 * @returns {Fits}
 */
export const idx = (count, { magic, header, entry }) => (bytes) => {
  const length = header + count * entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (GZIP.every((byte, i) => bytes[i] === byte)) return bytes.length > 18 && view.getUint32(bytes.length - 4, true) === length;
  return bytes.length === length && view.getUint32(0) === magic && view.getUint32(4) === count;
};
export const IMAGES = { magic: 0x803, header: 16, entry: 28 * 28 };
export const LABELS = { magic: 0x801, header: 8, entry: 1 };

/** A whole safetensors file: the length of a header, the header, and the numbers that it announces. @type {Fits} */
export function isSafetensors(bytes) {
  if (bytes.length < 8) return false;
  const start = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = start <= bytes.length ? parse(bytes.subarray(8, start)) : null;
  if (header === null || typeof header !== "object") return false;
  const ends = Object.values(header).map((tensor) => tensor?.data_offsets?.[1] ?? 0);
  return bytes.length === start + Math.max(0, ...ends);
}

/** The value that JSON says, or null. @param {Uint8Array} bytes */
export function parse(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
