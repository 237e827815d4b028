// How files and runs are written into ganvas.html, and read again.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../../www/single/inside.js";
import { apart, pack, together, unpack } from "../../www/single/pack.js";

test("bytes of any number come back from text, and no character ends an element", () => {
  const bytes = Uint8Array.from({ length: 1031 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);
  for (const length of [0, 1, 2, 3, 4, 5, 6, 7, 8, 1030, 1031]) {
    const text = encode(bytes.subarray(0, length));
    assert.match(text, /^[#-;=-x]*$/);
    assert.deepEqual(decode(text), bytes.slice(0, length));
  }
  // As xtask/src/single/text.rs writes it.
  assert.equal(encode(Uint8Array.of(0, 0, 0, 0, 255, 255, 255, 255, 1)), "#####v:Z/##?");
});

test("data with byte arrays come back as they were, with numbers that JSON has no word for", () => {
  const value = { run: { at: 1.5, spread: [NaN, -Infinity, 0] }, marks: [{ pixels: Uint8Array.of(1, 2, 3), recipe: null }, { pixels: new Uint8Array() }], one: Uint8Array.of(255) };
  assert.deepEqual(unpack(pack(value)), value);
  for (const length of [0, 1, 3, 4, 5, 10, 1031]) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
    assert.deepEqual(together(apart(bytes)), bytes);
  }
  assert.deepEqual(apart(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)), Uint8Array.of(1, 5, 2, 6, 3, 7, 4, 8));
  assert.throws(() => unpack(Uint8Array.of(0, 0, 0, 9, 1, 2)));
  assert.throws(() => unpack(Uint8Array.of(1)));
});
