// Test-only: a step that the mock has recorded, as the safetensors file that the real one would write of it, with numbers
// that follow from their names.
// @ts-check

/** @import { Recipe, Shape } from "../../../www/js/protocol.js" */

/** Tensors as a safetensors file. @param {Record<string, { shape: number[], values: ArrayLike<number> }>} tensors @param {Record<string, string>} header */
export function safetensors(tensors, header) {
  /** @type {Record<string, unknown>} */
  const entries = { __metadata__: header };
  /** @type {number[]} */
  const all = [];
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    entries[name] = { dtype: "F32", shape, data_offsets: [4 * all.length, 4 * (all.length + values.length)] };
    for (let i = 0; i < values.length; i++) all.push(values[i]);
  }
  let text = JSON.stringify(entries);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const file = new Uint8Array(8 + text.length + 4 * all.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(new TextEncoder().encode(text), 8);
  file.set(new Uint8Array(Float32Array.from(all).buffer), 8 + text.length);
  return file;
}

/**
 * @param {Recipe} recipe @param {number} step
 * @param {{ target: Shape, source: Shape | null, judge: boolean, fakes: Uint8Array, reals: Uint8Array }} game with pictures as bytes
 */
export function recordingOf(recipe, step, { target, source, judge, fakes, reals }) {
  const points = target.side === 1;
  const samples = points ? 32 : 8;
  const size = target.side ** 2 * target.channels;
  /** @type {Record<string, { shape: number[], values: ArrayLike<number> }>} */
  const tensors = {};
  const add = (/** @type {string} */ name, /** @type {number[]} */ shape, /** @type {(i: number) => number} */ value) => {
    tensors[name] = { shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)) };
  };
  const wave = (/** @type {number} */ phase, scale = 1) => (/** @type {number} */ i) => scale * Math.sin(i * 1.7 + phase + step);
  const picture = (/** @type {Uint8Array} */ bytes) => (/** @type {number} */ i) => bytes[i] / 127.5 - 1;

  if (source) add("source", [samples, source.side ** 2], wave(0));
  else {
    add("latent", [samples, recipe.latent], wave(0));
    if (recipe.conditional) add("label", [samples, 10], (i) => Number(i % 10 === (Math.floor(i / 10) + 3) % 10));
  }
  add("real", [samples, size], points ? wave(1, 0.8) : picture(reals));
  add("fake", [samples, size], points ? wave(2, 0.7) : picture(fakes));
  const fake = tensors.fake.values;
  add("fake.again", [samples, size], (i) => Math.max(-1, Math.min(1, fake[i] + 0.1 * Math.sin(i))));
  add("fake.gradient", [samples, size], wave(3, 0.01));
  const side = points ? 1 : 7;
  add("generator.part.0.32.start", [samples, side, side, 8], wave(4));
  add("generator.part.1.1.out", [samples, target.side, target.side, target.channels], (i) => fake[i]);
  add("generator.figures", [1], () => 0.9);
  add("generator.lengths", [3, 3], (i) => [3, 0.4, 0.06, 1, 0.3, 0.01, 2, 0.25, 0.02][i]);
  /** @type {Record<string, string>} */
  const header = { format: "ganvas-step-1", step: String(step), "generator.network": "generator", "generator.parameters": "start.weight\nstart.bias\nout.weight" };
  if (judge) {
    for (const [name, at] of /** @type {const} */ ([["real", 1], ["fake", -0.5]])) {
      add(`${name}.seen`, [samples, size], () => 0);
      add(`${name}.logit`, [samples, 1], (k) => at + 0.3 * Math.sin(k));
      add(`${name}.logit.after`, [samples, 1], (k) => at * 1.2 + 0.3 * Math.sin(k));
      add(`${name}.slope`, [samples, 1], (k) => -at * (0.5 + 0.01 * k));
      add(`discriminator.${name}.part.0.16.down`, [samples, side, side, 8], wave(5));
    }
    add("fake.slope.generator", [samples, 1], () => -0.4);
    add("fake.again.logit", [samples, 1], (k) => -0.4 + 0.3 * Math.sin(k));
    add("discriminator.cost", [samples], (k) => 0.6 + 0.01 * k);
    add("generator.cost", [samples], (k) => 0.8 + 0.01 * k);
    add("discriminator.figures", [3], (i) => [0.62, 1.1, -0.4][i]);
    add("discriminator.lengths", [2, 3], (i) => [4, 0.5, 0.08, 1, 0.2, 0.03][i]);
    Object.assign(header, { "discriminator.network": "discriminator", "discriminator.parameters": "down.weight\nlogit.weight" });
  }
  return safetensors(tensors, header);
}
