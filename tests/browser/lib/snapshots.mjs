// What tests ask of the snapshots that a driven program sends.
// @ts-check

import assert from "node:assert/strict";

/** @import { Event } from "../../../www/js/protocol.js" */

/** @param {Event[]} events */
export function lossesIn(events) {
  return events.flatMap((event) => (event.type === "progressed" ? event.losses : []));
}

/** At least one. @param {Event[]} events */
export function savesIn(events) {
  assert.deepEqual(events.filter(({ type }) => type === "failed"), []);
  // Bytes may come out of the browser as a plain object.
  const saves = events.flatMap((event) => (event.type === "saved" ? [{ ...event, checkpoint: Uint8Array.from(Object.values(event.checkpoint)) }] : []));
  assert(saves.length > 0, "nothing was saved");
  return saves;
}

/** All numbers of a checkpoint (safetensors: a length, a header of that length, the numbers). @param {Uint8Array} checkpoint */
export function numbersOf(checkpoint) {
  const start = 8 + Number(new DataView(checkpoint.buffer).getBigUint64(0, true));
  return new Float32Array(checkpoint.slice(start).buffer);
}
