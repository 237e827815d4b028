// What stands in the pad's place while there is nothing to draw for: what is missing, and the presets that have it.
// @ts-check

/** @import { Actions } from "../../js/actions.js" */
/** @import { Catalog, Preset, Recipe } from "../../js/protocol.js" */
/** @import { PageState } from "../../js/state.js" */
/** @import { Store } from "../../js/store.js" */
import { isPoint } from "../../js/protocol.js";
import { canAsk } from "../../js/state.js";
import { press } from "../../js/views/press.js";
import { hasBoard, hasPoints, playable } from "./points/games.js";


/** @param {HTMLElement} el @param {Store} store @param {Actions} actions */
export function mount(el, store, actions) {
  const words = /** @type {HTMLElement} */ (el.querySelector(".words"));
  const list = /** @type {HTMLElement} */ (el.querySelector(".presets"));
  const games = /** @type {HTMLElement} */ (el.querySelector(".games"));
  const lists = /** @type {HTMLElement[]} */ ([...el.querySelectorAll(".presets, .games, .games-title, .games-words")]);
  const over = /** @type {HTMLElement} */ (el.querySelector(".over"));
  const [chosen, start] = /** @type {[HTMLElement, HTMLButtonElement]} */ ([...over.children]);
  press(start, actions.startOver);

  store.subscribe(["catalog"], ({ catalog }) => {
    const rows = (/** @type {Preset[]} */ presets) => presets.map((preset) => row(preset, () => actions.choosePreset(preset.name)));
    list.replaceChildren(...rows(translating(catalog)));
    games.replaceChildren(...rows(playable(catalog)));
  });
  store.subscribe(["catalog", "draft", "preset", "program", "running", "source", "state", "target"], (page) => {
    const { catalog, draft, running, source } = page;
    el.hidden = (canAsk(page) && source !== null) || hasBoard(page);
    const text = sentence(page);
    if (words.textContent !== text) words.textContent = text;
    const classic = running !== null && source === null;
    for (const part of lists) part.hidden = !classic;
    // A run that has begun goes on until it is left on purpose.
    const waiting = [...translating(catalog), ...playable(catalog)].find(({ name }) => name === page.preset);
    over.hidden = !classic || !waiting || (draft !== null && !translates(draft) && !hasPoints(draft));
    chosen.textContent = waiting ? `“${waiting.label}” is chosen. The run on the page goes on until you start over; this browser keeps it.` : "";
  });
}

/** @param {PageState} page */
function sentence({ program, running, source, state, target }) {
  if (program.phase === "gone") return "The program is not running, so there is no artist to draw for.";
  if (running === null || program.phase !== "working") return "The program is starting. The pad opens when it is ready.";
  if (isPoint(target)) return "The real data of this game are a single point, so there is nothing to draw. Choose a run that makes pictures of pictures:";
  if (source === null) return "The pad is for runs that make pictures of pictures, and this one draws from noise. Choose one of these:";
  return state === "loading" ? "The run waits for what it learns from. The pad opens when that is here." : "";
}

/** Games whose artist draws from noise. */
const DRAWS = new Set(["classic", "film"]);

/** Whether the artist gets a picture. @param {Recipe} recipe */
const translates = ({ game }) => !DRAWS.has(String(game ?? "classic"));

/** The presets whose artist gets a picture. @param {Catalog | null} catalog */
const translating = (catalog) => (catalog?.presets ?? []).filter(({ recipe }) => translates(recipe));

/** @param {Preset} preset @param {() => void} choose */
function row({ label, summary }, choose) {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  const words = document.createElement("p");
  words.className = "help";
  words.textContent = summary;
  press(button, choose);
  item.append(button, words);
  return item;
}
