// Serves a page to a test on loopback: the sources of `www/` with the mock programs, or a built site.
// Every request is remembered, and any path can be made to fail.
// @ts-check

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * @typedef {{
 *   site?: string,
 *   mock?: Record<string, unknown>,
 *   mnist?: number,
 *   classifier?: boolean,
 *   answer?: (path: string, times: number) => number | undefined,
 * }} Options
 * `site`: a folder with a built site, instead of the sources and the mock. `mock`: what the mock
 * programs should do; `mnist`: how many shards of made-up data; `classifier`: whether there is one;
 * `answer`: a status instead of the file, by path and how often it was asked for
 */

/** @param {Options} options */
export async function serve({ site, mock = {}, mnist = 3, classifier = true, answer } = {}) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    requests.push(path);
    const status = answer?.(path, requests.filter((other) => other === path).length);
    try {
      if (status) throw status;
      const body = site ? await readFile(inside(site, path)) : await mocked(path);
      response.writeHead(200, { "content-type": TYPES[extname(path === "/" ? "index.html" : path)] ?? "application/octet-stream", "cache-control": "no-store" });
      response.end(body);
    } catch (error) {
      response.writeHead(typeof error === "number" ? error : 404).end("not here");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${address.port}`,
    requests,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };

  /** @param {string} path @returns {Promise<string | Uint8Array>} */
  async function mocked(path) {
    const program = path.match(/^\/(cpu|gpu)\/(ganvas\.js|catalog\.mjs|mock-config\.mjs)$/);
    if (program) {
      const [, device, file] = program;
      if (mock[device] === "missing") throw 404;
      if (file === "mock-config.mjs") return `export default ${JSON.stringify(mock)};`;
      return readFile(join(ROOT, "tests/browser/mock", file.replace(".js", ".mjs")));
    }
    if (path === "/data/mnist.json" && mnist > 0) {
      const shards = Array.from({ length: mnist }, (_, i) => ({ images: `mnist-0${i}-images.idx.gz`, labels: `mnist-0${i}-labels.idx.gz`, count: 4000, bytes: 100 }));
      const held_out = { images: "mnist-held-out-images.idx.gz", labels: "mnist-held-out-labels.idx.gz", count: 2000 };
      return JSON.stringify({ total: mnist * 4000, shards, held_out });
    }
    if (/^\/data\/mnist-(\d+|held-out)-(images|labels)\.idx\.gz$/.test(path)) return gzipSync("made up");
    if (path === "/classifier.safetensors" && classifier) return "made up";
    if (path.startsWith("/vendor/uplot/")) return readFile(inside(join(ROOT, "node_modules/uplot/dist"), path.slice("/vendor/uplot".length)));
    return readFile(inside(join(ROOT, "www"), path));
  }
}

/** A file inside a folder, whatever the path says. @param {string} folder @param {string} path */
function inside(folder, path) {
  return join(folder, normalize(`/${path === "/" ? "index.html" : path}`));
}
