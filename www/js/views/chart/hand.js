// A hand on a chart: a mouse, a finger or a pen that strokes over it, or the keyboard, whose arrow keys lead a cursor. It
// must not know what a stroke does.
// @ts-check

/** @import { Spot } from "./judgement.js" */
/** @import { Frame } from "./plot.js" */

/** Shift goes so many times as far. */
const STRIDE = 5;
/** Which way an arrow key goes. @type {Map<string, [number, number]>} */
const WAYS = new Map([["ArrowLeft", [-1, 0]], ["ArrowRight", [1, 0]], ["ArrowUp", [0, 1]], ["ArrowDown", [0, -1]]]);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{
 *   isOn: () => boolean,
 *   frame: () => Frame | null,
 *   dimensions: () => 1 | 2,
 *   cells: () => number,
 *   along: (from: Spot, to: Spot, other: boolean) => void,
 *   press: (at: Spot, sign: number) => void,
 *   moved: (at: Spot) => void,
 *   repaint: () => void,
 * }} on `along`: a stroke, with what the other tool does if it is `other`; `press`: of the keyboard; `moved`: what is
 * said to those who cannot see the cursor
 */
export function withHand(canvas, on) {
  /** @type {{ pointer: number, last: Spot, other: boolean } | null} */
  let stroke = null;
  /** Where the pointer is. @type {Spot | null} */
  let over = null;
  /** Where the keyboard's cursor is, and whether it is in use. */
  let at = { x: 0.5, y: 0.5 };
  let typing = false;

  /** @param {PointerEvent} event @returns {Spot | null} */
  function spotOf({ clientX, clientY }) {
    const frame = on.frame();
    const box = canvas.getBoundingClientRect();
    if (!frame) return null;
    const within = (/** @type {number} */ v) => Math.max(0, Math.min(1, v));
    return {
      x: within((clientX - box.left - frame.left) / (frame.right - frame.left)),
      y: within((frame.bottom - (clientY - box.top)) / (frame.bottom - frame.top)),
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (!on.isOn() || stroke || !event.isPrimary || event.button > 2 || event.button === 1) return;
    const spot = spotOf(event);
    if (!spot) return;
    canvas.setPointerCapture(event.pointerId);
    typing = false;
    over = event.pointerType === "touch" ? null : spot;
    stroke = { pointer: event.pointerId, last: spot, other: event.button === 2 || event.shiftKey };
    on.along(spot, spot, stroke.other);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!on.isOn()) return;
    if (event.pointerType !== "touch") {
      over = spotOf(event);
      on.repaint();
    }
    if (stroke?.pointer !== event.pointerId) return;
    // What the pen did since the last frame; events that a script made have none.
    const since = event.getCoalescedEvents();
    for (const moment of since.length > 0 ? since : [event]) {
      const spot = spotOf(moment);
      if (!spot) continue;
      on.along(stroke.last, spot, stroke.other);
      stroke.last = spot;
    }
  });
  for (const type of /** @type {const} */ (["pointerup", "pointercancel"])) {
    canvas.addEventListener(type, ({ pointerId }) => {
      if (stroke?.pointer === pointerId) stroke = null;
    });
  }
  canvas.addEventListener("pointerleave", () => {
    over = null;
    if (on.isOn()) on.repaint();
  });
  canvas.addEventListener("contextmenu", (event) => on.isOn() && event.preventDefault());

  canvas.addEventListener("focus", () => {
    typing = on.isOn() && canvas.matches(":focus-visible");
    if (typing) on.repaint();
  });
  canvas.addEventListener("blur", () => {
    typing = false;
    if (on.isOn()) on.repaint();
  });
  canvas.addEventListener("keydown", (event) => {
    if (!on.isOn() || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAYS.get(event.key);
    const far = event.shiftKey ? STRIDE : 1;
    const flat = on.dimensions() === 1;
    if (way && flat && way[1] !== 0) for (let k = 0; k < far; k++) on.press(at, way[1]);
    else if (way) move(way, far);
    else if (!flat && (event.key === " " || event.key === "Enter")) on.press(at, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault(); // the page does not scroll under the cursor
    typing = true;
    on.moved(at);
    on.repaint();
  });

  /** From the middle of a cell to that of another. @param {[number, number]} way @param {number} far */
  function move([x, y], far) {
    const cells = on.cells();
    const next = (/** @type {number} */ v, /** @type {number} */ by) => (Math.max(0, Math.min(cells - 1, Math.floor(v * cells) + far * by)) + 0.5) / cells;
    at = { x: next(at.x, x), y: next(at.y, y) };
  }

  return {
    /** Makes the canvas something to draw on. @param {string} label */
    take(label) {
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-roledescription", "drawing board");
      canvas.setAttribute("aria-describedby", "hand-keys");
      canvas.setAttribute("aria-label", label);
      at = { x: 0.5, y: 0.5 };
    },
    /** A picture again. */
    release() {
      [stroke, over, typing] = [null, null, false];
      canvas.removeAttribute("tabindex");
      canvas.removeAttribute("aria-roledescription");
      canvas.removeAttribute("aria-describedby");
      canvas.setAttribute("role", "img");
    },
    /** What is to be marked: where the keyboard is, or else the pointer. */
    cursor: () => (typing ? at : over),
  };
}
