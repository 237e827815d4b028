// The few directions in which drawings change most, a slider for each, and what it would do, seen beforehand. It must not
// know how they are found.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Store } from "../../js/store.js" */
/** @import { Spot } from "./spot.js" */
import { createAsking } from "../../js/asking.js";
import { createPainter } from "../../js/views/pictures.js";
import { press } from "../../js/views/press.js";
import { aligned } from "./align.js";
import { draws } from "./walk.js";

/** Standard deviations of the latents that a row shows. */
const STOPS = [-3, -2, -1, 0, 1, 2, 3];
const MOST = 4;
const LIVE_MILLIS = 500;

export const MARKUP = `
  <h2 id="directions-title">Turn what changes most</h2>
  <p class="note">From the place on the sheet, along the directions of the latent space in which this artist’s drawings change most. Each row shows what its slider would do.</p>
  <div class="turns"></div>
  <div class="row"><button type="button" class="back">Back to the sheet’s place</button> <button type="button" class="again">Look for them again</button></div>
  <p class="help found" role="status"></p>`;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Spot} spot */
export function mount(el, store, actions, spot) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const found = find(".found");
  /** @type {number[][]} */
  let vectors = [];
  let awaited = 0;
  const rows = Array.from({ length: MOST }, (_, k) => {
    const row = document.createElement("div");
    row.className = "turn";
    row.innerHTML = `<div class="frame"><canvas role="img"></canvas></div><label>Direction ${k + 1}<input type="range" min="-3" max="3" step="0.1" value="0" /></label>`;
    find(".turns").append(row);
    const canvas = /** @type {HTMLCanvasElement} */ (row.querySelector("canvas"));
    canvas.setAttribute("aria-label", `Seven drawings along direction ${k + 1}, from −3 to 3`);
    const slider = /** @type {HTMLInputElement} */ (row.querySelector("input"));
    slider.addEventListener("input", turned);
    return { row, slider, paint: createPainter(canvas, { columns: STOPS.length, rows: 1 }) };
  });

  const asking = createAsking(() => {
    const size = store.get().running?.latent;
    // Another run is there already, and its own place and directions are still to come.
    if (!draws(store.get()) || base.length !== size || vectors[0]?.length !== size) return 0;
    const turns = rows.map(({ slider }) => slider.valueAsNumber);
    const latents = vectors.flatMap((_, k) => STOPS.map((stop) => moved(turns.with(k, stop))));
    return actions.translate({ count: latents.length, seed: 0, latents: latents.flat(), labels: Array(latents.length).fill(spot.label) });
  });

  /** The sheet's place, so far along each direction. @param {number[]} turns */
  const moved = (turns) => base.map((x, i) => vectors.reduce((sum, vector, k) => sum + turns[k] * vector[i], x));
  /** Where the visitor stood before any turn. */
  let base = spot.latent;
  let own = false;

  function turned() {
    own = true;
    spot.stand(moved(rows.map(({ slider }) => slider.valueAsNumber)), spot.label);
    own = false;
    asking.want();
  }

  spot.follow(() => {
    if (own) return;
    base = spot.latent;
    for (const { slider } of rows) slider.value = "0";
    asking.want();
  });

  press(find(".back"), () => {
    for (const { slider } of rows) slider.value = "0";
    turned();
  });
  press(find(".again"), look);

  function look() {
    if (draws(store.get())) awaited = actions.directions();
  }

  store.subscribe(["running", "source", "target", "state", "program"], (page) => {
    asking.forget();
    if (!draws(page)) return;
    if (vectors[0]?.length !== page.running?.latent) vectors = [];
    if (vectors.length === 0) look();
    else asking.want();
  });
  store.subscribe(["preview"], () => asking.wantAfter(LIVE_MILLIS));
  store.subscribe(["directed"], ({ directed }) => {
    if (!directed || directed.id !== awaited) return;
    vectors = aligned(directed.vectors, vectors);
    rows.forEach(({ row }, k) => (row.hidden = k >= vectors.length));
    const share = directed.shares.reduce((sum, one) => sum + one, 0);
    const n = vectors[0]?.length ?? 0;
    found.textContent = `These ${vectors.length} of ${n} directions account for ${Math.round(share * 100)} % of all the change. As the artist trains on, they change.`;
    asking.want();
  });
  store.subscribe(["translated"], ({ translated }) => {
    if (!translated || !asking.isAnswer(translated.id)) return;
    const { pictures } = translated;
    const size = pictures ? pictures.pixels.length / pictures.count : 0;
    const n = STOPS.length;
    if (pictures) rows.slice(0, vectors.length).forEach(({ paint }, k) => paint({ ...pictures, count: n, columns: n, pixels: pictures.pixels.subarray(k * n * size, (k + 1) * n * size) }));
    asking.goOn();
  });
}
