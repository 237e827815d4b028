// Saves copies of ganvas.html with the run inside, and says where the newest state of the run is. It must not know how a
// run is written there.
// @ts-check

/** @import { Around } from "../js/rooms.js" */
/** @import { PageState } from "../js/state.js" */
import { whole } from "../js/format.js";
import { offer } from "../js/views/drop.js";
import { press } from "../js/views/press.js";
import { RUN, enclosed, written } from "../single/run.js";

const MARKUP = `
<h2 id="copies-title">As a page</h2>
<p class="note">
  This whole page with the run inside: one file that opens in any current browser, without a network, and offers to
  go on from there.
</p>
<div class="row">
  <button type="button" class="copy">Save a copy with this run inside</button>
  <button type="button" class="over" hidden></button>
</div>
<p class="note newest"></p>
<p class="note said" role="status"></p>`;

/** A file that the visitor has let the page write. @typedef {{ name: string, createWritable(): Promise<{ write(data: Uint8Array): Promise<void>, close(): Promise<void> }> }} Handle */

/** @param {HTMLElement} el @param {Around} around */
export function mount(el, { store, keeper }) {
  const card = Object.assign(document.createElement("section"), { className: "card", id: "copies", innerHTML: MARKUP });
  card.setAttribute("aria-labelledby", "copies-title");
  el.prepend(card);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (card.querySelector(selector));
  const [copy, over, newest, said] = [".copy", ".over", ".newest", ".said"].map(find);
  /** What a file has of the run, and where it is. @type {{ step: number, checkpoint: Uint8Array | null, name: string } | null} */
  let saved = null;
  /** The file of the last copy, where it can be written again. @type {Handle | null} */
  let handle = null;
  let busy = false;

  press(copy, () => save(false));
  press(over, () => save(true));
  store.subscribe(["step", "running", "state", "timelineVersion", "archiveTrouble"], show);

  /** @param {PageState} page */
  function show({ step, running, archiveTrouble }) {
    copy.ariaDisabled = over.ariaDisabled = String(busy || running === null || step === 0);
    over.hidden = !handle;
    over.textContent = `Save over ${handle?.name}`;
    newest.textContent = running && step > 0 ? whereabouts(step, archiveTrouble === "") : "";
  }

  /** @param {number} step @param {boolean} keeps whether the browser keeps runs */
  function whereabouts(step, keeps) {
    const own = enclosed && { ...stateOf(enclosed), name: "this file" };
    const snapshot = keeper.newest();
    const here = [saved, own].find((file) => file && file.checkpoint === snapshot?.checkpoint && file.step === step);
    if (here) return `The newest state, step ${whole(step)}, is in ${here.name}.`;
    const browser = keeps && snapshot ? `; step ${whole(snapshot.step)} is kept in this browser` : "";
    return `The newest state, step ${whole(step)}, is in this tab only${browser}${saved ? `; ${saved.name} has step ${whole(saved.step)}` : ""}.`;
  }

  /** @param {boolean} again into the same file */
  async function save(again) {
    busy = true;
    show(store.get());
    said.textContent = "Saving…";
    said.textContent = await attempt(again).catch((error) => `The copy could not be saved: ${error.message.replace(/\.$/, "")}.`);
    busy = false;
    show(store.get());
  }

  /** @param {boolean} again @returns {Promise<string>} what has become of it */
  async function attempt(again) {
    const own = await keeper.whole();
    if (!own) return "There is nothing to save yet.";
    const { step } = own.run;
    const name = `ganvas-${presetOf(own.run.label)}-step${step}-${stamp(new Date())}.html`;
    const to = again ? handle : await pick(name);
    if (to === undefined) return "Nothing was saved.";
    const page = new TextEncoder().encode(pageWith(await written(own)));
    if (to) {
      const file = await to.createWritable();
      await file.write(page);
      await file.close();
    } else {
      offer(name, page);
    }
    handle = to;
    saved = { ...stateOf(own), name: to?.name ?? name };
    return to ? `Step ${whole(step)} is saved in ${to.name}.` : `Step ${whole(step)} is in ${name}, which goes where this browser puts downloads.`;
  }

  /** The catalog's short name. @param {string} label */
  function presetOf(label) {
    const { catalog, preset } = store.get();
    return catalog?.presets.find((candidate) => candidate.label === label)?.name ?? preset;
  }
}

/** @param {import("../single/run.js").Own} own */
const stateOf = ({ run, held }) => ({ step: run.step, checkpoint: held.find(({ id }) => id === run.newest)?.checkpoint ?? null });

/** Asks the visitor where to; null where the browser cannot, undefined where they do not want to. @param {string} suggestedName @returns {Promise<Handle | null | undefined>} */
async function pick(suggestedName) {
  const { showSaveFilePicker } = /** @type {any} */ (globalThis);
  try {
    return (await showSaveFilePicker?.({ suggestedName, types: [{ description: "Web page", accept: { "text/html": [".html"] } }] })) ?? null;
  } catch (error) {
    return /** @type {DOMException} */ (error).name === "AbortError" ? undefined : null;
  }
}

/** This page as it was written, with another run. @param {string} run */
function pageWith(run) {
  const shell = /** @type {HTMLElement} */ (/** @type {any} */ (globalThis).ganvasInside.shell.cloneNode(true));
  shell.querySelector(`script[data-file="${RUN}"]`)?.remove();
  const element = document.createElement("script");
  element.type = "text/plain";
  element.dataset.file = RUN;
  element.textContent = run;
  // The last script looks for it.
  [...shell.querySelectorAll("script")].at(-1)?.before(element);
  return `<!doctype html>\n${shell.outerHTML}`;
}

/** @param {Date} date */
function stamp(date) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate()), two(date.getHours()) + two(date.getMinutes())].join("-");
}
