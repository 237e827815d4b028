// A square to draw on with a mouse, a finger or a pen, or by keyboard, where the arrow keys lead a pen that is up or
// down. It must not know what a stroke does.
// @ts-check

/** @import { Place } from "./sheet.js" */
import { SIDE } from "./sheet.js";

/** A pointer that stays within so many pixels of where it touched the pad has tapped it. */
const STILL = 1;
/** The arrow keys go so far with Shift. */
const STRIDE = 4;
/** Which way an arrow key goes, y down. @type {Map<string, [number, number]>} */
export const WAYS = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, -1]], ["ArrowDown", [0, 1]]]);

/**
 * @typedef {{
 *   begin: (at: Place) => void,
 *   along: (from: Place, to: Place) => void,
 *   tap: (at: Place) => void,
 *   undo: () => void,
 *   tell: (words: string) => void,
 * }} Hand
 * What a pen does: it touches the pad, moves over it, and where it has not moved it has tapped. `tell`: what only
 * those need who cannot see the pen
 */

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} cursor shows where the pen is @param {Hand} hand */
export function makeDrawable(canvas, cursor, hand) {
  canvas.tabIndex = 0;
  withPointer(canvas, cursor, hand);
  withKeys(canvas, cursor, hand);
}

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} cursor @param {Omit<Hand, "undo" | "tell">} hand */
export function withPointer(canvas, cursor, hand) {
  /** @type {{ pointer: number, start: Place, last: Place, moved: boolean } | null} */
  let stroke = null;

  /** @param {PointerEvent} event @returns {Place} */
  const placeOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE };
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (stroke || !event.isPrimary || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const at = placeOf(event);
    stroke = { pointer: event.pointerId, start: at, last: at, moved: false };
    hand.begin(at);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") put(cursor, placeOf(event));
    if (stroke?.pointer !== event.pointerId) return;
    // What the pen did since the last frame; events that a script made have none.
    const since = event.getCoalescedEvents();
    for (const moment of since.length > 0 ? since : [event]) {
      const at = placeOf(moment);
      hand.along(stroke.last, at);
      stroke.last = at;
      stroke.moved ||= Math.hypot(at.x - stroke.start.x, at.y - stroke.start.y) > STILL;
    }
  });
  const end = (/** @type {PointerEvent} */ event) => {
    if (stroke?.pointer !== event.pointerId) return;
    if (!stroke.moved && event.type === "pointerup") hand.tap(stroke.start);
    stroke = null;
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("pointerleave", () => (cursor.hidden = !canvas.matches(":focus-visible")));
}

/** @param {HTMLCanvasElement} canvas @param {HTMLElement} cursor @param {Hand} hand */
function withKeys(canvas, cursor, hand) {
  let at = { x: SIDE / 2, y: SIDE / 2 };
  let down = false;

  /** @param {boolean} is */
  const set = (is) => {
    down = is;
    cursor.classList.toggle("down", is);
  };
  const where = () => `column ${Math.ceil(at.x)}, row ${Math.ceil(at.y)}`;

  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && put(cursor, at));
  canvas.addEventListener("blur", () => {
    set(false);
    cursor.hidden = true;
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return hand.undo();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS.get(event.key);
    if (way) move(way, event.shiftKey ? STRIDE : 1);
    else if (event.key === " ") event.repeat || lower(!down);
    else if (event.key === "Enter") event.repeat || dot();
    else if (event.key === "Escape" && down) lower(false);
    else return;
    event.preventDefault(); // the page does not scroll under the pen
    put(cursor, at);
  });

  /** @param {[number, number]} way @param {number} far */
  function move([x, y], far) {
    const within = (/** @type {number} */ v) => Math.max(0.5, Math.min(SIDE - 0.5, v));
    const to = { x: within(at.x + far * x), y: within(at.y + far * y) };
    if (down) hand.along(at, to);
    at = to;
  }

  /** @param {boolean} is */
  function lower(is) {
    set(is);
    if (is) hand.begin(at);
    hand.tell(is ? `Pen down at ${where()}.` : `Pen up at ${where()}.`);
  }

  function dot() {
    if (!down) hand.begin(at);
    hand.tap(at);
    hand.tell(`A dot at ${where()}.`);
  }
}

/** @param {HTMLElement} cursor @param {Place} at */
export function put(cursor, { x, y }) {
  cursor.hidden = false;
  cursor.style.left = `${(x / SIDE) * 100}%`;
  cursor.style.top = `${(y / SIDE) * 100}%`;
}
