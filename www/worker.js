// Runs one session, off the page's thread: loads the program it is told to, feeds it commands, posts
// its events, and says so when it dies. It must not know what the commands and events mean.
// @ts-check

/** @import { Command, Event, FromWorker, Program, ToWorker } from "./js/protocol.js" */
import { buffersOf } from "./js/buffers.js";
import { Trouble } from "./js/fetching.js";
import { createRestarts, startHelpers } from "./js/helpers.js";
import { loadProgram } from "./js/program.js";

/** After this long no further turn is begun before the worker listens again, milliseconds: one of the
 * largest presets takes most of the 50 ms within which a command should be heard. */
const BUDGET_MILLIS = 8;
/** A tick shorter than this with nothing to tell is one that waits for data, milliseconds. */
const IDLE_MILLIS = 2;
const IDLE_WAIT_MILLIS = 100;

/** Most workers that share a batch, this one included: a batch of 64 has no more parts that are worth it. */
const MOST_WORKERS = 4;

/** @type {Command[]} */
const queue = [];
/** Starts fresh helpers, which the session is handed when they are ready. @type {(again: boolean) => void} */
let share = () => {};
/** Hands them over. Between two ticks only: during one the session is the program's own. @type {(() => void) | null} */
let handOver = null;
const restarts = createRestarts();
/** `busy`: another tick would do something without a command.
 * @type {{ tick(commands: Command[], budget: number): Promise<Event[]>, readonly busy: boolean } | null} */
let session = null;
let looping = false;
let dead = false;

self.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.type === "open") {
    open(data).catch(fail);
  } else {
    // Commands that come before the program is ready wait here; none is lost.
    queue.push(...data.commands);
    loop();
  }
});
// A Rust panic inside a future surfaces as one of these, not as a rejected tick.
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
      stop(); // of those before, one may be all right
      const started = startHelpers(helpers, module.compiledProgram());
      stop = started.stop;
      const all = await started.ready;
      if (stop !== started.stop) return; // others have taken their place
      if (!all && again) return shareAfter(restarts.next(performance.now())); // they are not back: nothing is new
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
      // Even without news the page hears that the program lives.
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
 * Has lost helpers started again after a while, and says so: they may only have been slow, or short of memory.
 * @param {Event} event
 * @returns {Event}
 */
function helpAgain(event) {
  if (event.type !== "failed" || event.code !== "helper-lost") return event;
  const seconds = restarts.next(performance.now());
  if (seconds === null) return { ...event, message: `${event.message}. This has happened too often to try again before the page is reloaded` };
  shareAfter(seconds);
  return { ...event, message: `${event.message}, until other helpers are started in ${seconds} second${seconds === 1 ? "" : "s"}` };
}

/** @param {number | null} seconds null: no more */
function shareAfter(seconds) {
  if (seconds !== null) setTimeout(() => share(true), 1000 * seconds);
}

/** @param {number} millis */
const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/** Lets messages be heard: a promise alone would never leave the microtask queue. */
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
 * A Rust panic is printed before the program traps, and the trap says nothing of it. What else can fail is heard of
 * elsewhere, once each: what the program's libraries only log, by `src/web.rs`, which rejects the tick; what the
 * browser says of its GPU, by `watchGpuDevices`.
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
 * Stands between the program and its GPU device: asks for the `subgroups` feature where there is
 * one (a matmul kernel uses it without asking), and hears of it when the device is lost or refuses
 * something. The device is kept on the worker's global so that tests and a console can reach it.
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
      if (error) fail(`a shader was refused: ${error.message}`);
    };
    module.getCompilationInfo().then(refused, () => {}); // no answer: the device is lost, which is heard of
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
