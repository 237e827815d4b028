// A link to a paper: a plain address that nothing follows until the visitor does.
// @ts-check

/** @import { Paper } from "../protocol.js" */

/** @param {Paper} paper */
export function paperLink({ citation, url }) {
  const link = document.createElement("a");
  link.textContent = citation;
  if (/^https:\/\//.test(url)) link.href = url;
  link.rel = "noreferrer";
  return link;
}
