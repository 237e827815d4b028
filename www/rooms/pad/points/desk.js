// The drawing board of a game with points: its tools, how the run comes to learn the drawing, and its link.
// @ts-check

/** @import { Actions } from "../../../js/actions.js" */
/** @import { PageState } from "../../../js/state.js" */
/** @import { Store } from "../../../js/store.js" */
/** @import { Place } from "./board.js" */
/** @import { Hand } from "./surface.js" */
import { DRAWN, MOST_STAMPS } from "../../../js/drawing.js";
import { press } from "../../../js/views/press.js";
import { Board, stampsOf } from "./board.js";
import { hasBoard, hasPoints } from "./games.js";
import { linkTo } from "./link.js";
import { stampsIn } from "./pasted.js";
import { createSurface, where } from "./surface.js";

export const MARKUP = `
  <h2 id="board-title">Draw what the judge learns from</h2>
  <p class="note lead"></p>
  <div class="bench">
    <div class="desk">
      <div class="board">
        <canvas role="application" aria-roledescription="drawing board" aria-describedby="board-keys"></canvas>
        <span class="inviting" aria-hidden="true">Draw here</span>
        <span class="pen" aria-hidden="true" hidden></span>
      </div>
      <p class="caption"></p>
      <div class="row tools">
        <fieldset class="choice">
          <legend class="visually-hidden">What a stroke does</legend>
          <label><input type="radio" name="board-tool" value="stamp" checked /> Draw</label>
          <label><input type="radio" name="board-tool" value="eraser" /> Erase</label>
        </fieldset>
        <button type="button" class="undo">Undo</button>
        <button type="button" class="clear">Clear</button>
      </div>
    </div>
    <div class="uses">
      <p class="remark"></p>
      <button type="button" class="learn">Learn this</button>
      <details>
        <summary>Paste points</summary>
        <label><span></span> <textarea rows="4" spellcheck="false" autocomplete="off"></textarea></label>
        <button type="button" class="take">Put them on the board</button>
      </details>
      <p class="note told" role="status"></p>
      <div class="share">
        <button type="button" class="copy">Copy link</button>
        <label hidden>The link, to copy by hand: <input type="text" readonly /></label>
        <p class="help">It holds the drawing and the settings, with the seed.</p>
      </div>
    </div>
  </div>
  <p class="help" id="board-keys"></p>`;

