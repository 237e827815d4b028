// Draws the recipe's form from the catalog. It must not know any option by name: whatever the core
// offers appears here, in the catalog's order, words and ranges.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Params } from "../../js/link/read.js" */
/** @import { Catalog, Field } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { counts, differences, isFrom, nameOf, valueAt } from "../../js/recipe.js";
import { isUntouched } from "../../js/state.js";
import { createInput } from "./input.js";

/** What the rest of the page calls a player, said beside the field's name for it. @type {Record<string, string>} */
const PLAYERS = { Generator: "the artist", Discriminator: "the judge" };
/** Settings that are named one by one. */
const MOST_NAMED = 3;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Params} params what a link hides and locks */
export function mount(el, store, actions, { hide, lock }) {
  const form = /** @type {HTMLFormElement} */ (el.querySelector("form"));
  const apply = /** @type {HTMLButtonElement} */ (el.querySelector(".apply button"));
  const waiting = /** @type {HTMLElement} */ (el.querySelector(".apply p"));
  form.addEventListener("submit", (event) => event.preventDefault());
  apply.addEventListener("click", () => {
    const wrong = /** @type {HTMLElement | null} */ (form.querySelector(".field:not([hidden]) [aria-invalid=true]"));
    if (wrong) wrong.focus();
    else actions.startOver();
  });

  /** @type {Map<string, ReturnType<typeof createRow>>} */
  let rows = new Map();
  let drawnFor = "";
  store.subscribe(["catalog"], ({ catalog }) => {
    // A replaced worker sends the same catalog again: what is being typed stays.
    const key = JSON.stringify(catalog?.fields);
    if (!catalog || key === drawnFor) return;
    drawnFor = key;
    rows = new Map(catalog.fields.map((field) => [field.path, createRow(field, (value) => actions.edit(field.path, value))]));
    form.replaceChildren(...layOut(catalog, rows));
    for (const [path, row] of rows) if (lock.includes(path) || lock.includes("all")) row.lock();
  });

  store.subscribe(["catalog", "preset", "draft", "running", "touched", "unavailable", "step", "state", "pretrained"], (page) => {
    const { catalog, preset, draft, running, touched, unavailable, state } = page;
    if (!catalog || !draft) {
      apply.disabled = true;
      return;
    }
    for (const [path, row] of rows) row.show(valueAt(draft, path), unavailable[path] ?? []);
    for (const field of catalog.fields) rows.get(field.path)?.hide(!counts(draft, field) || hide.includes(field.path));
    const begun = !isUntouched(page) || state === "training";
    // A live setting that was changed by hand is on its way; one that came with a preset waits.
    const waits = (/** @type {Field} */ { live, path }) => !live || !touched.includes(path);
    const pending = running && begun ? differences(catalog, draft, running).filter(waits) : [];
    for (const [path, row] of rows) row.mark(pending.some((field) => field.path === path));
    apply.disabled = pending.length === 0;
    apply.parentElement?.classList.toggle("waiting", pending.length > 0);
    const chosen = catalog.presets.find(({ name }) => name === preset);
    const whole = chosen && isFrom(catalog, draft, chosen) ? chosen.label : "";
    waiting.textContent = pending.length === 0 ? "" : `Takes effect when you start over: ${inShort(pending.map(nameOf), whole)}.`;
  });
  store.subscribe(["catalog", "problems"], ({ problems }) => {
    for (const [path, row] of rows) row.blame(problems.find((problem) => problem.path === path)?.reason ?? "");
  });
}

/** Fields that wait. @param {string[]} names @param {string} preset that they came with, if all did */
function inShort(names, preset) {
  if (names.length <= MOST_NAMED) return names.join(", ");
  return preset ? `the settings of “${preset}”` : `${names.slice(0, MOST_NAMED - 1).join(", ")} and ${names.length - MOST_NAMED + 1} others`;
}

/** Basic fields first, by group; the rest behind a disclosure. @param {Catalog} catalog @param {Map<string, { element: HTMLElement }>} rows */
function layOut({ fields }, rows) {
  const advanced = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "All other settings";
  const rest = document.createElement("div");
  rest.append(...groups(fields.filter(({ basic }) => !basic), rows));
  advanced.append(summary, rest);
  return [...groups(fields.filter(({ basic }) => basic), rows), advanced];
}

/** @param {Field[]} fields @param {Map<string, { element: HTMLElement }>} rows */
function groups(fields, rows) {
  return [...new Set(fields.map(({ group }) => group))].map((group) => {
    const set = document.createElement("fieldset");
    set.dataset.group = group.toLowerCase();
    const legend = document.createElement("legend");
    legend.textContent = [group, PLAYERS[group]].filter(Boolean).join(", ");
    set.append(legend);
    for (const { path, group: own } of fields) {
      const row = rows.get(path);
      if (own === group && row) set.append(row.element);
    }
    return set;
  });
}

/** A field with its words. @param {Field} field @param {(value: unknown) => void} edit */
function createRow(field, edit) {
  const element = document.createElement("div");
  const label = document.createElement("label");
  const mark = document.createElement("span");
  const help = document.createElement("p");
  const blame = document.createElement("p");
  const input = createInput(field, edit);
  element.className = `field ${field.control.kind}`;
  mark.className = "pending";
  mark.hidden = true;
  mark.textContent = field.branches ? "applies in a branch or on reset" : "applies on reset";
  label.htmlFor = input.id;
  label.append(field.label);
  help.className = "help";
  help.id = `${input.id}-help`;
  help.textContent = field.help;
  blame.className = "blame";
  blame.id = `${input.id}-blame`;
  element.append(label, mark, input.element, help, input.remark, blame);
  return {
    element,
    show: input.show,
    /** @param {boolean} hidden */
    hide(hidden) {
      element.hidden = hidden;
    },
    /** It is shown, and stays as it is. */
    lock() {
      for (const control of /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("input, select"))) control.disabled = true;
    },
    /** @param {string} reason why the session refused what stands here, or nothing */
    blame(reason) {
      blame.textContent = reason && `This ${reason}.`;
      element.classList.toggle("refused", reason !== "");
    },
    /** @param {boolean} pending */
    mark(pending) {
      mark.hidden = !pending;
      element.classList.toggle("waiting", pending);
    },
  };
}
