// The networks that every peer trains, described once, and what they learn from. It must not know any
// peer. `benches/peers.mjs` holds the descriptions to ganvas by their numbers of parameters.
// @ts-check

/**
 * A layer. `dense`: [n, inputs] to [n, outputs]. `maps`: vectors become feature maps. `down` and `up`:
 * convolution and transposed convolution, kernel 4, stride 2, padding 1. `norm`: layer normalisation of
 * each sample with a scale and a shift for each channel. `flat`: feature maps become vectors.
 * @typedef {{ kind: "dense", inputs: number, outputs: number }
 *   | { kind: "down" | "up", inputs: number, outputs: number, bias: boolean }
 *   | { kind: "norm", channels: number }
 *   | { kind: "maps", side: number, channels: number }
 *   | { kind: "flat" | "relu" | "leaky" | "tanh" }} Layer
 * @typedef {{ label: string, preset: string, change: (recipe: any) => void, generator: Layer[],
 *   discriminator: Layer[] }} Network
 * `preset` and `change` make ganvas' recipe
 * @typedef {{ name: "weight" | "bias" | "scale" | "shift", shape: number[], values: Float32Array }} Parameter
 */

export const BATCH = 64;
export const LATENT = 64;
export const PIXELS = 28 * 28;
export const ADAM = { lr: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };
export const LEAK = 0.2;
export const NORM_EPSILON = 1e-5;
export const KERNEL = 4;

/** @type {Record<string, Network>} */
export const NETWORKS = {
  dcgan: {
    label: "DCGAN, 16 channels",
    preset: "dcgan",
    change(recipe) {
      recipe.generator.width = 32;
      recipe.discriminator.width = 16;
      recipe.norm = "layer";
    },
    generator: [
      { kind: "dense", inputs: LATENT, outputs: 7 * 7 * 32 },
      { kind: "maps", side: 7, channels: 32 },
      { kind: "norm", channels: 32 },
      { kind: "relu" },
      { kind: "up", inputs: 32, outputs: 16, bias: false },
      { kind: "norm", channels: 16 },
      { kind: "relu" },
      { kind: "up", inputs: 16, outputs: 1, bias: true },
      { kind: "tanh" },
      { kind: "flat" },
    ],
    discriminator: [
      { kind: "maps", side: 28, channels: 1 },
      { kind: "down", inputs: 1, outputs: 16, bias: true },
      { kind: "leaky" },
      { kind: "down", inputs: 16, outputs: 32, bias: true },
      { kind: "leaky" },
      { kind: "flat" },
      { kind: "dense", inputs: 7 * 7 * 32, outputs: 1 },
    ],
  },
  mlp: {
    label: "MLP, 3 layers of 256",
    preset: "vanilla",
    change(recipe) {
      recipe.generator.width = recipe.discriminator.width = 256;
    },
    generator: [
      { kind: "dense", inputs: LATENT, outputs: 256 },
      { kind: "leaky" },
      { kind: "dense", inputs: 256, outputs: 256 },
      { kind: "leaky" },
      { kind: "dense", inputs: 256, outputs: PIXELS },
      { kind: "tanh" },
    ],
    discriminator: [
      { kind: "dense", inputs: PIXELS, outputs: 256 },
      { kind: "leaky" },
      { kind: "dense", inputs: 256, outputs: 256 },
      { kind: "leaky" },
      { kind: "dense", inputs: 256, outputs: 1 },
    ],
  },
};

/** ganvas' recipe of a network. @param {Network} network @param {any} preset its preset's recipe */
export function recipeOf(network, preset) {
  const recipe = structuredClone(preset);
  Object.assign(recipe, { dataset: "mnist", conditional: false, latent: LATENT, batch: BATCH, d_steps: 1, d_hidden: 0, objective: "non-saturating", ema: 0, seed: 1 });
  recipe.penalty.kind = "none";
  recipe.codes.categorical = false;
  for (const player of [recipe.generator, recipe.discriminator]) {
    Object.assign(player.optimiser, ADAM, { kind: "adam" });
    player.schedule.kind = "constant";
  }
  network.change(recipe);
  return recipe;
}

/**
 * Fresh parameters, layer by layer, as ganvas draws them: uniform within 1/√(fan-in).
 * Kernels are [rows, columns, inputs, outputs].
 * @param {Layer[]} layers
 * @param {() => number} random
 * @returns {Parameter[][]}
 */
export function initial(layers, random) {
  /** @param {Parameter["name"]} name @param {number[]} shape @param {() => number} value @returns {Parameter} */
  const parameter = (name, shape, value) => ({ name, shape, values: Float32Array.from({ length: product(shape) }, value) });
  return layers.map((layer) => {
    switch (layer.kind) {
      case "dense": {
        const value = uniform(layer.inputs, random);
        return [parameter("weight", [layer.inputs, layer.outputs], value), parameter("bias", [layer.outputs], value)];
      }
      case "down":
      case "up": {
        // PyTorch, and after it ganvas, counts the fan-in of a transposed convolution by its outputs.
        const value = uniform((layer.kind === "up" ? layer.outputs : layer.inputs) * KERNEL ** 2, random);
        const weight = parameter("weight", [KERNEL, KERNEL, layer.inputs, layer.outputs], value);
        return layer.bias ? [weight, parameter("bias", [layer.outputs], value)] : [weight];
      }
      case "norm":
        return [parameter("scale", [layer.channels], () => 1), parameter("shift", [layer.channels], () => 0)];
      default:
        return [];
    }
  });
}

/** @param {number} fanIn @param {() => number} random */
function uniform(fanIn, random) {
  return () => (2 * random() - 1) / Math.sqrt(fanIn);
}

/** @param {number[]} shape */
export function product(shape) {
  return shape.reduce((a, b) => a * b, 1);
}

/** @param {Layer[]} layers */
export function countParameters(layers) {
  return initial(layers, () => 0.5).flat().reduce((sum, { values }) => sum + values.length, 0);
}

/** A batch of made-up pictures, a bright spot on black somewhere in each: bytes. */
export function pictures() {
  const random = randomNumbers(7);
  const bytes = new Uint8Array(BATCH * PIXELS);
  for (let n = 0; n < BATCH; n++) {
    const [x, y, size] = [8 + 12 * random(), 8 + 12 * random(), 2 + 3 * random()];
    for (let at = 0; at < PIXELS; at++) {
      const distance = Math.hypot((at % 28) - x, Math.floor(at / 28) - y);
      bytes[n * PIXELS + at] = Math.round(255 * Math.exp(-((distance / size) ** 2)));
    }
  }
  return bytes;
}

/** The same in [-1, 1]. */
export function realBatch() {
  return Float32Array.from(pictures(), (byte) => byte / 127.5 - 1);
}

/** Endless batches of normal latents, from a store: a peer is not charged for drawing them. */
export function latents() {
  const random = randomNumbers(11);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const store = Array.from({ length: 32 }, () => Float32Array.from({ length: BATCH * LATENT }, normal));
  let next = 0;
  return () => store[next++ % store.length];
}

/** Numbers in [0, 1) by the Weyl sequence and a mixing step; the same in every browser. @param {number} seed */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let x = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
}
