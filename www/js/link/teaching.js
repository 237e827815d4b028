// What a teacher's link hides of the page, and which names such a link may say. Rooms and settings see to themselves.
// @ts-check

/** @import { Catalog } from "../protocol.js" */
/** @import { Params } from "./read.js" */
import { loadStyle } from "../place.js";
import { ROOMS } from "../rooms.js";
import { short } from "./read.js";

/** Parts of the page that a link can hide, and where they are. */
export const PARTS = new Map([
  ["pitch", ".pitch"],
  ["badge", "#badge"],
  ["share", "#share"],
  ["train", "#train"],
  ["reals", "#reals"],
  ["timeline", "#timeline"],
  ["steps", ".steps"],
  ["reset", "#reset"],
  ["preset", "#preset"],
]);

/** Complains of names that mean nothing. @param {Params} params @param {Catalog} catalog @param {string[]} complaints */
export function check({ view, hide, lock }, catalog, complaints) {
  const fields = catalog.fields.map(({ path }) => path);
  const lockable = ["all", "preset", ...fields];
  const hideable = [...ROOMS.keys(), ...PARTS.keys(), ...fields];
  if (view !== null && view !== "stage" && !ROOMS.has(view)) {
    complaints.push(`The address asks for view “${short(view)}”, but there are only stage and the rooms: ${[...ROOMS.keys()].join(", ")}.`);
  }
  for (const name of hide) if (!hideable.includes(name)) complaints.push(`The address hides “${short(name)}”, but there is no room, part of the page or setting of that name.`);
  for (const name of lock) if (!lockable.includes(name)) complaints.push(`The address locks “${short(name)}”, but there is no setting of that name.`);
}

/** Takes away what is hidden of the page. @param {Params} params */
export function teach({ view, hide }) {
  const gone = hide.flatMap((name) => PARTS.get(name) ?? []);
  if (gone.length > 0) {
    const sheet = new CSSStyleSheet(); // whatever comes later to be there is hidden as well
    sheet.replaceSync(`${gone.join(", ")} { display: none !important; }`);
    document.adoptedStyleSheets.push(sheet);
  }
  if (view !== null) loadStyle("js/link/teaching.css").catch(() => {}); // all is there without it
}
