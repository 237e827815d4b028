// Which buffers of a message can move to another thread instead of being copied.
// @ts-check

/**
 * The buffers of the byte arrays in some objects or one level deeper.
 * @param {unknown[]} messages
 */
export function buffersOf(messages) {
  /** @type {Set<ArrayBuffer>} */
  const buffers = new Set();
  const visit = (/** @type {unknown} */ value) => {
    if (!(value instanceof Uint8Array)) return;
    // A view into a larger buffer (the wasm memory, say) has to be copied.
    const { buffer } = value;
    if (buffer instanceof ArrayBuffer && value.byteLength === buffer.byteLength && buffer.byteLength > 0) {
      buffers.add(buffer);
    }
  };
  for (const message of messages) {
    for (const value of Object.values(message ?? {})) {
      visit(value);
      if (value && typeof value === "object") Object.values(value).forEach(visit);
    }
  }
  return [...buffers];
}
