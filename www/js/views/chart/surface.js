// A canvas as large as what holds it, in device pixels, painted when something asks for it and somebody sees it; and the
// page's inks as a canvas wants them. It must not know what is painted.
// @ts-check

const NAMES = /** @type {const} */ (["sheet", "ink", "muted", "line", "artist", "artist-deep", "judge", "judge-deep"]);

/** The colours of the style sheet, and the type that the page is set in. @typedef {Record<typeof NAMES[number], string> & { font: string }} Inks */
/** Sizes are CSS pixels; `now` is when the frame is painted, milliseconds. @typedef {{ width: number, height: number, ratio: number, inks: Inks, now: number }} Place */

/**
 * Returns the canvas and the function that asks for it to be painted, soon; so do a change of its size or of the colours.
 * `paint` says whether it wants to go on with the next frame.
 * @param {HTMLElement} area
 * @param {(context: CanvasRenderingContext2D, place: Place) => boolean} paint
 */
export function createSurface(area, paint) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  area.append(canvas);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  /** @type {Inks | null} */
  let inks = null;
  let pending = 0;
  let seen = true;

  const request = () => void (seen && (pending ||= requestAnimationFrame(frame)));
  function frame(/** @type {number} */ now) {
    pending = 0;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [area.clientWidth, area.clientHeight];
    const [wide, high] = [width, height].map((side) => Math.round(side * ratio));
    if (wide === 0 || high === 0) return;
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    inks ??= inksOf(canvas);
    context.setTransform(wide / width, 0, 0, high / height, 0, 0);
    context.clearRect(0, 0, width, height);
    if (paint(context, { width, height, ratio, inks, now })) request();
  }

  new ResizeObserver(request).observe(area);
  new IntersectionObserver((entries) => {
    seen = entries[entries.length - 1].isIntersecting; // the last of several is how it is now
    request();
  }).observe(area);
  for (const scheme of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(scheme).addEventListener("change", () => {
      inks = null;
      request();
    });
  }
  return { canvas, request };
}

/** @param {HTMLElement} el @returns {Inks} */
function inksOf(el) {
  const style = getComputedStyle(el);
  const found = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return /** @type {Inks} */ ({ ...found, font: style.fontFamily });
}

/** Red, green and blue of a colour of the style sheet, which are all #rrggbb. @param {string} ink */
export const rgbOf = (ink) => [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));

/** Small letters. @param {CanvasRenderingContext2D} context @param {Inks} inks @param {string} text @param {number} x @param {number} y @param {{ ink?: string, align?: CanvasTextAlign, bold?: boolean, halo?: boolean }} [how] */
export function write(context, inks, text, x, y, { ink = inks.muted, align = "center", bold = false, halo = false } = {}) {
  context.font = `${bold ? "680 " : ""}12px ${inks.font}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  if (halo) {
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeStyle = inks.sheet;
    context.strokeText(text, x, y);
  }
  context.fillStyle = ink;
  context.fillText(text, x, y);
}

/**
 * A square in the middle, whose edges lie between device pixels.
 * @param {Place} place
 */
export function squareOf({ width, height, ratio }) {
  const whole = (/** @type {number} */ at) => Math.floor(at * ratio) / ratio;
  const side = whole(Math.min(width, height));
  return { side, left: whole((width - side) / 2), top: whole((height - side) / 2) };
}

/** An arrow with a head as large as it has room for, by itself: many in one path take far longer. @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} dx @param {number} dy */
export function strokeArrow(context, x, y, dx, dy) {
  const length = Math.hypot(dx, dy);
  if (length < 1) return;
  const head = Math.min(4.5, 0.5 * length) / length;
  const [tipX, tipY] = [x + dx, y + dy];
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(tipX, tipY);
  context.moveTo(tipX - head * (dx + 0.7 * dy), tipY - head * (dy - 0.7 * dx));
  context.lineTo(tipX, tipY);
  context.lineTo(tipX - head * (dx - 0.7 * dy), tipY - head * (dy + 0.7 * dx));
  context.stroke();
}

/** How long an arrow is for something so large: it grows ever more slowly, up to `most`. @param {number} size @param {number} most */
export const reachOf = (size, most) => (most * size) / (size + 2);
