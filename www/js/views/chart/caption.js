// The sentence below a chart, in which the word for each layer is the button that shows or hides it, and the figures
// below it. It must not know what the layers look like.
// @ts-check

/** A layer of a chart: `sign` is how the style sheet draws a sample of it, `of` whose ink it has. @typedef {{ name: string, word: string, help: string, sign: string, of: "artist" | "judge" | "both", off?: true }} Layer */
/** A figure: `help` says what it means. @typedef {{ label: string, value: string, note?: string, help: string }} Reading */

/** Which layers the visitor has turned on or off, until the page is left. @type {Map<string, boolean>} */
const chosen = new Map();

/**
 * @param {HTMLElement} el
 * @param {string} kind of chart
 * @param {Layer[]} layers
 * @param {string[]} clauses with the name of each layer in braces; one about a layer that there is nothing of is left out
 * @param {() => void} changed
 */
export function createCaption(el, kind, layers, clauses, changed) {
  const isOn = (/** @type {Layer} */ layer) => chosen.get(`${kind} ${layer.name}`) ?? !layer.off;
  let absent = new Set();
  const buttons = new Map(layers.map((layer) => [layer.name, createToggle(layer, isOn(layer), (on) => {
    chosen.set(`${kind} ${layer.name}`, on);
    changed();
  })]));

  const spans = clauses.map((clause) => {
    const span = document.createElement("span");
    const parts = clause.split(/[{}]/);
    span.append(...parts.map((part, i) => (i % 2 === 1 ? /** @type {HTMLElement} */ (buttons.get(part)) : part)), " ");
    return { span, names: parts.filter((_, i) => i % 2 === 1) };
  });
  el.replaceChildren(...spans.map(({ span }) => span));

  return {
    /** Of which layers there is nothing at all. @param {string[]} names */
    lack(names) {
      if (names.length === absent.size && names.every((name) => absent.has(name))) return;
      absent = new Set(names);
      for (const { span, names } of spans) span.hidden = names.some((name) => absent.has(name));
    },
    /** The layers on show. @returns {Set<string>} */
    shown: () => new Set(layers.filter((layer) => isOn(layer) && !absent.has(layer.name)).map(({ name }) => name)),
  };
}

/** @param {Layer} layer @param {boolean} on @param {(on: boolean) => void} changed */
function createToggle({ word, help, sign, of }, on, changed) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `layer ${of === "both" ? "" : of}`;
  button.dataset.sign = sign;
  button.title = help;
  button.textContent = word;
  button.ariaPressed = String(on);
  button.addEventListener("click", () => {
    on = !on;
    button.ariaPressed = String(on);
    changed(on);
  });
  return button;
}

/** Shows figures in a list, whose items stay while their labels do. @param {HTMLElement} el @param {Reading[]} readings */
export function showReadings(el, readings) {
  if (el.children.length !== readings.length || readings.some(({ label }, i) => el.children[i].firstChild?.textContent !== label)) {
    el.replaceChildren(...readings.map(({ label, help }) => {
      const [item, name, value] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
      item.title = help;
      name.textContent = label;
      item.append(name, value);
      return item;
    }));
  }
  readings.forEach(({ value, note }, i) => {
    const place = /** @type {Element} */ (el.children[i].lastChild);
    const text = note ? `${value} ${note}` : value;
    if (place.textContent === text) return;
    place.textContent = value;
    if (note) place.append(" ", Object.assign(document.createElement("small"), { textContent: note }));
  });
}

/** Three significant digits; what is nearly nothing is 0. @param {number} value */
export function three(value) {
  const size = Math.abs(value);
  if (size < 1e-4) return "0";
  const text = size >= 1e4 || size < 1e-3 ? value.toFixed(size < 1 ? 4 : 0) : value.toPrecision(3);
  return (/e/.test(text) ? value.toFixed(0) : text).replace("-", "−");
}

/** Two digits behind the point. @param {number} value */
export const two = (value) => value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");

/** The probability that belongs to a logit. @param {number} logit */
export const sigmoid = (logit) => 1 / (1 + Math.exp(-logit));
