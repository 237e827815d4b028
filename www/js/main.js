// Wires the page: nothing is decided here. Reads the address, chooses the program, starts the worker
// and hands every view its element. Does nothing where guard.js has found that this cannot work.
// @ts-check

/** @import { Store } from "./store.js" */
import { createActions } from "./actions.js";
import { openArchive } from "./archive.js";
import { announce } from "./arrival.js";
import { createClient } from "./client.js";
import { createData, isDownloaded, wordsOf } from "./data.js";
import { createInspecting } from "./inspecting.js";
import { createKeeper } from "./keeper.js";
import { watchAddress } from "./link/address.js";
import { readParams } from "./link/read.js";
import { bring, single } from "./place.js";
import { probe } from "./probe.js";
import { createRooms } from "./rooms.js";
import { createScoring } from "./scoring.js";
import { createListener } from "./session.js";
import { initialState } from "./state.js";
import { createStore, notify } from "./store.js";
import * as alarm from "./views/alarm.js";
import * as badge from "./views/badge.js";
import { createShare } from "./views/share.js";
import * as drop from "./views/drop.js";
import * as fakes from "./views/fakes.js";
import * as notices from "./views/notices.js";
import * as reals from "./views/reals.js";
import * as rootView from "./views/root.js";
import * as stage from "./views/stage.js";
import * as timeline from "./views/timeline.js";
import * as transport from "./views/transport.js";

const root = document.documentElement;
if (root.dataset.state !== "failed") start();

function start() {
  /** @type {string[]} */
  const complaints = [];
  const params = readParams(location.search, location.hash, complaints);

  // The graphics driver takes its time to answer, and nothing is fetched for the CPU or the GPU before.
  const chosen = probe(params.device).catch(() => ({ program: /** @type {const} */ ("cpu"), reason: "its graphics card could not be queried" }));
  const store = createStore(initialState(params.device ?? "cpu", params.autostart));
  complaints.forEach((text, i) => notify(store, { key: `address-early-${i}`, kind: "warning", text }));
  watchFaults(store);

  /** @type {() => void} */
  let open = () => {};
  const opened = new Promise((/** @type {(value: void) => void} */ resolve) => (open = resolve));

  const client = createClient({
    onEvents: (events) => listener.onEvents(events),
    onPhase: (phase, trouble) => listener.onPhase(phase, trouble),
    onReplaced: (next) => listener.onReplaced(next),
    onGone: (reason, fault) => listener.onGone(reason, fault),
    newest: () => keeper.newest(),
  });
  const data = createData(store, client.supply, opened);
  const scoring = createScoring(store, client.send, data);
  const inspecting = createInspecting(store, client.send, scoring.classifierReady);
  // In a frame of another site's page, among others, a run is kept within the page alone.
  const embedded = params.asks.has("embed");
  const keeper = createKeeper(store, client.send, embedded ? Promise.reject(new Error("this is part of another page")) : openArchive(), drop.offer);
  const actions = createActions({
    store,
    params,
    send: client.send,
    revive: client.revive,
    switchTo: (program) => listener.onSwitched({ program, step: client.switchTo(program) }),
    keeper,
    data,
    opened: () => open(),
    offer: drop.offer,
    reload: () => location.reload(),
    rest: () => share.rest(),
  });
  const share = createShare(part("share"), { store, keeper, offer: drop.offer });
  const listener = createListener(store, actions, scoring, keeper);

  rootView.mount(root, store, part("dock"));
  badge.mount(part("badge"), store, actions);
  transport.mount(part("transport"), store, actions);
  alarm.mount(part("alarm"), store);
  fakes.mount(part("fakes"), store, inspecting);
  reals.mount(part("reals"), store, data.again, inspecting);
  stage.mount(part("pictures"), /** @type {HTMLDialogElement} */ (part("inspection")), store, actions, inspecting);
  timeline.mount(part("timeline"), store, actions, keeper);
  notices.mount(part("notices"), store);
  drop.mount(part("drop"), actions);
  createRooms(part("rooms"), part("room"), { store, actions, scoring, inspecting, keeper, params });
  part("unstarted").remove();

  announce(store, data.again, scoring.classifierReady);
  // Who leaves the page, or turns to another one, may not come back.
  for (const type of ["beforeunload", "pagehide"]) addEventListener(type, keeper.keep);
  document.addEventListener("visibilitychange", () => document.hidden && keeper.keep());

  single?.open(store, keeper);
  keeper.open();
  // The data's first shard travels while the program does.
  if (isDownloaded(params.asks.get("dataset") ?? "mnist")) data.stream();
  // What came to an end without a connection begins again with it.
  addEventListener("online", () => {
    const { data: { trouble }, program } = store.get();
    if (trouble) data.again();
    scoring.again();
    if (program.phase === "gone") actions.revive();
  });
  // What the pictures do not need comes after them.
  if (embedded) bring("js/embed.js").then(({ embed }) => embed({ store, actions, params }), () => {});
  let worker = embedded ? null : /** @type {HTMLLinkElement | null} */ (document.querySelector("link[rel=serviceworker]"));
  store.subscribe(["state"], ({ state }) => {
    if (!worker || state === "loading") return;
    const { href } = worker;
    worker = null;
    (self.requestIdleCallback ?? setTimeout)(() => bring("js/offline.js").then(({ start }) => start(href, store, keeper, actions), () => {}));
  });
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // no banner: the room Keep has a button
    store.patch({ installable: /** @type {any} */ (event) });
  });
  chosen.then((choice) => {
    store.patch({ device: choice });
    client.start(choice.program, params.workers);
  });
}

/** A part of the page, whose controls come to life now that somebody hears them. @param {string} id */
function part(id) {
  const element = /** @type {HTMLElement} */ (document.getElementById(id));
  for (const control of element.querySelectorAll(":disabled")) /** @type {HTMLButtonElement} */ (control).disabled = false;
  return element;
}

/** Faults of the page itself, which nobody foresaw, in one sentence for all. @param {Store} store */
function watchFaults(store) {
  let said = false;
  const say = (/** @type {unknown} */ fault) => {
    if (said) return;
    said = true;
    const text = `Something on this page went wrong (${wordsOf(fault).slice(0, 140)}). What you see may no longer be right: save the run, then reload the page.`;
    notify(store, { key: "page-fault", kind: "error", text });
  };
  addEventListener("unhandledrejection", ({ reason }) => say(reason));
  addEventListener("error", ({ error, message }) => error && say(error ?? message));
}
