// The page's state in one object: views read it and are told when a part of it that they show has
// changed. It must not know the views, the worker or the wire.
// @ts-check

/** @import { Catalog, Evaluation, Pictures, Program, Recipe, State } from "./protocol.js" */
/** @import { History } from "./history.js" */

/** @typedef {{ key: string, kind: "info" | "warning" | "error", text: string,
 *   action?: { label: string, act: () => void } }} Notice */

/**
 * `draft` is what the form says, `running` what the session runs. `wantsRun`: training should start
 * as soon as it can. `opening`: a checkpoint of the visitor's is on its way. `data.trouble` is a sentence when the download cannot go on. `unavailable`
 * lists the values of a field (by its path) that this site cannot offer. `history` changes in place;
 * `historyVersion` counts its changes.
 * @typedef {{
 *   device: { program: Program, reason: string },
 *   catalog: Catalog | null,
 *   state: State,
 *   step: number,
 *   wantsRun: boolean,
 *   preset: string,
 *   draft: Recipe | null,
 *   running: Recipe | null,
 *   parameters: { generator: number, discriminator: number } | null,
 *   dataset: string,
 *   data: { loaded: number, total: number, trouble: string },
 *   unavailable: Record<string, unknown[]>,
 *   real: Pictures | null,
 *   preview: Pictures | null,
 *   sampled: { pictures: Pictures, caption: string } | null,
 *   speed: { imagesSeen: number, imagesPerSecond: number, stepMillis: number },
 *   history: History,
 *   historyVersion: number,
 *   evaluation: Evaluation | null,
 *   evaluating: boolean,
 *   opening: boolean,
 *   classifier: "unasked" | "loading" | "ready" | "absent",
 *   notices: Notice[],
 * }} PageState
 */

/** @typedef {ReturnType<typeof createStore>} Store */

/** @param {PageState} initial */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<{ keys: (keyof PageState)[], show: (state: PageState) => void }>} */
  const subscribers = new Set();

  return {
    get: () => state,

    /** Sets some of the state and tells whoever shows it, before returning. @param {Partial<PageState>} changes */
    patch(changes) {
      const changed = /** @type {(keyof PageState)[]} */ (Object.keys(changes)).filter(
        (key) => state[key] !== changes[key],
      );
      if (changed.length === 0) return;
      state = { ...state, ...changes };
      for (const { keys, show } of subscribers) {
        if (keys.some((key) => changed.includes(key))) show(state);
      }
    },

    /**
     * Calls `show` now, and whenever one of `keys` changes.
     * @param {(keyof PageState)[]} keys
     * @param {(state: PageState) => void} show
     */
    subscribe(keys, show) {
      subscribers.add({ keys, show });
      show(state);
    },
  };
}

/** Adds a notice, or replaces the one with the same key. @param {Store} store @param {Notice} notice */
export function notify(store, notice) {
  const others = store.get().notices.filter(({ key }) => key !== notice.key);
  store.patch({ notices: [...others, notice] });
}

/** @param {Store} store @param {string} key */
export function dismiss(store, key) {
  store.patch({ notices: store.get().notices.filter((notice) => notice.key !== key) });
}
