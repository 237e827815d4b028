// Chooses one of the catalog's recipes, and says what it is and where it comes from.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Params } from "../../js/link/read.js" */
/** @import { Preset } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { hasDigits } from "../../js/data.js";
import { inTime, secondsOf } from "../../js/forecast.js";
import { whole } from "../../js/format.js";
import { isFrom } from "../../js/recipe.js";
import { paperLink } from "../../js/views/paper.js";

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Params} params */
export function mount(el, store, actions, { lock }) {
  const label = document.createElement("label");
  const select = document.createElement("select");
  const changed = document.createElement("span");
  const summary = document.createElement("p");
  const sizes = document.createElement("p");
  const outlook = document.createElement("p");
  const waits = document.createElement("p");
  label.append("Start from ", changed, select);
  sizes.className = "help";
  outlook.className = "outlook";
  changed.className = "changed";
  summary.className = "summary";
  waits.className = "waits";
  el.append(label, waits, summary, outlook, sizes);
  select.addEventListener("change", () => actions.choosePreset(select.value));

  store.subscribe(["catalog"], ({ catalog }) => {
    select.disabled = !catalog || lock.some((name) => name === "preset" || name === "all");
    const group = (/** @type {string} */ words, /** @type {(preset: Preset) => boolean} */ belongs) => {
      const element = Object.assign(document.createElement("optgroup"), { label: words });
      const own = (catalog?.presets ?? []).filter(belongs);
      element.append(...own.map(({ name, label: option }) => new Option(option, name)));
      return element;
    };
    select.replaceChildren(
      group("They learn to draw", (preset) => !preset.outlook.fails && hasDigits(preset.recipe.dataset)),
      group("They learn points", (preset) => !preset.outlook.fails && !hasDigits(preset.recipe.dataset)),
      group("They fail, on purpose", ({ outlook }) => outlook.fails),
    );
  });
  let told = "";
  store.subscribe(["catalog", "preset", "unit", "device"], ({ catalog, preset: name, unit, device }) => {
    const preset = catalog?.presets.find((candidate) => candidate.name === name);
    if (!preset) return;
    const { steps, fails } = preset.outlook;
    // On a graphics card steps do not cost what they cost here in proportion.
    const seconds = device.program === "cpu" ? secondsOf(preset, unit) : null;
    const words = `${fails ? "Fails visibly" : hasDigits(preset.recipe.dataset) ? "Digits" : "Learned"} after about ${whole(steps)} steps${seconds === null ? "" : `, ${inTime(seconds)} on this machine`}.`;
    if (words !== told) outlook.textContent = told = words;
  });
  store.subscribe(["parameters"], ({ parameters }) => {
    sizes.textContent = parameters
      ? `Parameters: artist ${whole(parameters.generator)}, judge ${whole(parameters.discriminator)}.`
      : "…";
  });
  store.subscribe(["catalog", "preset", "draft", "running"], ({ catalog, preset: name, draft, running }) => {
    const preset = catalog?.presets.find((candidate) => candidate.name === name);
    if (!catalog || !preset || !draft) return;
    select.value = name;
    changed.textContent = isFrom(catalog, draft, preset) ? "" : "(changed)";
    const trained = running && !isFrom(catalog, running, preset) ? catalog.presets.find((candidate) => isFrom(catalog, running, candidate)) : undefined;
    waits.textContent = trained && trained !== preset ? `Still training “${trained.label}”: start over to train this one.` : "";
    summary.replaceChildren(preset.summary, ...(preset.paper ? [" ", paperLink(preset.paper)] : []));
  });
}
