// The stage of a game with points: a chart of all there is to see, the sentence that explains it and turns its layers on
// and off, and the figures that go with it. It must not know any data set by name, nor what a kind of chart looks like.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Chart, Pictures } from "../protocol.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
/** @import { Place } from "./chart/surface.js" */
/** @import { Moment, Plot } from "./chart/plot.js" */
import { whole } from "../format.js";
import { bring } from "../place.js";
import { isPoint, numbersOf } from "../protocol.js";
import { canAsk } from "../state.js";
import { dismiss, notify } from "../store.js";
import { createCaption, showReadings } from "./chart/caption.js";
import * as dirac from "./chart/dirac.js";
import * as line from "./chart/line.js";
import * as plane from "./chart/plane.js";
import { createSurface } from "./chart/surface.js";
import { press } from "./press.js";

const KINDS = { line, plane, dirac };
/** What is read aloud may change this often, and what is read by eye. */
const LABEL_MILLIS = 3000;
const READING_MILLIS = 200;
/** A run that goes on so many steps away from where it was has been brought there. */
const LEAP = 50;
const UNSEATED = "bench-absent";

const MARKUP = `
<figcaption class="head"><h2></h2><p class="moment"></p></figcaption>
<div class="drawn"><div class="area"></div><p class="place" aria-hidden="true"></p></div>
<div class="told"><dl class="readings"></dl><p class="verdict note"></p>
<div class="hand" hidden></div>
<div class="seat"><button type="button" class="be">Be the judge</button><p class="note">Draw where you believe the data are; then let the artist play against your judgement.</p></div>
<p class="layers"></p></div>`;

/** @typedef {ReturnType<typeof import("./chart/judging.js").createBench>} Bench */
/** @typedef {{ chart: Chart, plot: Plot<any>, caption: ReturnType<typeof createCaption> }} Shown */

/** @param {HTMLElement} el where the pictures stand @param {Store} store @param {Actions} actions @param {Chart[]} early that came before this, the last of them as well */
export function mount(el, store, actions, early) {
  const root = document.documentElement;
  const figure = document.createElement("figure");
  figure.className = "chart";
  figure.innerHTML = MARKUP;
  el.prepend(figure);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (figure.querySelector(selector));
  const [title, moment, area, place, sentence, readings, verdict, seat, be] = ["h2", ".moment", ".area", ".place", ".layers", ".readings", ".verdict", ".seat", ".be"].map(find);
  /** @type {Shown | null} */
  let shown = null;
  /** Where the visitor takes the judge's place, once that has been asked for. @type {Bench | null} */
  let bench = null;
  /** @type {Place | null} how the canvas was last painted */
  let painted = null;

  const surface = createSurface(area, (context, at) => {
    painted = at;
    if (!shown) return false;
    const { chart, plot, caption } = shown;
    const moves = plot.paint(context, at, chart, caption.shown(), pastOf(store.get()), pointsOf(store.get().real));
    bench?.paint(context, at);
    return moves;
  });
  const sayLabel = rarely(LABEL_MILLIS, () => {
    const { step, looking } = store.get();
    if (shown && !bench?.isOn()) surface.canvas.setAttribute("aria-label", looking ? shown.plot.describePast(whole(looking.step)) : shown.plot.describe(shown.chart, whole(step)));
  });
  const sayReadings = rarely(READING_MILLIS, () => {
    if (!shown) return;
    const found = shown.plot.readings(shown.chart);
    showReadings(readings, found);
    verdict.textContent = found.length > 0 ? shown.plot.verdict : "";
    readings.hidden = found.length === 0;
    sayPlace();
  });
  const show = () => {
    surface.request();
    sayLabel();
    sayReadings();
  };

  // The style sheet shows this figure instead of the others.
  store.subscribe(["target"], ({ target }) => root.classList.toggle("plots", isPoint(target)));
  store.subscribe(["dataset", "catalog", "looking"], (page) => {
    const { label, help } = dataOf(page);
    title.textContent = label;
    figure.classList.toggle("past", page.looking !== null);
    moment.textContent = page.looking ? `As they were at step ${whole(page.looking.step)}.` : help;
  });

  const moves = createMoves();
  /** Whether the next chart has nothing to do with the last. */
  let apart = false;
  store.subscribe(["running", "step", "state"], (page) => (apart = moves(page) || apart));
  store.subscribe(["chart"], ({ chart }) => {
    if (!chart || bench?.isOn()) return;
    // The first time, all that came before it as well.
    for (const one of early.splice(0)) if (one !== chart && one.kind === chart.kind) take(one);
    take(chart);
    show();
  });
  store.subscribe(["looking", "real"], () => {
    sayLabel.now();
    surface.request();
  });

  /** @param {Chart} chart */
  function take(chart) {
    if (apart) shown?.plot.forget();
    apart = false;
    shown = shown?.chart.kind === chart.kind ? Object.assign(shown, { chart }) : begin(chart);
    shown.plot.take(chart, performance.now());
    shown.caption.lack(shown.plot.absent(chart));
  }

  /** A chart of another kind than the last. @param {Chart} chart @returns {Shown} */
  function begin(chart) {
    const { create, LAYERS, CLAUSES } = KINDS[chart.kind];
    const plot = create();
    seat.hidden = !plot.frame;
    figure.dataset.kind = root.dataset.chart = chart.kind;
    sayLabel.next();
    sayReadings.next();
    return { chart, plot, caption: createCaption(sentence, chart.kind, LAYERS, CLAUSES, surface.request) };
  }

  store.subscribe(["running", "state", "program", "looking"], (page) => (be.ariaDisabled = String(!canAsk(page) || page.state === "failed" || page.looking !== null)));
  press(be, async () => {
    try {
      bench ??= await createBench();
      dismiss(store, UNSEATED);
      bench.enter();
    } catch {
      notify(store, { key: UNSEATED, kind: "warning", text: "What you would draw with did not load. Press the button again." });
    }
  });

  async function createBench() {
    /** @type {typeof import("./chart/judging.js")} */
    const judging = await bring("js/views/chart/judging.js");
    return judging.createBench(find(".hand"), surface.canvas, store, actions, {
      show(chart) {
        figure.classList.add("judged");
        take(chart);
        surface.request();
        sayPlace();
      },
      ended() {
        figure.classList.remove("judged");
        shown?.plot.forget();
        const { chart } = store.get();
        if (chart) take(chart);
        sayLabel.now();
        show();
      },
      repaint: surface.request,
      frame: () => (shown && painted && shown.plot.frame?.(shown.chart, painted, shown.caption.shown())) || null,
      real: () => pointsOf(store.get().real) ?? [],
    });
  }

  /** What the pointer is over. @type {{ left: number, top: number } | null} */
  let pointed = null;
  const sayPlace = () => {
    if (!shown || !painted || !pointed || store.get().looking) place.textContent = "";
    else place.textContent = shown.plot.read(shown.chart, painted, pointed.left, pointed.top, shown.caption.shown());
  };
  surface.canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    pointed = { left: offsetX, top: offsetY };
    sayPlace();
  });
  surface.canvas.addEventListener("pointerleave", () => {
    pointed = null;
    sayPlace();
  });
}

