// Chooses one of the catalog's recipes, and says what it is and where it comes from.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Store } from "../store.js" */
import { whole } from "../format.js";
import { isFrom } from "../recipe.js";
import { paperLink } from "./paper.js";

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  const changed = document.createElement("span");
  const summary = document.createElement("p");
  const sizes = document.createElement("p");
  label.append("Start from ", changed, select);
  sizes.className = "help";
  changed.className = "changed";
  summary.className = "summary";
  el.append(label, summary, sizes);
  select.addEventListener("change", () => actions.choosePreset(select.value));

  store.subscribe(["catalog"], ({ catalog }) => {
    select.disabled = !catalog;
    select.replaceChildren(...(catalog?.presets ?? []).map(({ name, label: words }) => new Option(words, name)));
  });
  store.subscribe(["parameters"], ({ parameters }) => {
    sizes.textContent = parameters
      ? `Parameters: artist ${whole(parameters.generator)}, judge ${whole(parameters.discriminator)}.`
      : "…";
  });
  store.subscribe(["catalog", "preset", "draft"], ({ catalog, preset: name, draft }) => {
    const preset = catalog?.presets.find((candidate) => candidate.name === name);
    if (!catalog || !preset || !draft) return;
    select.value = name;
    changed.textContent = isFrom(catalog, draft, preset) ? "" : "(changed)";
    summary.replaceChildren(preset.summary, ...(preset.paper ? [" ", paperLink(preset.paper)] : []));
  });
}
