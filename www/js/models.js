// Models that lie ready on the site: a preset as it was trained before the visit, and one that never had a judge, to
// compare with. Neither is fetched before it is wanted. It must not know what is in them.
// @ts-check

/** @import { Data } from "./data.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Preset } from "./protocol.js" */
/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { wordsOf } from "./data.js";
import { bring, isSafetensors } from "./fetching.js";
import { differences } from "./recipe.js";

/** The preset whose rival translates what the run does. @param {PageState} page */
export const rivalOf = ({ catalog, running }) => catalog?.presets.find(({ outlook, recipe }) => outlook.rival && recipe.view === running?.view);

/** @param {Store} store @param {Pick<Keeper, "openModel">} keeper @param {Pick<Data, "rival">} data */
export function createModels(store, keeper, data) {
  /** The preset that is to be shown once it is set up. @type {string | null} */
  let due = null;
  /** Paths of rivals that the session has. @type {Set<string>} */
  const brought = new Set();

  store.subscribe(["running"], async ({ catalog, wantsRun }) => {
    const preset = catalog?.presets.find(({ name, outlook }) => name === due && outlook.trained);
    if (!preset || !isItself(preset)) return;
    due = null;
    if (wantsRun) return;
    const path = `models/${preset.name}.safetensors`;
    const model = await bring(path, isSafetensors).catch((error) => console.warn(wordsOf(error)));
    const { step, state, ...now } = store.get();
    const rests = step === 0 && state !== "training" && state !== "failed" && !now.wantsRun && now.asked === null;
    if (model && rests && isItself(preset)) keeper.openModel(model);
  });

  return {
    /** The next run that is set up is this preset's, and may be shown as it was trained. @param {string | null} preset none where it is to begin afresh */
    showOnce(preset) {
      due = preset;
    },

    /** Brings the rival of the run, if it is not there. */
    async bringRival() {
      const path = `models/${rivalOf(store.get())?.name}-rival.safetensors`;
      if (brought.has(path) || store.get().rival.status === "loading") return;
      store.patch({ rival: { status: "loading", trouble: "" } });
      try {
        const is = await data.rival(path);
        if (is) brought.add(path);
        store.patch({ rival: { status: is ? "ready" : "absent", trouble: "" } });
      } catch (error) {
        store.patch({ rival: { status: "failed", trouble: wordsOf(error) } });
      }
    },
  };

  /** Whether the run is this preset's as the catalog has it. @param {Preset} preset */
  function isItself(preset) {
    const { catalog, running } = store.get();
    return catalog !== null && running !== null && differences(catalog, preset.recipe, running).length === 0;
  }
}
