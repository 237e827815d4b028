// The rooms beside the stage: one is open at a time, each has an address (#room=quality) and a folder in rooms/ that is
// fetched when it is first opened. A room out of sight costs nothing: what changes meanwhile is shown when it is opened
// again. It must not know what any room holds.
// @ts-check

/** @import { Actions } from "./actions.js" */
/** @import { Inspecting } from "./inspecting.js" */
/** @import { Keeper } from "./keeper.js" */
/** @import { Params } from "./link/read.js" */
/** @import { Scoring } from "./scoring.js" */
/** @import { Store } from "./store.js" */
import { roomOf } from "./link/address.js";
import { bring, loadStyle } from "./place.js";
import { notify } from "./store.js";

/** What a room may use. @typedef {{ store: Store, actions: Actions, scoring: Scoring, inspecting: Inspecting, keeper: Keeper, params: Params }} Around */
/** What rooms/NAME/room.js exports. @typedef {{ mount: (el: HTMLElement, around: Around) => void }} Room */

/** Every room, in the order of the tabs; the first is open at first. A new one is its folder and a line here. */
export const ROOMS = new Map([
  ["watch", "Watch"],
  ["recipe", "Recipe"],
  ["quality", "Quality"],
  ["explore", "Explore"],
  ["slow", "Slow motion"],
  ["pad", "Pad"],
  ["keep", "Keep"],
  ["guide", "Guide"],
]);
const UNREACHED =
  "This part of the page did not load. Try again. If that does not help, the site has probably been updated: save the run, reload the page and open the file.";

/** @param {HTMLElement} nav @param {HTMLElement} place @param {Around} around */
export function createRooms(nav, place, around) {
  /** @type {Map<string, ReturnType<typeof createRoom>>} those that were opened */
  const opened = new Map();
  // A teacher's link may leave out some, or all.
  const { view, hide } = around.params;
  const alone = view === "stage" || ROOMS.has(view ?? "") ? view : null;
  const open = [...ROOMS].filter(([name]) => !hide.includes(name) && (alone ?? name) === name);
  const tabs = new Map(open.map(([name, label]) => {
    const tab = document.createElement("a");
    tab.href = `#room=${name}`;
    tab.textContent = label;
    nav.append(tab);
    return [name, tab];
  }));

  nav.hidden = tabs.size < 2;
  place.hidden = tabs.size === 0;
  if (place.hidden) return;
  const [first] = tabs.keys();

  addEventListener("hashchange", () => show(true));
  show(false);

  /** Shows the room that the address names. @param {boolean} asked by the visitor, who wants to see it */
  function show(asked) {
    const name = inAddress();
    const away = asked && isAway(place); // which closing the last room may hide
    for (const [other, tab] of tabs) {
      if (other === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    const tab = /** @type {HTMLElement} */ (tabs.get(name));
    nav.scrollLeft = tab.offsetLeft - nav.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2; // where not all have room
    for (const [other, room] of opened) room.setVisible(other === name);
    if (!opened.has(name)) opened.set(name, createRoom(name, place, around));
    if (away) place.scrollIntoView({ block: "start" });
  }

  function inAddress() {
    const name = roomOf() ?? first;
    if (tabs.has(name)) return name;
    const text = `The address asks for a room “${name.slice(0, 40)}”, but there are only ${[...tabs.keys()].join(", ")}.`;
    notify(around.store, { key: "address-room", kind: "warning", text });
    return first;
  }
}

/** @param {string} name @param {HTMLElement} place @param {Around} around */
function createRoom(name, place, around) {
  const { store } = around;
  const element = document.createElement("section");
  element.id = `room-${name}`;
  element.className = "room";
  element.ariaLabel = ROOMS.get(name) ?? name;
  place.append(element);
  let visible = true;
  /** What is to be shown again. @type {Set<Parameters<Store["subscribe"]>[1]>} */
  const late = new Set();
  /** @type {Store} */
  const own = {
    ...store,
    subscribe: (keys, show) => store.subscribe(keys, (page) => (visible ? show(page) : late.add(show))),
  };
  load();

  async function load() {
    element.ariaBusy = "true";
    element.replaceChildren(message("Opening…"));
    const room = await fetched(name).catch(() => null);
    element.ariaBusy = null;
    if (!room) {
      const row = document.createElement("div");
      row.className = "row";
      row.append(button("Try again", load), button("Save the run", around.actions.save));
      return element.replaceChildren(message(UNREACHED), row);
    }
    const inside = document.createElement("div");
    room.mount(inside, { ...around, store: own });
    element.replaceChildren(...inside.childNodes);
  }

  return {
    /** @param {boolean} is */
    setVisible(is) {
      element.hidden = !is;
      visible = is;
      if (!is) return;
      for (const show of late) show(store.get());
      late.clear();
    },
  };
}

/** @param {string} name @returns {Promise<Room>} */
async function fetched(name) {
  const [room] = await Promise.all([
    bring(`rooms/${name}/room.js`),
    loadStyle(`rooms/${name}/room.css`),
  ]);
  return room;
}

/** @param {string} label @param {() => void} act */
function button(label, act) {
  const it = Object.assign(document.createElement("button"), { type: "button", textContent: label });
  it.addEventListener("click", act);
  return it;
}

/** @param {string} text */
function message(text) {
  const words = document.createElement("p");
  words.className = "note";
  words.setAttribute("role", "status");
  words.textContent = text;
  return words;
}

/** Whether the visitor has scrolled past the beginning of a room, or has it below. @param {HTMLElement} place */
function isAway(place) {
  const { top } = place.getBoundingClientRect();
  return top < parseFloat(getComputedStyle(place).scrollMarginTop) || top > innerHeight * 0.6;
}
