// What keeps the real digits, in words, and a notice where that stops something. It must not know how they
// are fetched.
// @ts-check

/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { DOWNLOADED } from "./data.js";
import { whole } from "./format.js";
import { dismiss, notify } from "./store.js";

const KEY = "data-trouble";

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
  const wanted = dataset === DOWNLOADED;
  if (!helps || (arrived > 0 && !wanted)) return { sentence: "", stops: false, helps: false };
  if (arrived > 0) return { sentence: `Only ${whole(arrived)} pictures have loaded: ${trouble}.`, stops: false, helps };
  const start = wanted ? "The real digits did not load" : "MNIST did not load, so the program draws these digits itself";
  return { sentence: `${start}: ${trouble}.`, stops: true, helps };
}

/** Tells, wherever on the page the visitor is, what is stopped, for as long as it is. @param {Store} store @param {() => void} again */
export function announce(store, again) {
  let told = "";
  store.subscribe(["data", "dataset", "waiting"], (page) => {
    const { sentence, stops } = troubleOf(page);
    const next = stops ? sentence : "";
    if (next === told) return;
    told = next;
    if (next === "") dismiss(store, KEY);
    else notify(store, { key: KEY, kind: "warning", text: next, actions: [{ label: "Try again", act: again }] });
  });
}
