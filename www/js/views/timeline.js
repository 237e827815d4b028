// The time machine: a slider through the moments that were kept, whose drawings the artist's canvas then
// shows, and ways back to them; in its place while a fresh run has none, and below it later, an offer to go on with
// an earlier run.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { Keeper } from "../keeper.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
/** @import { Mark } from "../timeline.js" */
import { whole } from "../format.js";
import { nameOf, whenOf } from "../older.js";
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
  const [sure, words, erase, cancel] = [".sure", ".sure p", ".delete", ".cancel"].map(find);
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
  press(forget, () => {
    words.textContent = inForgetting(store.get());
    sure.hidden = false;
    cancel.focus();
  });
  press(erase, () => {
    keeper.forget();
    close();
  });
  press(cancel, close);
  sure.addEventListener("keydown", ({ key }) => key === "Escape" && close());

  function close() {
    sure.hidden = true;
    forget.focus();
  }

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
  store.subscribe(["timelineVersion", "archiveTrouble", "offers", "unreadable"], showStored);
  store.subscribe(["offers", "step", "running"], showOffer);

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
      !looking ? "Slide left to see earlier drawings from the same noise."
      : !snapshot ? "Only drawings were kept, with no earlier snapshot."
      : snapshot === looking ? "A snapshot was kept."
      : `The snapshot before it is from step ${whole(snapshot.step)}.`;
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

  function snapshots() {
    const count = timeline.marks.filter(({ bytes }) => bytes > 0).length;
    return `${count} snapshot${count === 1 ? "" : "s"}, ${whole(timeline.bytes / MEGA)} MB`;
  }

  /** @param {PageState} page */
  function showStored({ archiveTrouble, offers, unreadable }) {
    stored.textContent = archiveTrouble === null
      ? `Checking whether this browser keeps snapshots. ${snapshots()}.`
      : archiveTrouble
      ? `Snapshots last as long as this tab: the browser keeps none (${archiveTrouble}). ${snapshots()}.`
      : `Kept in this browser (this run and the two before it, at most ${whole(DISK_BYTES / MEGA)} MB each): ${snapshots()}.`;
    const some = timeline.bytes > 0 || offers.length > 0 || unreadable > 0;
    forget.ariaDisabled = String(archiveTrouble !== "" || !some);
  }

  /** What would be deleted. @param {PageState} page */
  function inForgetting({ offers, unreadable }) {
    const parts = [
      ...(timeline.bytes > 0 ? [`what is stored of this run (${snapshots()})`] : []),
      ...offers.map(({ run }) => `your earlier run (${nameOf(run)})`),
      ...(unreadable > 0 ? [`${unreadable === 1 ? "a run" : `${unreadable} runs`} that cannot be opened here`] : []),
    ];
    const list = new Intl.ListFormat("en").format(parts);
    return `Delete ${list} from this browser? This cannot be undone. The run on this page continues, but will not outlast this tab.`;
  }

  /** @param {PageState} page */
  function showOffer({ offers, step, running }) {
    // Before there is a program nothing can go on.
    const found = running ? offers[0] : undefined;
    // A run under way has a past of its own.
    const aside = step > 0;
    offer.hidden = !found;
    offer.classList.toggle("aside", aside);
    scrub.hidden = found !== undefined && !aside;
    if (!found) return;
    const more = offers.length > 1 ? " An earlier one is kept too." : "";
    const { run, pictures } = found;
    offered.textContent = aside
      ? `Your last run is still here (${nameOf(run)}).${more}`
      : `Go on from step ${whole(run.step)} of your last run (${run.label}, ${whenOf(run)})?${more}`;
    show(pictures, THUMB);
  }
}

/**
 * Those that are out stay reachable by keyboard, and the second half of a double click is not meant for what has
 * moved into the first one's place.
 * @param {HTMLElement} button
 * @param {() => void} act
 */
function press(button, act) {
  button.addEventListener("click", ({ detail }) => {
    if (button.ariaDisabled !== "true" && detail < 2) act();
  });
}
