// The step in TensorFlow.js, in its core operations, as its guide writes a custom training loop.
// @ts-check

import { ADAM, BATCH, LATENT, LEAK, NORM_EPSILON, PIXELS, initial, latents, randomNumbers, realBatch } from "./networks.mjs";
import { stepwise } from "./measure.mjs";
import { down, up } from "./tfjs-patches.mjs";

/** @import { Layer, Network } from "./networks.mjs" */
/** @import { Trainer } from "./measure.mjs" */

/** TensorFlow.js brings its types in a package that this project does not install.
 * @typedef {any} Tensor */

/**
 * `threads`: of its WebAssembly; `patches`: with convolutions rewritten as products of matrices.
 * @param {Network} network
 * @param {{ backend: "webgl" | "wasm" | "cpu" | "webgpu", threads?: number, patches?: boolean }} options
 * @returns {Promise<Trainer>}
 */
export async function open(network, { backend, threads = 1, patches = false }) {
  await script("/vendor/tfjs/tf.min.js");
  if (backend === "wasm") await script("/vendor/tfjs-backend-wasm/tf-backend-wasm.min.js");
  if (backend === "webgpu") await script("/vendor/tfjs-backend-webgpu/tf-backend-webgpu.min.js");
  const { tf } = /** @type {any} */ (globalThis);
  if (backend === "wasm") {
    tf.wasm.setWasmPaths("/vendor/tfjs-backend-wasm/");
    // It starts one thread for two processors at most, however many it is told to.
    Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 * threads });
    tf.wasm.setThreadsCount(threads);
  }
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} did not start`);
  await tf.ready();

  const random = randomNumbers(1);
  const generator = new Player(tf, network.generator, random, patches);
  const discriminator = new Player(tf, network.discriminator, random, patches);
  const real = tf.tensor2d(realBatch(), [BATCH, PIXELS]);
  const nextLatents = latents();

  const step = () =>
    tf.tidy(() => {
      const z = tf.tensor2d(nextLatents(), [BATCH, LATENT]);
      const both = tf.concat([real, generator.forward(z)]);
      const d = tf.variableGrads(() => {
        const [onReal, onFake] = tf.split(discriminator.forward(both), 2);
        return tf.add(tf.mean(tf.softplus(tf.neg(onReal))), tf.mean(tf.softplus(onFake)));
      }, discriminator.variables);
      discriminator.adam.applyGradients(d.grads);
      const g = tf.variableGrads(
        () => tf.mean(tf.softplus(tf.neg(discriminator.forward(generator.forward(z))))),
        generator.variables,
      );
      generator.adam.applyGradients(g.grads);
      return d.value;
    });
  const read = async (/** @type {Tensor} */ loss) => {
    const [value] = await loss.data();
    loss.dispose();
    return value;
  };
  const started = backend === "wasm" ? `, threads: ${tf.wasm.getThreadsCount()}` : "";
  return stepwise(`tfjs ${tf.version.tfjs}, ${tf.getBackend()}${started}`, step, read);
}

/** A network with its parameters and its optimiser. */
class Player {
  /** @param {any} tf @param {Layer[]} layers @param {() => number} random @param {boolean} patches */
  constructor(tf, layers, random, patches) {
    this.tf = tf;
    this.patches = patches;
    this.layers = layers;
    this.parameters = initial(layers, random).map((parameters, i) => {
      const { kind } = layers[i];
      return Object.fromEntries(parameters.map(({ name, shape, values }) => {
        const tensor = tf.tensor(values, shape);
        // Its transposed convolution wants [rows, columns, outputs, inputs].
        return [name, tf.variable(kind === "up" && name === "weight" && !patches ? tf.transpose(tensor, [0, 1, 3, 2]) : tensor)];
      }));
    });
    this.variables = this.parameters.flatMap((parameters) => Object.values(parameters));
    this.adam = tf.train.adam(ADAM.lr, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  }

  /** @param {Tensor} x @returns {Tensor} */
  forward(x) {
    return this.layers.reduce((x, layer, i) => this.layer(layer, this.parameters[i], x), x);
  }

  /** @param {Layer} layer @param {Record<string, Tensor>} parameters @param {Tensor} x @returns {Tensor} */
  layer(layer, { weight, bias, scale, shift }, x) {
    const { tf } = this;
    const biased = (/** @type {Tensor} */ y) => (bias ? tf.add(y, bias) : y);
    switch (layer.kind) {
      case "dense":
        return biased(tf.matMul(x, weight));
      case "maps":
        return tf.reshape(x, [-1, layer.side, layer.side, layer.channels]);
      case "flat":
        return tf.reshape(x, [x.shape[0], -1]);
      case "down":
        return biased(this.patches ? down(tf, x, weight) : tf.conv2d(x, weight, 2, "same"));
      case "up":
        if (this.patches) return biased(up(tf, x, weight));
        return biased(tf.conv2dTranspose(x, weight, [x.shape[0], 2 * x.shape[1], 2 * x.shape[2], layer.outputs], 2, "same"));
      case "norm": {
        const { mean, variance } = tf.moments(x, [1, 2, 3], true);
        const standard = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, NORM_EPSILON)));
        return tf.add(tf.mul(standard, scale), shift);
      }
      case "relu":
        return tf.relu(x);
      case "leaky":
        return tf.leakyRelu(x, LEAK);
      case "tanh":
        return tf.tanh(x);
    }
  }
}

/** Loads a script that defines a global. @param {string} address */
function script(address) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src: address });
    element.onload = resolve;
    element.onerror = () => reject(new Error(`cannot load ${address}`));
    document.head.append(element);
  });
}
