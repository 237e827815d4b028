// Reads a picture of the visitor's as a digit. It must not know what is done with it.
// @ts-check

import { asDigit } from "./ink.js";

/** Pixels on a side at which a picture is looked at. */
const LOOKED_AT = 200;
const MOST_BYTES = 30_000_000;

/**
 * @param {File} file
 * @returns {Promise<{ pixels: Uint8Array } | { refused: string }>} `refused`: why it cannot be used, as a sentence
 */
export async function digitIn(file) {
  if (file.size > MOST_BYTES) return { refused: `“${file.name}” is larger than 30 MB: choose a smaller picture.` };
  /** @type {ImageBitmap} */
  let bitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    return { refused: `“${file.name}” is no picture that this browser can read.` };
  }
  const scale = LOOKED_AT / Math.max(bitmap.width, bitmap.height);
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = contextOf(width, height);
  context.fillStyle = "#fff"; // what is transparent is paper
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const light = Array.from({ length: width * height }, (_, i) => (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / 255);
  const pixels = asDigit(light, width, height);
  return pixels ? { pixels } : { refused: `In “${file.name}” there is no digit to be seen: it is all of one shade.` };
}

/** @param {number} width @param {number} height */
function contextOf(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}
