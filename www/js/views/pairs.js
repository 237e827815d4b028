// The stage of a game that makes pictures of pictures: above each other what is given, what the artist makes of it and
// the real digit, a column for each digit. It must not know any game or view by name.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Inspecting } from "../inspecting.js" */
/** @import { Pictures } from "../protocol.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { whole } from "../format.js";
import { rivalOf } from "../models.js";
import { CLASSES } from "../protocol.js";
import { enlarged } from "./bicubic.js";
import { describe, offer } from "./comparing.js";
import { makePickable } from "./picking.js";
import { createCanvas, place, rampOf, tinted } from "./pictures.js";
import { drawMark, marksOf } from "./scores.js";

/** What a row of pictures shows. @typedef {"given" | "bicubic" | "rival" | "made" | "real" | "again" | "forth" | "back"} Row */
/** A row with its label, and whose inks it wears. @typedef {{ row: Row, label: string, inks: "given" | "made" | "real" }} RowOf */
/** @type {RowOf[]} */
const ONE_WAY = [
  { row: "given", label: "given", inks: "given" },
  { row: "made", label: "artist", inks: "made" },
  { row: "real", label: "real", inks: "real" },
];
/** What others make of the same, between what is given and the artist's. @type {RowOf[]} */
const OTHERS = [
  { row: "bicubic", label: "bicubic", inks: "given" },
  { row: "rival", label: "distance only", inks: "given" },
];
/** Away and back, from either side. @type {RowOf[]} */
const BACK = [
  { row: "given", label: "given", inks: "given" },
  { row: "made", label: "artist", inks: "made" },
  { row: "again", label: "again", inks: "given" },
];
/** @type {RowOf[]} */
const FORTH = [
  { row: "real", label: "real", inks: "real" },
  { row: "forth", label: "artist", inks: "made" },
  { row: "back", label: "again", inks: "real" },
];
/** Blocks, of which the style sheet shows as many as there is room for: each begins with this picture. Where a run goes both ways, the first of either are below each other. */
const BLOCKS = [
  { from: 0, both: { from: 0, rows: BACK } },
  { from: CLASSES, both: { from: 0, rows: FORTH } },
  { from: 2 * CLASSES, both: { from: CLASSES, rows: BACK } },
];
const MOST_ROWS = ONE_WAY.length + OTHERS.length;
const SAME = "What it makes of them: the same ones every time, so you see it learn.";

const MARKUP = `
<figcaption>
  <div><h2>Given</h2><p class="view"></p></div>
  <div><h2 class="artist">The artist’s pictures</h2><p class="moment">${SAME}</p></div>
  <div><h2 class="judge">The real digits</h2><p class="truth"></p></div>
  <div class="comparing"><p class="others" role="status"></p><button type="button" class="compare" hidden></button></div>
</figcaption>
<div class="headings" aria-hidden="true">${Array.from({ length: CLASSES }, (_, digit) => `<span>${digit}</span>`).join("")}</div>
<div class="blocks"></div>`;
const BLOCK = `
<div class="labels" aria-hidden="true">${"<span></span>".repeat(MOST_ROWS)}</div>
<div class="frame"><canvas role="img"></canvas></div>`;

/** @typedef {Record<Row, Pictures | null>} Shown */

const TRUTH = "The truth: what is given was made from these.";
const UNSEEN = "Nobody tells the artists which belongs to which. One goes back to plain digits, the other forth; “again” is what comes home.";

/** @param {HTMLElement} el where the pictures stand @param {Store} store @param {Actions} actions @param {Inspecting} inspecting */
export function mount(el, store, actions, inspecting) {
  const figure = document.createElement("figure");
  figure.className = "pairs";
  figure.innerHTML = MARKUP;
  el.prepend(figure);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (figure.querySelector(selector));
  const [view, moment, truth, others, place] = [".view", ".moment", ".truth", ".others", ".blocks"].map(find);
  offer(find(".compare"), store, actions);
  const blocks = BLOCKS.map((block) => createBlock(place, block, store, inspecting));

  // The style sheet shows this figure instead of the others.
  store.subscribe(["source"], ({ source }) => document.documentElement.classList.toggle("translates", source !== null));
  store.subscribe(["catalog", "running"], (page) => (view.textContent = viewOf(page)));
  store.subscribe(["looking"], ({ looking }) => {
    figure.classList.toggle("past", looking !== null);
    moment.textContent = looking ? `As made at step ${whole(looking.step)}.` : SAME;
  });
  store.subscribe(["bothWays"], ({ bothWays }) => (truth.textContent = bothWays ? UNSEEN : TRUTH));
  store.subscribe(["catalog", "running", "comparing", "rival", "compared"], (page) => {
    const words = describe(page);
    if (others.textContent !== words) others.textContent = words;
  });
  store.subscribe(["source", "sources", "preview", "real", "looking", "judged", "showScores", "bothWays", "roundTrip", "catalog", "running", "comparing", "compared"], (page) => {
    if (!page.source) return;
    // The style sheet has to know how many rows a block has, and that there are more than usual.
    const rows = ONE_WAY.length + othersOf(page).length;
    document.documentElement.classList.toggle("compares", rows > ONE_WAY.length);
    document.documentElement.style.setProperty("--rows", String(rows));
    for (const show of blocks) show(page);
  });
}

