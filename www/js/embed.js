// The page inside somebody else's: it rests where it is not seen, one of several trains at a time, and the page around it
// may ask for things by messages (docs/embedding.md). Its other end is www/embed/1/ganvas.js. It must not trust what it
// is told: all that can be asked for is what a visitor could press.
// @ts-check

/** @import { Actions } from "./actions.js" */
/** @import { Players } from "./protocol.js" */
/** @import { Params } from "./link/read.js" */
/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { readParams, recipeFor } from "./link/read.js";
import { joined, settingsOf } from "./link/write.js";
import { modelOf } from "./models.js";
import { bring, loadStyle } from "./place.js";
import { dismiss, notify } from "./store.js";
import { rest } from "./waits.js";

/** The version of the messages. */
const VERSION = 1;
/** Out of sight for so long, training rests, milliseconds. */
const AWAY_MILLIS = 1_000;
/** So long a model is waited for. */
const MODEL_MILLIS = 10_000;
/** As high as a plain frame is asked to be, whatever its width: what is in it makes do with what it gets. */
const HEIGHT = 720;
/** The embeds of one site on one page find each other here. */
const CHANNEL = "ganvas embed";
const ELSEWHERE = "trains-elsewhere";

/**
 * What the page around may ask: an answer comes to each.
 * @typedef {{ id: number, ask: "train" | "pause" | "reset" | "state" } | { id: number, ask: "step", player: string }
 *   | { id: number, ask: "set-state", state: string } | { id: number, ask: "picture", type: string }} Question
 */
/** Why training rests that nobody has paused. @typedef {"unseen" | "elsewhere"} Rest */

/** @param {{ store: Store, actions: Actions, params: Params }} around */
export function embed({ store, actions, params }) {
  /** @type {MessagePort | null} */
  let port = null;
  /** What happened before somebody was there to hear it. @type {object[]} */
  const early = [];
  const emit = (/** @type {string} */ event, /** @type {object} */ detail) => {
    if (port) port.postMessage({ event, detail });
    else if (early.length < 100) early.push({ event, detail });
  };

  document.documentElement.dataset.embed = "";
  loadStyle("js/embed.css").catch(() => {}); // it is only not as tidy
  leadOut(store);
  restUnseen(store, actions, emit);
  restForOthers(store, actions);
  runFor(Number(params.asks.get("embed")) || Infinity, store, actions, emit);
  tell(store, emit);

  if (parent === self) return;
  const answers = answersTo(store, actions, params);
  addEventListener("message", ({ source, data, ports }) => {
    if (source !== parent || data?.ganvas !== VERSION || data.connect !== true || !ports[0]) return;
    port?.close();
    port = ports[0];
    const mine = port;
    port.onmessage = async ({ data }) => {
      const { id, ask } = data ?? {};
      if (!Number.isSafeInteger(id) || !Object.hasOwn(answers, ask)) return;
      mine.postMessage({ id, answer: await answers[/** @type {Question["ask"]} */ (ask)](data) });
    };
    for (const message of early.splice(0)) port.postMessage(message);
  });
  // Whoever is around it may know that it is here; and hosts that fit frames to what they hold know these words.
  parent.postMessage({ ganvas: VERSION, hello: true }, "*");
  parent.postMessage(JSON.stringify({ context: "iframe.resize", height: HEIGHT, src: location.href }), "*");
}

/**
 * @param {Store} store
 * @param {Actions} actions
 * @param {Params} params
 * @returns {Record<Question["ask"], (question: any) => unknown>}
 */
function answersTo(store, actions, params) {
  return {
    train: async () => {
      // A model that was asked for comes first, if it comes.
      await until(store, ({ draft }) => draft !== null);
      if (params.asks.has("trained")) {
        await until(store, ({ state }) => state !== "loading");
        if (modelOf(store.get())) await Promise.race([until(store, ({ pretrained, step }) => pretrained !== null || step > 0), rest(MODEL_MILLIS)]);
      }
      actions.train();
    },
    pause: () => actions.pause(),
    reset: () => actions.reset(),
    step: async ({ player }) => {
      await until(store, ({ state }) => state === "ready" || state === "paused" || state === "training");
      if (["both", "generator", "discriminator"].includes(player)) actions.step(/** @type {Players} */ (player));
    },
    /** The settings, as what follows the # of a link. */
    state: async () => {
      const { catalog, draft, preset } = await until(store, ({ draft }) => draft !== null);
      return catalog && draft ? joined(settingsOf(catalog, draft, preset)) : "";
    },
    /** What could not be used of it. */
    "set-state": async ({ state }) => {
      const { catalog } = await until(store, ({ draft }) => draft !== null);
      /** @type {string[]} */
      const complaints = [];
      const wanted = readParams("", `#${String(state)}`, complaints);
      const more = wanted.packed.length > 0 ? await bring("js/link/more.js").catch(() => null) : null;
      await more?.open(wanted, complaints);
      if (!catalog) return complaints;
      const { preset, recipe } = recipeFor(wanted, catalog, complaints);
      store.patch({ preset, draft: recipe });
      actions.startOver();
      return complaints;
    },
    /** What is to be seen on the stage, as a file. */
    picture: ({ type }) => new Promise((resolve) => {
      const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (document.querySelectorAll("#pictures canvas"));
      const shown = [...canvases].find((canvas) => canvas.offsetWidth > 0);
      if (shown) shown.toBlob(resolve, ["image/png", "image/jpeg", "image/webp"].includes(type) ? type : "image/png");
      else resolve(null);
    }),
  };
}

