// The pad with its tools, and beside it what the artist is given and makes of it. Asks again as the run goes on.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
/** @import { Mode, Role } from "./modes.js" */
/** @import { Hand } from "../../js/pad/pad.js" */
import { rivalOf } from "../../js/models.js";
import { hasJudge } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { bicubic } from "../../js/views/bicubic.js";
import { describe, offer } from "../../js/views/comparing.js";
import { press } from "../../js/views/press.js";
import { createAsking } from "../../js/asking.js";
import { modesOf } from "./modes.js";
import { makeDrawable } from "../../js/pad/pad.js";
import { createPicture } from "../../js/pad/picture.js";
import { SIDE, Sheet } from "../../js/pad/sheet.js";

/** While training the same drawing is asked about so often. */
const AGAIN_MILLIS = 500;
/** Where the first hole is: on the upper half of most digits. */
const FIRST_HOLE = { x: 15, y: 11 };

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [title, lead, caption, invitation, remark, told] = ["h2", ".lead", ".caption", ".invitation", ".remark", ".told"].map(find);
  const [undo, mend, clear, previous, next] = ["undo", "mend", "clear", "previous", "next"].map((name) => find(`.${name}`));
  const [tools, ways] = [find(".inks"), find(".ways")];
  const canvas = /** @type {HTMLCanvasElement} */ (find(".sheet canvas"));
  const showSheet = createPicture(canvas);
  const sheet = new Sheet();
  const asking = createAsking(ask);
  /** @type {Mode | null} */
  let mode = null;
  /** Which of the two ways, where there are two. */
  let way = 0;
  const figures = /** @type {HTMLElement[]} */ ([...el.querySelectorAll(".results figure")]);
  /** What is shown beside the pad. */
  const results = new Map(figures.map((figure) => [figure.dataset.role, createPicture(/** @type {HTMLCanvasElement} */ (figure.querySelector("canvas")))]));
  /** The one of the real digits that was taken last. */
  let taken = -1;
  let frame = 0;

  /** @type {Hand} */
  const hand = {
    begin(at) {
      sheet.keep();
      hand.along(at, at);
    },
    along(from, to) {
      if (isWiping()) return change(() => sheet.wipe(from, to));
      change(() => sheet.draw(from, to, mode?.pen ?? 1));
    },
    tap: (at) => isWiping() && change(() => sheet.punch(at)),
    undo: () => undo.click(),
    tell,
  };
  makeDrawable(canvas, find(".pen"), hand);
  often(undo, () => change(() => {
    sheet.undo();
    tell("Undone.");
  }));
  press(mend, () => keeping(() => sheet.mend(), "Nothing is wiped now."));
  press(clear, () => {
    grip("pen");
    keeping(() => sheet.clear(), "The pad is empty.");
  });
  often(next, () => take(1));
  often(previous, () => take(-1));
  tools.addEventListener("change", () => canvas.classList.toggle("wiping", isWiping()));

  ways.addEventListener("change", () => {
    way = Number(/** @type {HTMLInputElement} */ (find(".ways :checked")).value);
    choose(store.get());
    asking.want();
  });

  store.subscribe(["running", "source", "bothWays", "state", "program", "figures"], (page) => {
    el.hidden = !canAsk(page) || page.source === null;
    choose(page);
  });
  // Another program has never heard the question.
  store.subscribe(["program"], asking.forget);
  store.subscribe(["running", "program", "state"], () => asking.want());
  store.subscribe(["real"], ({ real }) => {
    previous.ariaDisabled = next.ariaDisabled = String(!real);
    if (mode) begin(mode);
  });
  store.subscribe(["step", "state"], ({ step, state }) => {
    if (state === "training") asking.wantAfter(AGAIN_MILLIS);
    const words = step === 0 ? "This artist has not learned anything yet. Press Train, and draw while it learns." : "The artist’s picture changes as the training goes on.";
    if (remark.textContent !== words) remark.textContent = words;
  });
  store.subscribe(["translated"], ({ translated }) => {
    if (!translated || !asking.isAnswer(translated.id)) return;
    if (translated.pictures) showAnswer(translated);
    asking.goOn();
  });
  offer(find(".compare"), store, actions);
  const others = find(".others");
  store.subscribe(["catalog", "running", "comparing", "rival", "compared"], (page) => {
    const words = describe(page);
    if (others.textContent !== words) others.textContent = words;
    if (mode) label(mode, page);
    if (page.compared) asking.want(); // what has come was not asked yet
  });

  /** Sends what is on the pad; the number of the question. */
  function ask() {
    const page = store.get();
    if (!mode || !canAsk(page) || page.source === null || isEmpty()) return 0;
    const { form, direction } = mode;
    return actions.translate({ count: 1, seed: 0, pictures: { pixels: form === "source" ? sheet.given() : sheet.ink.slice(), form, direction } });
  }

  /** The mode of the run, and of the way that is chosen. @param {PageState} page */
  function choose(page) {
    if (!page.running || !page.source) return;
    const modes = modesOf(page.running.view, page.bothWays);
    ways.hidden = modes.length < 2;
    [...ways.querySelectorAll("span")].forEach((label, k) => (label.textContent = modes[k]?.way ?? ""));
    lay(modes[Math.min(way, modes.length - 1)], page);
  }

  /** @param {Mode} wanted @param {PageState} page */
  function lay(wanted, page) {
    label(wanted, page);
    if (wanted === mode) return;
    mode = wanted;
    asking.forget();
    [title.textContent, lead.textContent, invitation.textContent] = [mode.title, mode.lead, mode.invitation];
    find(".enter").textContent = mode.wipes ? "Enter wipes a hole or makes a dot" : "Enter makes a dot";
    tools.hidden = mend.hidden = !mode.wipes;
    grip(mode.wipes ? "wiper" : "pen");
    sheet.mend();
    sheet.past = [];
    if (mode.wipes) sheet.punch(FIRST_HOLE);
    begin(mode);
    change(() => {});
  }

  /** @param {Mode} mode @param {PageState} page */
  function label({ results }, page) {
    const words = new Map(results);
    if (!page.comparing || !rivalOf(page)) words.delete("rival");
    el.classList.toggle("many", words.size > 2);
    el.classList.toggle("five", words.size > 4);
    find(".judgeless").hidden = hasJudge(page.figures);
    for (const figure of figures) {
      const text = words.get(/** @type {Role} */ (figure.dataset.role)) ?? "";
      figure.hidden = text === "";
      /** @type {HTMLElement} */ (figure.querySelector("figcaption")).textContent = text;
      /** @type {HTMLElement} */ (figure.querySelector("canvas")).setAttribute("aria-label", text);
    }
  }

  /** Nobody has to draw to see something, where the pad begins with a real digit. @param {Mode} mode */
  function begin({ begins }) {
    if (begins && taken < 0 && sheet.isBlank && store.get().real) take(1, true);
  }

  /** The next of the real digits on show. @param {1 | -1} way @param {boolean} [unasked] */
  function take(way, unasked = false) {
    const { real } = store.get();
    if (!real || real.count === 0) return;
    const size = SIDE * SIDE;
    taken = (taken + way + real.count) % real.count;
    const digit = real.labels[taken] ?? null;
    const put = () => sheet.put(real.pixels.subarray(taken * size, (taken + 1) * size), digit);
    if (mode?.wipes) grip("wiper");
    if (unasked) change(put);
    else keeping(put, digit === null ? "A real digit." : `A real ${digit}.`);
  }

  /** A change that can be undone. @param {() => void} act @param {string} words */
  function keeping(act, words) {
    sheet.keep();
    change(act);
    tell(words);
  }

  /** Whatever is done to the sheet is seen, and asked about, with the next frame. @param {() => void} act */
  function change(act) {
    act();
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      show();
      asking.want();
    });
  }

  function show() {
    const wiped = mode?.wipes ? sheet.hole : undefined;
    showSheet(sheet.ink, wiped);
    results.get("truth")?.(sheet.ink);
    const empty = sheet.isBlank;
    invitation.hidden = !empty || !sheet.isWhole;
    const words = empty ? "An empty pad" : sheet.digit === null ? "Your drawing" : `A real ${sheet.digit}`;
    caption.textContent = words;
    canvas.setAttribute("aria-label", words);
    undo.ariaDisabled = String(sheet.past.length === 0);
    mend.ariaDisabled = String(sheet.isWhole);
    clear.ariaDisabled = String(empty && sheet.isWhole);
    if (!isEmpty()) return;
    asking.forget(); // what is on its way is no answer to nothing
    showAnswer(null);
  }

  /** @param {PageState["translated"]} answer */
  function showAnswer(answer) {
    const source = answer?.sources?.pixels ?? null;
    results.get("artist")?.(answer?.pictures?.pixels ?? null);
    results.get("rival")?.(answer?.compared?.pixels ?? null);
    results.get("given")?.(source);
    const small = source && source.length < SIDE * SIDE ? Math.sqrt(source.length) : 0;
    results.get("bicubic")?.(source && small ? bicubic(source, small, SIDE / small) : null);
  }

  /** @param {"wiper" | "pen"} tool */
  function grip(tool) {
    /** @type {HTMLInputElement} */ (find(`[value="${tool}"]`)).checked = true;
    canvas.classList.toggle("wiping", isWiping());
  }

  /** Whether there is nothing to ask about. */
  function isEmpty() {
    return sheet.isBlank && (!mode?.wipes || sheet.isWhole);
  }

  function isWiping() {
    return mode !== null && mode.wipes && /** @type {HTMLInputElement} */ (find('[value="wiper"]')).checked;
  }

  /** For those who cannot see the pad. @param {string} words */
  function tell(words) {
    told.textContent = words;
  }
}

/** As `press`, of what is pressed many times in a row: there a double click means two. @param {HTMLElement} button @param {() => void} act */
function often(button, act) {
  button.addEventListener("click", () => button.ariaDisabled !== "true" && act());
}
