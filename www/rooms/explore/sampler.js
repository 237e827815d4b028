// Draws more pictures on request: of a chosen digit or category, from a chosen seed; and turns the codes of a
// run that has some, one along each row, on the same noise.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Inspecting } from "../../js/inspecting.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { letter } from "../../js/format.js";
import { CLASSES, codesOf, isPoint } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { makePickable } from "../../js/views/picking.js";
import { createPainter } from "../../js/views/pictures.js";
import { normals } from "./normals.js";

const SIZE = { columns: 5, rows: 4 };
/** What a code is along a row: as far as all but one in twenty normal numbers go. */
const TURNS = [-2, -1, 0, 1, 2];
const ALL = "all";
const LAST_SEED = 999_999;
/** What is said instead of a run's form, before “in the room Pad”. */
const GIVEN = "This artist draws from pictures, not from noise: give it one of your own";
const POINTS = "This artist makes points, and its samples are always on the stage. You can draw the real ones";

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Inspecting} inspecting */
export function mount(el, store, actions, inspecting) {
  const form = /** @type {HTMLFormElement} */ (el.querySelector("form"));
  const digit = /** @type {HTMLSelectElement} */ (form.elements.namedItem("digit"));
  const kind = /** @type {HTMLElement} */ (form.querySelector("label span"));
  const seed = /** @type {HTMLInputElement} */ (form.elements.namedItem("seed"));
  const truncation = /** @type {HTMLInputElement} */ (form.elements.namedItem("truncation"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const codes = /** @type {HTMLElement} */ (el.querySelector(".codes"));
  const along = /** @type {HTMLSelectElement} */ (codes.querySelector("select"));
  const note = /** @type {HTMLElement} */ (el.querySelector(".note"));
  const canvas = /** @type {HTMLCanvasElement} */ (el.querySelector("canvas"));
  const show = createPainter(canvas, SIZE);
  makePickable(canvas, () => ({ columns: SIZE.columns, count: store.get().sampled?.pictures.count ?? 0 }), (index) => {
    const { sampled } = store.get();
    if (sampled) inspecting.inspect(sampled.pictures, index);
  });
  digit.append(new Option("all ten", ALL), ...Array.from({ length: CLASSES }, (_, i) => new Option(String(i), String(i))));
  /** @type {HTMLInputElement[]} one for each code */
  let sliders = [];
  let drawn = seed.valueAsNumber;
  let asked = "";
  let waiting = false;
  let moved = false;
  /** The step that they were drawn at, as long as the visitor has not asked for any. @type {number | null} */
  let unasked = 0;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.ariaDisabled === "true" || !form.reportValidity()) return;
    // Pressed again as it is, others are wanted; with something changed, the same noise in another way.
    if (wanted() === asked) seed.value = String(seed.valueAsNumber < LAST_SEED ? seed.valueAsNumber + 1 : 0);
    drawWanted();
    unasked = null;
  });

  const wanted = () => [digit, seed, truncation].map(({ value }) => value).join();

  function drawWanted() {
    asked = wanted();
    drawn = seed.valueAsNumber;
    draw();
  }

  // As a code is turned the noise stays; a slider in motion waits for the drawings of where it was.
  codes.addEventListener("input", () => {
    hideTurned();
    unasked = null;
    if (button.ariaDisabled === "true") return;
    if (waiting) moved = true;
    else draw();
  });

  function draw() {
    const { running } = store.get();
    if (!running) return;
    const { categorical } = codesOf(running);
    const { columns } = SIZE;
    const wanted = digit.disabled || digit.value === ALL ? null : Number(digit.value);
    const turned = sliders.length > 0;
    const rows = turned && categorical && wanted === null ? CLASSES : SIZE.rows;
    const count = columns * rows;
    /** @type {number[] | undefined} */
    let labels;
    if (wanted !== null) labels = Array(count).fill(wanted);
    else if (turned && categorical) labels = Array.from({ length: count }, (_, i) => Math.floor(i / columns));
    const latents = turned ? Array.from({ length: rows }, (_, row) => turns(normals(drawn * CLASSES + row, running.latent))).flat(2) : undefined;
    const of = wanted === null ? "" : categorical ? ` of category ${letter(wanted)}` : ` asked to be a ${wanted}`;
    const how = turned ? `; along each row ${along.selectedOptions[0].text} goes from −2 to 2` : "";
    const psi = truncation.disabled ? 1 : truncation.valueAsNumber;
    const within = psi < 1 ? `, truncated at ${psi}` : "";
    waiting = true;
    actions.sample({ count, seed: drawn, labels, latents, truncation: psi }, `${count} drawings${of}, from seed ${drawn}${within}${how}.`);
  }

  /** A row of latents that differ in one code. @param {number[]} noise */
  function turns(noise) {
    return TURNS.map((turn) => noise.map((x, k) => (k === Number(along.value) ? turn : (sliders[k]?.valueAsNumber ?? x))));
  }

  /** The code that goes along the rows needs no slider. */
  function hideTurned() {
    sliders.forEach((slider, k) => (/** @type {HTMLElement} */ (slider.parentElement).hidden = k === Number(along.value)));
  }

  /** @param {number} count */
  function layCodes(count) {
    sliders.forEach((slider) => slider.parentElement?.remove());
    sliders = Array.from({ length: count }, () => Object.assign(document.createElement("input"), { type: "range", min: "-2", max: "2", step: "0.1", value: "0" }));
    along.replaceChildren(...sliders.map((_, k) => new Option(`code ${k + 1}`, String(k))));
    sliders.forEach((slider, k) => {
      const label = document.createElement("label");
      label.append(`Code ${k + 1} `, slider);
      codes.append(label);
    });
    codes.hidden = count === 0;
    hideTurned();
  }

  // A run that translates has nothing to draw from here, and one of points nothing to draw.
  const [elsewhere, ...rest] = [".elsewhere", "form", ".help", ".note", ".frame"].map((name) => /** @type {HTMLElement} */ (el.querySelector(name)));
  const drawsHere = (/** @type {PageState} */ { source, target }) => source === null && !isPoint(target);
  store.subscribe(["source", "target"], (page) => {
    elsewhere.hidden = drawsHere(page);
    /** @type {HTMLElement} */ (elsewhere.firstChild).textContent = isPoint(page.target) ? POINTS : GIVEN;
    for (const part of rest) part.hidden = !drawsHere(page);
  });
  store.subscribe(["running", "source", "target", "state", "program"], (page) => {
    const { running } = page;
    button.ariaDisabled = String(!canAsk(page) || !drawsHere(page));
    const { categorical, continuous } = codesOf(drawsHere(page) ? running : null);
    digit.disabled = running !== null && !running.conditional && !categorical;
    if (digit.disabled) digit.value = ALL;
    const asks = categorical ? "Category" : "Digit";
    if (kind.textContent !== asks) digit.value = ALL; // a digit is no category
    kind.textContent = asks;
    for (const option of [...digit.options].slice(1)) option.text = categorical ? letter(Number(option.value)) : option.value;
    if (continuous !== sliders.length) layCodes(continuous);
    // Turned codes stand in latents of the page's own, none of which is redrawn.
    truncation.disabled = continuous > 0;
    waiting = moved = false;
    // Somebody who opens this wants to see some, and those of an artist that has gone on say little.
    const old = unasked !== null && page.state === "paused" && page.step !== unasked;
    if (button.ariaDisabled !== "true" && ((page.sampled === null && asked === "") || old)) {
      if (unasked !== null) unasked = page.step;
      drawWanted();
    }
  });
  store.subscribe(["sampled"], ({ sampled }) => {
    waiting = false;
    const { columns } = SIZE;
    show(sampled?.pictures ?? null, sampled ? { columns, rows: Math.ceil(sampled.pictures.count / columns) } : SIZE);
    note.textContent = sampled?.caption ?? "Fresh noise, as the artist would draw it now.";
    canvas.setAttribute("aria-label", sampled?.caption ?? "Nothing drawn yet");
    if (moved) draw();
    moved = false;
  });
}
