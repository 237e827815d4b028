// The visitor in the judge's place: draws on the chart how real each place looks, lets a copy of the artist play against
// that, and sees how often such a judge is right. The run rests meanwhile and stays as it is; as soon as it moves, the
// visitor's turn is over. It must not know how a chart is painted.
// @ts-check

/** @import { Actions } from "../../actions.js" */
/** @import { LineChart, PlaneChart, Tried } from "../../protocol.js" */
/** @import { PageState } from "../../state.js" */
/** @import { Store } from "../../store.js" */
/** @import { Frame } from "./plot.js" */
/** @import { Spot } from "./judgement.js" */
/** @import { Place } from "./surface.js" */
import { whole } from "../../format.js";
import { canAsk } from "../../state.js";
import { press } from "../press.js";
import { showReadings, two } from "./caption.js";
import { withHand } from "./hand.js";
import { BRUSH, Judgement, bestShare, scoreOf } from "./judgement.js";
import { write } from "./surface.js";

/** A round is seen for so many frames, one every so many milliseconds. */
const [FRAMES, FRAME_MILLIS] = [60, 33];
/** Between two frames the artist takes so many steps that its points move about so far, as a share of the chart, but never more than so many. */
const [STRIDE, MOST] = [0.006, 20];
/** A score that changed by less has not changed. */
const SLIGHT = 0.015;

const MARKUP = `
<h3>You are the judge</h3>
<p class="note how"></p>
<dl class="readings score"></dl>
<div class="row">
  <button type="button" class="primary play">Let the artist play</button>
  <button type="button" class="leave">Back to the run</button>
</div>
<p class="news" role="status"></p>
<div class="row kit">
  <fieldset class="choice" hidden>
    <legend class="visually-hidden">What a stroke says</legend>
    <label><input type="radio" name="hand-says" value="1" checked /> Real</label>
    <label><input type="radio" name="hand-says" value="-1" /> Fake</label>
  </fieldset>
  <button type="button" class="clear">Clear</button>
  <button type="button" class="copy">Copy ganvas’s judge</button>
  <button type="button" class="again">Put the artist back</button>
</div>
<p class="note basis"></p>
<p class="help" id="hand-keys"></p>
<p class="visually-hidden spot" role="status"></p>`;

const HOW = {
  1: "Draw a line on the chart: high where you believe a number is real, low where you believe the artist made it.",
  2: "Paint on the chart: blue where you believe a point is real, red where you believe the artist made it.",
};
const KEYS = {
  1: "By keyboard, on the chart: left and right move the cursor, up and down bend the line there; with Shift five times as far.",
  2: "Shift, or the right button, paints the other way. By keyboard, on the chart: arrow keys move the cursor (Shift: further), Space paints, Shift + Space paints the other way.",
};
const INVITATION = { 1: "Draw here: high means real", 2: "Paint here what looks real" };

/**
 * @param {HTMLElement} el an empty place beside the chart
 * @param {HTMLCanvasElement} canvas
 * @param {Store} store
 * @param {Actions} actions
 * @param {{ show: (chart: LineChart | PlaneChart) => void, repaint: () => void, frame: () => Frame | null, real: () => ArrayLike<number>, ended: () => void }} stage
 * `show`: a chart instead of the run's; `frame`: where on the canvas it stands; `ended`: the run's own again
 */
