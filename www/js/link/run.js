// The run that a link tells of: its moves, the step to play to and what the sender saw there. Pure; it must not know who
// plays it.
// @ts-check

/** @import { Account, Move } from "./account.js" */
/** @import { Catalog, Program, Recipe } from "../protocol.js" */
import { refusal, withValue } from "../recipe.js";
import { writeAccount } from "./account.js";
import { pathOf, short, valueOf } from "./read.js";

/** Moves that one run may have, as the session allows. */
export const MOST_MOVES = 100;
const MOST_STEPS = 10_000_000;

/** `text`: the account as the session reads it. @typedef {{ account: Account, text: string, until: number, drawn: { program: Program, digest: string } | null }} Run */

/**
 * @param {Map<string, string>} asks what the link says
 * @param {Catalog} catalog
 * @param {Recipe} start
 * @returns {{ run: Run | null, reason: string }} why there is none, as a sentence without its full stop
 */
export function runIn(asks, catalog, start) {
  const refused = (/** @type {string} */ reason) => ({ run: null, reason });
  const play = asks.get("play") ?? "";
  const until = wholeIn(play);
  if (until === null || until < 1 || until > MOST_STEPS) return refused(`play=${short(play)} is not a step from 1 to ${MOST_STEPS.toLocaleString("en")}`);
  const { moves, reason } = movesIn(asks.get("moves") ?? "", catalog, start, until);
  if (reason) return refused(reason);
  const text = asks.get("drawn");
  const [, program, digest] = text?.match(/^(cpu|gpu)-([0-9a-f]{16})$/) ?? [];
  if (text !== undefined && !digest) return refused(`drawn=${short(text)} is not what a drawing is compared by`);
  const account = { start, moves };
  return { run: { account, text: writeAccount(account), until, drawn: digest ? { program: /** @type {Program} */ (program), digest } : null }, reason: "" };
}

/** @param {string} text @param {Catalog} catalog @param {Recipe} start @param {number} until @returns {{ moves: Move[], reason: string }} */
function movesIn(text, catalog, start, until) {
  const refused = (/** @type {string} */ reason) => ({ moves: [], reason });
  const parts = text === "" ? [] : text.split("/");
  if (parts.length > MOST_MOVES) return refused(`it has more than ${MOST_MOVES} moves`);
  /** @type {Move[]} */
  const moves = [];
  let recipe = start;
  for (const part of parts) {
    const [at, what, ...more] = part.split(":");
    const step = wholeIn(at);
    if (step === null || !what || more.length > 0) return refused(`“${short(part)}” is no move`);
    const last = moves.at(-1);
    if (last && step < last.step) return refused(`the move at step ${step} comes after one at ${last.step}`);
    if (step > until) return refused(`it plays to step ${until}, before its move at ${step}`);
    const side = { g: /** @type {const} */ ("generator"), d: /** @type {const} */ ("discriminator") }[what];
    if (side) {
      // Each is a step further.
      if (step === until || moves.some((move) => move.step === step && "single" in move.action)) return refused(`nobody can take the step after ${step} alone`);
      moves.push({ step, action: { single: side } });
      continue;
    }
    for (const assignment of what.split(",")) {
      const [key, value = "", ...rest] = assignment.split("=");
      const field = catalog.fields.find(({ path }) => path === pathOf(key));
      if (!field || rest.length > 0) return refused(`“${short(assignment)}” is no setting of this version`);
      if (!field.branches) return refused(`“${short(assignment)}” cannot change in the middle of a run`);
      const changed = valueOf(field.control, value);
      const problem = refusal(field.control, changed);
      if (problem) return refused(`${key} “${short(value)}” ${problem}`);
      recipe = withValue(recipe, field.path, changed);
    }
    moves.push({ step, action: { adjust: recipe } });
  }
  return { moves, reason: "" };
}

/** A number of steps as digits, or null. @param {string} text */
const wholeIn = (text) => (/^\d{1,9}$/.test(text) ? Number(text) : null);
