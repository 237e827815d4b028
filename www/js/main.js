// Wires the page: nothing is decided here. Reads the address, chooses the program, starts the worker
// and hands every view its element.
// @ts-check

import { createActions } from "./actions.js";
import { openArchive } from "./archive.js";
import { createClient } from "./client.js";
import { DOWNLOADED, createData } from "./data.js";
import { createInspecting } from "./inspecting.js";
import { createKeeper } from "./keeper.js";
import { readParams } from "./params.js";
import { probe } from "./probe.js";
import { createScoring } from "./scoring.js";
import { createListener } from "./session.js";
import { initialState } from "./state.js";
import { createStore, notify } from "./store.js";
import * as alarm from "./views/alarm.js";
import * as badge from "./views/badge.js";
import * as checkpoint from "./views/checkpoint.js";
import * as controls from "./views/controls.js";
import * as fakes from "./views/fakes.js";
import * as figures from "./views/figures.js";
import * as inspection from "./views/inspection.js";
import * as metrics from "./views/metrics.js";
import * as notices from "./views/notices.js";
import * as plots from "./views/plots.js";
import * as preset from "./views/preset.js";
import * as reading from "./views/reading.js";
import * as reals from "./views/reals.js";
import * as root from "./views/root.js";
import * as sampler from "./views/sampler.js";
import * as timeline from "./views/timeline.js";
import * as transport from "./views/transport.js";
import * as verdict from "./views/verdict.js";

/** @type {string[]} */
const complaints = [];
const params = readParams(location.search, complaints);

const store = createStore(initialState(params.device ?? "cpu", params.autostart));
complaints.forEach((text, i) => notify(store, { key: `address-early-${i}`, kind: "warning", text }));

/** @type {() => void} */
let open = () => {};
const opened = new Promise((/** @type {(value: void) => void} */ resolve) => (open = resolve));

const client = createClient({
  onEvents: (events) => listener.onEvents(events),
  onReplaced: (next) => listener.onReplaced(next),
  onGone: (reason) => listener.onGone(reason),
  newest: () => keeper.newest(),
});
const data = createData(store, client.send, opened);
const scoring = createScoring(store, client.send, data.heldOut);
const inspecting = createInspecting(store, client.send, scoring.classifierReady);
const keeper = createKeeper(store, client.send, openArchive(), checkpoint.offer);
const actions = createActions({
  store,
  params,
  send: client.send,
  revive: client.revive,
  switchTo: (program) => listener.onSwitched({ program, step: client.switchTo(program) }),
  keeper,
  data,
  opened: () => open(),
  offer: checkpoint.offer,
});
const listener = createListener(store, actions, scoring, keeper);

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
root.mount(document.documentElement, store);
badge.mount(byId("badge"), store, actions);
transport.mount(byId("transport"), store, actions);
alarm.mount(byId("alarm"), store);
fakes.mount(byId("fakes"), store, inspecting);
timeline.mount(byId("timeline"), store, actions, keeper);
reals.mount(byId("reals"), store, data.stream, inspecting);
verdict.mount(byId("verdict"), store);
inspection.mount(/** @type {HTMLDialogElement} */ (byId("inspection")), store, inspecting);
figures.mount(byId("figures"), store);
preset.mount(byId("preset"), store, actions);
controls.mount(byId("settings"), store, actions);
plots.mount(byId("losses"), store, plots.LOSSES);
plots.mount(byId("logits"), store, plots.LOGITS);
sampler.mount(byId("sampler"), store, actions);
reading.mount(byId("reading"), store, scoring);
metrics.mount(byId("measured"), store, scoring);
checkpoint.mount(byId("checkpoint"), store, actions);
notices.mount(byId("notices"), store);

// Who leaves the page, or turns to another one, may not come back.
for (const type of ["beforeunload", "pagehide"]) addEventListener(type, keeper.keep);
document.addEventListener("visibilitychange", () => document.hidden && keeper.keep());

keeper.open();
// The data's first shard travels while the program does.
if (params.dataset === null || params.dataset === DOWNLOADED) data.stream();
const choice = await probe(params.device);
store.patch({ device: choice });
client.start(choice.program, params.workers);
