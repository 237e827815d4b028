// The time machine: a slider through the moments that were kept, whose drawings the artist's canvas then
// shows, and ways back to them; in its place, while a fresh run has none, an offer to go on with the last one.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Keeper } from "../keeper.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
/** @import { Mark } from "../timeline.js" */
import { whole } from "../format.js";
import { DISK_BYTES } from "../timeline.js";
import { createPainter } from "./pictures.js";

const MEGA = 2 ** 20;
/** Pictures of the offered run that are shown. */
const THUMB = { columns: 10, rows: 2 };

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Keeper} keeper */
export function mount(el, store, actions, keeper) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const slider = /** @type {HTMLInputElement} */ (find("input"));
  const [scrub, marks, moment, offer, offered, stored, forget] = [".scrub", ".marks", ".moment", ".offer", ".offer p", ".stored", ".forget"].map(find);
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
  press(resume, actions.resume);
  press(discard, keeper.discard);
  press(forget, keeper.forget);

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
  store.subscribe(["looking"], showMoment);
  store.subscribe(["timelineVersion", "archiveTrouble", "offer"], showStored);
  store.subscribe(["offer", "step"], showOffer);

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
  function showMoment({ looking }) {
    const last = timeline.marks.length;
    slider.max = String(last);
    slider.value = String(looking ? timeline.marks.indexOf(looking) : last);
    const at = looking ? `${branchOf(looking)}step ${whole(looking.step)}` : "now";
    slider.setAttribute("aria-valuetext", at);
    const snapshot = target();
    const words =
      !looking ? "Slide to the left to see the same noise as it was drawn earlier."
      : !snapshot ? "Only its drawings were kept, no snapshot before it."
      : snapshot === looking ? "A snapshot was kept."
      : `The snapshot before it is of step ${whole(snapshot.step)}.`;
    moment.textContent = looking ? `Drawn at ${at}. ${words}` : words;
    back.textContent = snapshot ? `Go back to step ${whole(snapshot.step)}` : "Go back here";
    branch.textContent = snapshot ? `Branch from step ${whole(snapshot.step)}` : "Branch from here";
    back.ariaDisabled = branch.ariaDisabled = String(!snapshot);
    now.ariaDisabled = String(!looking);
  }

  /** @param {Mark} mark */
  function branchOf(mark) {
    return timeline.branches.length > 1 ? `branch ${mark.branch + 1}, ` : "";
  }

  /** @param {PageState} page */
  function showStored({ archiveTrouble, offer: other }) {
    const snapshots = timeline.marks.filter(({ bytes }) => bytes > 0).length;
    const count = `${snapshots} snapshot${snapshots === 1 ? "" : "s"}, ${whole(timeline.bytes / MEGA)} MB`;
    stored.textContent = archiveTrouble === null
      ? `Asking the browser whether it keeps snapshots. ${count}.`
      : archiveTrouble
      ? `Snapshots last as long as this tab: the browser keeps none (${archiveTrouble}). ${count}.`
      : `Kept in this browser, this run and the last, at most ${whole(DISK_BYTES / MEGA)} MB each: ${count}.`;
    forget.ariaDisabled = String(archiveTrouble !== "" || (snapshots === 0 && !other));
  }

  /** @param {PageState} page */
  function showOffer({ offer: found, step }) {
    // A run under way has a past of its own.
    offer.hidden = !found || step > 0;
    scrub.hidden = !offer.hidden;
    if (!found) return;
    const { run, pictures } = found;
    const when = new Date(run.at).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" });
    offered.textContent = `Go on from step ${whole(run.step)} of your last run (${run.label}, ${when})?`;
    show(pictures, THUMB);
  }
}

/** Those that are out stay reachable by keyboard. @param {HTMLElement} button @param {() => void} act */
function press(button, act) {
  button.addEventListener("click", () => {
    if (button.ariaDisabled !== "true") act();
  });
}
