// What of the site works without a connection: says so truthfully, keeps the rest, and installs the page as an app. It
// must not know how files are kept.
// @ts-check

/** @import { Kept } from "../../js/offline.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { whole } from "../../js/format.js";
import { workers } from "../../js/offline.js";
import { press } from "../../js/views/press.js";

const MEGA = 1e6;
const MARKUP = `
<h2 id="offline-title">Offline</h2>
<p class="note standing" role="status"></p>
<progress max="1" aria-label="Kept for offline" hidden></progress>
<div class="row">
  <button type="button" class="keep-all" hidden></button>
  <button type="button" class="cancel" hidden>Cancel</button>
  <button type="button" class="update" hidden>Reload for the new version</button>
  <button type="button" class="install" hidden>Install</button>
</div>
<p class="note brief" hidden>Safari deletes what a page has kept after 7 days of use without a visit. Save a run as a file, or add the page to the Dock or the Home Screen.</p>`;

/** What may be missing, in words. @type {Partial<Record<Kept["group"], string>>} */
const PARTS = { data: "all of MNIST", cpu: "the CPU program", gpu: "the GPU program", more: "the ready models" };

/** @param {HTMLElement} el @param {Store} store */
export function mount(el, store) {
  const isBuilt = document.querySelector("link[rel=serviceworker]") !== null;
  el.hidden = !isBuilt || (isSecureContext && !workers());
  if (el.hidden) return;
  el.innerHTML = MARKUP;
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const [standing, keepAll, cancel, update, install, brief] = [".standing", ".keep-all", ".cancel", ".update", ".install", ".brief"].map(find);
  const bar = /** @type {HTMLProgressElement} */ (find("progress"));
  if (!isSecureContext) {
    standing.textContent = "This address is not secure, so the browser keeps nothing for offline use. Open the page by https, if the site has it.";
    return;
  }

  press(keepAll, () => {
    store.get().offline?.keepAll();
    persist();
  });
  press(cancel, () => store.get().offline?.cancel());
  press(update, () => store.get().offline?.update());
  press(install, () => {
    const { installable } = store.get();
    store.patch({ installable: null }); // it can be asked once
    installable?.prompt().catch(() => {});
  });

  store.subscribe(["classifier", "rival", "pretrained"], () => store.get().offline?.look());
  store.subscribe(["offline", "device", "installable"], (page) => {
    const { offline, installable } = page;
    const missing = offline?.files?.filter(({ kept }) => !kept) ?? [];
    const progress = offline?.progress;
    const text = sentence(page);
    if (standing.textContent !== text) standing.textContent = text;
    keepAll.textContent = `Keep everything for offline (${megabytes(missing)})`;
    keepAll.hidden = missing.length === 0 || Boolean(progress);
    bar.hidden = cancel.hidden = !progress;
    if (progress && offline?.files) bar.value = (bytesOf(offline.files.filter(({ kept }) => kept)) + progress.done) / bytesOf(offline.files);
    update.hidden = !offline?.newer;
    install.hidden = !installable;
  });
  isForgotten().then((is) => (brief.hidden = !is), () => {});
}

/** @param {PageState} page */
function sentence({ offline, device }) {
  const { files = null, trouble = "", progress = null } = offline ?? {};
  if (!files) return trouble ? `Does not work offline: ${trouble}.` : "Getting ready to work offline…";
  const missing = files.filter(({ kept }) => !kept);
  if (progress) return `Keeping everything: ${megabytes(files.filter(({ kept }) => kept), progress.done)} of ${megabytes(files)}.`;
  const groups = new Set(missing.map(({ group }) => group));
  if (groups.has("page") || groups.has(device.program)) {
    return trouble ? `Does not work offline: ${trouble}.` : "Getting ready to work offline…";
  }
  if (missing.length === 0) return `Works offline: all of it (${megabytes(files)}).`;
  const without = new Intl.ListFormat("en").format(Object.entries(PARTS).filter(([group]) => groups.has(/** @type {Kept["group"]} */ (group))).map(([, words]) => words));
  return `Works offline, but without ${without}.${trouble ? ` Keeping more failed: ${trouble}.` : ""}`;
}

const bytesOf = (/** @type {Kept[]} */ files) => files.reduce((sum, { bytes }) => sum + bytes, 0);

/** @param {Kept[]} files @param {number} [more] bytes */
const megabytes = (files, more = 0) => `${whole(Math.ceil((bytesOf(files) + more) / MEGA))}\u00a0MB`;

/** Asks the browser to delete nothing by itself; only when the visitor has just had something kept. */
export function persist() {
  navigator.storage?.persist?.().catch(() => {});
}

/** Whether this is a browser of Apple's kind, which forgets a page that is neither installed nor granted its storage. */
async function isForgotten() {
  if (!navigator.vendor.startsWith("Apple") || matchMedia("(display-mode: standalone)").matches) return false;
  return !(await navigator.storage?.persisted?.());
}
