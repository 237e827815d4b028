// How many steps each preset takes until there is something to see, and what a step costs beside one of the default:
// the rows of src/recipe/presets/outlook.rs.
//
//   GANVAS=target/release/ganvas MNIST=DIR node benches/outlook.mjs [--costs] [PRESET ...]
//
// Digits are there at the first reading of 1,000 drawings, one every 25 steps, whose Fréchet distance is at most 100
// (training digits score 4 to 9): seed 1. A preset that is meant to fail has no such step; when it is seen to fail is
// written by hand, from docs/zoo.md. Costs are medians of reports by one thread, each preset in turns with the default;
// they want an idle machine, and --costs times them alone.
// @ts-check

import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const GOAL = 100;
const EVERY = 25;
const MOST_STEPS = 4000;
/** Of a step's cost. */
const TIMED_STEPS = 40;

const { GANVAS = "target/release/ganvas", MNIST = "" } = process.env;
/** @type {{ presets: { name: string, label: string, recipe: { dataset: string } }[] }} */
const { presets } = JSON.parse(execFileSync(GANVAS, ["presets", "--json"], { encoding: "utf8" }));
const wanted = process.argv.slice(2).filter((name) => name !== "--costs");
const costsAlone = process.argv.includes("--costs");
const [first] = presets;
/** The digits that a preset learns from. @param {string} preset */
const dataOf = (preset) => (presets.find(({ name }) => name === preset)?.recipe.dataset === "drawn" ? "drawn" : MNIST);

for (const { name, label } of presets) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const [own, unit] = [median([...timed(name), ...timed(name)]), median([...timed(first.name), ...timed(first.name)])];
  const steps = costsAlone || label.startsWith("Fails") ? "?" : await stepsToDigits(name);
  console.log(`${name}\t${steps}\t${(own / unit).toFixed(1)}`);
}

/** Milliseconds of a step, by report. @param {string} preset */
function timed(preset) {
  const folder = mkdtempSync(join(tmpdir(), "outlook-"));
  const log = execFileSync(GANVAS, ["train", "--preset", preset, "--data", dataOf(preset), "--steps", String(TIMED_STEPS), "--threads", "1", "--force", "--out", folder], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return [...log.matchAll(/([\d.]+) ms\/step/g)].map(([, millis]) => Number(millis)).slice(2);
}

/** @param {string} preset @returns {Promise<number | string>} */
async function stepsToDigits(preset) {
  const folder = mkdtempSync(join(tmpdir(), "outlook-"));
  const readings = join(folder, "metrics.jsonl");
  const run = spawn(GANVAS, ["train", "--preset", preset, "--data", dataOf(preset), "--steps", String(MOST_STEPS), "--eval-every", String(EVERY), "--eval-count", "1000", "--force", "--out", folder], { stdio: "ignore" });
  const ended = new Promise((resolve) => run.on("exit", resolve));
  let found;
  while (found === undefined && run.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const lines = existsSync(readings) ? readFileSync(readings, "utf8").split("\n").slice(0, -1) : [];
    found = lines.map((line) => JSON.parse(line)).find(({ frechet_distance: distance }) => distance <= GOAL)?.step;
  }
  run.kill();
  await ended;
  rmSync(folder, { recursive: true });
  return found ?? `none in ${MOST_STEPS}`;
}

/** @param {number[]} list */
function median(list) {
  return list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
}
