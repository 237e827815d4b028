// A grey picture with the players' inks over it: what the judge would have more of, and less.
// @ts-check

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} side
 * @param {ArrayLike<number>} pixels 0 to 255
 * @param {ArrayLike<number>} slopes by each pixel: above 0 it is to be brighter; strongest where they are largest
 */
export function paintSlopes(canvas, side, pixels, slopes) {
  canvas.width = canvas.height = side;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(side, side);
  let largest = 1e-12;
  for (let i = 0; i < slopes.length; i++) largest = Math.max(largest, Math.abs(slopes[i]));
  const style = getComputedStyle(canvas);
  const [sheet, grey, more, less] = ["--sheet", "--muted", "--judge", "--artist"].map((name) => rgbOf(style.getPropertyValue(name)));
  for (let i = 0; i < side * side; i++) {
    const slope = (slopes[i] ?? 0) / largest;
    const tint = slope > 0 ? more : less;
    const strength = Math.sqrt(Math.abs(slope));
    for (let k = 0; k < 3; k++) {
      const own = sheet[k] + ((grey[k] - sheet[k]) * pixels[i]) / 255;
      image.data[4 * i + k] = own + (tint[k] - own) * strength;
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** Of `#rrggbb`. @param {string} colour */
export const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.trim().slice(at, at + 2), 16));
