// One control of the form, by its kind: a list, a switch, a drawing, a whole number, a number with a slider. It
// calls back only with values that the catalog allows, and says what is wrong with others.
// @ts-check

/** @import { Field } from "../../js/protocol.js" */
import { read } from "../../js/drawing.js";
import { refusal, stepped } from "../../js/recipe.js";
import { paperLink } from "../../js/views/paper.js";

/** Positions of a slider. */
const NOTCHES = 400;

/**
 * @typedef {{ id: string, element: HTMLElement, remark: HTMLElement,
 *   show: (value: unknown, unavailable: unknown[]) => void }} Input
 * `remark` holds what is said of the present value: its paper, or what is wrong with it
 */

/**
 * @param {Field} field
 * @param {(value: unknown) => void} edit
 * @returns {Input}
 */
export function createInput(field, edit) {
  const id = `field-${field.path.replaceAll(".", "-")}`;
  const remark = document.createElement("p");
  remark.className = "remark";
  remark.id = `${id}-remark`;
  const { control } = field;
  const made =
    control.kind === "choice" ? choice(control, edit, remark)
    : control.kind === "toggle" ? toggle(edit)
    : control.kind === "drawing" ? drawing(edit, remark)
    : number(field, control, edit, remark);
  made.focus.id = id;
  made.focus.setAttribute("aria-describedby", `${id}-help ${id}-remark ${id}-blame`);
  return { id, remark, element: made.element, show: made.show };
}

/**
 * @param {Extract<Field["control"], { kind: "choice" }>} control
 * @param {(value: unknown) => void} edit
 * @param {HTMLElement} remark
 */
function choice({ options }, edit, remark) {
  const select = document.createElement("select");
  select.append(...options.map(({ label }, i) => new Option(label, String(i))));
  select.addEventListener("change", () => edit(options[Number(select.value)].value));
  return {
    element: select,
    focus: select,
    /** @param {unknown} value @param {unknown[]} unavailable */
    show(value, unavailable) {
      const chosen = options.findIndex((option) => option.value === value);
      select.value = String(chosen);
      options.forEach((option, i) => (select.options[i].disabled = unavailable.includes(option.value)));
      const { help = "", paper = null } = options[chosen] ?? {};
      remark.replaceChildren(help, ...(paper ? [" ", paperLink(paper)] : []));
    },
  };
}

/** @param {(value: unknown) => void} edit */
function toggle(edit) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.addEventListener("change", () => edit(box.checked));
  return {
    element: box,
    focus: box,
    /** @param {unknown} value */
    show: (value) => void (box.checked = value === true),
  };
}

/** The text of a drawing, which a room draws. @param {(value: unknown) => void} edit @param {HTMLElement} remark */
function drawing(edit, remark) {
  const element = document.createElement("div");
  const box = document.createElement("input");
  const way = Object.assign(document.createElement("a"), { href: "#room=pad", textContent: "Draw it in the Pad" });
  /** @type {unknown} */
  let shown = "";
  element.append(box, way);
  box.type = "text";
  box.spellcheck = false;
  box.autocomplete = "off";
  box.placeholder = "The drawing’s text, or nothing for one to begin with";
  box.addEventListener("change", () => {
    const text = box.value.trim();
    const { reason } = text === "" ? { reason: "" } : read(text);
    box.setAttribute("aria-invalid", String(reason !== ""));
    remark.textContent = reason && `It is still as it was: ${reason}.`;
    if (reason === "") edit(text);
  });
  return {
    element,
    focus: box,
    /** @param {unknown} value */
    show(value) {
      if (value === shown) return; // what is being typed stays
      shown = value;
      box.value = String(value ?? "");
      box.setAttribute("aria-invalid", "false");
      remark.textContent = "";
    },
  };
}

/**
 * @param {Field} field
 * @param {Extract<Field["control"], { kind: "integer" | "number" }>} control
 * @param {(value: unknown) => void} edit
 * @param {HTMLElement} remark
 */
function number(field, control, edit, remark) {
  const element = document.createElement("div");
  const box = document.createElement("input");
  element.className = "number";
  box.type = "number";
  box.step = control.kind === "integer" ? "1" : "any";
  box.min = String(control.min);
  box.max = String(control.max);
  box.inputMode = control.kind === "integer" ? "numeric" : "decimal";
  /** @type {number | null} */
  let shown = null;

  /** @param {number} value @returns {boolean} whether the catalog allows it */
  const judge = (value) => {
    const problem = refusal(control, value);
    box.setAttribute("aria-invalid", String(problem !== ""));
    remark.textContent = problem && `This ${problem}; it is still ${shown === null ? "unset" : written(shown)}.`;
    return problem === "";
  };
  box.addEventListener("input", () => {
    const value = box.value.trim() === "" ? NaN : Number(box.value);
    if (!judge(value)) return;
    shown = value;
    if (slider) slider.value = String(toNotch(value));
    edit(value);
  });
  box.addEventListener("keydown", (event) => {
    const way = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    // The browser's own step would be 1, from .012 to the least that is allowed.
    if (control.kind !== "number" || way === 0 || shown === null) return;
    event.preventDefault();
    const value = stepped(control, shown, way);
    if (value === shown) return;
    box.value = written(value);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // Leaving a field that says nonsense brings back what holds.
  box.addEventListener("blur", () => {
    if (shown === null || box.getAttribute("aria-invalid") !== "true") return;
    box.value = written(shown);
    judge(shown);
  });

  const log = control.kind === "number" && control.log && control.min > 0;
  const [low, high] = log ? [Math.log(control.min), Math.log(control.max)] : [control.min, control.max];
  const toNotch = (/** @type {number} */ value) => Math.round((((log ? Math.log(value) : value) - low) / (high - low)) * NOTCHES);
  const fromNotch = (/** @type {number} */ notch) => {
    const position = low + (notch / NOTCHES) * (high - low);
    const value = Number((log ? Math.exp(position) : position).toPrecision(log ? 2 : 3));
    return Math.min(control.max, Math.max(control.min, value));
  };
  /** @type {HTMLInputElement | null} */
  const slider = control.kind === "number" && log ? document.createElement("input") : null;
  if (slider) {
    slider.type = "range";
    slider.min = "0";
    slider.max = String(NOTCHES);
    slider.setAttribute("aria-label", `${field.label}, ${field.group}`);
    slider.addEventListener("input", () => {
      shown = fromNotch(Number(slider.value));
      slider.setAttribute("aria-valuetext", written(shown));
      box.value = written(shown);
      judge(shown);
      edit(shown);
    });
    element.append(slider);
  }
  element.append(box);

  return {
    element,
    focus: box,
    /** @param {unknown} value */
    show(value) {
      if (typeof value !== "number" || value === shown) return;
      shown = value;
      box.value = written(value);
      judge(value);
      if (slider) {
        slider.value = String(toNotch(value));
        slider.setAttribute("aria-valuetext", written(value));
      }
    },
  };
}

/** As short as it is exact: 32-bit numbers lose the tail that only 64 bits give them. @param {number} value */
function written(value) {
  return String(Number(value.toPrecision(6)));
}
