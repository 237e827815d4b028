// Where the page's files come from and how its workers start: here by address, from beside the page. In ganvas.html,
// which has all of them inside, www/single/place.js stands in its place. It must not know what the files are for.
// @ts-check

/** What only a page in one file can do. @type {import("../single/place.js").Single | null} */
export const single = null;

/** The folder with the code. */
const CODE = new URL("../", import.meta.url);

/** The address of a part of the code. @param {string} path */
export const at = (path) => new URL(path, CODE);

/** Whether a file may be there at all: a server is asked. @type {(path: string) => boolean} */
export const has = () => true;

/** @param {string | URL} address @param {RequestInit} [how] */
export const file = (address, how) => fetch(address, how);

/** How often a module did not come, which a browser remembers. @type {Map<string, number>} */
const failures = new Map();

/** A module of the page's that comes later than the page. The build leaves it at its path. @param {string} path @returns {Promise<any>} */
export function bring(path) {
  const failed = failures.get(path) ?? 0;
  return import(at(failed ? `${path}?attempt=${failed + 1}` : path).href).catch((error) => {
    failures.set(path, failed + 1);
    throw error;
  });
}

/** One of the programs, as its script exports it. @param {string} name @returns {Promise<any>} */
export const program = (name) => import(at(`${name}/ganvas.js`).href);

/** @param {string} path of its script @param {string} name */
export function startWorker(path, name) {
  let modules = false;
  const worker = new Worker(at(path), {
    name,
    // A browser that does not look here knows no modules in workers.
    get type() {
      modules = true;
      return /** @type {const} */ ("module");
    },
  });
  if (modules) return worker;
  worker.terminate();
  throw new Error("its workers do not support modules");
}

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/** Runs a plain script, once. @param {string} path */
export const loadScript = (path) => once(at(path), (src) => Object.assign(document.createElement("script"), { src }));

/** @param {string} path */
export const loadStyle = (path) => once(at(path), (href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href }));

/** @param {URL} url @param {(href: string) => HTMLElement} create */
function once({ href }, create) {
  const coming = loaded.get(href) ?? new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
    const element = create(href);
    element.addEventListener("load", () => resolve());
    element.addEventListener("error", () => {
      loaded.delete(href);
      reject(new Error(`${href} did not load`));
    });
    document.head.append(element);
  });
  loaded.set(href, coming);
  return coming;
}
