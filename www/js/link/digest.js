// A short name for pictures, by which two machines can tell whether they made the same ones. Not against forgery: who
// wants to lie can. (The browser's own digests are not there on a host without TLS.)
// @ts-check

/** 64 bits in hexadecimal: two FNV-1a hashes of 32 bits, the second begun with what the first comes to. @param {Uint8Array} bytes */
export function digestOf(bytes) {
  const first = fnv(bytes, 0x811c9dc5);
  return [first, fnv(bytes, first ^ bytes.length)].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

/** @param {Uint8Array} bytes @param {number} basis */
function fnv(bytes, basis) {
  let hash = basis;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