/** What is known of the data set. @param {PageState} page */
function dataOf({ catalog, dataset }) {
  const field = catalog?.fields.find(({ path }) => path === "dataset");
  const option = field?.control.kind === "choice" && field.control.options.find(({ value }) => value === dataset);
  return option || { label: "", help: "" };
}

/** The numbers of points, made once. @type {WeakMap<Pictures, Float32Array>} */
const known = new WeakMap();

/** @param {Pictures | null} pictures */
function pointsOf(pictures) {
  if (!pictures || !isPoint(pictures.shape)) return null;
  const found = known.get(pictures) ?? numbersOf(pictures);
  known.set(pictures, found);
  return found;
}

/** @param {PageState} page @returns {Moment | null} */
function pastOf({ looking }) {
  const points = looking && pointsOf(looking.pictures);
  return points && { points };
}

/** Says whether another run has begun, or this one stands elsewhere than it would have come by itself. */
function createMoves() {
  let last = { recipe: "", step: 0 };
  return (/** @type {PageState} */ { running, step, state }) => {
    const recipe = JSON.stringify(running); // the same is told again where helpers come or go
    const replaced = recipe !== last.recipe && step === 0;
    const brought = state !== "training" && Math.abs(step - last.step) > LEAP;
    const is = replaced || step < last.step || brought;
    last = { recipe, step };
    return is;
  };
}

/** Calls `act` at once, and then no more often than every so many milliseconds. @param {number} millis @param {() => void} act */
function rarely(millis, act) {
  let next = 0;
  let timer = 0;
  const now = () => {
    clearTimeout(timer);
    timer = 0;
    next = performance.now() + millis;
    act();
  };
  const soon = () => {
    if (timer === 0) timer = window.setTimeout(now, Math.max(0, next - performance.now()));
  };
  return Object.assign(soon, { now, next: () => void (next = 0) });
}
