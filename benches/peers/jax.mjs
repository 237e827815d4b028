// The step in jax-js: one function under `jit`, with both gradients and both Adams in it. Arrays are
// counted references there: who uses one twice takes `.ref` of it before the last time.
// @ts-check

import { ADAM, BATCH, LATENT, LEAK, NORM_EPSILON, PIXELS, initial, latents, randomNumbers, realBatch } from "./networks.mjs";
import { ownConvolutions, patchConvolutions } from "./jax-convolutions.mjs";
import { stepwise } from "./measure.mjs";

/** @import { Layer, Network } from "./networks.mjs" */
/** @import { Trainer } from "./measure.mjs" */
/** @import { Array, Convolutions, Jax } from "./jax-convolutions.mjs" */

/**
 * @typedef {Record<string, Array>[]} Parameters layer by layer
 * @typedef {{ parameters: Parameters, mean: Parameters, square: Parameters }} Player
 */

/**
 * `patches`: with convolutions rewritten as products of matrices, as someone who knows that its own are
 * slow would.
 * @param {Network} network
 * @param {{ device: "wasm" | "webgpu", patches?: boolean }} options
 * @returns {Promise<Trainer>}
 */
export async function open(network, { device, patches = false }) {
  /** @type {string} */
  const address = "/vendor/jax/index.js";
  const jax = /** @type {Jax} */ (await import(address));
  const { init, defaultDevice, jit, valueAndGrad, tree, nn, numpy: np } = jax;
  const devices = await init(device);
  if (!devices.includes(device)) throw new Error(`the device ${device} did not start`);
  defaultDevice(device);

  const convolutions = (patches ? patchConvolutions : ownConvolutions)(jax);
  const forward = forwardPass(jax, convolutions);
  const dLoss = (/** @type {Parameters} */ d, /** @type {Array} */ both) => {
    const [onReal, onFake] = np.split(forward(network.discriminator, d, both), 2);
    return nn.softplus(onReal.neg()).mean().add(nn.softplus(onFake).mean());
  };
  const gLoss = (/** @type {Parameters} */ g, /** @type {Parameters} */ d, /** @type {Array} */ z) =>
    nn.softplus(forward(network.discriminator, d, forward(network.generator, g, z)).neg()).mean();

  const step = jit((/** @type {Player} */ g, /** @type {Player} */ d, /** @type {Array} */ real, /** @type {Array} */ z, /** @type {Array} */ rates) => {
    const fake = forward(network.generator, tree.ref(g.parameters), z.ref);
    const [loss, dGradient] = valueAndGrad(dLoss)(tree.ref(d.parameters), np.concatenate([real, fake]));
    const nextD = adam(jax, d, dGradient, rates.ref);
    const [gValue, gGradient] = valueAndGrad(gLoss)(tree.ref(g.parameters), tree.ref(nextD.parameters), z);
    gValue.dispose();
    const nextG = adam(jax, g, gGradient, rates);
    return [nextG, nextD, loss];
  });

  const random = randomNumbers(1);
  let [g, d] = [network.generator, network.discriminator].map((layers) => {
    const parameters = initial(layers, random).map((parameters, i) =>
      Object.fromEntries(parameters.map(({ name, shape, values }) => {
        const array = np.array(values).reshape(shape);
        return [name, name === "weight" ? convolutions.weight(layers[i], array) : array];
      })),
    );
    const zeros = () => tree.map((/** @type {Array} */ p) => np.zeros(p.shape), parameters);
    return /** @type {Player} */ ({ parameters, mean: zeros(), square: zeros() });
  });
  const real = np.array(realBatch()).reshape([BATCH, PIXELS]);
  const nextLatents = latents();
  let steps = 0;
  const threads = device === "wasm" ? `, threads: ${globalThis.crossOriginIsolated ? navigator.hardwareConcurrency : 1}` : "";
  return stepwise(
    `jax-js, ${defaultDevice()}${threads}`,
    () => {
      steps += 1;
      const z = np.array(nextLatents()).reshape([BATCH, LATENT]);
      const rates = np.array([ADAM.lr / (1 - ADAM.beta1 ** steps), 1 / Math.sqrt(1 - ADAM.beta2 ** steps)]);
      const [nextG, nextD, loss] = step(g, d, real.ref, z, rates);
      [g, d] = [nextG, nextD];
      return loss;
    },
    async (/** @type {Array} */ loss) => (await loss.data())[0],
  );
}

/**
 * Adam; `rates`: its rate and the scale of the root, which change from step to step.
 * @param {Jax} jax @param {Player} player @param {Parameters} gradient @param {Array} rates
 * @returns {Player}
 */
function adam({ numpy: np, tree }, { parameters, mean, square }, gradient, rates) {
  const blend = (/** @type {number} */ beta) => (/** @type {Array} */ old, /** @type {Array} */ now) => old.mul(beta).add(now.mul(1 - beta));
  mean = tree.map(blend(ADAM.beta1), mean, tree.ref(gradient));
  square = tree.map(blend(ADAM.beta2), square, tree.map(np.square, gradient));
  const rate = rates.ref.slice(0);
  const scale = rates.slice(1);
  parameters = tree.map(
    (/** @type {Array} */ p, /** @type {Array} */ m, /** @type {Array} */ v) =>
      p.sub(m.mul(rate.ref).div(np.sqrt(v).mul(scale.ref).add(ADAM.epsilon))),
    parameters, tree.ref(mean), tree.ref(square),
  );
  rate.dispose();
  scale.dispose();
  return { parameters, mean, square };
}

/** @param {Jax} jax @param {Convolutions} convolutions */
function forwardPass({ numpy: np, nn }, convolutions) {
  /** @param {Layer} layer @param {Record<string, Array>} parameters @param {Array} x @returns {Array} */
  const through = (layer, { weight, bias, scale, shift }, x) => {
    switch (layer.kind) {
      case "dense":
        return np.matmul(x, weight).add(bias);
      case "maps":
        return x.reshape(convolutions.maps(layer.side, layer.channels));
      case "flat":
        return x.reshape([x.shape[0], -1]);
      case "down":
      case "up": {
        const y = convolutions[layer.kind](x, weight);
        return bias ? y.add(convolutions.byChannel(bias)) : y;
      }
      case "norm":
        return nn.standardize(x, [1, 2, 3], { epsilon: NORM_EPSILON }).mul(convolutions.byChannel(scale)).add(convolutions.byChannel(shift));
      case "relu":
        return nn.relu(x);
      case "leaky":
        return nn.leakyRelu(x, LEAK);
      case "tanh":
        return np.tanh(x);
    }
  };
  /** @param {Layer[]} layers @param {Parameters} parameters @param {Array} x */
  return (layers, parameters, x) => layers.reduce((x, layer, i) => through(layer, parameters[i], x), x);
}
