// What keeps the real digits and the reader, in words, and a notice where that stops something. It must not know how
// they are fetched.
// @ts-check

/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { isDownloaded } from "./data.js";
import { whole } from "./format.js";
import { dismiss, notify } from "./store.js";

const KEY = "data-trouble";
const READER_KEY = "reader-trouble";

/**
 * `stops`: whether training waits for them, or learns from others instead; `helps`: whether fetching them again may.
 * @param {PageState} page
 * @returns {{ sentence: string, stops: boolean, helps: boolean }}
 */
export function troubleOf({ data: { arrived, trouble }, dataset, waiting }) {
  const helps = trouble !== "";
  if (waiting) {
    const why = helps ? `: ${trouble}` : ", which are still loading";
    return { sentence: `Training is waiting for pictures ${whole(waiting.first)} to ${whole(waiting.last)}${why}.`, stops: helps, helps };
  }
  const wanted = isDownloaded(dataset);
  if (!helps || (arrived > 0 && !wanted)) return { sentence: "", stops: false, helps: false };
  if (arrived > 0) return { sentence: `Only ${whole(arrived)} pictures have loaded: ${trouble}.`, stops: false, helps };
  const start = wanted ? "The real digits did not load" : "MNIST did not load, so the program draws these digits itself";
  return { sentence: `${start}: ${trouble}.`, stops: true, helps };
}

/** Why a run that learns from the reader waits for it in vain. @param {PageState} page */
function readerTrouble({ classifier: { status, trouble }, needsClassifier }) {
  if (!needsClassifier) return "";
  if (status === "absent") return "This site does not include the reader, which this run learns from. Choose another recipe.";
  return status === "failed" ? `The reader, which this run learns from, did not load: ${trouble}.` : "";
}

/**
 * Tells, wherever on the page the visitor is, what is stopped, for as long as it is.
 * @param {Store} store
 * @param {() => void} again
 * @param {() => void} readerAgain
 */
export function announce(store, again, readerAgain) {
  /** @type {Map<string, string>} by key */
  const told = new Map();
  const tell = (/** @type {string} */ key, /** @type {string} */ text, /** @type {(() => void) | null} */ act) => {
    if (text === (told.get(key) ?? "")) return;
    told.set(key, text);
    if (text === "") dismiss(store, key);
    else notify(store, { key, kind: "warning", text, actions: act ? [{ label: "Try again", act }] : [] });
  };
  store.subscribe(["data", "dataset", "waiting"], (page) => {
    const { sentence, stops } = troubleOf(page);
    tell(KEY, stops ? sentence : "", again);
  });
  store.subscribe(["classifier", "needsClassifier"], (page) => tell(READER_KEY, readerTrouble(page), page.classifier.status === "absent" ? null : readerAgain));
}
