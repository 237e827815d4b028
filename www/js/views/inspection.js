// One picture looked at closely: the picture, what it was made from if it was made from another, what the judge would
// change in it, and the real digit that is most like it.
// @ts-check

/** @import { Inspecting } from "../inspecting.js" */
/** @import { Neighbour, Pictures, Shape } from "../protocol.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { BUILT_IN } from "../data.js";
import { short, whole } from "../format.js";
import { hasJudge } from "../protocol.js";
import { createPainter } from "./pictures.js";
import { paintSlopes } from "./slopes.js";

/** @typedef {NonNullable<PageState["inspected"]>} Inspected */

const ONE = { columns: 1, rows: 1 };
/** Nearer than this share of how near real digits are to each other looks like one learned by heart. */
const BY_HEART = 0.5;

/** @param {HTMLDialogElement} el @param {Store} store @param {Inspecting} inspecting */
export function mount(el, store, inspecting) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [given, own, saliency, neighbour] = [".given", ".own", ".saliency", ".neighbour"].map((name) => /** @type {HTMLCanvasElement} */ (find(`${name} canvas`)));
  const [title, origin, score, change, near] = ["h2", ".given p", ".own p", ".saliency p", ".neighbour p"].map(find);
  const showGiven = createPainter(given, ONE);
  const showOwn = createPainter(own, ONE);
  const showNear = createPainter(neighbour, ONE);
  find("button").addEventListener("click", () => el.close());
  // It may be told of late, when another picture is open already.
  el.addEventListener("close", () => el.open || inspecting.close());
  // A press beside the sheet closes it, as Escape does.
  el.addEventListener("click", (event) => event.target === el && el.close());

  /** The scores of the moment in which the judge answered: later ones would be another judge's. @type {{ of: number | null, judged: PageState["judged"] }} */
  let then = { of: null, judged: null };
  store.subscribe(["inspected", "classifier", "real", "dataset", "figures", "program"], (page) => {
    const { inspected } = page;
    if (!inspected) return el.open && el.close();
    if (inspected.logit !== then.of) then = { of: inspected.logit, judged: page.judged };
    const drawing = isDrawing(inspected);
    const judge = hasJudge(page.figures);
    const { source } = inspected;
    el.classList.toggle("real", !drawing);
    title.textContent = titleOf(inspected);
    find(".given").hidden = !source;
    origin.textContent = drawing ? "What the artist made it from." : "What was made of it, for the artist.";
    showGiven(source && page.source && one(source, page.source, "source"));
    showOwn(one(inspected.pixels, inspected.shape, inspected.role));
    find(".saliency").hidden = !judge;
    score.textContent = scoreOf(inspected, page, then.judged);
    change.textContent = inspected.saliency ? "Blue: more ink would look more real to it. Red: less ink would." : "…";
    paintSlopes(saliency, inspected.shape.side, inspected.pixels, inspected.saliency ?? []);
    showNear(inspected.neighbour && one(inspected.neighbour.pixels, inspected.shape, "target"));
    near.textContent = inspected.neighbour ? compared(inspected.neighbour, drawing, source !== null) : searching(page);
    if (!el.open) el.showModal();
  });
}

/** @param {Inspected} inspected @param {PageState} page @param {PageState["judged"]} judged what the judge had said of others */
function scoreOf({ logit }, { figures, program }, judged) {
  if (!hasJudge(figures)) return "There is no judge in this run, so nobody scores it.";
  if (logit === null) return program.phase === "gone" ? "The program is not running, so the judge cannot be asked." : "The judge is looking at it…";
  const score = `The judge’s score: ${short(logit)}.`;
  if (!judged || judged.reals.length === 0) return score;
  return `${score} At that moment real digits on the page averaged ${short(mean(judged.reals))}, drawings ${short(mean(judged.fakes))}.`;
}

/** Those of runs that were kept by earlier versions have no role. @param {Inspected} inspected */
const isDrawing = ({ role }) => role !== "target";

/** @param {Inspected} inspected */
function titleOf(inspected) {
  const { label, source } = inspected;
  const drawing = isDrawing(inspected);
  if (drawing && source) return label === null ? "A picture of the artist’s" : `The artist’s picture of a ${label}`;
  const what = drawing ? "A drawing" : "A real digit";
  return label === null ? what : `${what}${drawing ? ", asked to be" : ":"} a ${label}`;
}

/** A picture as several of them. @param {Uint8Array} pixels @param {Shape} shape @param {Pictures["role"]} role @returns {Pictures} */
const one = (pixels, shape, role) => ({ role, shape, frames: 1, count: 1, columns: 1, pixels, labels: new Uint8Array() });

/** Why there is no nearest digit yet. @param {PageState} page */
function searching({ classifier, real, dataset, program }) {
  if (program.phase === "gone") return "The program is not running, so nothing can be compared.";
  switch (classifier.status) {
    case "absent":
      return "This site does not include the reader, which finds the nearest real digit.";
    case "failed":
      return `The reader, which finds it, did not load: ${classifier.trouble}. Press the picture again to retry.`;
    case "ready":
      if (dataset !== BUILT_IN && real === null) return "No real digits have loaded yet.";
      return "Looking through the real digits…";
    default:
      return "The reader, which finds it, is still loading…";
  }
}

/** @param {Neighbour} neighbour @param {boolean} drawing @param {boolean} translated */
function compared({ label, distance, usual, searched }, drawing, translated) {
  const found = `A ${label}, the nearest of ${whole(searched)} real digits by what the reader, a classifier, sees in them: at a distance of ${short(distance)}.`;
  if (!drawing || usual == null) return found;
  if (translated) return `${found} The artist is meant to come close to one: the digit that the given picture was made from.`;
  const own = `That digit’s own nearest neighbour is at ${short(usual)}`;
  return distance < BY_HEART * usual
    ? `${found} ${own}: the drawing is far closer to it than real digits are to each other, so it may have been memorised.`
    : `${found} ${own}: the drawing is not a copy of it.`;
}

/** @param {number[]} list */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
