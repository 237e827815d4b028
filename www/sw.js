// Keeps the site for use without a connection, and gives the page what is kept. The build writes the list of the site's
// files in front of it (`SITE`) and keeps it below 3 kB. It must not know what the files are for.
//
// A build is kept whole or not at all, each file checked against its hash, and is what a visitor sees until a newer one is
// whole and the visitor has asked for it, or has closed every tab: it never takes over by itself. Pages of an older build
// that are still open find their code in that build's cache. What is not in the list goes past it.
//
// To get rid of it, put the script of docs/offline.md in its place: a site that only leaves it out is still shown as kept.
// @ts-check

/** @typedef {"page" | "cpu" | "gpu" | "data" | "more"} Group the last two are kept across builds, by their hashes */
/** @typedef {{ build: string, files: Record<string, [hash: string, bytes: number, group: Group]> }} Site by address; the page's own is empty */
/** @typedef {Event & { waitUntil(done: Promise<unknown>): void }} Lasting */
/** @typedef {Lasting & { request: Request, respondWith(answer: Promise<Response>): void }} Fetching */
/** @typedef {Lasting & { data: { what: "list" | "keep" | "claim" | "take over", address: string }, ports: MessagePort[] }} Asking */

(() => {
  const worker = /** @type {any} */ (self);
  /** @type {Site} */
  const { build, files } = worker.SITE;
  /** @type {{ scope: string, installing: unknown, waiting: unknown }} */
  const registration = worker.registration;
  const { scope } = registration;
  /** Other copies of the site may be on this host. */
  const OURS = `ganvas ${scope} `;
  const BUILD = OURS + build;
  const SHARED = `${OURS}data`;

  /** The cache of a file, and its key there. @param {string} address */
  function placeOf(address) {
    const [hash, , group] = files[address];
    return group === "data" || group === "more" ? [SHARED, `${scope + address}?${hash}`] : [BUILD, scope + address];
  }

  /** @param {string} address */
  function kept(address) {
    const [cacheName, key] = placeOf(address);
    return caches.match(key, { cacheName });
  }

  /** Keeps what has come, if it is the file; whether it is. @param {string} address @param {Response} response */
  async function keep(address, response) {
    const bytes = await response.arrayBuffer();
    const hash = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes), 0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (response.status !== 200 || hash !== files[address][0]) return false;
    const [name, key] = placeOf(address);
    await (await caches.open(name)).put(key, new Response(bytes, response));
    return true;
  }

  /** @param {string} address */
  async function bring(address) {
    if (await kept(address)) return;
    // The browser has most of it from the visit.
    for (const cache of /** @type {const} */ (["force-cache", "reload"])) {
      if (await keep(address, await fetch(scope + address, { cache, priority: "low", signal: AbortSignal.timeout(120_000) }))) return;
    }
    throw new Error(`the server sends another ${address || "page"} than was built`);
  }

  const older = async () => (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== BUILD && name !== SHARED);

  /** The page, and the programs that were kept before. */
  async function install() {
    try {
      let programs = "";
      for (const name of await older()) programs += (await (await caches.open(name)).keys()).map(({ url }) => url);
      for (const address in files) {
        const [, , group] = files[address];
        if (group === "page" || programs.includes(`/${group}/ganvas`)) await bring(address);
      }
    } catch (error) {
      await caches.delete(BUILD);
      for (const client of await worker.clients.matchAll({ includeUncontrolled: true })) client.postMessage(wordsOf(error));
      throw error;
    }
  }

  /** Deletes what no open page needs: each holds a lock named by the address of its code, with which a build's name begins. */
  async function tidy() {
    if (registration.installing || registration.waiting) return;
    const { held = [] } = await navigator.locks.query();
    for (const name of await older()) {
      const code = `${scope + name.slice(OURS.length).split(" ")[0]}/`;
      if (!held.some((lock) => lock.name === code)) await caches.delete(name);
    }
    if ((await older()).length > 0) return;
    const known = Object.keys(files).map((address) => placeOf(address)[1]);
    const shared = await caches.open(SHARED);
    for (const request of await shared.keys()) if (!known.includes(request.url)) await shared.delete(request);
  }

  /** @param {Fetching} event @param {string} address */
  async function answer(event, address) {
    const found = await kept(address).catch(() => {});
    if (found) return found;
    const response = await fetch(event.request);
    event.waitUntil(keep(address, response.clone()).catch(() => {}));
    return response;
  }

  /** @param {any} error */
  const wordsOf = ({ name, message }) => ({ name, message });

  const on = (/** @type {string} */ type, /** @type {(event: any) => unknown} */ act) => addEventListener(type, (event) => /** @type {Lasting} */ (event).waitUntil(/** @type {any} */ (act(event))));

  on("install", install);
  on("activate", tidy);
  on("message", async ({ data: { what, address }, ports: [port] }) => {
    if (what === "take over") worker.skipWaiting();
    if (what === "claim") worker.clients.claim();
    if (what === "keep") port.postMessage(await bring(address).catch(wordsOf));
    if (what === "list") port.postMessage(await Promise.all(Object.entries(files).map(async ([address, [, bytes, group]]) => ({ address, bytes, group, kept: Boolean(await kept(address)) }))));
  });
  addEventListener("fetch", (it) => {
    const event = /** @type {Fetching} */ (it);
    const { method, mode, cache, url, headers } = event.request;
    const { origin, pathname, search } = new URL(url);
    const path = origin + pathname;
    const visit = mode === "navigate";
    // The page asks anew where what it got is of no use.
    if (method !== "GET" || !path.startsWith(scope) || headers.has("range") || (!visit && (search || cache === "reload"))) return;
    const address = path.slice(scope.length).replace(/^index\.html$/, "");
    if (visit) event.waitUntil(tidy().catch(() => {}));
    if (Object.hasOwn(files, address)) event.respondWith(answer(event, address));
    else if (address.startsWith("code-")) event.respondWith(caches.match(path).then((found) => found ?? fetch(event.request)));
  });
})();
