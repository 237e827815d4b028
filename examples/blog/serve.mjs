// Serves this page as a blog would, on an origin of its own and under a strict policy:
//   node examples/blog/serve.mjs http://127.0.0.1:8080/
// with the address of a site of ganvas, such as `cargo xtask serve` prints.
// @ts-check

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";

const FILES = ["index.html", "blog.css", "blog.js", "quick.webp", "collapse.webp", "sketch.webp"];
/** @type {Record<string, string>} */
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".webp": "image/webp" };

/** @param {string} ganvas where it is, with a / at the end @param {number} [port] */
export async function serveBlog(ganvas, port = 0) {
  const { origin } = new URL(ganvas);
  const policy = `default-src 'none'; script-src 'self' ${origin}; style-src 'self'; img-src 'self' data:; frame-src ${origin}; base-uri 'none'; form-action 'none'`;
  const server = createServer(async ({ url }, response) => {
    const path = new URL(url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
    if (!FILES.includes(path)) return response.writeHead(404).end();
    const file = await readFile(new URL(path, import.meta.url));
    const body = path === "index.html" ? file.toString().replaceAll("https://example.org/ganvas/", ganvas) : file;
    response.writeHead(200, { "content-type": TYPES[extname(path)], "content-security-policy": policy, "x-content-type-options": "nosniff" }).end(body);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(null)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , ganvas] = process.argv;
  if (!ganvas) {
    console.error("Say where ganvas is: node examples/blog/serve.mjs http://127.0.0.1:8080/");
    process.exit(1);
  }
  const { address } = await serveBlog(ganvas, 8090).catch((error) => {
    console.error(`The blog cannot be served: ${error.message}`);
    process.exit(1);
  });
  console.log(`The blog: ${address}`);
}
