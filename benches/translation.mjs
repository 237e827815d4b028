// What the games that translate come to: the figures of docs/translation.md.
//
//   node benches/translation.mjs --data DIR [--seeds "1 2 3"] [--steps N] [PRESET ...]
//
// Trains each preset (its budget below, or --steps), with its judge and without, translates 5,000 pictures spread
// evenly over MNIST's test set, and has `ganvas eval` hold them to the labels, the test set and the truth. Prints a
// row for each: medians over the seeds, the FD of each seed in brackets. Those that go both ways are trained as they
// are, and have one more figure: the distance of plain digits in style to the true style; `hand` is given as many drawn
// digits. GANVAS may name a built program; otherwise
// an optimised one is built.
// @ts-check
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const COUNT = 5000;
/** Steps of 64 pictures. @type {Record<string, number>} */
const BUDGETS = { sketch: 400, super: 600, inpaint: 600, denoise: 400, zebra: 400, hollow: 400, hand: 400 };
/** Those without pairs, and the view of each. A drawn digit has no truth. @type {Record<string, string>} */
const BOTH_WAYS = { zebra: "zebra", hollow: "hollow", hand: "" };

const [words, options] = [[], new Map()].map((x) => /** @type {any} */ (x));
for (let i = 2; i < process.argv.length; i++) {
  const word = process.argv[i];
  if (word.startsWith("--")) options.set(word.slice(2), process.argv[++i]);
  else words.push(word);
}
const data = options.get("data") ?? process.env.GANVAS_MNIST_DIR;
if (!data) throw new Error("name MNIST's folder by --data");
const seeds = (options.get("seeds") ?? "1").split(" ");
const presets = words.length > 0 ? words : Object.keys(BUDGETS);
let ganvas = process.env.GANVAS;
if (!ganvas) {
  execFileSync("cargo", ["build", "--release", "--quiet"], { stdio: "inherit" });
  ganvas = join(process.env.CARGO_TARGET_DIR ?? "target", "release", "ganvas");
}
const work = mkdtempSync(join(tmpdir(), "ganvas-translation-"));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

/** @param {string[]} args */
const run = (args) => execFileSync(/** @type {string} */ (ganvas), args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 2 ** 26 });

/** @param {string} name */
function read(name) {
  const bytes = readFileSync(join(data, name));
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
}

/** Every second picture of the test set, with its label. */
function spread() {
  const [images, labels] = [read("t10k-images-idx3-ubyte.gz"), read("t10k-labels-idx1-ubyte.gz")];
  const there = labels.length - 8;
  const places = Array.from({ length: COUNT }, (_, k) => Math.floor((k * there) / COUNT));
  const head = (/** @type {number[]} */ numbers) => {
    const bytes = Buffer.alloc(4 * numbers.length);
    numbers.forEach((n, i) => bytes.writeUInt32BE(n, 4 * i));
    return bytes;
  };
  const rows = places.map((i) => images.subarray(16 + i * 784, 16 + (i + 1) * 784));
  writeFileSync(join(work, "test.idx"), Buffer.concat([head([0x803, COUNT, 28, 28]), ...rows]));
  writeFileSync(join(work, "test.labels.idx"), Buffer.concat([head([0x801, COUNT]), Buffer.from(places.map((i) => labels[8 + i]))]));
}

/** @param {string} preset @param {string} seed @param {string[]} settings */
function figures(preset, seed, settings) {
  const [out, made, truth] = ["run", "made.idx", "test.idx"].map((name) => join(work, name));
  rmSync(out, { recursive: true, force: true });
  const steps = options.get("steps") ?? String(BUDGETS[preset]);
  const sets = settings.flatMap((setting) => ["--set", setting]);
  run(["train", "--preset", preset, "--data", data, "--steps", steps, "--seed", seed, "--out", out, ...sets]);
  const checkpoint = join(out, "checkpoint.safetensors");
  const view = BOTH_WAYS[preset];
  if (view === "") {
    const drawn = join(work, "drawn.idx");
    run(["draw", "--count", String(COUNT), "--seed", "77", "--out", drawn, "--force"]);
    run(["sample", "--checkpoint", checkpoint, "--input", drawn, "--raw", "--out", made, "--force"]);
    return JSON.parse(run(["eval", made, "--labels", join(work, "drawn.labels.idx"), "--data", data]));
  }
  run(["sample", "--checkpoint", checkpoint, "--input", truth, "--out", made, "--force"]);
  const back = JSON.parse(run(["eval", made, "--labels", join(work, "test.labels.idx"), "--truth", truth, "--data", data]));
  if (!view) return back;
  const styled = join(work, "styled.idx");
  run(["sample", "--checkpoint", checkpoint, "--input", truth, "--direction", "forth", "--out", made, "--force"]);
  run(["view", view, "--input", truth, "--out", styled, "--force"]);
  const forth = JSON.parse(run(["eval", made, "--no-labels", "--truth", styled]));
  return { ...back, forth: forth.absolute_difference };
}

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

spread();
console.log("| preset | steps | accuracy | FD | distance | PSNR, dB | SSIM | forth |\n|---|---:|---:|---:|---:|---:|---:|---:|");
for (const preset of presets) {
  for (const [name, settings] of /** @type {[string, string[]][]} */ ([[preset, []], ...(preset in BOTH_WAYS ? [] : [[`${preset}, without its judge`, ["adversarial=0"]]])])) {
    const all = seeds.map((/** @type {string} */ seed) => figures(preset, seed, settings));
    const of = (/** @type {string} */ key) => median(all.map((/** @type {any} */ f) => f[key]));
    const each = all.map((/** @type {any} */ f) => f.frechet_distance.toFixed(1)).join(", ");
    const [accuracy, fd] = [of("label_accuracy").toFixed(3), of("frechet_distance").toFixed(1)];
    const digits = (/** @type {string} */ key, /** @type {number} */ places) => of(key)?.toFixed(places) ?? "";
    const rest = [digits("absolute_difference", 4), digits("psnr", 1), digits("ssim", 3), digits("forth", 4)];
    console.log(`| \`${name}\` | ${options.get("steps") ?? BUDGETS[preset]} | ${[accuracy, `${fd} (${each})`, ...rest].join(" | ")} |`);
  }
}
