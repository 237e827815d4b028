// The page's state in one object: views read it and are told when a part of it that they show has
// changed. It must not know the views, the worker or the wire.
// @ts-check

/** @import { Notice, PageState } from "./state.js" */

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
  const { notices } = store.get();
  if (notices.some((notice) => notice.key === key)) {
    store.patch({ notices: notices.filter((notice) => notice.key !== key) });
  }
}
