// Plain data with byte arrays in it as one array of bytes, and back: how long the text is, the text, and then the
// arrays, which it names by where they lie. It must not know what the data say.
// @ts-check

const LENGTH_BYTES = 4;

/** A number's last bytes are noise, and its first ones alike: those of many zip better side by side. @param {Uint8Array} bytes of numbers of four each */
export function apart(bytes) {
  const quarter = Math.ceil(bytes.length / 4);
  const result = new Uint8Array(bytes.length);
  for (let i = 0, to = 0; i < 4; i++) for (let k = 0; k < quarter && 4 * k + i < bytes.length; k++) result[to++] = bytes[4 * k + i];
  return result;
}

/** The other way round. @param {Uint8Array} bytes */
export function together(bytes) {
  const quarter = Math.ceil(bytes.length / 4);
  const result = new Uint8Array(bytes.length);
  for (let i = 0, from = 0; i < 4; i++) for (let k = 0; k < quarter && 4 * k + i < bytes.length; k++) result[4 * k + i] = bytes[from++];
  return result;
}

/** @param {unknown} value @returns {Uint8Array<ArrayBuffer>} */
export function pack(value) {
  /** @type {Uint8Array[]} */
  const arrays = [];
  let end = 0;
  const json = JSON.stringify(value, (_, it) => {
    // What JSON has no word for.
    if (typeof it === "number" && !Number.isFinite(it)) return { number: String(it) };
    if (!(it instanceof Uint8Array)) return it;
    arrays.push(it);
    end += it.length;
    return { at: end - it.length, bytes: it.length };
  });
  const text = new TextEncoder().encode(json);
  const packed = new Uint8Array(LENGTH_BYTES + text.length + end);
  new DataView(packed.buffer).setUint32(0, text.length);
  packed.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + text.length;
  for (const array of arrays) {
    packed.set(array, at);
    at += array.length;
  }
  return packed;
}

/** @param {Uint8Array<ArrayBuffer>} packed @returns {any} throws where it is not what `pack` has made */
export function unpack(packed) {
  const start = LENGTH_BYTES + new DataView(packed.buffer, packed.byteOffset).getUint32(0);
  return JSON.parse(new TextDecoder().decode(packed.subarray(LENGTH_BYTES, start)), (_, it) => {
    if (typeof it?.number === "string") return Number(it.number);
    if (typeof it?.at !== "number" || typeof it.bytes !== "number") return it;
    // A copy: what is kept of it would keep all.
    return packed.slice(start + it.at, start + it.at + it.bytes);
  });
}
