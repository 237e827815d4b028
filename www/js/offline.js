// Looks after what works without a connection: registers the service worker, says what it has kept, has it keep the rest,
// and offers a new version when one is whole. Fetched after the first pictures, and only from a built site. It must not
// know how files are kept (sw.js), nor touch the document.
// @ts-check

/** @import { Actions } from "./actions.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Store } from "./store.js" */
import { wordsOf } from "./data.js";
import { isUntouched } from "./state.js";
import { notify } from "./store.js";
import { inTime, rest } from "./waits.js";

/** A file of the site, and whether it is kept. @typedef {{ address: string, bytes: number, group: "page" | "cpu" | "gpu" | "data" | "more", kept: boolean }} Kept */
/**
 * `files`: what the next visit will have, null while that is not known; `trouble`: why no more of it is kept, if so;
 * `progress`: bytes since then, while everything is being kept; `newer`: whether a new version waits to be asked for.
 * @typedef {{
 *   files: Kept[] | null,
 *   trouble: string,
 *   progress: { done: number } | null,
 *   newer: boolean,
 *   keepAll: () => void,
 *   cancel: () => void,
 *   update: () => void,
 *   look: () => void,
 * }} Offline
 */

/** The worker gives up on a file before, milliseconds. */
const PATIENCE_MILLIS = 250_000;
/** Who presses Train at once is not held up by what the worker fetches, milliseconds. */
const CALM_MILLIS = 2_000;
/** How long a new version may take to take over, milliseconds. */
const TAKEOVER_MILLIS = 5_000;
/** How often a page that stays open asks for a new version, milliseconds. */
const CHECK_MILLIS = 60 * 60_000;
/** How long the worker has to put away what it has just passed on, milliseconds; and until then more may come. */
const SETTLE_MILLIS = 500;

/** @param {string} script the service worker's address @param {Store} store @param {Keeper} keeper @param {Actions} actions */
export async function start(script, store, keeper, actions) {
  takeFiles(store, actions);
  const container = workers();
  if (!container) return;
  /** @type {ServiceWorkerRegistration} */
  let registration;
  let cancelled = false;
  let settling = 0;
  /** Whether a new version is to take over. */
  let leaving = false;
  /** One file is not asked for twice at once. */
  let completing = Promise.resolve();

  const say = (/** @type {Partial<Offline>} */ news) => store.patch({ offline: { .../** @type {Offline} */ (store.get().offline), ...news } });

  store.patch({
    offline: {
      files: null,
      trouble: "",
      progress: null,
      newer: false,

      /** Keeps all there is, file by file, until it is there, cancelled, or refused. */
      async keepAll() {
        if (store.get().offline?.progress) return;
        cancelled = false;
        say({ trouble: "", progress: { done: 0 } });
        await guarded(async () => {
          const missing = (await list()).filter(({ kept }) => !kept);
          let done = 0;
          for (const { address, bytes } of missing) {
            say({ progress: { done } });
            await keep(address);
            done += bytes;
            if (cancelled) break;
          }
        });
        say({ progress: null });
        await guarded(async () => say({ files: await list() }));
      },

      cancel() {
        cancelled = true;
      },

      /** The new version in the place of this page, whose run it will offer. */
      async update() {
        const { running, state } = store.get();
        if (running && state !== "failed") await keeper.stored();
        leaving = true;
        const { waiting } = registration; // none where another tab has asked for it
        if (waiting) {
          const over = new Promise((resolve) => waiting.addEventListener("statechange", () => waiting.state === "activated" && resolve(null)));
          waiting.postMessage({ what: "take over" });
          await Promise.race([over, rest(TAKEOVER_MILLIS)]);
        }
        actions.reload();
      },

      /** Sees in a moment what is kept now. */
      look() {
        clearTimeout(settling);
        settling = window.setTimeout(see, SETTLE_MILLIS);
      },
    },
  });
  offerUpdate(store, actions);
  store.subscribe(["data"], () => store.get().offline?.look());

  // As long as it is held, the worker deletes nothing that this page may still ask for.
  navigator.locks?.request(new URL("..", import.meta.url).href, { mode: "shared" }, () => new Promise(() => {})).catch(() => {});
  container.addEventListener("message", ({ data }) => say({ trouble: reasonOf(data) }));
  await rest(CALM_MILLIS);
  await guarded(async () => {
    registration = await container.register(script, { updateViaCache: "none" });
    registration.addEventListener("updatefound", follow);
    setInterval(() => registration.update().catch(() => {}), CHECK_MILLIS); // without a connection there is none
    follow();
  });

  /** @param {{ target: any }} [change] of a worker, or that there is another */
  function follow(change) {
    const { installing, waiting, active } = registration;
    if (waiting && active) say({ newer: true });
    for (const worker of [installing, waiting, active]) worker?.addEventListener("statechange", follow, { once: true });
    if (change?.target.state !== "installed") see();
  }

  function see() {
    const { installing = null, active = null } = registration ?? {};
    // A worker that is asked something while another takes its place may not let go for minutes.
    if (installing || leaving || active?.state !== "activated") return;
    completing = completing.then(() => guarded(() => complete(active)));
  }

  /** Has the worker keep what this device uses, and what went past it before it was there. @param {ServiceWorker} active */
  async function complete(active) {
    const files = await list();
    const here = (/** @type {string} */ address) => new URL(address, registration.scope).href;
    // A later build must not serve this page, unless it was asked to.
    if (!container?.controller && files.some(({ address }) => here(address) === import.meta.url)) active.postMessage({ what: "claim" });
    const used = new Set(performance.getEntriesByType("resource").map(({ name }) => name));
    const { program } = store.get().device;
    const missing = files.filter(({ address, group, kept }) => !kept && (group === program || used.has(here(address))));
    for (const { address } of missing) await keep(address);
    say({ files: missing.length > 0 ? await list() : files });
  }

  /** @returns {Promise<Kept[]>} */
  function list() {
    return ask({ what: "list" });
  }

  /** @param {string} address */
  async function keep(address) {
    const refusal = await ask({ what: "keep", address });
    if (refusal) throw refusal;
  }

  /** @param {object} question */
  function ask(question) {
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((/** @type {(data: any) => void} */ resolve) => (port1.onmessage = ({ data }) => resolve(data)));
    if (!registration.active) throw new Error("the service worker is gone");
    registration.active.postMessage(question, [port2]);
    return inTime(answer, PATIENCE_MILLIS, "the service worker does not answer").finally(() => port1.close());
  }

  /** @param {() => Promise<void>} act */
  async function guarded(act) {
    try {
      await act();
    } catch (error) {
      say({ trouble: reasonOf(error) });
    }
  }
}