export function createBench(el, canvas, store, actions, stage) {
  el.innerHTML = MARKUP;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [play, leave, clear, copy, again] = ["play", "leave", "clear", "copy", "again"].map((name) => find(`button.${name}`));
  const [how, score, basis, news, keys, spoken, tools] = [".how", ".score", ".basis", ".news", "#hand-keys", ".spot", ".choice"].map(find);

  /** What is on, if anything. @type {Turn | null} */
  let turn = null;
  /** The run is to rest first. */
  let comes = false;
  let timer = 0;

  const isOn = () => turn !== null;
  const says = () => Number(/** @type {HTMLInputElement} */ (find("input:checked")).value);

  const hand = withHand(canvas, {
    isOn,
    frame: stage.frame,
    dimensions: () => turn?.drawn.dimensions ?? 1,
    cells: () => turn?.drawn.cells ?? 1,
    along: (from, to, other) => change((drawn) => (drawn.dimensions === 1 ? drawn.draw(from, to) : drawn.brush(from, to, other ? -says() : says()))),
    press(at, sign) {
      change((drawn) => (drawn.dimensions === 1 ? drawn.bend(cellOf(at.x), sign) : drawn.brush(at, at, sign * says())));
    },
    moved: (at) => (spoken.textContent = inWords(at)),
    repaint: stage.repaint,
  });

  press(play, () => (turn && turn.frames > 0 ? rest() : begin()));
  press(leave, () => end(true));
  press(clear, () => change((drawn) => drawn.clear()));
  press(copy, () => change((drawn) => turn && drawn.copy(turn.own.logits)));
  press(again, () => {
    if (!turn) return;
    Object.assign(turn, { frames: 0, afresh: true, id: 0 });
    news.textContent = "The artist is back where the run has it.";
    ask();
  });

  store.subscribe(["state", "asked", "wantsRun", "looking", "running", "step", "chart", "program", "tried"], follow);
  store.subscribe(["tried"], ({ tried }) => tried && take(tried));

  /** @param {PageState} page */
  function follow(page) {
    const { chart, state, asked } = page;
    if (comes && state === "paused" && asked === null) {
      comes = false;
      queueMicrotask(() => sit(store.get())); // the chart of this moment follows
    } else if (comes && state !== "training") {
      comes = false;
    }
    if (!turn) return;
    if (!rests(page, turn)) return end(false);
    if (chart !== turn.own && chart && chart.kind !== "dirac") Object.assign(turn, { own: chart, step: page.step });
  }

  /** Whether the run is where it was. Its last step may still come to its end, to be kept; of another run nothing was tried. @param {PageState} page @param {Turn} turn */
  function rests({ state, asked, wantsRun, looking, running, step, program, tried }, { step: then, recipe, heard }) {
    const same = (step === then || step === then + 1) && (tried !== null || !heard);
    return same && !wantsRun && asked === null && looking === null && (state === "ready" || state === "paused") && program.phase === "working" && JSON.stringify(running) === recipe;
  }

  /** The visitor sits down. @param {PageState} page */
  function sit(page) {
    const { chart, step, running, state } = page;
    if (turn || !canAsk(page) || !chart || chart.kind === "dirac" || (state !== "ready" && state !== "paused")) return;
    turn = { drawn: new Judgement(chart), own: chart, base: chart, step, recipe: JSON.stringify(running), touched: false, frames: 0, pace: 1, taken: 0, before: 0.5, heard: false, id: 0, asked: [], sent: 0, afresh: true };
    const { dimensions } = turn.drawn;
    [how.textContent, keys.textContent, news.textContent, spoken.textContent] = [HOW[dimensions], KEYS[dimensions], "", ""];
    tools.hidden = dimensions === 1;
    el.hidden = false;
    hand.take("The chart, on which you draw your judgement");
    canvas.focus({ preventScroll: true });
    show();
    ask();
  }

  /** @param {boolean} byHand the visitor has asked for it */
  function end(byHand) {
    if (!turn) return;
    clearTimeout(timer);
    turn = null;
    const had = byHand || el.contains(document.activeElement) || document.activeElement === canvas;
    hand.release();
    el.hidden = true;
    stage.ended();
    if (had) /** @type {HTMLElement | null} */ (el.parentElement?.querySelector("button.be"))?.focus({ preventScroll: true });
  }

  /** @param {(drawn: Judgement) => void} act */
  function change(act) {
    if (!turn) return;
    act(turn.drawn);
    turn.touched = true;
    show();
    ask();
  }

  function begin() {
    if (!turn) return;
    if (turn.drawn.isLevel) {
      news.textContent = "You say the same of every place, so the artist does not know where to go. Draw first.";
      return;
    }
    Object.assign(turn, { frames: FRAMES, before: scores(turn).yours });
    news.textContent = "The artist plays…";
    show();
    ask();
  }

  /** The round is over. */
  function rest() {
    if (!turn) return;
    turn.frames = 0;
    const { yours } = scores(turn);
    const [was, is] = [turn.before, yours].map(hundred);
    const steps = `After ${whole(turn.taken)} steps against you`;
    news.textContent =
      yours < turn.before - SLIGHT ? `${steps} the artist has gone where you say real: you were right about ${was} of 100, now about ${is}. Draw anew, and catch it.`
      : yours > turn.before + SLIGHT ? `${steps} the artist is easier to tell: you were right about ${was} of 100, now about ${is}.`
      : is < 53 ? `${steps}, you are right about ${is} of 100: a coin would do ${is < 48 ? "better" : "as well"}.`
      : `${steps}, you are still right about ${is} of 100.`;
    show();
  }

  /** Asks what becomes of the artist, one thing at a time and no sooner than it can be seen. */
  function ask() {
    if (!turn || turn.id !== 0 || timer !== 0) return;
    const { drawn, frames, pace, asked, afresh } = turn;
    if (frames === 0 && asked === drawn.logits && !afresh) return;
    const steps = frames > 0 ? Math.max(1, Math.min(MOST, Math.round(pace))) : 0;
    Object.assign(turn, { asked: drawn.logits, sent: performance.now(), afresh: false });
    turn.id = actions.judge(drawn.logits, steps, afresh);
  }

  /** @param {Tried} tried */
  function take({ id, taken, chart }) {
    if (!turn || id !== turn.id) return;
    Object.assign(turn, { id: 0, heard: true });
    if (!chart || chart.kind === "dirac") {
      Object.assign(turn, { frames: 0, afresh: true });
      news.textContent = "The artist’s numbers ran away in the last steps. It is back where the run has it.";
    } else {
      const steps = taken - turn.taken;
      const moved = steps > 0 ? distance(turn.base, chart) / steps : 0;
      if (moved > 0) turn.pace = 0.5 * (turn.pace + Math.min(MOST, STRIDE / moved));
      Object.assign(turn, { base: chart, taken });
      if (steps > 0 && turn.frames > 0 && (turn.frames -= 1) === 0) rest();
      else show();
    }
    const wait = Math.max(0, FRAME_MILLIS - (performance.now() - turn.sent));
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      timer = 0;
      ask();
    }, wait);
  }

  /** What the visitor says and the artist makes. */
  function show() {
    if (!turn) return;
    stage.show(shownOf(turn));
    const { yours, own, best } = scores(turn);
    const right = "How many of 100 points it is right about, half of them real and half the artist’s: who only guesses is right about 50.";
    showReadings(score, [
      { label: "You", value: String(hundred(yours)), note: "of 100", help: right },
      ...(best === null ? [] : [{ label: "Best judge possible", value: String(hundred(best)), help: `${right} Nobody can do better than this against the artist as it is.` }]),
      { label: "ganvas’s judge", value: String(hundred(own)), help: `${right} It is the judge of the run, which does not learn meanwhile.` },
    ]);
    basis.textContent =
      best !== null ? "Points told right, of 50 real ones and 50 of the artist’s; by both densities."
      : "Points told right, counted on those on show. The best possible cannot be known here: nobody knows how densely the artist’s points lie.";
    play.textContent = turn.frames > 0 ? "Stop" : turn.taken > 0 ? "Let the artist play on" : "Let the artist play";
    how.hidden = turn.touched;
    again.ariaDisabled = String(turn.taken === 0);
  }

  /** @param {Turn} turn */
  function scores({ base, own, drawn }) {
    const real = stage.real();
    return {
      yours: scoreOf(base, drawn.logits, drawn.middle, real),
      own: scoreOf(base, own.logits, own.threshold, real),
      best: base.kind === "line" ? bestShare(base.data, base.made) : null,
    };
  }

  const cellOf = (/** @type {number} */ share) => Math.max(0, Math.min((turn?.drawn.cells ?? 1) - 1, Math.floor(share * (turn?.drawn.cells ?? 1))));

  /** @param {Spot} at */
  function inWords({ x, y }) {
    if (!turn) return "";
    const { drawn, own: { range: [low, high] } } = turn;
    const value = (/** @type {number} */ share) => two(low + share * (high - low));
    const cell = drawn.dimensions === 1 ? cellOf(x) : cellOf(y) * drawn.cells + cellOf(x);
    const place = drawn.dimensions === 1 ? value(x) : `${value(x)}, ${value(y)}`;
    return `At ${place}: ${hundred(drawn.heightOf(drawn.logits[cell]))} of 100 real. You are right about ${hundred(scores(turn).yours)} of 100.`;
  }

  return {
    isOn,
    /** Once the run rests. */
    enter() {
      const page = store.get();
      if (page.state !== "training" && !page.wantsRun && page.asked === null) return sit(page);
      comes = true;
      actions.pause();
    },
    /** What lies over the chart. @param {CanvasRenderingContext2D} context @param {Place} place */
    paint(context, place) {
      const frame = stage.frame();
      if (!turn || !frame) return;
      const { inks } = place;
      const { dimensions } = turn.drawn;
      const across = (/** @type {number} */ x) => frame.left + x * (frame.right - frame.left);
      const up = (/** @type {number} */ y) => frame.bottom - y * (frame.bottom - frame.top);
      if (!turn.touched) write(context, inks, INVITATION[dimensions], across(0.5), up(0.5) - 16, { ink: inks["judge-deep"], bold: true, halo: true });
      const at = hand.cursor();
      if (!at) return;
      context.lineWidth = 2;
      context.strokeStyle = dimensions === 2 && says() < 0 ? inks.artist : inks["judge-deep"];
      context.beginPath();
      if (dimensions === 1) {
        const height = up(turn.drawn.heightOf(turn.drawn.logits[cellOf(at.x)]));
        context.arc(across(at.x), height, 6, 0, 2 * Math.PI);
      } else {
        context.arc(across(at.x), up(at.y), BRUSH * (frame.right - frame.left), 0, 2 * Math.PI);
      }
      context.stroke();
    },
  };
}

