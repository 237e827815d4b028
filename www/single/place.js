// Where the page's files come from and how its workers start in ganvas.html, which has all of them inside: the build
// puts this in the place of www/js/place.js. A page from a file, or in a strict sandbox, may start no worker but a
// classic one from a blob, and may fetch nothing. It must not know what the files are for.
// @ts-check

/** @import { Keeper } from "../js/keeper.js" */
/** @import { Around } from "../js/rooms.js" */
/** @import { Store } from "../js/store.js" */
import { mount } from "../single/copies.js";
import { block, unpacked } from "../single/inside.js";
import { open } from "../single/run.js";

export { bring } from "../single/bring.js";

/**
 * `open` offers the run that this file has inside, if any, and says what cannot be kept; `mount` adds to a room what
 * saves copies of it.
 * @typedef {{ open: (store: Store, keeper: Keeper) => void, mount: (el: HTMLElement, around: Around) => void }} Single
 */
/** @type {Single | null} */
export const single = { open, mount };

const WASM = "cpu/ganvas_bg.wasm";

/** Scripts of workers, as they are run: what the loader has unpacked, or what a worker was given. @type {Record<string, string>} */
let scripts = /** @type {any} */ (globalThis).ganvasInside?.scripts ?? {};

/** The packed files of a worker, from whoever started it; a page has its own. @type {Promise<Record<string, string>> | null} */
const given = typeof document === "object" ? null : new Promise((resolve) => {
  self.addEventListener("message", (event) => {
    if (!event.data.inside) return;
    event.stopImmediatePropagation(); // it is not meant for the worker's own script
    scripts = event.data.inside.scripts;
    resolve(event.data.inside.files);
  });
});

/** @param {string} path */
export const at = (path) => new URL(path, "inside:/");

/** Whether a file is inside. @param {string} path */
export const has = (path) => Boolean(block(path));

/** What a server would answer. @param {string | URL} address @returns {Promise<Response>} */
export async function file(address) {
  const path = String(address).replace(/^inside:\/+/, "");
  if (scripts[path]) return new Response(scripts[path]);
  const text = given ? (await given)[path] : block(path);
  if (!text) return new Response(null, { status: 404 });
  return new Response(unpacked(text), { headers: { "content-type": path === WASM ? "application/wasm" : "application/octet-stream" } });
}

/** The one that is inside. @returns {Promise<any>} */
// @ts-ignore: it is there when the page is built
export const program = () => import("../cpu/ganvas.js");

/** @type {Map<string, string>} addresses of blobs by script */
const blobs = new Map();

/** @param {string} path @param {string} name */
export function startWorker(path, name) {
  const script = path.replace(/\?.*/, "");
  const url = blobs.get(script) ?? URL.createObjectURL(new Blob([scripts[script]], { type: "text/javascript" }));
  blobs.set(script, url);
  const worker = new Worker(url, { name });
  if (!given) worker.postMessage({ inside: { scripts, files: { [WASM]: block(WASM) } } });
  return worker;
}

/** The plotting library, which is the only one. */
export async function loadScript() {
  const { default: uPlot } = await import("uplot");
  Object.assign(globalThis, { uPlot });
}

/** All of them are there from the beginning. */
export const loadStyle = async () => {};
