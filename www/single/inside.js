// The files inside ganvas.html: each is zipped and written as text into a script element of its own that no browser
// runs. xtask/src/single/text.rs writes them the same way. It must not know what the files are for.
// @ts-check

/** Four bytes are five digits to this base. */
const BASE = 85;
/** The digits are the characters from here on, without the one that may end an element. */
const FIRST = "#".charCodeAt(0);
const LESS_THAN = "<".charCodeAt(0);

/** A file as it is written here, or null. @param {string} path */
export const block = (path) => document.querySelector(`script[data-file="${path}"]`)?.textContent ?? null;

/** The bytes of a file. @param {string} text as it is written here */
export const unpacked = (text) => new Blob([decode(text)]).stream().pipeThrough(new DecompressionStream("gzip"));

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function zipped(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function decode(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 4) / 5));
  for (let from = 0, to = 0; from < text.length; from += 5, to += 4) {
    let word = 0;
    for (let i = from; i < from + 5; i++) {
      const code = i < text.length ? text.charCodeAt(i) : Infinity;
      word = word * BASE + (code === Infinity ? BASE - 1 : code - FIRST - (code > LESS_THAN ? 1 : 0));
    }
    for (let i = 0; i < 4 && to + i < bytes.length; i++) bytes[to + i] = word >>> (24 - 8 * i);
  }
  return bytes;
}

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  const text = new Uint8Array(lengthOf(bytes.length));
  const digits = new Uint8Array(5);
  for (let from = 0, to = 0; from < bytes.length; from += 4) {
    let word = 0;
    for (let i = from; i < from + 4; i++) word = word * 256 + (bytes[i] ?? 0);
    for (let i = 4; i >= 0; i--, word = Math.floor(word / BASE)) digits[i] = word % BASE;
    for (let i = 0; i < 5 && to < text.length; i++) text[to++] = FIRST + digits[i] + (FIRST + digits[i] >= LESS_THAN ? 1 : 0);
  }
  return new TextDecoder().decode(text);
}

/** The characters of so many bytes. @param {number} bytes */
export const lengthOf = (bytes) => Math.ceil((bytes * 5) / 4);
