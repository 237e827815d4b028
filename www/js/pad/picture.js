// Paints one grey square picture of any size, every pixel sharp. It must not know what the picture is.
// @ts-check

/** Canvas pixels on a side: many for each of the picture, so that a browser that scales them makes them all as large. */
const SIZE = 28 * 24;

const scratch = document.createElement("canvas");
const scratchContext = /** @type {CanvasRenderingContext2D} */ (scratch.getContext("2d", { willReadFrequently: true }));

/**
 * The canvas's CSS `color` is the ink of 255 and its `border-color` that of holes; its background is the paper.
 * @param {HTMLCanvasElement} canvas
 * @returns {(pixels: Uint8Array | null, hole?: Uint8Array) => void} shows another one, with other holes
 */
export function createPicture(canvas) {
  canvas.width = canvas.height = SIZE;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingEnabled = false;
  /** @type {Uint8Array | null} */
  let shown = null;
  /** @type {Uint8Array | undefined} */
  let holes;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

  function paint() {
    context.clearRect(0, 0, SIZE, SIZE);
    if (!shown) return;
    const { color, borderTopColor } = getComputedStyle(canvas);
    lay(shown, holes, channels(color), channels(borderTopColor));
    context.drawImage(scratch, 0, 0, SIZE, SIZE);
  }

  return (pixels, hole) => {
    [shown, holes] = [pixels, hole];
    paint();
  };
}

/** @param {Uint8Array} pixels @param {Uint8Array | undefined} hole @param {number[]} ink @param {number[]} grey */
function lay(pixels, hole, ink, grey) {
  const side = Math.sqrt(pixels.length);
  const image = new ImageData(side, side);
  pixels.forEach((level, i) => image.data.set(hole?.[i] ? [...grey, 255] : [...ink, level], 4 * i));
  scratch.width = scratch.height = side;
  scratchContext.putImageData(image, 0, 0);
}

/** @param {string} color as a browser computes it */
const channels = (color) => (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
