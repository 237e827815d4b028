// What stands behind the address's #: the open room and, beside it, what a link says. The rooms' own links name a room
// alone; what the link says is put back beside it. It must not know what any of it means.
// @ts-check

/** The parts of a link without the room. @param {string} hash */
export const partsOf = (hash) => hash.slice(1).split("&").filter((part) => part && !part.startsWith("room=")).join("&");

/** What rooms were called in older links, which open for ever. */
const FORMER = new Map([["draw", "explore"]]);

/** A name as it is now, if it is a room's. @template {string | null} T @param {T} name @returns {T | string} */
export const nowCalled = (name) => FORMER.get(name ?? "") ?? name;

/** @param {string} [hash] */
export const roomOf = (hash = location.hash) => nowCalled(new URLSearchParams(hash.slice(1)).get("room"));

/** What the page is about, whatever entry of the history it is at. */
let parts = "";

/** Puts a link into the address, in the place of what is there: going back never leads through settings. @param {string} next @param {string} [search] */
export function replaceParts(next, search = location.search) {
  parts = next;
  const room = roomOf();
  const hash = [...(room === null ? [] : [`room=${room}`]), ...(next ? [next] : [])].join("&");
  history.replaceState({ own: true }, "", `${location.pathname}${search}${hash && "#"}${hash}`);
}

/** @param {() => void} edited somebody has put another link into the address */
export function watchAddress(edited) {
  parts = partsOf(location.hash);
  addEventListener("hashchange", () => {
    const now = partsOf(location.hash);
    if (now === parts) return;
    if (now === "" || history.state?.own) replaceParts(parts);
    else edited();
  });
}
