// The visitor draws a digit, or brings one, and the artist looks for the nearest drawing that it can make. It must not know
// how that is looked for.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Inspecting } from "../../js/inspecting.js" */
/** @import { Inverted, Neighbour, Pictures } from "../../js/protocol.js" */
/** @import { Scoring } from "../../js/scoring.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
/** @import { Hand } from "../../js/pad/pad.js" */
/** @import { Spot } from "./spot.js" */
import { letter } from "../../js/format.js";
import { codesOf } from "../../js/protocol.js";
import { createPainter } from "../../js/views/pictures.js";
import { press } from "../../js/views/press.js";
import { PATIENCE, createAlarm } from "../../js/waits.js";
import { makeDrawable } from "../../js/pad/pad.js";
import { createPicture } from "../../js/pad/picture.js";
import { SIDE, Sheet } from "../../js/pad/sheet.js";
import { digitIn } from "./digit.js";
import { draws } from "./walk.js";

/** Half the width of a stroke, pixels. */
const PEN = 1.4;
/** After a stroke the search waits so long for the next one. */
const PAUSE_MILLIS = 350;
const STILLS = 20;
const COLUMNS = 10;

export const MARKUP = `
  <h2 id="find-title">Draw a digit, and the artist looks for it</h2>
  <p class="note">By gradient descent on the latent it looks for the drawing that is nearest to yours. Its weights stay as they are.</p>
  <div class="bench">
    <div class="desk">
      <div class="sheet">
        <canvas role="application" aria-roledescription="drawing pad" aria-label="An empty pad" aria-describedby="find-keys"></canvas>
        <span class="invitation" aria-hidden="true">Draw here</span>
        <span class="pen" aria-hidden="true" hidden></span>
      </div>
      <p class="caption">Your drawing</p>
    </div>
    <figure class="nearest"><div class="frame"><canvas role="img" aria-label="Nothing looked for yet"></canvas></div><figcaption class="caption">The artist’s nearest</figcaption></figure>
    <figure class="real" hidden><div class="frame"><canvas role="img" aria-label="The nearest real digit"></canvas></div><figcaption class="caption"></figcaption></figure>
  </div>
  <div class="row tools">
    <button type="button" class="clear">Clear</button>
    <button type="button" class="undo">Undo</button>
    <button type="button" class="digit">A real digit</button>
    <button type="button" class="picture">A picture…</button>
    <input type="file" accept="image/*" hidden aria-label="A picture of a digit" />
  </div>
  <p class="note result" role="status"></p>
  <div class="frame stills" hidden><canvas role="img" aria-label="The nearest drawing, look by look"></canvas></div>
  <div class="row">
    <button type="button" class="again">Look again from elsewhere</button>
    <button type="button" class="put">Put it on the sheet</button>
    <button type="button" class="closer">Look closer</button>
  </div>
  <p class="help" id="find-keys">By keyboard: arrow keys move the pen (Shift: by four), Space lowers and lifts it, Enter makes a dot, Ctrl + Z undoes. A picture can also be dropped on the page.</p>
  <p class="visually-hidden told" role="status"></p>`;

