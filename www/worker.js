// Runs one session off the page's thread: loads the chosen program, passes commands to it and its events to the page,
// and reports when it fails. It must not know what the commands and events mean.
// @ts-check

/** @import { Command, Event, FromWorker, Program, ToWorker } from "./js/protocol.js" */
import { buffersOf } from "./js/buffers.js";
import { Trouble } from "./js/fetching.js";
import { createRestarts, startHelpers } from "./js/helpers.js";
import { loadProgram } from "./js/program.js";

/** After this many milliseconds no further turn is started before the worker checks for commands. Commands should be
 * handled within 50 ms, most of which one turn of the largest presets takes. */
const BUDGET_MILLIS = 8;
/** A tick without events that is shorter than this is waiting for data, milliseconds. */
const IDLE_MILLIS = 2;
const IDLE_WAIT_MILLIS = 100;

/** Most workers that share a batch, including this one: smaller shards of a batch of 64 cost more than they save. */
const MOST_WORKERS = 4;

/** @type {Command[]} */
const queue = [];
/** Starts new helpers, which the session gets when they are ready. @type {(again: boolean) => void} */
let share = () => {};
/** Gives them to the session, only between two ticks: during a tick it is borrowed. @type {(() => void) | null} */
let handOver = null;
const restarts = createRestarts();
/** `busy`: the next tick has work even without a command.
 * @type {{ tick(commands: Command[], budget: number): Promise<Event[]>, readonly busy: boolean } | null} */
let session = null;
let looping = false;
let dead = false;

self.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.type === "open") {
    open(data).catch(fail);
  } else {
    // Commands that arrive before the program is ready wait here.
    queue.push(...data.commands);
    loop();
  }
});
// A Rust panic inside a future surfaces here, not as a rejected tick.
self.addEventListener("error", (event) => fail(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => fail(event.reason));

/** @param {Extract<ToWorker, { type: "open" }>} wanted */
async function open({ program, workers, anew }) {
  post({ type: "loading" });
  watchPanics();
  if (program === "gpu") watchGpuDevices();
  const module = await loadProgram(program, anew, {
    loading: () => post({ type: "loading" }),
    starting: () => post({ type: "starting" }),
  });
  const opened = await module.openSession();
  const helpers = Math.min(workers ?? navigator.hardwareConcurrency ?? 1, MOST_WORKERS) - 1;
  if (program === "cpu" && helpers > 0) {
    let stop = () => {};
    share = async (again) => {
      stop(); // some of the previous ones may still run
      const started = startHelpers(helpers, module.compiledProgram());
      stop = started.stop;
      const all = await started.ready;
      if (stop !== started.stop) return; // newer ones have replaced these
      if (!all && again) return shareAfter(restarts.next(performance.now())); // they failed again: try later
      handOver = () => opened.shareWith(helpers, started.ask);
      loop();
    };
    share(false);
  }
  session = opened;
  loop();
}

async function loop() {
  if (looping || dead || !session) return;
  looping = true;
  try {
    do {
      const began = performance.now();
      handOver?.();
      handOver = null;
      const events = (await session.tick(queue.splice(0), BUDGET_MILLIS)).map(helpAgain);
      const waiting = events.length === 0 && performance.now() - began < IDLE_MILLIS;
      // Even without events, tell the page that the program is alive.
      if (events.length > 0 || waiting) post({ type: "events", events }, buffersOf(events));
      if (waiting) await wait(IDLE_WAIT_MILLIS);
      await macrotask();
    } while (!dead && (session.busy || queue.length > 0 || handOver));
  } catch (error) {
    fail(error);
  }
  looping = false;
}

/**
 * Schedules a restart of lost helpers and adds that to the message: they may only have been slow, or out of memory.
 * @param {Event} event
 * @returns {Event}
 */
function helpAgain(event) {
  if (event.type !== "failed" || event.code !== "helper-lost") return event;
  const seconds = restarts.next(performance.now());
  if (seconds === null) return { ...event, message: `${event.message}. Helpers have failed too often and are not started again until the page is reloaded` };
  shareAfter(seconds);
  return { ...event, message: `${event.message}, until new helpers start in ${seconds} second${seconds === 1 ? "" : "s"}` };
}

/** @param {number | null} seconds null: never */
function shareAfter(seconds) {
  if (seconds !== null) setTimeout(() => share(true), 1000 * seconds);
}

/** @param {number} millis */
const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Lets messages arrive: a promise alone would never leave the microtask queue. */
const macrotask = (() => {
  const { port1, port2 } = new MessageChannel();
  /** @type {() => void} */
  let resume = () => {};
  port1.onmessage = () => resume();
  return () => new Promise((/** @type {(value: void) => void} */ resolve) => {
    resume = resolve;
    port2.postMessage(null);
  });
})();

/** @param {unknown} error */
function fail(error) {
  if (dead) return;
  dead = true;
  const { message } = /** @type {{ message?: unknown }} */ (error ?? {});
  const reason = String(message || error || "unknown error");
  const fault = error instanceof Trouble ? error.kind : "crashed";
  post({ type: "failed", fault, reason: reason.split("\n")[0].slice(0, 300) });
}

/**
 * @param {FromWorker} message
 * @param {ArrayBuffer[]} [transfer]
 */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

/**
 * Reports Rust panics: the message is printed before the program traps, and the trap does not contain it. Other
 * failures are reported once each elsewhere: what the program's libraries only log, by `src/web.rs`, which rejects
 * the tick; GPU errors of the browser, by `watchGpuDevices`.
 */
function watchPanics() {
  const print = console.error.bind(console);
  console.error = (...words) => {
    print(...words);
    const [first, second] = words.map(String).join(" ").split("\n");
    // The first line of a panic names a source line; the second says what happened.
    if (/panicked at/.test(first)) fail(second || first);
  };
}

/**
 * Wraps the program's GPU device: requests the `subgroups` feature if available (a matmul kernel uses it without
 * asking), and reports when the device is lost or rejects something. The device is kept on the worker's global scope
 * for tests and the console.
 */
function watchGpuDevices() {
  if (typeof GPUAdapter === "undefined") throw new Error("this browser has no WebGPU in workers");
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor = {}) {
    /** @type {Set<GPUFeatureName>} */
    const features = new Set(descriptor.requiredFeatures ?? []);
    if (this.features.has("subgroups")) features.add("subgroups");
    const device = await requestDevice.call(this, { ...descriptor, requiredFeatures: [...features] });
    Object.assign(self, { ganvasGpuDevice: device });
    device.addEventListener("uncapturederror", (event) => fail(/** @type {GPUUncapturedErrorEvent} */ (event).error));
    device.lost.then(({ message, reason }) => fail(`the GPU device was lost: ${message || reason}`));
    return device;
  };
  const createShaderModule = GPUDevice.prototype.createShaderModule;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    const module = createShaderModule.call(this, descriptor);
    const refused = (/** @type {GPUCompilationInfo} */ { messages }) => {
      const error = messages.find(({ type }) => type === "error");
      if (error) fail(`a shader was rejected: ${error.message}`);
    };
    module.getCompilationInfo().then(refused, () => {}); // no answer: the device is lost, which is reported above
    return module;
  };
  const popErrorScope = GPUDevice.prototype.popErrorScope;
  GPUDevice.prototype.popErrorScope = async function () {
    const error = await popErrorScope.call(this);
    if (error) fail(error);
    return error;
  };
}

export {};
