// Lets a picture in a grid be picked, by pointer or keyboard. It must not know what the pictures are or
// what happens then.
// @ts-check

/**
 * @param {HTMLCanvasElement} canvas whose pictures stand in rows of equal pitch over its whole width
 * @param {() => { columns: number, count: number }} grid as it is now
 * @param {(index: number) => void} pick
 */
export function makePickable(canvas, grid, pick) {
  const frame = /** @type {HTMLElement} */ (canvas.parentElement);
  const cursor = document.createElement("span");
  cursor.className = "cursor";
  cursor.hidden = true;
  frame.append(cursor);
  frame.classList.add("pickable");
  canvas.tabIndex = 0;
  canvas.title = "Look closer";
  canvas.setAttribute("aria-description", "Arrow keys choose a picture, Enter opens it.");
  let chosen = 0;

  const pitch = () => canvas.clientWidth / grid().columns;
  const show = () => {
    const { columns, count } = grid();
    chosen = Math.max(0, Math.min(chosen, count - 1));
    const side = `${pitch()}px`;
    Object.assign(cursor.style, {
      left: `${canvas.offsetLeft + (chosen % columns) * pitch()}px`,
      top: `${canvas.offsetTop + Math.floor(chosen / columns) * pitch()}px`,
      width: side,
      height: side,
    });
    cursor.hidden = count === 0;
  };
  /** @param {PointerEvent | MouseEvent} event */
  const under = ({ offsetX, offsetY }) => Math.floor(offsetY / pitch()) * grid().columns + Math.floor(offsetX / pitch());

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    chosen = under(event);
    show();
  });
  canvas.addEventListener("pointerleave", () => (cursor.hidden = document.activeElement !== canvas));
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && show());
  canvas.addEventListener("blur", () => (cursor.hidden = true));
  canvas.addEventListener("click", (event) => {
    const index = under(event);
    if (index >= 0 && index < grid().count) pick(index);
  });
  canvas.addEventListener("keydown", (event) => {
    const { columns, count } = grid();
    const steps = new Map([["ArrowLeft", -1], ["ArrowRight", 1], ["ArrowUp", -columns], ["ArrowDown", columns]]);
    const step = steps.get(event.key);
    if (step === undefined && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault(); // the page does not scroll under the cursor
    if (step === undefined) {
      if (count > 0) pick(chosen);
    } else if (chosen + step >= 0 && chosen + step < count) {
      chosen += step;
      show();
    }
  });
}
