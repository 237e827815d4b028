// Real digits to compare with, and how many have arrived.
// @ts-check

/** @import { Inspecting } from "../inspecting.js" */
/** @import { Store } from "../store.js" */
import { troubleOf } from "../arrival.js";
import { whole } from "../format.js";
import { isPoint } from "../protocol.js";
import { createPainter } from "./pictures.js";
import { makePickable } from "./picking.js";
import { marksOf } from "./scores.js";

/** Beside the drawings they are as many rows as those; below them, two. */
const BESIDE = { columns: 5, rows: 10 };
const BELOW = { columns: 10, rows: 2 };

/** @param {HTMLElement} el @param {Store} store @param {() => void} fetchAgain @param {Inspecting} inspecting */
export function mount(el, store, fetchAgain, inspecting) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const canvas = /** @type {HTMLCanvasElement} */ (find("canvas"));
  const bar = /** @type {HTMLProgressElement} */ (find("progress"));
  const source = find(".source");
  const trouble = find(".trouble");
  const retry = find(".retry");
  retry.addEventListener("click", fetchAgain);

  // The style sheet knows where there is room.
  const isBelow = () => Number(getComputedStyle(el).getPropertyValue("--columns")) === BELOW.columns;
  let below = isBelow();
  const show = createPainter(canvas, below ? BELOW : BESIDE);

  const size = () => {
    const { preview } = store.get();
    const beside = preview && preview.columns > 0 && !isPoint(preview.shape) ? { ...BESIDE, rows: Math.ceil(preview.count / preview.columns) } : BESIDE;
    return below ? BELOW : beside;
  };
  // Points are for the chart to show.
  const pictures = () => (isPoint(store.get().real?.shape) ? null : store.get().real);
  const lay = () => {
    const { judged, showScores } = store.get();
    const real = pictures();
    show(real, size(), showScores ? marksOf(judged, "reals") : null);
  };
  new ResizeObserver(() => {
    if (below === isBelow()) return;
    below = !below;
    lay();
  }).observe(el);
  store.subscribe(["real", "preview", "judged", "showScores"], lay);
  const shown = () => Math.min(pictures()?.count ?? 0, size().columns * size().rows);
  makePickable(canvas, () => ({ columns: size().columns, count: pictures()?.shape.channels === 1 ? shown() : 0 }), (index) => {
    const { sources } = store.get();
    const real = pictures();
    if (real) inspecting.inspect(real, index, sources);
  });
  store.subscribe(["real"], () => {
    const real = pictures();
    if (!real) return;
    const digits = [...real.labels].slice(0, 10).join(", ");
    canvas.setAttribute("aria-label", `Real digits${digits ? `; the first are ${digits}` : ""}`);
  });

  store.subscribe(["data", "dataset", "catalog", "real", "waiting"], (page) => {
    const { data: { loaded, total }, dataset, real } = page;
    // What is drawn without end has no total, and is there at once.
    const arriving = total === 0 ? real === null : loaded < total;
    // Kept in place when done, so that nothing below moves.
    bar.classList.toggle("done", !arriving);
    bar.ariaHidden = String(!arriving);
    if (total > 0) bar.value = loaded / total;
    source.textContent = words(nameOf(dataset), loaded, total);
    const { sentence, helps } = troubleOf(page);
    trouble.textContent = sentence;
    trouble.hidden = sentence === "";
    retry.hidden = !helps;
  });

  /** @param {string} dataset */
  function nameOf(dataset) {
    const { catalog } = store.get();
    const field = catalog?.fields.find(({ path }) => path === "dataset");
    const option = field?.control.kind === "choice" && field.control.options.find(({ value }) => value === dataset);
    return option ? option.label : "";
  }
}

/** @param {string} name @param {number} loaded @param {number} total */
function words(name, loaded, total) {
  if (loaded === 0 || !name) return name || "…";
  return loaded < total ? `${name}: ${whole(loaded)} of ${whole(total)} loaded` : `${name}: ${whole(loaded)}`;
}