/**
 * `own` is the run's chart, `base` the last of the trial, `step` and `recipe` where the run stood; `frames`: how many are
 * still to be seen of a round, `pace`: steps for each, `taken`: steps so far, `before`: how often the visitor was right
 * when the round began; `heard`: an answer has come; `id`: of the question that is not answered yet, or 0, `asked`: the logits that it was about,
 * `sent`: when; `afresh`: the next one is to be put to another copy.
 * @typedef {{ drawn: Judgement, own: LineChart | PlaneChart, base: LineChart | PlaneChart, step: number, recipe: string, touched: boolean,
 *   frames: number, pace: number, taken: number, before: number, heard: boolean, id: number, asked: number[], sent: number, afresh: boolean }} Turn
 */

/**
 * The chart with what the visitor says. The best judge is shown once the visitor has tried; and where nothing was painted
 * there is no line along which one could not tell, but a whole area.
 * @param {Turn} turn @returns {LineChart | PlaneChart}
 */
function shownOf({ base, drawn: { logits }, taken }) {
  if (base.kind === "line") return { ...base, logits, optimum: taken > 0 ? base.optimum : [] };
  return { ...base, logits, threshold: base.probability ? null : base.threshold };
}

const hundred = (/** @type {number} */ share) => Math.round(100 * share);

/** How far the artist's points have moved, on average, as a share of the chart. @param {LineChart | PlaneChart} from @param {LineChart | PlaneChart} to */
function distance(from, to) {
  const [low, high] = to.range;
  return to.fakes.reduce((sum, value, i) => sum + Math.abs(value - from.fakes[i]), 0) / to.fakes.length / (high - low);
}
