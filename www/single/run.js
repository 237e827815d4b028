// A run inside ganvas.html: written into a copy of the file, and offered to go on with where one is found. It must not
// know how a copy is saved.
// @ts-check

/** @import { Keeper } from "../js/keeper.js" */
/** @import { Offer } from "../js/older.js" */
/** @import { Store } from "../js/store.js" */
/** @import { Mark } from "../js/timeline.js" */
import { isWhole } from "../js/kept.js";
import { isPoint } from "../js/protocol.js";
import { notify } from "../js/store.js";
import { block, encode, lengthOf, unpacked, zipped } from "../single/inside.js";
import { apart, pack, together, unpack } from "../single/pack.js";

/** The file that the run is. */
export const RUN = "run";
/** What it may add, in characters; a snapshot that is larger by itself comes alone. */
const MOST = 1_000_000;
/** Pictures that are worth trying to zip, in bytes. */
const MOST_PICTURES = 8 * MOST;

/** A run to go on with. @typedef {Offer & { held: Mark[] }} Own */

/** As it is written into a copy: with as many of its moments as there is room for, and their drawings in sixteen greys. @param {Own} offer */
export async function written({ run, held }) {
  const isNewest = (/** @type {Mark} */ { id }) => id === run.newest;
  const drawn = (/** @type {Mark[]} */ marks) => marks.reduce((sum, { pictures }) => sum + pictures.pixels.length, 0);
  let marks = held.map((mark) => (isNewest(mark) ? { ...mark, checkpoint: mark.checkpoint && apart(mark.checkpoint) } : { ...mark, pictures: coarse(mark.pictures) }));
  while (drawn(marks) > MOST_PICTURES) marks = fewer(marks);
  for (;;) {
    const bytes = await zipped(pack({ run, held: marks }));
    if (marks.length === 1 || lengthOf(bytes.length) <= MOST) return encode(bytes);
    const less = fewer(marks);
    marks = less.length < marks.length ? less : marks.filter(isNewest);
  }

  /** Without every third, unless it is the newest. @param {Mark[]} marks */
  function fewer(marks) {
    return marks.filter((mark, i) => isNewest(mark) || i % 3 !== 1);
  }
}

/** Drawings that zip better, and look as before; points are numbers. @param {Mark["pictures"]} pictures */
function coarse(pictures) {
  if (isPoint(pictures.shape)) return pictures;
  return { ...pictures, pixels: pictures.pixels.map((pixel) => (pixel >> 4) * 17) };
}

/** The run that this file has inside; null where there is none. @returns {Promise<Own | null>} rejects where it is damaged */
async function found() {
  const text = block(RUN);
  if (text === null) return null;
  const { run, held } = unpack(new Uint8Array(await new Response(unpacked(text)).arrayBuffer()));
  if (!isWhole(run, held)) throw new Error("it is not whole");
  for (const mark of held) if (mark.checkpoint) mark.checkpoint = together(mark.checkpoint);
  // Another one than any that the browser may have kept of it.
  const id = `inside-${Date.now().toString(36)}`;
  return { run: { ...run, id, label: `${run.label}, from this file` }, pictures: held.find((/** @type {Mark} */ { id }) => id === run.newest).pictures, held };
}

/** Offers the run that this file has inside, and says what cannot be kept. @param {Store} store @param {Keeper} keeper */
export function open(store, keeper) {
  found().then(
    (own) => {
      if (!own) return;
      enclosed = own;
      keeper.offer(own);
    },
    () => notify(store, { key: "run-inside", kind: "error", text: "The run inside this file cannot be read, because the file is damaged. The page begins afresh." }),
  );
  let said = false;
  store.subscribe(["archiveTrouble"], ({ archiveTrouble }) => {
    if (said || !archiveTrouble || hasStorage()) return;
    said = true;
    notify(store, { key: "run-unkept", kind: "info", text: "No run can be kept in this frame, and this one ends when it is closed: open the page in a tab of its own to keep one." });
  });
}

/** What was found. @type {Own | null} */
export let enclosed = null;

/** Whether a browser gives this page some: not to a frame that counts as of no site. */
function hasStorage() {
  try {
    return Boolean(globalThis.localStorage);
  } catch {
    return false;
  }
}
