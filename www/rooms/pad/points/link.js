// The address that opens the page with a drawing. It must not know who copies it.
// @ts-check

/** @import { PageState } from "../../../js/state.js" */
import { presetOf } from "../../../js/forecast.js";
import { hasPoints, playable } from "./games.js";

/**
 * @param {PageState} page
 * @param {string} dataset
 * @param {string} drawing
 * @param {string} base the page's own address
 */
export function linkTo(page, dataset, drawing, base) {
  const { catalog, draft, preset, running } = page;
  const known = playable(catalog);
  const own = hasPoints(draft) ? known.find(({ name }) => name === preset) : presetOf(page);
  const { name } = own ?? known[0] ?? { name: preset };
  const url = new URL(base);
  url.hash = "";
  url.search = new URLSearchParams({ preset: name, dataset, drawing, seed: String((draft ?? running)?.seed ?? 1) }).toString();
  return url.href;
}
