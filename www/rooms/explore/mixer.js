// A table of what a run makes of two latents: each row has one, each column another, and a press on either changes it. The
// table follows the artist as it learns. It must not know what the artist mixes but by what the session says.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Inspecting } from "../../js/inspecting.js" */
/** @import { Mixing, Pictures } from "../../js/protocol.js" */
/** @import { Store } from "../../js/store.js" */
import { createAsking } from "../../js/asking.js";
import { CLASSES } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { makePickable } from "../../js/views/picking.js";
import { createPainter } from "../../js/views/pictures.js";
import { normals } from "./normals.js";

const SIDE = 5;
/** A table is a small part of what the session has to do while it trains. */
const LIVE_MILLIS = 400;
/** Seeds of the page's own latents, apart from those that visitors type. */
const FIRST_SEED = 2_000_000;

/** What is said of each kind. @type {Record<Mixing["kind"], { title: string, text: string, row: string, column: string }>} */
const WORDS = {
  styles: {
    title: "Mix styles",
    text: "Each row has one latent, each column another. The first layers of a picture take their style from the row, the later ones from the column. Press a picture at the edge for another one.",
    row: "first layers",
    column: "later layers",
  },
  motion: {
    title: "Mix content and motion",
    text: "Each row keeps its digit, each column its motion: what moves and how it moves come from two latents. Press a film at the edge for another one.",
    row: "content",
    column: "motion",
  },
};

const MARKUP = `
<h2 id="mixer-title"></h2>
<p class="help"></p>
<label class="from"><span>Columns begin at layer <b></b></span><input type="range" min="1" step="1" /></label>
<div class="table">
  <div class="frame columns"><canvas role="img"></canvas></div>
  <div class="frame rows"><canvas role="img"></canvas></div>
  <div class="frame mixed"><canvas role="img"></canvas></div>
</div>
<div class="row"><button type="button">All others</button></div>`;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Inspecting} inspecting */
export function mount(el, store, actions, inspecting) {
  el.innerHTML = MARKUP;
  const [title, text] = ["h2", ".help"].map((name) => /** @type {HTMLElement} */ (el.querySelector(name)));
  const from = /** @type {HTMLElement} */ (el.querySelector(".from"));
  const slider = /** @type {HTMLInputElement} */ (from.querySelector("input"));
  const where = /** @type {HTMLElement} */ (from.querySelector("b"));
  let next = FIRST_SEED;
  const fresh = () => Array.from({ length: SIDE }, () => next++);
  const seeds = { rows: fresh(), columns: fresh() };
  /** @type {Record<"rows" | "columns" | "mixed", Pictures | null>} */
  const shown = { rows: null, columns: null, mixed: null };

  /** @param {keyof typeof shown} part @param {{ columns: number, rows: number }} size @param {(index: number) => void} pick @param {string} title */
  function place(part, size, pick, title) {
    const canvas = /** @type {HTMLCanvasElement} */ (el.querySelector(`.${part} canvas`));
    const paint = createPainter(canvas, size);
    makePickable(canvas, () => ({ columns: size.columns, count: shown[part]?.count ?? 0 }), pick);
    canvas.title = title;
    return { canvas, paint: (/** @type {Pictures | null} */ pictures) => paint((shown[part] = pictures), size) };
  }

  const parts = {
    columns: place("columns", { columns: SIDE, rows: 1 }, (index) => change("columns", index), "Another one"),
    rows: place("rows", { columns: 1, rows: SIDE }, (index) => change("rows", index), "Another one"),
    mixed: place("mixed", { columns: SIDE, rows: SIDE }, (index) => shown.mixed && inspecting.inspect(shown.mixed, index), "Look closer"),
  };

  const asking = createAsking(() => {
    const page = store.get();
    const { running, mixing } = page;
    if (!running || !mixing || !canAsk(page)) return 0;
    const of = (/** @type {number} */ seed) => normals(seed, running.latent);
    const [rows, columns] = [seeds.rows.map(of), seeds.columns.map(of)];
    const pairs = [...columns.map((z) => [z, z]), ...rows.map((z) => [z, z]), ...rows.flatMap((row) => columns.map((column) => [row, column]))];
    const digits = rows.map((_, row) => row % CLASSES);
    const labels = [...columns.map((_, column) => (SIDE + column) % CLASSES), ...digits, ...digits.flatMap((digit) => Array(SIDE).fill(digit))];
    const second = { latents: pairs.flatMap(([, column]) => column), from: slider.valueAsNumber };
    return actions.translate({ count: pairs.length, seed: 0, labels, latents: pairs.flatMap(([row]) => row), second });
  });

  /** @param {"rows" | "columns"} which @param {number} index */
  function change(which, index) {
    seeds[which][index] = next++;
    asking.want();
  }

  el.querySelector("button")?.addEventListener("click", () => {
    [seeds.rows, seeds.columns] = [fresh(), fresh()];
    asking.want();
  });
  slider.addEventListener("input", () => {
    say();
    asking.want();
  });

  function say() {
    const { mixing } = store.get();
    el.hidden = mixing === null;
    if (!mixing) return;
    const words = WORDS[mixing.kind];
    title.textContent = words.title;
    text.textContent = words.text;
    from.hidden = mixing.kind !== "styles";
    if (mixing.kind === "styles") {
      slider.max = String(mixing.sides.length - 1);
      const side = mixing.sides[slider.valueAsNumber];
      where.textContent = `${slider.valueAsNumber + 1} of ${mixing.sides.length}, ${side} × ${side} pixels`;
    }
    parts.rows.canvas.setAttribute("aria-label", `${SIDE} drawings, whose ${words.row} each row has`);
    parts.columns.canvas.setAttribute("aria-label", `${SIDE} drawings, whose ${words.column} each column has`);
    parts.mixed.canvas.setAttribute("aria-label", `${SIDE * SIDE} drawings with the ${words.row} of their row and the ${words.column} of their column`);
  }

  store.subscribe(["mixing"], ({ mixing }) => {
    if (mixing?.kind === "styles") slider.value = String(mixing.sides.findIndex((side) => side > mixing.sides[0]));
    say();
  });
  store.subscribe(["running", "state", "program"], (page) => {
    asking.forget();
    if (page.mixing && canAsk(page)) asking.want();
  });
  store.subscribe(["preview"], () => asking.wantAfter(LIVE_MILLIS));
  store.subscribe(["translated"], ({ translated }) => {
    if (!translated || !asking.isAnswer(translated.id)) return;
    const { pictures } = translated;
    if (pictures) {
      parts.columns.paint(part(pictures, 0, SIDE));
      parts.rows.paint(part(pictures, SIDE, SIDE));
      parts.mixed.paint(part(pictures, 2 * SIDE, SIDE * SIDE));
    }
    asking.goOn();
  });
}

/** So many pictures from one on. @param {Pictures} pictures @param {number} first @param {number} count @returns {Pictures} */
function part(pictures, first, count) {
  const size = pictures.pixels.length / pictures.count;
  const [pixels, labels] = [pictures.pixels.subarray(first * size, (first + count) * size), pictures.labels.subarray(first, first + count)];
  return { ...pictures, count, columns: SIDE, pixels, labels };
}
