// What this browser keeps: of the run on the page, and of earlier ones, which can be gone on with or deleted.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Keeper } from "../../js/keeper.js" */
/** @import { Offer } from "../../js/older.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { OLDER_RUNS } from "../../js/archive.js";
import { whole } from "../../js/format.js";
import { nameOf } from "../../js/older.js";
import { DISK_BYTES } from "../../js/timeline.js";
import { createPainter } from "../../js/views/pictures.js";
import { press } from "../../js/views/press.js";

const MEGA = 2 ** 20;
/** Pictures of an earlier run that are shown. */
const THUMB = { columns: 10, rows: 2 };

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Keeper} keeper */
export function mount(el, store, actions, keeper) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [stored, earlier, forget, sure, words, erase, cancel] = [".stored", ".earlier", ".forget", ".sure", ".sure p", ".delete", ".cancel"].map(find);
  const { timeline } = store.get();

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

  store.subscribe(["timelineVersion", "archiveTrouble", "offers", "unreadable"], ({ archiveTrouble, offers, unreadable }) => {
    stored.textContent = archiveTrouble === null
      ? `Checking whether this browser keeps snapshots. ${snapshots()}.`
      : archiveTrouble
      ? `Snapshots last as long as this tab: the browser keeps none (${archiveTrouble}). ${snapshots()}.`
      : `Kept in this browser (this run and the two before it, at most ${whole(DISK_BYTES / MEGA)} MB each): ${snapshots()}.`;
    const some = timeline.bytes > 0 || offers.length > 0 || unreadable > 0;
    forget.ariaDisabled = String(archiveTrouble !== "" || !some);
  });
  // Made once: a painter watches its canvas for as long as the page lives.
  const rows = Array.from({ length: OLDER_RUNS + 1 }, (_, i) => createRow(() => store.get().offers[i]));
  earlier.append(...rows.map(({ item }) => item));
  store.subscribe(["offers", "running"], ({ offers, running }) => {
    // Before there is a program nothing can go on.
    rows.forEach(({ show }, i) => show((running && offers[i]) || null));
  });

  /** @param {() => Offer} own asked at a press: held on to, it would keep a discarded run in memory */
  function createRow(own) {
    const item = document.createElement("li");
    const frame = document.createElement("div");
    const canvas = document.createElement("canvas");
    const text = document.createElement("p");
    const buttons = document.createElement("div");
    frame.className = "frame";
    canvas.setAttribute("role", "img");
    canvas.ariaLabel = "What it made last";
    frame.append(canvas);
    buttons.className = "row";
    buttons.append(button("Resume", () => actions.resume(own())), button("Discard", () => keeper.discard(own())));
    item.append(frame, text, buttons);
    const paint = createPainter(canvas, THUMB);
    return {
      item,
      /** @param {Offer | null} offer */
      show(offer) {
        item.hidden = !offer;
        text.textContent = offer ? `An earlier run: ${nameOf(offer.run)}.` : "";
        paint(offer?.pictures ?? null, THUMB);
      },
    };
  }

  /** @param {string} label @param {() => void} act */
  function button(label, act) {
    const it = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    press(it, act);
    return it;
  }

  function snapshots() {
    const count = timeline.marks.filter(({ bytes }) => bytes > 0).length;
    return `${count} snapshot${count === 1 ? "" : "s"}, ${whole(timeline.bytes / MEGA)} MB`;
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
}
