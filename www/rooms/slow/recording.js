// A recorded step as the room reads it: the tensors of a safetensors file by name, and what they say of one sample.
// docs/slow.md lists them. Pure; it must not know how any of it is shown.
// @ts-check

/** @typedef {{ shape: number[], values: Float32Array }} Tensor */
/**
 * A part of a network: `size` as its output's; `of` so many channels; `maps` of one sample, channels last. The lengths of
 * its weights, of its gradient and of its change; null where it was not said.
 * @typedef {{ name: string, side: number, of: number, shown: number, maps: Float32Array | null, lengths: [number, number, number] | null }} Part
 */
/** @typedef {"generator" | "discriminator"} Side */
/** @typedef {ReturnType<typeof readRecording>} Recording */

/** @param {Uint8Array} file */
export function readRecording(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const { __metadata__: header = {}, ...entries } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  /** @type {Map<string, Tensor>} */
  const tensors = new Map();
  for (const [name, { shape, data_offsets: [from, to] }] of Object.entries(entries)) {
    tensors.set(name, { shape, values: new Float32Array(file.slice(8 + length + from, 8 + length + to).buffer) });
  }
  const samples = tensors.get("fake")?.shape[0] ?? 0;

  const recording = {
    step: Number(header.step),
    samples,
    has: (/** @type {string} */ name) => tensors.has(name),

    /** All rows, one after another. @param {string} name */
    all: (name) => tensors.get(name)?.values ?? new Float32Array(),

    /** What it holds of a sample. @param {string} name @param {number} k */
    of(name, k) {
      const all = recording.all(name);
      const size = all.length / samples;
      return all.subarray(k * size, (k + 1) * size);
    },

    /** A sample's number; the mean of several. @param {string} name @param {number} k */
    number: (name, k) => mean(recording.of(name, k)),

    /** Means over the whole batch: of the generator its loss, of the discriminator its loss and its scores of real ones and of fakes. @param {Side} side */
    figures: (side) => recording.all(`${side}.figures`),

    /** The class that a sample was asked for, or that a real one shows. @param {number} k */
    label(k) {
      const row = recording.of("label", k);
      const at = row.findIndex((value) => value === 1);
      return at < 0 ? null : at;
    },

    /** Of a side's network, which of the judge's passes it was, and of which sample. @param {Side} side @param {"real" | "fake"} seen @param {number} k @returns {Part[]} */
    parts(side, seen, k) {
      const prefix = side === "generator" ? "generator.part." : `discriminator.${seen}.part.`;
      /** @type {Map<string, Part>} */
      const parts = new Map();
      const found = [...tensors.keys()].filter((name) => name.startsWith(prefix)).map((name) => {
        const [at, of, part] = name.slice(prefix.length).split(".");
        return { at: Number(at), of: Number(of), part, name };
      });
      found.sort((a, b) => a.at - b.at);
      for (const { of, part, name } of found) {
        const [, side, , shown] = /** @type {Tensor} */ (tensors.get(name)).shape;
        // Of a film, which has a row for each frame, the first one.
        const maps = recording.of(name, k).subarray(0, side * side * shown);
        parts.set(part, { name: part, side, of, shown, maps, lengths: null });
      }
      for (const [part, lengths] of lengthsOf(side)) {
        const known = parts.get(part);
        if (known) known.lengths = lengths;
        else parts.set(part, { name: part, side: 1, of: 0, shown: 0, maps: null, lengths });
      }
      return [...parts.values()];
    },

    /** Of a whole network. @param {Side} side @returns {[number, number, number]} */
    lengths: (side) => joined([...lengthsOf(side).values()]),
  };
  return recording;

  /** Of each part of the network that is shown, whose parameters share a first word. @param {Side} side */
  function lengthsOf(side) {
    /** @type {string[]} */
    const names = (header[`${side}.parameters`] ?? "").split("\n").filter(Boolean);
    const network = `${header[`${side}.network`]}.`;
    const several = names.some((name) => name.startsWith(network));
    const all = recording.all(`${side}.lengths`);
    /** @type {Map<string, [number, number, number]>} */
    const parts = new Map();
    names.forEach((name, i) => {
      if (several && !name.startsWith(network)) return;
      const [part] = (several ? name.slice(network.length) : name).split(".");
      const own = /** @type {[number, number, number]} */ ([...all.subarray(3 * i, 3 * i + 3)]);
      parts.set(part, joined([parts.get(part) ?? [0, 0, 0], own]));
    });
    return parts;
  }
}

/** Of several vectors in one. @param {[number, number, number][]} all @returns {[number, number, number]} */
const joined = (all) => /** @type {[number, number, number]} */ ([0, 1, 2].map((k) => Math.hypot(...all.map((lengths) => lengths[k]))));

/** @param {Float32Array} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
