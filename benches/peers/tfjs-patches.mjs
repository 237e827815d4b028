// Convolutions for TensorFlow.js as products of matrices, for the backend whose own cannot be trained.
// Kernel 4, stride 2, padding 1, and their transposes; what patchConvolutions does for jax-js.
// @ts-check

import { KERNEL } from "./networks.mjs";

/** @import { Tensor } from "./tfjs.mjs" */

/** Blocks of 2 x 2 pixels that meet a pixel of the smaller map. */
const SHIFTS = [[0, 0], [0, 1], [1, 0], [1, 1]];
/** A side of the kernel: blocks and pixels in a block. */
const BLOCKS = [KERNEL / 2, 2];

/** @param {any} tf @param {Tensor} x [n, side, side, channels] @param {Tensor} weight [4, 4, channels, outputs] */
export function down(tf, x, weight) {
  const [n, side, , channels] = x.shape;
  const [, , inputs, outputs] = weight.shape;
  const to = side / 2;
  const matrix = tf.reshape(tf.transpose(tf.reshape(weight, [...BLOCKS, ...BLOCKS, inputs * outputs]), [0, 2, 1, 3, 4]), [KERNEL ** 2 * inputs, outputs]);
  const padded = tf.reshape(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), [n, to + 1, 2, to + 1, 2 * channels]);
  const blocks = tf.reshape(tf.transpose(padded, [0, 1, 3, 2, 4]), [n, to + 1, to + 1, 4 * channels]);
  const patches = tf.concat(SHIFTS.map(([i, j]) => tf.slice(blocks, [0, i, j, 0], [n, to, to, 4 * channels])), 3);
  return tf.reshape(tf.matMul(tf.reshape(patches, [n * to * to, KERNEL ** 2 * channels]), matrix), [n, to, to, outputs]);
}

/** @param {any} tf @param {Tensor} x [n, side, side, channels] @param {Tensor} weight [4, 4, channels, outputs] */
export function up(tf, x, weight) {
  const [n, side, , channels] = x.shape;
  const outputs = weight.shape[3];
  const split = tf.reshape(weight, [...BLOCKS, ...BLOCKS, channels, outputs]);
  const matrix = tf.reshape(tf.transpose(split, [4, 0, 2, 1, 3, 5]), [channels, KERNEL ** 2 * outputs]);
  // What each pixel adds to the blocks around it, then the sum where those overlap.
  const added = tf.reshape(tf.matMul(tf.reshape(x, [n * side * side, channels]), matrix), [n, side, side, KERNEL ** 2 * outputs]);
  const parts = tf.split(added, SHIFTS.length, 3).map((/** @type {Tensor} */ part, /** @type {number} */ k) => {
    const [i, j] = SHIFTS[k];
    return tf.pad(part, [[0, 0], [i, 1 - i], [j, 1 - j], [0, 0]]);
  });
  const blocks = parts.reduce((/** @type {Tensor} */ a, /** @type {Tensor} */ b) => tf.add(a, b));
  const rows = tf.transpose(tf.reshape(blocks, [n, side + 1, side + 1, 2, 2 * outputs]), [0, 1, 3, 2, 4]);
  const padded = tf.reshape(rows, [n, 2 * side + 2, 2 * side + 2, outputs]);
  return tf.slice(padded, [0, 1, 1, 0], [n, 2 * side, 2 * side, outputs]);
}
