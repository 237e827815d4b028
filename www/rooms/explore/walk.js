// The sheet: four latents are its corners, and wherever the visitor drags, the artist draws what lies between. It must not
// know what the artist is but by what the session says.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Inspecting } from "../../js/inspecting.js" */
/** @import { Pictures } from "../../js/protocol.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
/** @import { Spot } from "./spot.js" */
/** @import { Latent, Way } from "./sphere.js" */
import { createAsking } from "../../js/asking.js";
import { letter } from "../../js/format.js";
import { CLASSES, codesOf, hasJudge } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { notify } from "../../js/store.js";
import { makePickable } from "../../js/views/picking.js";
import { createPainter } from "../../js/views/pictures.js";
import { press } from "../../js/views/press.js";
import { marksOf } from "../../js/views/scores.js";
import { normals } from "./normals.js";
import { SUM, readPath, textOf } from "./path.js";
import { analogy, lengthOf, onSheet, slerp, straight, usualLength } from "./sphere.js";

/** Drawings on a side of the sheet. */
const SIDE = 7;
/** While training the sheet is drawn anew so often, and the drawing of the place. */
const SHEET_MILLIS = 600;
const PLACE_MILLIS = 120;
/** An arrow key goes so far, of 1. */
const STRIDE = 0.02;
/** Seeds of the page's own latents, apart from those that visitors type and from the mixer's. */
const FIRST_SEED = 3_000_000;
const CORNERS = ["top left", "top right", "bottom left", "bottom right"];
/** @type {Map<string, { x: number, y: number }>} */
const WAYS = new Map([["ArrowLeft", { x: -1, y: 0 }], ["ArrowRight", { x: 1, y: 0 }], ["ArrowUp", { x: 0, y: -1 }], ["ArrowDown", { x: 0, y: 1 }]]);

const another = (/** @type {number} */ k) => `<button type="button" class="corner" data-corner="${k}" aria-label="Another ${CORNERS[k]} corner">Another</button>`;

export const MARKUP = `
  <h2 id="walk-title">Walk between drawings</h2>
  <p class="note">Every drawing comes from a point in the artist’s latent space. Here some of them are corners. Drag over the sheet: the artist draws what lies between.</p>
  <div class="row">
    <label class="asked"><span>Digit</span> <select></select></label>
    <label class="between"><span>Between</span> <select><option value="4">four drawings</option><option value="2">two drawings</option></select></label>
    <label class="straight" title="Instead of around the sphere on which the latents lie that a run draws from"><input type="checkbox" /> Straight through</label>
    <label class="straight scored" title="A frame’s colour says how real a drawing looks to the judge: gaps between digits show"><input type="checkbox" /> Judge’s scores</label>
    <button type="button" class="others">Others</button>
    <button type="button" class="sum" title="Top right − top left + bottom left: what the right one has that the left one has not is added to the one below">Arithmetic</button>
  </div>
  <p class="note said" role="status"></p>
  <div class="ground">
    <div class="plane">
      <div class="edge">${another(0)}${another(1)}</div>
      <div class="frame"><canvas tabindex="0" role="slider" aria-label="Place on the sheet" aria-valuemin="0" aria-valuemax="100" aria-describedby="walk-keys"></canvas><span class="place" aria-hidden="true"></span></div>
      <div class="edge">${another(2)}${another(3)}</div>
    </div>
    <figure class="here">
      <div class="frame"><canvas role="img" aria-label="The drawing of this place"></canvas></div>
      <figcaption></figcaption>
    </figure>
  </div>
  <p class="help" id="walk-keys">By keyboard: arrow keys move over the sheet, with Shift ten times as far; Home, End and Page keys go to its corners. Press the large drawing for the judge’s opinion and the nearest real digit.</p>`;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Inspecting} inspecting @param {Spot} spot @param {string | undefined} link what a link says of the sheet */
