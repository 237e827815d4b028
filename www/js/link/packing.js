// Long parts of a link as one short one: ~1 and their text, deflated, in base64url (RFC 4648, section 5). The number is
// the format's: what was packed once can be read for ever. Knows nothing else.
// @ts-check

const VERSION = "~1";
/** No link says more, and whoever packs a whole library into one is not unpacked. */
const MOST_CHARACTERS = 100_000;

/** @param {string} text @returns {Promise<string | null>} null where this browser cannot deflate */
export async function pack(text) {
  if (!can("CompressionStream")) return null;
  const bytes = await read(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw")), Infinity);
  const letters = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return VERSION + letters.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {string} packed with its version
 * @returns {Promise<{ text: string, reason: string }>} why it cannot be read, to follow “a part of the link”
 */
export async function unpack(packed) {
  const refused = (/** @type {string} */ reason) => ({ text: "", reason });
  if (!packed.startsWith(VERSION)) return refused("was packed by a version of ganvas that this one does not know: open the link on a newer one");
  if (!can("DecompressionStream")) return refused("is packed, and this browser cannot unpack it: update it, or open the link in a current Chrome, Edge, Firefox or Safari");
  try {
    const letters = atob(packed.slice(VERSION.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    const unpacked = await read(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")), MOST_CHARACTERS);
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(unpacked), reason: "" };
  } catch {
    return refused("is damaged: copy all of the link");
  }
}

/** Whether the browser has these streams, and in the way that is wanted: the first ones knew gzip alone. @param {"CompressionStream" | "DecompressionStream"} name */
function can(name) {
  try {
    return Boolean(new globalThis[name]("deflate-raw"));
  } catch {
    return false;
  }
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} most */
async function read(stream, most) {
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    if (length > most) {
      reader.cancel().catch(() => {});
      throw new Error("too much");
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
