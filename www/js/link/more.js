// What only a few links carry: packed parts, a run, a teacher's words. Comes when a link has one of these.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Catalog, Recipe } from "../protocol.js" */
/** @import { Store } from "../store.js" */
/** @import { Params } from "./read.js" */
/** @import { Run } from "./run.js" */
import { unpack } from "./packing.js";
import { take } from "./read.js";
import { tell } from "./replaying.js";
import { runIn } from "./run.js";
import { check, teach } from "./teaching.js";

/** Takes in what is packed. @param {Params} params @param {string[]} complaints */
export async function open({ asks, packed }, complaints) {
  for (const part of packed) {
    const { text, reason } = await unpack(part);
    if (reason) complaints.push(`A part of the link ${reason}.`);
    else if (take(asks, text).length > 0) complaints.push("A part of the link is packed twice, which none is: copy all of the link.");
  }
}

/**
 * The run that the link tells of, if it can be one; complains of that, and of a teacher's words that mean nothing.
 * @param {Params} params
 * @param {Catalog} catalog
 * @param {Recipe} recipe what the settings come to
 * @param {string[]} complaints
 * @returns {Run | null}
 */
export function heed(params, catalog, recipe, complaints) {
  const whole = complaints.length === 0; // of other settings it would be another run
  check(params, catalog, complaints);
  if (!params.asks.has("play")) return null;
  const { run, reason } = whole ? runIn(params.asks, catalog, recipe) : { run: null, reason: "not all of the link can be used here" };
  if (!run) complaints.push(`The run in the link cannot be replayed: ${reason}. The page has its settings alone.`);
  return run;
}

/** Lets the page be as the link wants it. @param {Params} params @param {Store} store @param {Actions} actions */
export function follow(params, store, actions) {
  teach(params);
  tell(store, actions);
}
