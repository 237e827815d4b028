// Serves a page to a test on loopback: the sources of `www/` with the mock programs, or a built site.
// Every request is remembered, and any path can be made to fail.
// @ts-check

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundled } from "./bundle.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** @type {Record<string, string>} */
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

/**
 * What may go wrong with a file, beside a status: the host's own page in its place, nothing at all, half of it and
 * then an end, nothing or a broken connection, or a few bytes at a time.
 * @typedef {number | "html" | "junk" | "half" | "silent" | "stalls" | "drops" | "slow"} Fault
 */
/**
 * @typedef {{
 *   site?: string,
 *   mock?: Record<string, unknown>,
 *   mnist?: number,
 *   classifier?: boolean,
 *   answer?: (path: string, times: number) => Fault | undefined,
 *   patience?: Record<string, number>,
 *   cache?: string,
 *   apart?: boolean,
 * }} Options
 * `site`: a folder with a built site, instead of the sources and the mock. `mock`: what the mock
 * programs should do; `mnist`: how many shards of made-up data; `classifier`: whether there is one;
 * `answer`: what goes wrong with a file, by path and how often it was asked for; `patience`: other waits than the
 * page's own, milliseconds; `cache`: what a browser may remember; `apart`: each
 * module as a file of its own, instead of as they are published
 */

/** @param {Options} options */
export async function serve({ site, mock = {}, mnist = 3, classifier = true, answer, patience, cache = "no-store", apart = false } = {}) {
  /** @type {string[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    requests.push(path);
    const fault = answer?.(path, requests.filter((other) => other === path).length);
    try {
      if (typeof fault === "number") throw fault;
      if (fault === "silent") return;
      const type = TYPES[fault === "html" ? ".html" : extname(path.endsWith("/") ? "index.html" : path)] ?? "application/octet-stream";
      const body = Buffer.from(
        fault === "html" ? "<!doctype html><title>Welcome</title>"
        : fault === "junk" ? "what nobody asked for"
        : site ? await readFile(inside(site, path))
        : await mocked(path),
      );
      response.writeHead(200, { "content-type": type, "cache-control": path.endsWith("/") ? "no-store" : cache });
      if (fault === "stalls" || fault === "drops") {
        response.write(body.subarray(0, body.length / 2), () => fault === "drops" && response.destroy());
      } else if (fault === "half") {
        response.end(body.subarray(0, body.length / 2));
      } else if (fault === "slow") {
        const parts = 8;
        for (let i = 0; i < parts; i++) {
          response.write(body.subarray((i * body.length) / parts, ((i + 1) * body.length) / parts));
          await rest(40);
        }
        response.end();
      } else {
        response.end(body);
      }
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
    const program = path.match(/^\/(cpu|gpu)\/(ganvas\.js|[\w-]+\.mjs)$/);
    if (program) {
      const [, device, file] = program;
      if (mock[device] === "missing") throw 404;
      if (file === "mock-config.mjs") return `export default ${JSON.stringify(mock)};`;
      return readFile(join(ROOT, "tests/browser/mock", file.replace(".js", ".mjs")));
    }
    // All that is looked at is how it begins.
    if (/^\/(cpu|gpu)\/ganvas_bg.wasm$/.test(path)) return Buffer.concat([Buffer.from("\0asm\u0001\0\0\0"), Buffer.alloc(20_000)]);
    const together = apart ? undefined : (await bundled(patience)).get(path);
    if (together) return together;
    if (path === "/js/waits.js" && patience) {
      const page = await readFile(join(ROOT, "www/js/waits.js"), "utf8");
      return `${page}\nObject.assign(PATIENCE, ${JSON.stringify(patience)});`;
    }
    if (path === "/data/mnist.json" && mnist > 0) {
      const shards = Array.from({ length: mnist }, (_, i) => ({ images: `mnist-0${i}-images.idx.gz`, labels: `mnist-0${i}-labels.idx.gz`, count: 4000, bytes: 100 }));
      const held_out = { images: "mnist-held-out-images.idx.gz", labels: "mnist-held-out-labels.idx.gz", count: 2000 };
      return JSON.stringify({ total: mnist * 4000, shards, held_out });
    }
    const file = path.match(/^\/data\/mnist-(\d+|held-out)-(images|labels)\.idx\.gz$/);
    if (file) return file[2] === "images" ? blank(0x803, file[1] === "held-out" ? 2000 : 4000, [28, 28]) : blank(0x801, file[1] === "held-out" ? 2000 : 4000);
    if (path === "/classifier.safetensors" && classifier) return CLASSIFIER;
    const model = path.match(/^\/models\/(\w+?)(-rival)?\.safetensors$/);
    if (model) return weights({ preset: model[1], step: "700" });
    if (path.startsWith("/js/vendor/uplot/")) return readFile(inside(join(ROOT, "node_modules/uplot/dist"), path.slice("/js/vendor/uplot".length)));
    if (path.startsWith("/js/vendor/lean-qr/")) return readFile(inside(join(ROOT, "node_modules/lean-qr"), path.slice("/js/vendor/lean-qr".length)));
    return readFile(inside(join(ROOT, "www"), path));
  }
}

/** A file inside a folder, whatever the path says. @param {string} folder @param {string} path */
function inside(folder, path) {
  return join(folder, normalize(`/${path.endsWith("/") ? `${path}index.html` : path}`));
}

/** Black pictures, or labels that are all 0, as a zipped IDX file. @param {number} magic @param {number} count @param {number[]} [sides] */
function blank(magic, count, sides = []) {
  const header = Buffer.alloc(4 * (2 + sides.length));
  [magic, count, ...sides].forEach((word, i) => header.writeUInt32BE(word, 4 * i));
  return gzipSync(Buffer.concat([header, Buffer.alloc(sides.reduce((product, side) => product * side, count))]));
}

/** Weights that are few, in a file that is whole. @param {Record<string, string>} [metadata] */
function weights(metadata = {}) {
  const header = JSON.stringify({ __metadata__: metadata, weight: { dtype: "F32", shape: [2], data_offsets: [0, 8] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(8)]);
}
const CLASSIFIER = weights();
