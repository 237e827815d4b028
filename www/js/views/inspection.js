// One picture looked at closely: the picture, what the judge would change in it, and the real digit that
// is most like it.
// @ts-check

/** @import { Inspecting } from "../inspecting.js" */
/** @import { Neighbour } from "../protocol.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { BUILT_IN } from "../data.js";
import { short, whole } from "../format.js";
import { SIDE } from "../protocol.js";
import { createPainter } from "./pictures.js";

const ONE = { columns: 1, rows: 1 };
/** Nearer than this share of how near real digits are to each other looks like one learned by heart. */
const BY_HEART = 0.5;

/** @param {HTMLDialogElement} el @param {Store} store @param {Inspecting} inspecting */
export function mount(el, store, inspecting) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [own, saliency, neighbour] = [".own", ".saliency", ".neighbour"].map((name) => /** @type {HTMLCanvasElement} */ (find(`${name} canvas`)));
  const [title, score, change, near] = ["h2", ".own p", ".saliency p", ".neighbour p"].map(find);
  const showOwn = createPainter(own, ONE);
  const showNear = createPainter(neighbour, ONE);
  find("button").addEventListener("click", () => el.close());
  el.addEventListener("close", () => inspecting.close());
  // A press beside the sheet closes it, as Escape does.
  el.addEventListener("click", (event) => event.target === el && el.close());

  /** The scores of the moment in which the judge answered: later ones would be another judge's. @type {{ of: number | null, judged: PageState["judged"] }} */
  let then = { of: null, judged: null };
  store.subscribe(["inspected", "classifier", "real", "dataset", "program"], (page) => {
    const { inspected } = page;
    if (!inspected) return el.open && el.close();
    if (inspected.logit !== then.of) then = { of: inspected.logit, judged: page.judged };
    const { judged } = then;
    const drawing = inspected.by === "artist";
    el.classList.toggle("real", !drawing);
    const what = drawing ? "A drawing" : "A real digit";
    title.textContent = inspected.label === null ? what : `${what}${drawing ? ", asked to be" : ":"} a ${inspected.label}`;
    showOwn({ count: 1, columns: 1, pixels: inspected.pixels, labels: new Uint8Array() });
    score.textContent = inspected.logit === null ? (page.program.phase === "gone" ? "The program is not running, so the judge cannot be asked." : "The judge is looking at it…") : `The judge’s score: ${short(inspected.logit)}.${judged && judged.reals.length > 0 ? ` At that moment real digits on the page averaged ${short(mean(judged.reals))}, drawings ${short(mean(judged.fakes))}.` : ""}`;
    change.textContent = inspected.saliency ? "Blue: more ink would look more real to it. Red: less ink would." : "…";
    paintSaliency(saliency, inspected.pixels, inspected.saliency);
    showNear(inspected.neighbour && { count: 1, columns: 1, pixels: inspected.neighbour.pixels, labels: new Uint8Array() });
    near.textContent = inspected.neighbour ? compared(inspected.neighbour, drawing) : searching(page);
    if (!el.open) el.showModal();
  });
}

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

/** @param {Neighbour} neighbour @param {boolean} drawing */
function compared({ label, distance, usual, searched }, drawing) {
  const found = `A ${label}, the nearest of ${whole(searched)} real digits by what the reader, a classifier, sees in them: at a distance of ${short(distance)}.`;
  if (!drawing || usual == null) return found;
  const own = `That digit’s own nearest neighbour is at ${short(usual)}`;
  return distance < BY_HEART * usual
    ? `${found} ${own}: the drawing is far closer to it than real digits are to each other, so it may have been memorised.`
    : `${found} ${own}: the drawing is not a copy of it.`;
}

/** On the sheet, in grey, with the players' inks over it. @param {HTMLCanvasElement} canvas @param {Uint8Array} pixels @param {number[] | null} slopes */
function paintSaliency(canvas, pixels, slopes) {
  canvas.width = canvas.height = SIDE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(SIDE, SIDE);
  const largest = Math.max(1e-12, ...(slopes ?? []).map(Math.abs));
  const [sheet, grey, more, less] = ["--sheet", "--muted", "--judge", "--artist"].map((name) => rgbOf(getComputedStyle(canvas).getPropertyValue(name)));
  for (let i = 0; i < SIDE * SIDE; i++) {
    const slope = (slopes?.[i] ?? 0) / largest;
    const tint = slope > 0 ? more : less;
    const strength = Math.sqrt(Math.abs(slope));
    tint.forEach((value, k) => {
      const own = sheet[k] + ((grey[k] - sheet[k]) * pixels[i]) / 255;
      image.data[4 * i + k] = own + (value - own) * strength;
    });
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Of `#rrggbb`. @param {string} colour */
const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.trim().slice(at, at + 2), 16));

/** @param {number[]} list */
const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
