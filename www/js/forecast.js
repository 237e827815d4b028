// How long a preset takes on this machine until there is something to see, from the speed of steps that were taken
// here. Pure; it must not know how it is shown.
// @ts-check

/** @import { Preset } from "./protocol.js" */
/** @import { PageState } from "./state.js" */
import { isFrom } from "./recipe.js";

/** Steps after which their speed can be relied on. */
const SETTLED = 10;
/** What people say of a time, seconds. */
const ROUND = [5, 10, 15, 20, 30, 45, 60, 90];

/** The preset that a run has come from. @param {PageState} page */
export const presetOf = ({ catalog, running }) =>
  (catalog && running && catalog.presets.find((candidate) => isFrom(catalog, running, candidate))) || null;

/**
 * Milliseconds of a step of the first preset on this machine and program, by what the run here takes; null while
 * that is not known, or where the run is nobody's preset.
 * @param {PageState} page
 */
export function unitOf(page) {
  const preset = presetOf(page);
  const { step, speed: { stepMillis } } = page;
  return preset && step >= SETTLED && stepMillis > 0 ? stepMillis / preset.outlook.cost : null;
}

/**
 * Seconds that a preset needs from a step on; null where nothing is known of this machine.
 * @param {Preset} preset
 * @param {number | null} unit
 * @param {number} [step]
 */
export function secondsOf({ outlook: { steps, cost } }, unit, step = 0) {
  return unit === null ? null : (Math.max(0, steps - step) * cost * unit) / 1000;
}

/** A time as people say it. @param {number} seconds */
export function inTime(seconds) {
  const round = ROUND.find((at) => seconds <= at * 1.15);
  if (round === undefined) return `${Math.round(seconds / 60)} minutes`;
  return round < 60 ? `${round} seconds` : round === 60 ? "one minute" : "1½ minutes";
}
