// The address that opens the page with a drawing. It must not know who copies it.
// @ts-check

/** @import { PageState } from "../../../js/state.js" */
import { settingsOf } from "../../../js/link/write.js";
import { hasPoints, playable } from "./games.js";

/**
 * @param {PageState} page
 * @param {string} dataset
 * @param {string} drawing
 * @param {string} base the page's own address
 */
export function linkTo({ catalog, draft, preset, running }, dataset, drawing, base) {
  const url = base.replace(/[?#].*/, "");
  const recipe = [draft, running, playable(catalog)[0]?.recipe ?? null].find((recipe) => hasPoints(recipe));
  return catalog && recipe ? `${url}#${settingsOf(catalog, { ...recipe, dataset, drawing }, preset).join("&")}` : url;
}