/** What the form says of what is given. @param {PageState} page */
function viewOf({ catalog, running }) {
  const field = catalog?.fields.find(({ path }) => path === "view");
  const option = field?.control.kind === "choice" && field.control.options.find(({ value }) => value === running?.view);
  return option ? option.help : "";
}

/** @param {PageState} page @returns {Shown} */
const shownOf = ({ sources, preview, looking, real, roundTrip, compared }) => {
  const now = looking ? null : roundTrip; // of other moments only the way back is kept
  return {
    given: sources,
    bicubic: sources && real && enlarged(sources, real.shape.side),
    rival: compared?.pictures ?? null,
    made: (looking ?? { pictures: preview }).pictures,
    real,
    again: now?.source_again ?? null,
    forth: now?.forth ?? null,
    back: now?.target_again ?? null,
  };
};

/** The rows of others that are on show: only what is small can be enlarged. @param {PageState} page */
function othersOf(page) {
  if (!page.comparing || page.bothWays || !rivalOf(page)) return [];
  const isSmall = page.source && page.target && page.source.side < page.target.side;
  return OTHERS.filter(({ row }) => row !== "bicubic" || isSmall);
}

/**
 * Rows of pictures, from one of them on. Returns the function that shows them.
 * @param {HTMLElement} el
 * @param {typeof BLOCKS[number]} place
 * @param {Store} store
 * @param {Inspecting} inspecting
 */
function createBlock(el, { from: first, both }, store, inspecting) {
  const block = document.createElement("div");
  block.className = "block";
  block.innerHTML = BLOCK;
  el.append(block);
  const canvas = /** @type {HTMLCanvasElement} */ (block.querySelector("canvas"));
  const labels = /** @type {HTMLElement[]} */ ([...block.querySelectorAll(".labels span")]);
  const rowsOf = (/** @type {PageState} */ page) => (page.bothWays ? both : { from: first, rows: [ONE_WAY[0], ...othersOf(page), ...ONE_WAY.slice(1)] });

  const repaint = createCanvas(canvas, () => ({ columns: CLASSES, rows: rowsOf(store.get()).rows.length }), (context, { ratio, side, pitch }) => {
    const page = store.get();
    const shown = shownOf(page);
    const { from, rows } = rowsOf(page);
    /** @type {Partial<Record<Row, ReturnType<typeof marksOf>>> | null} */
    const scores = page.showScores && !page.looking ? { made: marksOf(page.judged, "fakes"), real: marksOf(page.judged, "reals") } : null;
    rows.forEach(({ row }, k) => {
      // A label wears the inks of its pictures: the colour of 255, and around it that of 0.
      const { color, borderTopColor } = getComputedStyle(labels[k]);
      const sheet = sheetOf(shown[row], from, rampOf(borderTopColor, color));
      for (let i = 0; i < CLASSES; i++) {
        const [x, y] = [i, k].map((at) => Math.round((at + 0.5) * pitch - side / 2));
        place(context, sheet ?? borderTopColor, i, { x, y, side });
        const marks = scores?.[row];
        if (marks) drawMark(context, marks, from + i, { x, y, side, ratio });
      }
    });
  });

  makePickable(canvas, () => ({ columns: CLASSES, count: store.get().sources ? rowsOf(store.get()).rows.length * CLASSES : 0 }), (index) => {
    const page = store.get();
    const { given, rival, made, real } = shownOf(page);
    const { from, rows } = rowsOf(page);
    const [{ row }, at] = [rows[Math.floor(index / CLASSES)], from + (index % CLASSES)];
    // What was given is looked at by what became of it.
    const pictures = row === "rival" ? rival : row === "real" || row === "forth" || row === "back" ? real : made;
    if (pictures && at < pictures.count) inspecting.inspect(pictures, at, given);
  });

  return (/** @type {PageState} */ page) => {
    const { step, looking, bothWays } = page;
    const { rows } = rowsOf(page);
    labels.forEach((element, k) => {
      const { label, inks } = rows[k] ?? { label: "", inks: "" };
      if (element.textContent !== label) element.textContent = label;
      element.className = inks;
      element.hidden = !label;
    });
    repaint();
    const after = whole((looking ?? { step }).step);
    canvas.setAttribute("aria-label", bothWays ? `${both.rows === BACK ? "Pictures that are given, below them the plain digits" : "Plain digits, below them the pictures"} that an artist makes of them after ${after} steps, and what the other makes of those in turn; one column for each digit from 0 to 9` : `Pictures that are given, below them ${othersOf(page).map(({ row }) => (row === "rival" ? "what an artist without a judge makes of them, " : "their bicubic enlargement, ")).join("")}what the artist makes of them after ${after} steps, and the real digits; one column for each digit from 0 to 9`);
  };
}

/** Some of the pictures, tinted; none where they are not there. @param {Pictures | null} pictures @param {number} from @param {Uint32Array} ramp */
function sheetOf(pictures, from, ramp) {
  if (!pictures || pictures.count < from + CLASSES) return null;
  const size = pictures.pixels.length / pictures.count;
  return tinted({ ...pictures, pixels: pictures.pixels.subarray(from * size) }, CLASSES, ramp);
}
