// The press that shows others' pictures beside the artist's, and what there is to say of them: for the stage and the Pad.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { whole } from "../format.js";
import { rivalOf } from "../models.js";
import { press } from "./press.js";

/** @param {HTMLElement} button @param {Store} store @param {Actions} actions */
export function offer(button, store, actions) {
  press(button, actions.compare);
  store.subscribe(["catalog", "running", "comparing"], (page) => {
    button.hidden = rivalOf(page) === undefined;
    button.textContent = page.comparing ? "Hide them" : "Compare with others";
  });
}

/** Who the others are, or why they are not all there; empty where nothing is compared. @param {PageState} page */
export function describe(page) {
  const { comparing, rival, compared } = page;
  if (!comparing || rivalOf(page) === undefined) return "";
  if (compared) return `Distance only: the same artist after ${whole(compared.step)} steps without a judge.`;
  if (rival.status === "absent") return "This site has no artist without a judge.";
  if (rival.status === "failed") return `The artist without a judge did not come: ${rival.trouble}.`;
  return "Fetching the artist without a judge…";
}
