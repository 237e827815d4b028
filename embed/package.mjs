// Puts the package of <ganvas-play> together: node embed/package.mjs FOLDER. `cargo xtask package` does so and checks it.
// @ts-check

import { transform } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { manifest, readApi, types } from "./write.mjs";

const [, , folder] = process.argv;
if (!folder) throw new Error("say where: node embed/package.mjs FOLDER");
const here = (/** @type {string} */ path) => new URL(path, import.meta.url);

await mkdir(folder, { recursive: true });
const api = await readApi();
const { code } = await transform(await readFile(here("../www/embed/1/ganvas.js"), "utf8"), { minify: true, target: "es2022" });
await writeFile(join(folder, "ganvas.js"), code);
await writeFile(join(folder, "index.d.ts"), types(api));
await writeFile(join(folder, "custom-elements.json"), `${JSON.stringify(manifest(api), null, 2)}\n`);
for (const file of ["package.json", "README.md", "../LICENSE-APACHE", "../LICENSE-MIT"]) await copyFile(here(file), join(folder, file.replace("../", "")));