/** The state once it is so. @param {Store} store @param {(page: PageState) => boolean} isSo @returns {Promise<PageState>} */
const until = (store, isSo) => new Promise((resolve) => {
  let done = false;
  store.subscribe(["draft", "state", "pretrained", "step"], (page) => {
    if (done || !isSo(page)) return;
    done = true;
    resolve(page);
  });
});

/** A way to the whole page with the same settings, in a tab of its own. @param {Store} store */
function leadOut(store) {
  const link = Object.assign(document.createElement("a"), { className: "whole", target: "_blank", rel: "noopener", textContent: "Open all of it" });
  link.href = location.pathname;
  document.querySelector(".masthead")?.append(link);
  let turn = 0;
  store.subscribe(["draft", "preset"], async ({ catalog, draft, preset }) => {
    const mine = ++turn;
    const settings = catalog && draft ? await joined(settingsOf(catalog, draft, preset)) : "";
    if (mine === turn) link.href = `${location.pathname}#${settings}`;
  });
}

/** @param {Store} store @param {Actions} actions @param {(event: string, detail: object) => void} emit */
function restUnseen(store, actions, emit) {
  let visible = true;
  let rests = false;
  let waiting = 0;
  new IntersectionObserver(([{ isIntersecting }]) => {
    clearTimeout(waiting);
    if (isIntersecting === visible) return;
    if (isIntersecting) return change(true);
    waiting = window.setTimeout(() => change(false), AWAY_MILLIS);
  }).observe(document.body);

  /** @param {boolean} now */
  function change(now) {
    visible = now;
    const { state, wantsRun } = store.get();
    if (!visible && (state === "training" || wantsRun)) {
      rests = true;
      actions.pause();
    } else if (visible && rests) {
      rests = false;
      if (state === "paused" || state === "ready") actions.train();
    }
    emit("visibilitychange", { visible });
  }
}

/** @param {Store} store @param {Actions} actions */
function restForOthers(store, actions) {
  /** @type {BroadcastChannel} */
  let channel;
  try {
    channel = new BroadcastChannel(CHANNEL);
  } catch {
    return; // nobody else can be heard here
  }
  let trains = false;
  store.subscribe(["state"], ({ state }) => {
    if (trains === (state === "training")) return;
    trains = !trains;
    if (!trains) return;
    dismiss(store, ELSEWHERE);
    channel.postMessage("trains");
  });
  channel.onmessage = () => {
    if (!trains && !store.get().wantsRun) return;
    actions.pause();
    notify(store, { key: ELSEWHERE, kind: "info", text: "Paused, because another one on this page trains now. Press Train to go on with this one." });
  };
}

/**
 * A visitor may go on as often as they like, so many steps each time.
 * @param {number} most @param {Store} store @param {Actions} actions @param {(event: string, detail: object) => void} emit
 */
function runFor(most, store, actions, emit) {
  /** The step at which training began, and whether it has been told to rest. @type {{ step: number, rests: boolean } | null} */
  let run = null;
  store.subscribe(["state", "step"], ({ state, step }) => {
    if (state === "failed" && run) emit("runend", { reason: "failed", step });
    if (state !== "training") return void (run = null);
    if (!run || step < run.step) run = { step, rests: false };
    if (run.rests || step - run.step < most) return;
    run.rests = true;
    actions.pause();
    emit("runend", { reason: "steps", step });
  });
}

/** @param {Store} store @param {(event: string, detail: object) => void} emit */
function tell(store, emit) {
  let ready = false;
  let state = "";
  let collapse = "";
  /** @type {Set<string>} */
  const told = new Set();
  store.subscribe(["state"], (page) => {
    if (page.state === state) return;
    state = page.state;
    emit("statechange", { state });
    if (ready || state === "loading") return;
    ready = true;
    emit("ready", {});
  });
  store.subscribe(["data"], ({ data: { loaded, total } }) => total > 0 && emit("progress", { loaded, total }));
  store.subscribe(["step"], ({ step, judged, evaluation }) =>
    step > 0 && emit("step", { step, balance: judged?.told_apart ?? null, accuracy: evaluation?.label_accuracy ?? null }));
  store.subscribe(["collapse"], (page) => {
    const { saw = "", remedies = [] } = page.collapse ?? {};
    if (saw === collapse) return;
    collapse = saw;
    if (saw) emit("collapse", { saw, remedies });
  });
  store.subscribe(["notices"], ({ notices }) => {
    for (const key of told) if (!notices.some((notice) => notice.key === key)) told.delete(key);
    for (const { key, kind, text, actions } of notices) {
      if (kind !== "error" || told.has(key)) continue;
      told.add(key);
      emit("error", { type: key, message: text, recoverable: (actions ?? []).length > 0 });
    }
  });
}
