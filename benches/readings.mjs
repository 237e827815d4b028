// How many of the drawings of docs/zoo a reader can name who does not know where they come from. The forty of each
// preset and forty real digits of the test set, mixed: ten sheets of 64, and a key that the reader does not get.
//
//   MNIST=DIR node benches/readings.mjs sheets OUT     sheet0.png to sheet9.png and key.txt
//   node benches/readings.mjs score OUT ANSWERS ...    how many of each preset all readings name alike
//
// A reading is a file of 64 characters a sheet, row by row: a digit, or `?` where the reader would hesitate.
// @ts-check
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { launch } from "../tests/browser/lib/browser.mjs";

/**
 * @typedef {{ columns: number, count: number, margin: number }} Grid
 * @typedef {{ columns: number, count: number, scale: number }} Sheet
 */

const SIDE = 28;
/** From one picture to the next, in a grid of `ganvas sample` and on a sheet. */
const PITCH = 30;
const GRID = { columns: 10, count: 40, margin: 2 };
const SHEET = { columns: 8, count: 64, scale: 5 };
/** The first of the real digits among those of the test set. */
const FIRST = 2000;
const REAL = "real";

const [command, folder, ...answers] = process.argv.slice(2);
if (command === "sheets" && folder) await sheets(folder);
else if (command === "score" && folder && answers.length > 0) score(folder, answers);
else throw new Error("say `sheets OUT`, or `score OUT ANSWERS ...`");

/** @param {string} out */
async function sheets(out) {
  const figures = readFileSync("docs/zoo/figures.tsv", "utf8");
  const names = new Set(figures.split("\n").map((row) => row.split("\t")[0]));
  const grids = [...names].flatMap((name) => {
    const path = `docs/zoo/${name}.png`;
    return existsSync(path) ? [{ name, url: `data:image/png;base64,${readFileSync(path, "base64")}` }] : [];
  });
  const pictures = [...grids.map(({ name }) => name), REAL].flatMap((name) =>
    Array.from({ length: GRID.count }, (_, index) => ({ name, index })),
  );
  /** @param {{ name: string, index: number }} picture */
  const place = ({ name, index }) => createHash("sha256").update(`${name} ${index}`).digest("hex");
  pictures.sort((a, b) => (place(a) < place(b) ? -1 : 1));

  const browser = await launch();
  try {
    const page = await browser.newPage();
    const drawn = await page.evaluate(draw, { grids, pictures, real: real(), SIDE, PITCH, GRID, SHEET, REAL });
    mkdirSync(out, { recursive: true });
    drawn.forEach((url, i) => writeFileSync(`${out}/sheet${i}.png`, url.split(",")[1], "base64"));
    writeFileSync(`${out}/key.txt`, pictures.map(({ name }) => `${name}\n`).join(""));
  } finally {
    await browser.close();
  }
}

/** Real digits, a byte a pixel. */
function real() {
  const path = `${process.env.MNIST}/t10k-images-idx3-ubyte`;
  const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
  const [header, size] = [16, SIDE * SIDE];
  return [...bytes.subarray(header + FIRST * size, header + (FIRST + GRID.count) * size)];
}

/**
 * In the page: the sheets as data URLs.
 *
 * @param {{ grids: { name: string, url: string }[], pictures: { name: string, index: number }[], real: number[],
 *   SIDE: number, PITCH: number, GRID: Grid, SHEET: Sheet, REAL: string }} given
 */
async function draw({ grids, pictures, real, SIDE, PITCH, GRID, SHEET, REAL }) {
  /** @param {number} width @param {number} height */
  const canvas = (width, height) => {
    const element = Object.assign(document.createElement("canvas"), { width, height });
    const context = element.getContext("2d");
    if (!context) throw new Error("no canvas");
    return { element, context };
  };
  /** @type {Map<string, CanvasImageSource>} */
  const sources = new Map();
  for (const { name, url } of grids) {
    const image = new Image();
    image.src = url;
    await image.decode();
    sources.set(name, image);
  }
  const strip = canvas(SIDE, SIDE * GRID.count);
  const pixels = strip.context.createImageData(SIDE, SIDE * GRID.count);
  real.forEach((grey, i) => pixels.data.set([grey, grey, grey, 255], 4 * i));
  strip.context.putImageData(pixels, 0, 0);

  const side = SHEET.columns * PITCH * SHEET.scale;
  return Array.from({ length: Math.ceil(pictures.length / SHEET.count) }, (_, number) => {
    const { element, context } = canvas(side, side);
    context.fillStyle = "#464646";
    context.fillRect(0, 0, side, side);
    context.imageSmoothingQuality = "high";
    context.scale(SHEET.scale, SHEET.scale);
    pictures.slice(number * SHEET.count, (number + 1) * SHEET.count).forEach(({ name, index }, i) => {
      const x = (i % SHEET.columns) * PITCH + 1;
      const y = Math.floor(i / SHEET.columns) * PITCH + 1;
      const column = (index % GRID.columns) * PITCH + GRID.margin;
      const row = Math.floor(index / GRID.columns) * PITCH + GRID.margin;
      const grid = sources.get(name);
      if (grid) context.drawImage(grid, column, row, SIDE, SIDE, x, y, SIDE, SIDE);
      else if (name === REAL) context.drawImage(strip.element, 0, index * SIDE, SIDE, SIDE, x, y, SIDE, SIDE);
    });
    return element.toDataURL("image/png");
  });
}

/** @param {string} out @param {string[]} paths */
function score(out, paths) {
  const key = readFileSync(`${out}/key.txt`, "utf8").trim().split("\n");
  const readings = paths.map((path) => readFileSync(path, "utf8").replaceAll(/\s/g, ""));
  const wrong = readings.findIndex((reading) => reading.length !== key.length || /[^0-9?]/.test(reading));
  if (wrong >= 0) throw new Error(`${paths[wrong]} must have ${key.length} digits or question marks`);
  /** @type {Map<string, number>} */
  const named = new Map([...new Set(key)].map((name) => [name, 0]));
  key.forEach((name, i) => {
    const [first, ...others] = readings.map((reading) => reading[i]);
    const alike = first !== "?" && others.every((other) => other === first);
    named.set(name, (named.get(name) ?? 0) + Number(alike));
  });
  for (const [name, count] of [...named].sort((a, b) => b[1] - a[1])) console.log(`${name} ${count} of ${GRID.count}`);
}
