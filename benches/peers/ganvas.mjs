// ganvas' CPU program as one of the peers: the session leads from the page, and helpers in workers take
// their share of each batch, as in www/worker.js.
// @ts-check

import { BATCH, countParameters, pictures, recipeOf } from "./networks.mjs";

/** @import { Network } from "./networks.mjs" */
/** @import { Trainer } from "./measure.mjs" */

/**
 * @param {Network} network
 * @param {{ workers: number }} options
 * @returns {Promise<Trainer>}
 */
export async function open(network, { workers }) {
  /** @type {string} */
  const program = "/cpu/ganvas.js";
  const { default: init, openSession, compiledProgram } = await import(program);
  await init();
  const session = await openSession();
  if (workers > 1) {
    /** @type {string} */
    const helpers = "/js/helpers.js";
    const { startHelpers } = await import(helpers);
    session.shareWith(workers - 1, startHelpers(workers - 1, compiledProgram()).ask);
  }

  /** @param {object[]} commands */
  const tick = async (commands) => {
    const events = await session.tick(commands, 0);
    for (const event of events) if (event.type === "failed") throw new Error(event.message);
    return events;
  };
  const opened = await tick([]);
  const { presets } = opened.find((/** @type {any} */ { type }) => type === "opened").catalog;
  const preset = presets.find((/** @type {any} */ { name }) => name === network.preset);
  const loaded = await tick([
    { type: "load", recipe: recipeOf(network, preset.recipe) },
    { type: "add-data", images: idx(0x803, [BATCH, 28, 28], pictures()), labels: idx(0x801, [BATCH], new Uint8Array(BATCH)), total: BATCH },
  ]);
  const run = loaded.findLast((/** @type {any} */ { type }) => type === "loaded");
  const [g, d] = [network.generator, network.discriminator].map(countParameters);
  if (run.g_parameters !== g || run.d_parameters !== d) {
    throw new Error(`ganvas has ${run.g_parameters} and ${run.d_parameters} parameters, the peers ${g} and ${d}`);
  }

  const dLoss = run.figures.findIndex((/** @type {any} */ { name }) => name === "d_loss");
  let commands = [{ type: "run" }];
  return {
    about: `workers: ${run.workers}`,
    // The session says itself how many steps it reports at a time: about four, or a tenth of a second.
    async train() {
      for (;;) {
        const events = await tick(commands);
        commands = [];
        const report = events.find((/** @type {any} */ { type }) => type === "progressed");
        if (report) return { millis: report.step_millis, losses: report.losses.map((/** @type {any} */ { figures }) => figures[dLoss]) };
      }
    },
  };
}

/** An IDX file. @param {number} magic @param {number[]} sizes @param {Uint8Array} bytes */
function idx(magic, sizes, bytes) {
  const file = new Uint8Array(4 * (1 + sizes.length) + bytes.length);
  const view = new DataView(file.buffer);
  [magic, ...sizes].forEach((number, i) => view.setUint32(4 * i, number));
  file.set(bytes, 4 * (1 + sizes.length));
  return file;
}