const LEAD = {
  1: "Each stamp is a small hill: where the hills are, real numbers are likely. The artist has to make numbers like them.",
  2: "Each stamp is a small round spot: where the spots are, real points are likely. The artist has to make points like them.",
};
const KEYS = {
  1: "By keyboard: left and right move the cursor (Shift: further), Space puts a stamp, Delete removes the nearest, Ctrl + Z undoes, Ctrl + V pastes points.",
  2: "By keyboard: arrow keys move the cursor (Shift: further), Space puts a stamp, Delete removes the nearest, Ctrl + Z undoes, Ctrl + V pastes points.",
};
const WANTED = { 1: "One number per line, such as a column of a spreadsheet.", 2: "Two numbers per line, such as two columns of a spreadsheet." };
const FULL = "The board is full: erase some stamps first.";

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [undo, clear, learn, take, copy] = ["undo", "clear", "learn", "take", "copy"].map((name) => find(`button.${name}`));
  const [lead, keys, invitation, caption, remark, told, wanted] = [".lead", "#board-keys", ".inviting", ".caption", ".remark", ".told", "details span"].map(find);
  const canvas = /** @type {HTMLCanvasElement} */ (find("canvas"));
  const text = /** @type {HTMLTextAreaElement} */ (find("textarea"));
  const link = /** @type {HTMLInputElement} */ (find(".share input"));
  const boards = { 1: new Board(1), 2: new Board(2) };
  let board = boards[2];
  /** The drawing of the run that was put on the board last. */
  let adopted = "";
  let frame = 0;
  const isErasing = () => /** @type {HTMLInputElement} */ (find("[value=eraser]")).checked;

  /** @type {Hand} */
  const hand = {
    begin(at) {
      board.keep();
      if (isErasing()) change(() => board.erase(at, at));
      else change(() => board.put(at) || tell(FULL));
    },
    along(from, to) {
      if (isErasing()) change(() => board.erase(from, to));
      else change(() => board.stroke(to) || tell(FULL));
    },
    put(at) {
      if (board.isFull) return tell(FULL);
      keeping(() => board.put(at));
      tell(`A stamp at ${inWords(at)}: ${howMany()}.`);
    },
    remove(at) {
      board.keep();
      const place = board.remove(at);
      if (!place) board.undo();
      change(() => {});
      tell(place ? `Removed the stamp at ${inWords(place)}: ${howMany()}.` : "The board is empty.");
    },
    undo: () => undo.click(),
    tell,
  };
  const show = createSurface(canvas, find(".pen"), hand);
  el.addEventListener("change", () => el.classList.toggle("erasing", isErasing()));
  // Pressed many times in a row, a double click means two.
  undo.addEventListener("click", () => {
    if (undo.ariaDisabled === "true") return;
    change(() => board.undo());
    tell(`Undone: ${howMany()}.`);
  });
  press(clear, () => {
    keeping(() => board.clear());
    tell("The board is empty.");
  });

  el.addEventListener("paste", (event) => {
    if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) return; // these take text
    event.preventDefault();
    paste(event.clipboardData?.getData("text/plain") ?? "");
  });
  press(take, () => paste(text.value));

  /** @param {string} pasted */
  function paste(pasted) {
    const { stamps, words } = stampsIn(pasted, board.dimensions);
    if (stamps.length > 0) keeping(() => board.replace(stamps));
    tell(words);
  }

  press(learn, () => {
    const { draft, running } = store.get();
    // The form may be set for another kind of game: the drawing is for the one that runs.
    if (!hasPoints(draft)) store.patch({ draft: structuredClone(running), problems: [] });
    actions.edit("dataset", datasetOf(board));
    actions.edit("drawing", board.text);
    adopted = board.text; // as it comes back
    actions.startOver();
    tell("");
  });
  press(copy, async () => {
    const address = linkTo(store.get(), datasetOf(board), board.text, location.href);
    link.value = address;
    try {
      await navigator.clipboard.writeText(address);
      tell("The link is copied.");
    } catch {
      // A browser that does not let the page write there.
      /** @type {HTMLElement} */ (link.parentElement).hidden = false;
      link.select();
      tell("This browser does not let the page copy it: the link is in the field.");
    }
  });

  store.subscribe(["running", "target"], (page) => {
    el.hidden = !hasBoard(page);
    if (el.hidden || !page.running || !page.target) return;
    board = boards[page.target.channels === 1 ? 1 : 2];
    const { dimensions } = board;
    [lead.textContent, keys.textContent, wanted.textContent] = [LEAD[dimensions], KEYS[dimensions], WANTED[dimensions]];
    el.classList.toggle("flat", dimensions === 1);
    adopt(page.running);
    change(() => {});
  });
  store.subscribe(["running", "target", "draft", "state", "step", "program"], say);

  /** A drawing that the run has from elsewhere, a link or the time machine, comes onto the board. @param {NonNullable<PageState["running"]>} running */
  function adopt({ dataset, drawing }) {
    if (DRAWN.get(dataset) !== board.dimensions || drawing === adopted) return;
    adopted = drawing;
    if (drawing === board.text) return;
    board.keep();
    board.replace(stampsOf(drawing, board.dimensions));
  }

  /** Whether the run learns what is on the board. @param {PageState} page */
  function isLearned({ running }) {
    if (!running || DRAWN.get(running.dataset) !== board.dimensions) return false;
    return running.drawing === board.text || (running.drawing === "" && board.text === new Board(board.dimensions).text);
  }

  /** What the run learns, and what a press would change. @param {PageState} page */
  function say(page) {
    const { catalog, running, state, step, program } = page;
    if (el.hidden || !running) return;
    const empty = board.stamps.length === 0;
    const learned = isLearned(page);
    const own = DRAWN.has(running.dataset);
    learn.textContent = own && !learned ? "Start over with it" : "Learn this";
    learn.ariaDisabled = String(empty || learned || program.phase !== "working");
    copy.ariaDisabled = String(empty);
    const words =
      empty ? "Put at least one stamp on the board."
      : learned ? (step > 0 || state === "training" ? "The run learns this drawing." : "The run is set up to learn this drawing. Press Train.")
      : own ? "The run still learns the last drawing."
      : `The run learns from “${labelOf(running.dataset)}”. “Learn this” starts over with your drawing.`;
    if (remark.textContent !== words) remark.textContent = words;

    /** @param {string} dataset */
    function labelOf(dataset) {
      const field = catalog?.fields.find(({ path }) => path === "dataset");
      const option = field?.control.kind === "choice" && field.control.options.find(({ value }) => value === dataset);
      return option ? option.label : dataset;
    }
  }

  /** A change that can be undone. @param {() => void} act */
  function keeping(act) {
    board.keep();
    change(act);
  }

  /** Whatever is done to the board is seen with the next frame. @param {() => unknown} act */
  function change(act) {
    tell(""); // what was said is of what was there
    act();
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      show(board.stamps, board.dimensions);
      const empty = board.stamps.length === 0;
      invitation.hidden = !empty;
      caption.textContent = `${board.stamps.length} of ${MOST_STAMPS} stamps${board.isFull ? ": the board is full" : ""}`;
      canvas.setAttribute("aria-label", empty ? "An empty board" : `Your drawing: ${howMany()}`);
      undo.ariaDisabled = String(board.past.length === 0);
      clear.ariaDisabled = String(empty);
      /** @type {HTMLElement} */ (link.parentElement).hidden = true; // what it says is of an older drawing
      say(store.get());
    });
  }

  function howMany() {
    const { length } = board.stamps;
    return `${length} stamp${length === 1 ? "" : "s"}`;
  }

  /** @param {Place} at */
  const inWords = (at) => where(at, board.dimensions === 1);

  /** @param {string} words */
  function tell(words) {
    told.textContent = words;
  }
}

/** The data set that its drawing makes. @param {Board} board */
const datasetOf = ({ dimensions }) => [...DRAWN].find(([, of]) => of === dimensions)?.[0] ?? "";
