// A link as a QR code on a canvas. It must not know what the link is for.
// @ts-check

import { bring } from "../place.js";

/** The most bytes that a code of version 10 takes: finer ones cannot be read from a projector across a room. */
const MOST_BYTES = 271;
/** Modules that stay white around it. */
const QUIET = 4;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} link
 * @returns {Promise<string>} why there is no code, or nothing
 */
export async function paintCode(canvas, link) {
  if (new TextEncoder().encode(link).length > MOST_BYTES) return `This link is too long for a code that can be read from a screen: it has more than ${MOST_BYTES} characters.`;
  /** @type {typeof import("lean-qr/nano") | null} */
  const library = await bring("js/vendor/lean-qr/nano.mjs").catch(() => null);
  if (!library) return "The part of the page that makes codes did not load. Close this and try again.";
  const code = library.generate(link, { minCorrectionLevel: library.correction.L });
  const side = code.size + 2 * QUIET;
  canvas.width = canvas.height = side;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.fillStyle = "#000";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) context.fillRect(x + QUIET, y + QUIET, 1, 1);
  }
  return "";
}
