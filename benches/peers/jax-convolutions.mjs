// Convolutions for jax-js, twice: its own, and the same as products of matrices. Kernel 4, stride 2,
// padding 1, and their transposes.
// @ts-check

import { KERNEL } from "./networks.mjs";

/** @import { Layer } from "./networks.mjs" */

/**
 * jax-js brings its types in a package that this project does not install.
 * @typedef {any} Array
 * @typedef {any} Jax
 *
 * @typedef {object} Convolutions
 * @property {(layer: Layer, array: Array) => Array} weight a layer's weight as these functions take it
 * @property {(side: number, channels: number) => number[]} maps the shape of feature maps
 * @property {(parameter: Array) => Array} byChannel shaped so that it meets the maps channel by channel
 * @property {(x: Array, weight: Array) => Array} down
 * @property {(x: Array, weight: Array) => Array} up
 */

/** Its own operations. @param {Jax} jax @returns {Convolutions} */
export function ownConvolutions({ lax }) {
  const padding = [[1, 1], [1, 1]];
  return {
    weight: (layer, array) => (layer.kind === "dense" ? array : array.transpose([3, 2, 0, 1])),
    maps: (side, channels) => [-1, channels, side, side],
    byChannel: (parameter) => parameter.reshape([-1, 1, 1]),
    down: (x, weight) => lax.convGeneralDilated(x, weight, [2, 2], padding),
    up: (x, weight) => lax.convTranspose(x, weight, [2, 2], padding),
  };
}

/**
 * Channels last; a kernel of 4 at stride 2 is a kernel of 2 on blocks of 2 x 2 pixels, so that the
 * patches are made of four slices.
 * @param {Jax} jax
 * @returns {Convolutions}
 */
export function patchConvolutions({ numpy: np }) {
  const half = KERNEL / 2;
  return {
    // [row of blocks, row in a block, column of blocks, column in a block, inputs, outputs]
    weight(layer, array) {
      if (layer.kind === "dense") return array;
      const [, , inputs, outputs] = array.shape;
      const blocks = array.reshape([half, 2, half, 2, inputs, outputs]);
      return layer.kind === "down"
        ? blocks.transpose([0, 2, 1, 3, 4, 5]).reshape([KERNEL * KERNEL * inputs, outputs])
        : blocks.transpose([4, 0, 2, 1, 3, 5]).reshape([inputs, KERNEL * KERNEL * outputs]);
    },
    maps: (side, channels) => [-1, side, side, channels],
    byChannel: (parameter) => parameter,
    down(x, weight) {
      const [n, side, , channels] = x.shape;
      const to = side / 2;
      const padded = np.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]);
      const blocks = padded.reshape([n, to + 1, 2, to + 1, 2, channels]).transpose([0, 1, 3, 2, 4, 5]).reshape([n, to + 1, to + 1, 4 * channels]);
      const shifted = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([i, j]) => blocks.ref.slice([], [i, i + to], [j, j + to], []));
      blocks.dispose();
      const patches = np.concatenate(shifted, 3).reshape([n * to * to, 4 * 4 * channels]);
      return np.matmul(patches, weight).reshape([n, to, to, -1]);
    },
    up(x, weight) {
      const [n, side, , channels] = x.shape;
      const outputs = weight.shape[1] / (KERNEL * KERNEL);
      // What each pixel adds to the blocks around it, then the sum where those overlap.
      const added = np.matmul(x.reshape([n * side * side, channels]), weight).reshape([n, side, side, 4, 4 * outputs]);
      const parts = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([i, j], k) =>
        np.pad(added.ref.slice([], [], [], k, []), [[0, 0], [i, 1 - i], [j, 1 - j], [0, 0]]));
      added.dispose();
      const blocks = parts.reduce((a, b) => a.add(b)).reshape([n, side + 1, side + 1, 2, 2, outputs]);
      const padded = blocks.transpose([0, 1, 3, 2, 4, 5]).reshape([n, 2 * side + 2, 2 * side + 2, outputs]);
      return padded.slice([], [1, 2 * side + 1], [1, 2 * side + 1], []);
    },
  };
}
