// The time machine: a slider through the moments that were kept, whose drawings the artist's canvas then shows, and
// ways back to them; in its place, while a fresh run has none, an offer to go on with an earlier run.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Keeper } from "../keeper.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
/** @import { Mark } from "../timeline.js" */
import { whole } from "../format.js";
import { whenOf } from "../older.js";
import { isPoint } from "../protocol.js";
import { isUntouched } from "../state.js";
import { createPainter } from "./pictures.js";
import { press } from "./press.js";

/** Pictures of the offered run that are shown. */
const THUMB = { columns: 10, rows: 2 };

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Keeper} keeper */
export function mount(el, store, actions, keeper) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const slider = /** @type {HTMLInputElement} */ (find("input"));
  const [scrub, marks, ways, moment, buttons, offer, offered] = [".scrub", ".marks", ".ways", ".moment", ".ways .row", ".offer", ".offer p"].map(find);
  const [back, branch, now, resume, discard] = [".back", ".branch", ".now", ".resume", ".discard"].map(find);
  const show = createPainter(/** @type {HTMLCanvasElement} */ (find("canvas")), THUMB);
  const { timeline } = store.get();

  slider.addEventListener("input", () => keeper.look(timeline.marks[slider.valueAsNumber] ?? null));
  press(back, () => actions.goBack(/** @type {Mark} */ (target())));
  press(branch, () => actions.branch(/** @type {Mark} */ (target())));
  press(now, () => {
    keeper.look(null);
    slider.focus(); // the button goes out
  });
  press(resume, () => actions.resume(store.get().offers[0]));
  press(discard, () => keeper.discard(store.get().offers[0]));

  /** The snapshot that the moment looked at can be had from. */
  function target() {
    const { looking } = store.get();
    return looking && timeline.before(looking.branch, looking.step);
  }

  let due = 0;
  store.subscribe(["timelineVersion"], () => (due ||= requestAnimationFrame(() => {
    due = 0;
    drawMarks();
    showMoment(store.get());
  })));
  store.subscribe(["looking", "source", "target"], showMoment);
  store.subscribe(["offers", "step", "running", "pretrained"], showOffer);

  function drawMarks() {
    const last = timeline.marks.length;
    marks.replaceChildren(...timeline.marks.flatMap((mark, i) => {
      const begins = i > 0 && mark.branch !== timeline.marks[i - 1].branch;
      if (mark.bytes === 0 && !begins) return [];
      const dot = document.createElement("i");
      dot.style.setProperty("--at", String(i / last));
      dot.classList.toggle("kept", mark.bytes > 0);
      dot.classList.toggle("begins", begins);
      return [dot];
    }));
  }

  /** @param {PageState} page */
  function showMoment({ looking, source, target: shape }) {
    const made = isPoint(shape) ? "points" : "drawings";
    const last = timeline.marks.length;
    slider.max = String(last);
    slider.value = String(looking ? timeline.marks.indexOf(looking) : last);
    const at = looking ? `${branchOf(looking)}step ${whole(looking.step)}` : "now";
    slider.setAttribute("aria-valuetext", at);
    ways.classList.toggle("idle", !looking);
    buttons.hidden = !looking;
    const snapshot = target();
    const words =
      !looking ? `Slide left to see earlier ${made} from the same ${source ? "pictures" : "noise"}.`
      : !snapshot ? `only the ${made} were kept, with no earlier snapshot.`
      : snapshot === looking ? "a snapshot was kept."
      : `the snapshot before it is from step ${whole(snapshot.step)}.`;
    moment.textContent = looking ? `Drawn at ${at}; ${words}` : words;
    back.textContent = snapshot ? `Go back to step ${whole(snapshot.step)}` : "Go back here";
    branch.textContent = snapshot ? `Branch from step ${whole(snapshot.step)}` : "Branch from here";
    back.ariaDisabled = branch.ariaDisabled = String(!snapshot);
  }

  /** @param {Mark} mark */
  function branchOf(mark) {
    return timeline.branches.length > 1 ? `branch ${mark.branch + 1}, ` : "";
  }

  /** @param {PageState} page */
  function showOffer(page) {
    const { offers, running } = page;
    // Before there is a program nothing can go on; and a run under way has a past of its own.
    const found = running && isUntouched(page) ? offers[0] : undefined;
    offer.hidden = !found;
    scrub.hidden = found !== undefined;
    if (!found) return;
    const more = ["", " An earlier one is kept too.", " Two earlier ones are kept too."][offers.length - 1] ?? "";
    const { run, pictures } = found;
    offered.textContent = `Go on from step ${whole(run.step)} of your last run (${run.label}, ${whenOf(run)})?${more}`;
    show(pictures, THUMB);
  }
}