/** @param {HTMLElement} el @param {Store} store @param {Actions} actions @param {Scoring} scoring @param {Inspecting} inspecting @param {Spot} spot */
export function mount(el, store, actions, scoring, inspecting, spot) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const canvasOf = (/** @type {string} */ part) => /** @type {HTMLCanvasElement} */ (find(`${part} canvas`));
  const [invitation, result, stills, told, real] = [".invitation", ".result", ".stills", ".told", ".real"].map(find);
  const [clear, undo, again, put, closer, digit] = ["clear", "undo", "again", "put", "closer", "digit"].map((name) => find(`.${name}`));
  const file = /** @type {HTMLInputElement} */ (find("input"));
  const pad = canvasOf(".sheet");
  const showSheet = createPicture(pad);
  const showNearest = createPainter(canvasOf(".nearest"), { columns: 1, rows: 1 });
  const showReal = createPainter(canvasOf(".real"), { columns: 1, rows: 1 });
  const showStills = createPainter(canvasOf(".stills"), { columns: COLUMNS, rows: STILLS / COLUMNS });
  const sheet = new Sheet();
  let seed = 1;
  let awaited = 0;
  let compared = 0;
  let timer = 0;
  let taken = -1;
  /** @type {Inverted[]} */
  let looks = [];
  const late = createAlarm(() => {
    say("The search was broken off: no answer has come. Look again, or draw on.");
    again.ariaDisabled = "false";
  });

  /** @type {Hand} */
  const hand = {
    begin(at) {
      sheet.keep();
      hand.along(at, at);
    },
    along(from, to) {
      sheet.draw(from, to, PEN);
      changed();
    },
    tap: () => {},
    undo: () => undo.click(),
    tell: (words) => void (told.textContent = words),
  };
  makeDrawable(pad, find(".pen"), hand);
  press(clear, () => {
    sheet.keep();
    sheet.clear();
    changed();
  });
  undo.addEventListener("click", () => {
    sheet.undo();
    changed();
  });
  digit.addEventListener("click", () => {
    const { real } = store.get();
    if (!real || real.count === 0) return;
    taken = (taken + 1) % real.count;
    const size = SIDE * SIDE;
    bring(real.pixels.slice(taken * size, (taken + 1) * size), real.labels[taken] ?? null);
  });
  press(find(".picture"), () => file.click());
  file.addEventListener("change", () => {
    const [chosen] = file.files ?? [];
    file.value = "";
    if (chosen) open(chosen);
  });
  press(again, () => {
    seed += 1;
    search();
  });
  press(put, () => {
    const last = looks.at(-1);
    if (last) spot.visit(last.latent, last.label);
  });
  press(closer, () => {
    const last = looks.at(-1);
    if (last) inspecting.inspect(last.picture, 0);
  });

  /** @param {File} chosen */
  async function open(chosen) {
    const found = await digitIn(chosen);
    if ("refused" in found) return say(found.refused);
    bring(found.pixels, null);
  }

  /** @param {Uint8Array} pixels @param {number | null} is */
  function bring(pixels, is) {
    sheet.keep();
    sheet.put(pixels, is);
    changed();
  }

  /** What is drawn is seen at once, and looked for when the pen rests. */
  function changed() {
    showSheet(sheet.ink);
    const empty = sheet.isBlank;
    invitation.hidden = !empty;
    pad.setAttribute("aria-label", empty ? "An empty pad" : sheet.digit === null ? "Your drawing" : `A real ${sheet.digit}`);
    undo.ariaDisabled = String(sheet.past.length === 0);
    clear.ariaDisabled = String(empty);
    clearTimeout(timer);
    if (!empty) timer = window.setTimeout(search, PAUSE_MILLIS);
    else forget("");
  }

  /** @param {string} words */
  function forget(words) {
    late.stop();
    [awaited, compared, looks] = [0, 0, []];
    showNearest(null);
    stills.hidden = real.hidden = true;
    [again, put, closer].forEach((button) => (button.ariaDisabled = "true"));
    say(words);
  }

  function search() {
    const page = store.get();
    if (!draws(page) || sheet.isBlank || !isGrey(page)) return;
    looks = [];
    real.hidden = true;
    awaited = actions.invert(sheet.ink.slice(), seed);
    say("Looking…");
    late.set(PATIENCE.search);
  }

  /** @param {Inverted} look */
  function follow(look) {
    looks.push(look);
    stills.hidden = false;
    showNearest(look.picture);
    const last = looks.slice(-STILLS);
    const pixels = new Uint8Array(last.flatMap(({ picture }) => [...picture.pixels]));
    showStills({ ...look.picture, count: last.length, columns: COLUMNS, pixels, labels: new Uint8Array() });
    const { running } = store.get();
    const { categorical } = codesOf(running);
    const asked = running?.conditional ? `, asked for a ${look.label}` : categorical ? `, of category ${letter(look.label)}` : "";
    const difference = `${Math.round(look.distance * 100)} %`;
    const over = look.taken === look.of;
    if (over) say(`The nearest it found${asked && `${asked},`} differs by ${difference} (root mean square of the pixels). Below: ${last.length} looks on the way, from the nearest of 400 by chance.`);
    if (!over) return late.set(PATIENCE.search);
    late.stop();
    canvasOf(".nearest").setAttribute("aria-label", `The artist’s nearest drawing${asked}`);
    [again, put, closer].forEach((button) => (button.ariaDisabled = "false"));
    scoring.classifierReady().then((is) => {
      if (is && looks.at(-1) === look) compared = actions.nearestReal(look.picture.pixels, look.label);
    });
  }

  /** @param {Neighbour} neighbour */
  function beside({ pixels, label, distance, usual }) {
    real.hidden = false;
    showReal({ ...looks[0].picture, role: "target", count: 1, pixels, labels: new Uint8Array([label]) });
    const near = usual !== null && distance < usual / 2 ? "much nearer than real digits are to each other: it may be learned by heart" : usual === null ? "" : distance < usual ? "as near as real digits are to each other" : "not a copy";
    find(".real figcaption").textContent = `The nearest real digit${near ? `: ${near}` : ""}`;
  }

  /** @param {string} words */
  function say(words) {
    if (result.textContent !== words) result.textContent = words;
  }

  store.subscribe(["running", "source", "target", "state", "program"], (page) => {
    digit.ariaDisabled = String(!page.real);
    if (draws(page) && !isGrey(page)) forget("This artist’s drawings are in colour or move: a grey digit has no nearest one there.");
    else if (awaited === 0 && looks.length === 0) search();
  });
  // Another run draws another one, and another program was never asked.
  store.subscribe(["running", "program"], () => {
    if (awaited && looks.at(-1)?.taken !== looks.at(-1)?.of) search();
  });
  store.subscribe(["inverted"], ({ inverted }) => inverted?.id === awaited && follow(inverted));
  store.subscribe(["foundReal"], ({ foundReal }) => foundReal && foundReal.id === compared && looks.length > 0 && beside(foundReal.neighbour));
  store.subscribe(["dropped"], ({ dropped }) => {
    if (!dropped) return;
    store.patch({ dropped: null });
    open(dropped);
  });
  forget("");
  changed();
}

/** Whether the run's pictures are what a pad holds. @param {PageState} page */
const isGrey = ({ target, running }) => target?.channels === 1 && target.side === SIDE && running !== null;
