// The same training step in ganvas and its peers, one row after another, each in a fresh Chromium, as one
// line of JSON each. ganvas is measured before, between and after them, since a machine's speed drifts.
// `cargo xtask bench peers` sets the peers up, serves them and runs this; a word as argument keeps only
// the rows whose key has it.
// @ts-check

import { loadavg } from "node:os";
import { NO_GPU, SWIFTSHADER, launch } from "../tests/browser/lib/browser.mjs";
import { served } from "../tests/browser/lib/site.mjs";
import { NETWORKS } from "./peers/networks.mjs";

/** WebGL by software. */
const SOFTWARE_GL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
/** A row that takes longer has failed. */
const PATIENCE_MILLIS = 120_000;

/** @typedef {{ peer: string, script: string, options: object, flags?: string[], only?: string }} Row */

/** @type {Row[]} */
const OURS = [
  { peer: "ganvas, 1 worker", script: "ganvas", options: { workers: 1 } },
  { peer: "ganvas, 2 workers", script: "ganvas", options: { workers: 2 } },
];
/** @type {Row[]} */
const FAST = [
  { peer: "jax-js, wasm", script: "jax", options: { device: "wasm" } },
  { peer: "jax-js, wasm, convolutions rewritten", script: "jax", options: { device: "wasm", patches: true }, only: "dcgan" },
  { peer: "TensorFlow.js, wasm, 1 thread", script: "tfjs", options: { backend: "wasm", threads: 1 } },
  { peer: "TensorFlow.js, wasm, 2 threads", script: "tfjs", options: { backend: "wasm", threads: 2 }, only: "mlp" },
  { peer: "TensorFlow.js, wasm, 1 thread, convolutions rewritten", script: "tfjs", options: { backend: "wasm", threads: 1, patches: true }, only: "dcgan" },
  { peer: "TensorFlow.js, wasm, 2 threads, convolutions rewritten", script: "tfjs", options: { backend: "wasm", threads: 2, patches: true }, only: "dcgan" },
];
/** @type {Row[]} */
const SLOW = [
  { peer: "TensorFlow.js, webgl (software)", script: "tfjs", options: { backend: "webgl" }, flags: SOFTWARE_GL },
  { peer: "TensorFlow.js, webgpu (software)", script: "tfjs", options: { backend: "webgpu" }, flags: SWIFTSHADER },
  { peer: "TensorFlow.js, cpu", script: "tfjs", options: { backend: "cpu" } },
  { peer: "jax-js, webgpu (software)", script: "jax", options: { device: "webgpu" }, flags: SWIFTSHADER },
];

const [wanted = ""] = process.argv.slice(2);
const site = served("GANVAS_PROGRAMS");
for (const [network, { label }] of Object.entries(NETWORKS)) {
  for (const row of [...OURS, ...FAST, ...OURS, ...SLOW, ...OURS]) {
    if (row.only && row.only !== network) continue;
    if (!`${network}: ${row.peer}`.includes(wanted)) continue;
    console.log(JSON.stringify({ network: label, peer: row.peer, ...(await measured(network, row)) }));
  }
}

/** A fresh browser: one that hangs can be ended, and none has optimised another's code. @param {string} network @param {Row} row */
async function measured(network, { script, options, flags = NO_GPU }) {
  const browser = await launch(flags);
  /** @type {string[]} */
  const problems = [];
  /** @type {NodeJS.Timeout | undefined} */
  let alarm;
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(new URL("peers/index.html", site).href);
    const late = new Promise((_, reject) => {
      alarm = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MILLIS / 1000} s`)), PATIENCE_MILLIS);
    });
    const result = page.evaluate(
      async ([network, script, options]) => {
        const load = (/** @type {string} */ name) => import(`/peers/${name}.mjs`);
        const [{ NETWORKS }, { measure }, { open }] = await Promise.all(["networks", "measure", script].map(load));
        return measure(await open(NETWORKS[network], options));
      },
      /** @type {const} */ ([network, script, options]),
    );
    result.catch(() => {}); // when it was late
    const row = await Promise.race([result, late]);
    return { browser: `Chromium ${browser.version()}`, load: loadavg()[0], .../** @type {object} */ (row) };
  } catch (error) {
    const [first] = String(/** @type {any} */ (error)?.message ?? error).split("\n");
    return { error: first.replace(/^page\.evaluate: (Error: )?/, ""), problems: problems.slice(0, 3).map((text) => text.slice(0, 300)) };
  } finally {
    clearTimeout(alarm);
    await browser.close();
  }
}
