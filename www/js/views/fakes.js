// The artist's drawings from fixed latents, with a heading for each column that is asked for a class.
// @ts-check

/** @import { Inspecting } from "../inspecting.js" */
/** @import { Pictures } from "../protocol.js" */
/** @import { Store } from "../store.js" */
import { letter, whole } from "../format.js";
import { codesOf, isPoint } from "../protocol.js";
import { createPainter } from "./pictures.js";
import { makePickable } from "./picking.js";
import { marksOf } from "./scores.js";

/** What the session usually sends, so that the page does not jump when it comes. */
const USUAL = { columns: 10, rows: 10 };

/** @param {HTMLElement} el @param {Store} store @param {Inspecting} inspecting */
export function mount(el, store, inspecting) {
  const canvas = /** @type {HTMLCanvasElement} */ (el.querySelector("canvas"));
  const headings = /** @type {HTMLElement} */ (el.querySelector(".headings"));
  const show = createPainter(canvas, USUAL);
  let shownHeadings = "";
  const shown = () => paintable(store.get().looking?.pictures ?? store.get().preview);
  makePickable(canvas, () => ({ columns: shown()?.columns || USUAL.columns, count: inspectable(shown()) }), (index) => {
    const pictures = shown();
    if (pictures) inspecting.inspect(pictures, index, store.get().sources);
  });

  const caption = /** @type {HTMLElement} */ (el.querySelector("figcaption p"));
  const usual = caption.textContent;

  store.subscribe(["preview", "looking", "judged", "showScores", "running", "source"], (page) => {
    // A moment of the past that the visitor looks at, or now.
    const { looking, judged } = page;
    const { pictures, step } = looking ?? { pictures: page.preview, step: page.step };
    const preview = paintable(pictures);
    const showScores = page.showScores && looking === null;
    el.classList.toggle("past", looking !== null);
    caption.textContent = looking ? `As drawn at step ${whole(step)}.` : page.source ? "Made from the same pictures every time, so that you see the artist change." : usual;
    const columns = preview?.columns || USUAL.columns;
    const rows = preview ? Math.ceil(preview.count / columns) : USUAL.rows;
    show(preview, { columns, rows }, showScores ? marksOf(judged, "fakes") : null);
    // What the artist was asked for, if not for digits, are categories of its own.
    const own = preview !== null && codesOf(page.running).categorical;
    const classes = own ? Array.from({ length: columns }, (_, i) => letter(i)) : preview ? classesOf(preview) : [];
    if (classes.join() !== shownHeadings) {
      shownHeadings = classes.join();
      headings.replaceChildren(...classes.map((name) => {
        const cell = document.createElement("span");
        cell.textContent = String(name);
        return cell;
      }));
    }
    if (!preview) return;
    const asked = classes.length > 0 ? `; one column for each of the ${own ? "categories" : "digits"} ${classes.join(", ")}` : "";
    canvas.setAttribute("aria-label", `${preview.count} drawings after ${whole(step)} steps${asked}`);
  });
}

/** How many of them can be looked at closely. @param {Pictures | null} pictures */
const inspectable = (pictures) => (pictures && pictures.shape.channels === 1 ? pictures.count : 0);

/** Points are not: the chart shows them. @param {Pictures | null} pictures */
const paintable = (pictures) => (isPoint(pictures?.shape) ? null : pictures);

/** The class of each column, or none when a column holds several. @param {Pictures} pictures */
function classesOf({ count, columns, labels }) {
  if (labels.length < count) return [];
  for (let i = columns; i < count; i++) {
    if (labels[i] !== labels[i % columns]) return [];
  }
  return [...labels.subarray(0, Math.min(columns, count))];
}
