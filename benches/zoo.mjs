// The rows of docs/zoo/figures.tsv and the table that docs/zoo.md shows of them; benches/zoo.sh calls it.
//
//   node benches/zoo.mjs add NAME SEED IMAGES EVAL.json
//   node benches/zoo.mjs table PRESETS.json
// @ts-check
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const FIGURES = "docs/zoo/figures.tsv";
const PAGE = "docs/zoo.md";
const [BEGIN, END] = ["<!-- the table of benches/zoo.sh: -->", "<!-- its end -->"];
// As `ganvas eval` calls them: heading, decimals.
/** @type {Record<string, [string, number]>} */
const COLUMNS = {
  frechet_distance: ["FD", 1],
  kernel_distance: ["KID", 0],
  modes: ["modes", 0],
  class_kl: ["class KL", 3],
  precision: ["precision", 2],
  recall: ["recall", 2],
  coverage: ["coverage", 2],
  label_accuracy: ["label accuracy", 3],
};
const HEAD = ["preset", "seed", "images", ...Object.keys(COLUMNS)];

const rows = existsSync(FIGURES) ? readFileSync(FIGURES, "utf8").split("\n").slice(1).filter(Boolean).map((l) => l.split("\t")) : [];

/** @param {string} name @param {string} seed @param {string} images @param {string} file */
function add(name, seed, images, file) {
  const figures = JSON.parse(readFileSync(file, "utf8"));
  const row = [name, seed, images, ...Object.keys(COLUMNS).map((c) => (c in figures ? String(+figures[c].toFixed(4)) : ""))];
  const others = rows.filter(([n, s, i]) => n !== name || s !== seed || i !== images);
  const all = [...others, row].sort((a, b) =>
    a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : Number(a[2]) - Number(b[2]) || Number(a[1]) - Number(b[1]),
  );
  writeFileSync(FIGURES, [HEAD, ...all].map((r) => r.join("\t")).join("\n") + "\n");
  console.log(row.join("\t"));
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [Math.floor, Math.ceil].map((towards) => sorted[towards((sorted.length - 1) / 2)]);
  return (low + high) / 2;
}

/** @param {string} file */
function table(file) {
  /** @type {string[]} */
  const names = JSON.parse(readFileSync(file, "utf8")).presets.map((/** @type {{ name: string }} */ preset) => preset.name);
  // Below a preset stand its reference and its authors' settings.
  const order = names.flatMap((n) => [n, `${n}, in PyTorch`, `${n}, as published`]);
  const budgets = [...new Set(rows.map((r) => r[2]))].sort((a, b) => Number(a) - Number(b));
  const most = (/** @type {string} */ name) => Math.max(...rows.filter((r) => r[0] === name).map((r) => Number(r[2])));
  const groups = order.flatMap((name) => budgets.map((images) => ({ name, images })));
  const lines = groups.flatMap(({ name, images }) => {
    const own = rows.filter((r) => r[0] === name && r[2] === images);
    if (own.length === 0) return [];
    const seeds = own.length === 1 ? `seed ${own[0][1]}` : `seeds ${own.map((r) => r[1]).join(", ")}`;
    const cells = Object.entries(COLUMNS).map(([column, [, decimals]], i) => {
      const values = own.map((r) => r[3 + i]).filter((v) => v !== "").map(Number);
      if (values.length === 0) return "";
      const shown = median(values).toFixed(decimals);
      if (column !== "frechet_distance" || values.length === 1) return shown;
      return `${shown} (${values.map((v) => v.toFixed(decimals)).join(", ")})`;
    });
    const picture = existsSync(`docs/zoo/${name}.png`) && Number(images) === most(name) ? `![](zoo/${name}.png)` : "";
    const called = names.includes(name) ? `\`${name}\`` : name;
    return [`| ${[called, seeds, Number(images).toLocaleString("en"), ...cells, picture].join(" | ")} |`];
  });
  const head = ["preset", "", "images", ...Object.values(COLUMNS).map(([label]) => label), "drawings"];
  const text = [`| ${head.join(" | ")} |`, `|---|---|${"---:|".repeat(head.length - 3)}---|`, ...lines].join("\n");
  const page = readFileSync(PAGE, "utf8");
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table`);
  writeFileSync(PAGE, `${page.slice(0, from)}${BEGIN}\n\n${text}\n\n${page.slice(to)}`);
}

const [what, ...rest] = process.argv.slice(2);
if (what === "add") add(rest[0], rest[1], rest[2], rest[3]);
else table(rest[0]);