export function mount(el, store, actions, inspecting, spot, link) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const digit = /** @type {HTMLSelectElement} */ (find(".asked select"));
  const between = /** @type {HTMLSelectElement} */ (find(".between select"));
  const scored = /** @type {HTMLInputElement} */ (find(".scored input"));
  const sum = find(".sum");
  const said = find(".said");
  const sheet = /** @type {HTMLCanvasElement} */ (find(".plane canvas"));
  const here = /** @type {HTMLCanvasElement} */ (find(".here canvas"));
  const plane = find(".plane");
  const caption = find("figcaption");
  const mark = find(".place");
  const showSheet = createPainter(sheet, { columns: SIDE, rows: SIDE });
  const showHere = createPainter(here, { columns: 1, rows: 1 });
  let next = FIRST_SEED;
  const fresh = () => Array.from({ length: 4 }, () => next++);
  /** A seed, a latent from elsewhere, or what the others make of the last one. @type {(number | Latent | typeof SUM)[]} */
  let corners = fresh();
  let place = { x: 0.5, y: 0.5 };
  /** @type {Pictures | null} */
  let shown = null;

  digit.append(...Array.from({ length: CLASSES }, (_, i) => new Option(String(i), String(i))));
  makePickable(here, () => ({ columns: 1, count: shown ? 1 : 0 }), () => shown && inspecting.inspect(shown, 0));

  const way = () => /** @type {Way} */ (/** @type {HTMLInputElement} */ (find(".straight input")).checked ? straight : slerp);
  const latents = () => {
    const { running } = store.get();
    const n = running?.latent ?? 0;
    const all = corners.map((corner) => (typeof corner === "object" && corner.length === n ? corner : normals(typeof corner === "number" ? corner : FIRST_SEED, n)));
    if (corners[3] === SUM) all[3] = analogy(all[0], all[1], all[2]);
    return isRow() ? [all[0], all[1], all[0], all[1]] : all;
  };
  /** Between two drawings lies one row. */
  const isRow = () => between.value === "2";
  const rows = () => (isRow() ? 1 : SIDE);
  const label = () => (digit.disabled ? 0 : Number(digit.value));

  const askSheet = createAsking(() => {
    if (!draws(store.get())) return 0;
    const [go, all] = [way(), latents()];
    const at = Array.from({ length: SIDE * rows() }, (_, i) => onSheet(go, all, { x: (i % SIDE) / (SIDE - 1), y: Math.floor(i / SIDE) / (SIDE - 1) }));
    return actions.translate({ count: at.length, seed: 0, latents: at.flat(), labels: Array(at.length).fill(label()), scored: scored.checked });
  });
  const askHere = createAsking(() => {
    if (!draws(store.get()) || spot.latent.length !== store.get().running?.latent) return 0;
    return actions.translate({ count: 1, seed: 0, latents: spot.latent, labels: [spot.label] });
  });

  /** @param {{ x: number, y: number }} to */
  function move(to) {
    const within = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
    place = { x: within(to.x), y: isRow() ? 0 : within(to.y) };
    mark.style.setProperty("--x", `${place.x * 100}%`);
    mark.style.setProperty("--y", `${place.y * 100}%`);
    if (!draws(store.get())) return;
    spot.stand(onSheet(way(), latents(), place), label());
    const [right, down] = [place.x, place.y].map((v) => Math.round(v * 100));
    sheet.ariaValueNow = String(right);
    sheet.ariaValueText = isRow() ? `${right} % right` : `${right} % right, ${down} % down`;
  }

  spot.follow(() => {
    const n = spot.latent.length;
    caption.textContent = `Length of this latent: ${lengthOf(spot.latent).toFixed(1)}. While training it is about ${usualLength(n).toFixed(1)}.`;
    askHere.want();
  });

  function lay() {
    askSheet.want();
    move(place);
  }

  let held = -1;
  const at = (/** @type {PointerEvent} */ { clientX, clientY }) => {
    const { left, top, width, height } = sheet.getBoundingClientRect();
    // Where the mark stands in the middle of a drawing at the edge, the corner itself is meant.
    const along = (/** @type {number} */ share) => (share * SIDE - 0.5) / (SIDE - 1);
    return { x: along((clientX - left) / width), y: along((clientY - top) / height) };
  };
  sheet.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    held = event.pointerId;
    sheet.setPointerCapture(held);
    move(at(event));
  });
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerId === held) move(at(event));
  });
  const release = (/** @type {PointerEvent} */ { pointerId }) => {
    if (pointerId === held) held = -1;
  };
  sheet.addEventListener("pointerup", release);
  sheet.addEventListener("pointercancel", release);
  sheet.addEventListener("keydown", (event) => {
    const to = { Home: [0, 0], End: [1, 1], PageUp: [1, 0], PageDown: [0, 1] }[event.key];
    const step = WAYS.get(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || (!to && !step)) return;
    event.preventDefault();
    const far = STRIDE * (event.shiftKey ? 10 : 1);
    move(to ? { x: to[0], y: to[1] } : { x: place.x + far * (step?.x ?? 0), y: place.y + far * (step?.y ?? 0) });
  });

  for (const button of /** @type {NodeListOf<HTMLElement>} */ (el.querySelectorAll(".corner"))) {
    press(button, () => {
      corners[Number(button.dataset.corner)] = next++;
      layAnew();
    });
  }
  press(find(".others"), () => {
    corners = fresh();
    layAnew();
  });
  press(sum, () => {
    corners[3] = SUM;
    layAnew();
    said.textContent = "The bottom right corner is now top right − top left + bottom left: look for what the right one has, added to the one below.";
    move({ x: 1, y: 1 });
  });
  between.addEventListener("change", () => {
    showForm();
    layAnew();
  });
  scored.addEventListener("change", lay);
  for (const input of [digit, find(".straight input")]) input.addEventListener("change", layAnew);

  function showForm() {
    sum.ariaDisabled = isRow() ? "true" : null;
    plane.classList.toggle("row-only", isRow());
  }

  /** As the visitor wants it, which a link can then say. */
  function layAnew() {
    said.textContent = "";
    const seeds = corners.filter((corner) => typeof corner !== "object");
    const { checked } = /** @type {HTMLInputElement} */ (find(".straight input"));
    store.patch({ walk: seeds.length < 4 ? "" : textOf({ corners: seeds, digit: label(), row: isRow(), straight: checked }) });
    lay();
  }

  if (link !== undefined) {
    const path = readPath(link);
    if (!path) notify(store, { key: "walk", kind: "warning", text: "The address has a walk that cannot be read, so the room Explore shows one of its own." });
    else {
      corners = path.corners;
      digit.value = String(path.digit);
      between.value = path.row ? "2" : "4";
      /** @type {HTMLInputElement} */ (find(".straight input")).checked = path.straight;
      showForm();
      store.patch({ walk: link });
    }
  }

  spot.onVisit((latent, asked) => {
    corners = [latent, ...corners.slice(1)];
    if (!digit.disabled) digit.value = String(asked);
    place = { x: 0, y: 0 };
    layAnew();
    sheet.scrollIntoView({ block: "center" });
    sheet.focus({ preventScroll: true });
  });

  store.subscribe(["running", "source", "target", "state", "program"], (page) => {
    const { running } = page;
    [askSheet, askHere].forEach((asking) => asking.forget());
    const { categorical } = codesOf(running);
    digit.disabled = running !== null && !running.conditional && !categorical;
    find(".asked").hidden = digit.disabled;
    find(".asked span").textContent = categorical ? "Category" : "Digit";
    for (const option of digit.options) option.text = categorical ? letter(Number(option.value)) : option.value;
    find(".scored").hidden = !hasJudge(page.figures);
    if (find(".scored").hidden) scored.checked = false;
    if (draws(page)) lay();
  });
  store.subscribe(["preview"], () => {
    askSheet.wantAfter(SHEET_MILLIS);
    askHere.wantAfter(PLACE_MILLIS);
  });
  store.subscribe(["translated"], ({ translated }) => {
    if (translated && askSheet.isAnswer(translated.id)) {
      const { pictures, scores } = translated;
      const marks = scores && marksOf({ step: 0, told_apart: 0, reals: store.get().judged?.reals ?? [], fakes: scores }, "fakes");
      if (pictures) showSheet({ ...pictures, columns: SIDE }, { columns: SIDE, rows: Math.round(pictures.count / SIDE) }, marks);
      sheet.dataset.scored = String(scores !== null);
      sheet.dataset.drawn = String(Number(sheet.dataset.drawn ?? 0) + 1);
      askSheet.goOn();
    } else if (translated && askHere.isAnswer(translated.id)) {
      if (translated.pictures) showHere((shown = translated.pictures));
      here.dataset.drawn = String(Number(here.dataset.drawn ?? 0) + 1);
      askHere.goOn();
    }
  });
}

/** Whether the run draws pictures from noise, and is there to be asked. @param {PageState} page */
export const draws = (page) => canAsk(page) && page.source === null && (page.target?.side ?? 0) > 1;
