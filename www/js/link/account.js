// How the session writes down how a run came to where it stands, as the program's Account does: a line for the recipe
// that it started from, and one for each move, its step and a recipe or a side. It must not know links.
// @ts-check

/** @import { Recipe } from "../protocol.js" */

/** Something done by hand once so many steps had been taken: another recipe from there on, or a step of one side alone.
 * @typedef {{ step: number, action: { adjust: Recipe } | { single: "discriminator" | "generator" } }} Move */
/** How a run came to where it stands: with its seed, all that it depends on. @typedef {{ start: Recipe, moves: Move[] }} Account */

/** @param {Account} account */
export const writeAccount = ({ start, moves }) =>
  [JSON.stringify(start), ...moves.map(({ step, action }) => `${step} ${"single" in action ? action.single : JSON.stringify(action.adjust)}`)].join("\n");

/** @param {string} text @returns {Account} */
export function readAccount(text) {
  const [start, ...lines] = text.split("\n");
  const moves = lines.map((line) => {
    const [step, what] = [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)];
    const action = what === "generator" || what === "discriminator" ? /** @type {const} */ ({ single: what }) : { adjust: JSON.parse(what) };
    return { step: Number(step), action };
  });
  return { start: JSON.parse(start), moves };
}
