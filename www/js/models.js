// Models that lie ready on the site: a preset as it was trained before the visit, and one that never had a judge, to
// compare with. Neither is fetched before it is wanted. It must not know what is in them.
// @ts-check

/** @import { Data } from "./data.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Preset } from "./protocol.js" */
/** @import { PageState } from "./state.js" */
/** @import { Store } from "./store.js" */
import { hasDigits, wordsOf } from "./data.js";
import { bring, isSafetensors } from "./fetching.js";
import { has } from "./place.js";
import { differences } from "./recipe.js";
import { dismiss, notify } from "./store.js";

/** A fresh run is there about so soon, milliseconds. */
const WORTH_WAITING = 500;
const ABSENT = "model-absent";
const pathOf = (/** @type {string} */ name) => `models/${name}.safetensors`;

/** The preset that the run is, if there is a model of it and nobody has trained the run yet. @param {PageState} page */
export const modelOf = ({ catalog, preset: name, running, state, step }) => {
  const preset = step === 0 && state === "ready" ? catalog?.presets.find((one) => one.name === name && one.outlook.trained && has(pathOf(name))) : undefined;
  return preset && catalog && running && differences(catalog, preset.recipe, running).length === 0 ? preset : undefined;
};

/** The preset whose rival translates what the run does. @param {PageState} page */
export const rivalOf = ({ catalog, running }) => catalog?.presets.find(({ outlook, recipe }) => outlook.rival && recipe.view === running?.view);

/** @param {Store} store @param {Pick<Keeper, "openModel">} keeper @param {Pick<Data, "rival">} data */
export function createModels(store, keeper, data) {
  /** The preset that is to be shown once it is set up. @type {string | null} */
  let due = null;
  /** Models that were asked for before there was a program. @type {Map<string, Promise<Uint8Array>>} */
  const coming = new Map();
  /** Paths of rivals that the session has. @type {Set<string>} */
  const brought = new Set();

  store.subscribe(["running"], ({ catalog, wantsRun }) => {
    const preset = catalog?.presets.find(({ name, outlook }) => name === due && outlook.trained);
    if (!preset || !isItself(preset)) return;
    due = null;
    if (!wantsRun) open(preset).catch((error) => console.warn(wordsOf(error)));
  });

  return {
    /** What will be asked for, while the program is still on its way. @param {string} name the address's word for a preset */
    expect(name) {
      if (/^[a-z0-9-]+$/.test(name) && has(pathOf(name))) coming.set(name, bring(pathOf(name), isSafetensors));
      coming.get(name)?.catch(() => coming.delete(name)); // it is asked for again, and its absence told, once it is due
    },

    /**
     * The visit begins with the model that was expected, instead of with a fresh run that it would replace a moment later.
     * @param {string | null} name
     * @param {() => void} fresh begins such a run: the model is refused
     * @returns {Promise<boolean>} whether it does; otherwise it is due once it has come
     */
    async beginWith(name, fresh) {
      const model = await Promise.race([coming.get(name ?? "")?.catch(() => null), new Promise((resolve) => setTimeout(resolve, WORTH_WAITING, null))]);
      const { catalog, draft, wantsRun } = store.get();
      const preset = catalog?.presets.find((one) => one.name === name);
      if (!model || !catalog || !preset || !draft || wantsRun || differences(catalog, preset.recipe, draft).length > 0) return false;
      keeper.openModel(model, fresh);
      return true;
    },

    /**
     * The next run that is set up is this preset's, and is shown as it was trained if somebody asked for that, or if it
     * is one of points.
     * @param {string | null} name none where it is to begin afresh
     * @param {boolean} [asked]
     */
    showOnce(name, asked = false) {
      const preset = store.get().catalog?.presets.find((one) => one.name === name);
      due = preset && (asked || !hasDigits(preset.recipe.dataset)) ? name : null;
    },

    /** Goes on from the model of the run's preset. */
    async skipAhead() {
      const preset = modelOf(store.get());
      dismiss(store, ABSENT);
      if (preset) await open(preset).catch((error) => notify(store, { key: ABSENT, kind: "warning", text: `The trained one did not load: ${wordsOf(error)}.` }));
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

  /** @param {Preset} preset */
  async function open(preset) {
    const model = await (coming.get(preset.name) ?? bring(pathOf(preset.name), isSafetensors));
    coming.delete(preset.name);
    const { step, state, ...now } = store.get();
    const rests = step === 0 && state !== "training" && state !== "failed" && !now.wantsRun && now.asked === null;
    if (rests && isItself(preset)) keeper.openModel(model);
  }

  /** Whether the run is this preset's as the catalog has it. @param {Preset} preset */
  function isItself(preset) {
    const { catalog, running } = store.get();
    return catalog !== null && running !== null && differences(catalog, preset.recipe, running).length === 0;
  }
}
