// Paints what a step consists of, each on a canvas of its own: numbers of a latent, pictures, layers' maps, points. Pure in
// what it is given: the same twice gives the same pixels.
// @ts-check

import { rgbOf } from "../../js/views/slopes.js";

/** Coordinates of points that are in sight lie within ± this. */
const REACH = 1.4;
/** Of the canvases that are no pictures, device pixels. */
const [WIDE, HIGH] = [256, 96];

/** @param {HTMLCanvasElement} canvas @param {string} name @returns {string} */
export const ink = (canvas, name) => getComputedStyle(canvas).getPropertyValue(name).trim();

/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
function blank(canvas, width, height) {
  Object.assign(canvas, { width, height });
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/** A value in −1 to 1 as a byte. @param {number} value */
export const byteOf = (value) => Math.max(0, Math.min(255, Math.round((value + 1) * 127.5)));

/** How many channels there are, and which one stands for those of films: the middle one. @param {number} channels */
const shownChannel = (channels) => (channels === 1 || channels === 3 ? 0 : channels >> 1);

/** A number for each pixel: of colours their mean, of a film a frame. @param {ArrayLike<number>} values @param {number} channels */
export const flat = (values, channels) => Float32Array.from({ length: values.length / channels }, (_, i) => {
  const at = i * channels;
  return channels === 3 ? (values[at] + values[at + 1] + values[at + 2]) / 3 : values[at + shownChannel(channels)];
});

/**
 * A picture of values in −1 to 1, `blend` of 1 on the way to another one.
 * @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values @param {number} channels @param {ArrayLike<number>} [to] @param {number} [blend]
 */
export function paintPicture(canvas, values, channels, to = values, blend = 0) {
  const side = Math.round(Math.sqrt(values.length / channels));
  const context = blank(canvas, side, side);
  const image = context.createImageData(side, side);
  const [paper, full] = [ink(canvas, "--cell"), ink(canvas, "--deep")].map(rgbOf);
  for (let i = 0; i < side * side; i++) {
    for (let k = 0; k < 3; k++) {
      const at = i * channels + (channels === 3 ? k : shownChannel(channels));
      const byte = byteOf(values[at] + (to[at] - values[at]) * blend);
      image.data[4 * i + k] = channels === 3 ? byte : paper[k] + ((full[k] - paper[k]) * byte) / 255;
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Numbers as bars from a middle line. @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values */
export function paintBars(canvas, values) {
  const context = blank(canvas, WIDE, HIGH);
  const step = WIDE / Math.max(1, values.length);
  context.fillStyle = ink(canvas, "--deep");
  for (let i = 0; i < values.length; i++) {
    const high = (Math.max(-3, Math.min(3, values[i])) / 3) * (HIGH / 2 - 1);
    context.fillRect(i * step, HIGH / 2 - Math.max(0, high), Math.max(1, step * 0.7), Math.max(1, Math.abs(high)));
  }
  context.fillStyle = ink(canvas, "--muted");
  context.fillRect(0, HIGH / 2, WIDE, 1);
}

/**
 * A layer's maps beside each other, or the values of a vector as cells: what is above 0 in the player's ink, what is below in grey.
 * @param {HTMLCanvasElement} canvas @param {{ side: number, shown: number, maps: Float32Array }} part
 */
export function paintMaps(canvas, { side, shown, maps }) {
  const [across, each] = side === 1 ? [Math.min(16, shown), 1] : [shown, side];
  const down = Math.ceil(shown / across);
  const gap = side === 1 ? 0 : 1;
  const context = blank(canvas, across * (each + gap) - gap, down * each);
  const image = context.createImageData(canvas.width, canvas.height);
  const [paper, above, below] = [ink(canvas, "--sheet"), ink(canvas, "--player"), ink(canvas, "--muted")].map(rgbOf);
  const most = maps.reduce((so, value) => Math.max(so, Math.abs(value)), 1e-12);
  for (let channel = 0; channel < shown; channel++) {
    for (let pixel = 0; pixel < each * each; pixel++) {
      const value = maps[pixel * shown + channel] / most;
      const x = (channel % across) * (each + gap) + (pixel % each);
      const y = Math.floor(channel / across) * each + Math.floor(pixel / each);
      const at = 4 * (y * canvas.width + x);
      const tint = value > 0 ? above : below;
      for (let k = 0; k < 3; k++) image.data[at + k] = paper[k] + (tint[k] - paper[k]) * Math.abs(value);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * Points of a line or a plane, the one that is followed larger, `blend` of 1 on the way to others; `pushes`: an arrow for each.
 * @param {HTMLCanvasElement} canvas @param {Float32Array} points @param {number} dimensions @param {number} followed
 * @param {{ to?: Float32Array, blend?: number, pushes?: Float32Array, strength?: number }} [more]
 */
export function paintPoints(canvas, points, dimensions, followed, { to = points, blend = 0, pushes, strength = 0 } = {}) {
  const side = 224;
  const context = blank(canvas, side, side);
  const at = (/** @type {number} */ v) => (v / REACH / 2 + 0.5) * side;
  context.fillStyle = ink(canvas, "--cell");
  context.fillRect(0, 0, side, side);
  const longest = pushes?.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12) ?? 1;
  for (let i = 0; i < points.length / dimensions; i++) {
    const along = (/** @type {number} */ k) => points[i * dimensions + k] + (to[i * dimensions + k] - points[i * dimensions + k]) * blend;
    const [x, y] = [at(along(0)), dimensions > 1 ? side - at(along(1)) : side / 2];
    const own = i === followed;
    context.fillStyle = context.strokeStyle = ink(canvas, own ? "--ink" : "--player");
    context.lineWidth = own ? 3 : 1.5;
    if (dimensions > 1) {
      context.beginPath();
      context.arc(x, y, own ? 6 : 3, 0, 2 * Math.PI);
      context.fill();
    } else context.fillRect(x - (own ? 2 : 1), side * (own ? 0.2 : 0.35), own ? 4 : 2, side * (own ? 0.6 : 0.3));
    if (!pushes || strength === 0) continue;
    // Down the slope.
    const [gx, gy] = [pushes[i * dimensions], dimensions > 1 ? pushes[i * dimensions + 1] : 0];
    const far = Math.hypot(gx, gy);
    // Longer where it is steeper, by the root, so that the gentle ones are seen beside the steepest.
    const reach = far > 0 ? (-48 * strength * Math.sqrt(far / longest)) / far : 0;
    const [dx, dy] = [reach * gx, -reach * gy];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + dx, y + dy);
    context.stroke();
    if (Math.hypot(dx, dy) < 6) continue;
    const way = Math.atan2(dy, dx);
    context.beginPath();
    context.moveTo(x + dx, y + dy);
    for (const turn of [2.6, -2.6]) context.lineTo(x + dx + 6 * Math.cos(way + turn), y + dy + 6 * Math.sin(way + turn));
    context.fill();
  }
}