/** The browser's service workers, if it has some for this page: in a sandboxed frame even asking throws. */
export function workers() {
  try {
    return navigator.serviceWorker;
  } catch {
    return undefined;
  }
}

/** Says that there is a new version, once and not while the run is being watched. @param {Store} store @param {Actions} actions */
function offerUpdate(store, actions) {
  let said = false;
  store.subscribe(["offline", "state"], (page) => {
    const { offline, state, archiveTrouble } = page;
    if (said || !offline?.newer || state === "training") return;
    said = true;
    const run = isUntouched(page) ? "" : archiveTrouble ? " This browser keeps no runs, so save this one first." : " This run is kept and can go on there.";
    const save = { label: "Save the run", act: actions.save, stays: true };
    const reload = { label: "Reload", act: offline.update };
    notify(store, { key: "newer", kind: "info", text: `A new version is ready: reload the page to get it.${run}`, actions: run && archiveTrouble ? [save, reload] : [reload] });
  });
}

/** Opens a file that was opened with the installed page, as soon as there is a program. @param {Store} store @param {Actions} actions */
function takeFiles(store, actions) {
  /** @type {{ getFile(): Promise<File> } | undefined} */
  let handle;
  const open = () => {
    if (!handle || !store.get().running) return;
    handle.getFile().then(actions.restore, (error) => notify(store, { key: "checkpoint-invalid", kind: "error", text: `The file could not be read: ${wordsOf(error)}.` }));
    handle = undefined;
  };
  /** @type {any} */ (globalThis).launchQueue?.setConsumer((/** @type {any} */ { files }) => {
    handle = files[0] ?? handle;
    open();
  });
  store.subscribe(["running"], open);
}

/** Why something was not kept, to follow a colon. @param {unknown} error */
function reasonOf(error) {
  const { name = "" } = /** @type {Partial<Error>} */ (error ?? {});
  if (name === "QuotaExceededError") return "this browser has no room left for it";
  if (name === "TypeError" || name === "TimeoutError") return "the connection failed";
  const { message = String(error) } = /** @type {Partial<Error>} */ (error ?? {});
  return wordsOf(message);
}
