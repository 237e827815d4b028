// Takes a share of each batch for a session in another worker: starts from the program that the other one
// has compiled, carries out its tasks one after another, and says so when it cannot. It must not know
// what tasks and answers mean.
// @ts-check

import * as place from "./js/place.js";

/** @typedef {{ answer(task: unknown, room: Float32Array, count: number): Promise<Float32Array> }} Replica */

/** @type {Promise<Replica> | null} */
let replica = null;
let last = Promise.resolve();

self.addEventListener("message", ({ data }) => {
  if (data.program) {
    replica = open(data.program);
    replica.then(() => self.postMessage({ ready: true }), (error) => self.postMessage({ reason: reasonOf(error) }));
  } else {
    last = last.then(() => answer(data));
  }
});

/** @param {WebAssembly.Module} program */
async function open(program) {
  const module = await place.program("cpu");
  await module.default({ module_or_path: program });
  return module.Replica.open();
}

/** @param {{ id: number, task: unknown, buffer: ArrayBuffer, length: number }} question */
async function answer({ id, task, buffer, length }) {
  try {
    const said = await (await /** @type {Promise<Replica>} */ (replica)).answer(task, new Float32Array(buffer), length);
    const answer = { id, buffer, figures: said.subarray(0, -1), length: said.at(-1) };
    self.postMessage(answer, { transfer: [buffer] });
  } catch (error) {
    self.postMessage({ id, reason: reasonOf(error) });
  }
}

/** @param {any} error */
const reasonOf = (error) => String(error?.message ?? error);
