// The page's modules put together as `cargo xtask build` does it, so that a visit loads a third as many files. It must
// not know what any of them is for.
// @ts-check

import { build } from "esbuild";
import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const WWW = fileURLToPath(new URL("../../../www", import.meta.url));
/** What a visit begins with; the rest is asked for by its path later. */
const FIRST = ["js/main.js", "worker.js", "helper.js"];

/** @type {Map<string, Promise<Map<string, Uint8Array>>>} */
const made = new Map();

/**
 * The files by their paths on the site.
 * @param {Record<string, number> | undefined} patience other waits than the page's own, milliseconds
 */
export function bundled(patience) {
  const key = JSON.stringify(patience ?? {});
  const files = made.get(key) ?? make(key);
  made.set(key, files);
  return files;
}

/** @param {string} patience */
async function make(patience) {
  const scripts = (await readdir(WWW, { recursive: true })).filter((path) => path.endsWith(".js") && !path.startsWith("single"));
  const texts = await Promise.all(scripts.map((path) => readFile(join(WWW, path), "utf8")));
  const brought = texts.flatMap((text) => [...text.matchAll(/\bbring\("([^"]+\.js)"/g)].map(([, path]) => path));
  const rooms = scripts.filter((path) => path.endsWith("room.js"));
  const { outputFiles } = await build({
    absWorkingDir: WWW,
    entryPoints: [...new Set([...FIRST, ...rooms, ...brought])],
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outbase: ".",
    outdir: "out",
    chunkNames: "js/shared-[hash]",
    write: false,
    logLevel: "error",
    plugins: [{
      name: "patience",
      setup: ({ onLoad }) => onLoad({ filter: /[\\/]js[\\/]waits\.js$/ }, async ({ path }) => ({
        contents: `${await readFile(path, "utf8")}\nObject.assign(PATIENCE, ${patience});`,
      })),
    }],
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${relative(join(WWW, "out"), path).replaceAll("\\", "/")}`, contents]));
}
