// Puts builds of the site under test into a folder, as who hosts it would: the one that is served, and another made of it.
// It must not know what a test does with them.
// @ts-check

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Files by address; the page's own is index.html. @typedef {Map<string, Buffer>} Build */

const LIST = /^self\.SITE=(.*);\n/;

/** What the site serves, all of it that its worker knows. @param {string} site @returns {Promise<Build>} */
export async function downloaded(site) {
  const bytes = async (/** @type {string} */ address) => {
    const response = await fetch(site + address);
    assert(response.ok, `${address}: ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  };
  /** @type {Build} */
  const build = new Map();
  const icons = ["icons/180.png", "icons/192.png", "icons/512.png", "icons/maskable.png"];
  const worker = await bytes("sw.js");
  for (const address of ["sw.js", ...icons, ...Object.keys(listOf(worker).files)]) build.set(address || "index.html", await bytes(address));
  return build;
}

/** @param {Buffer} worker @returns {{ build: string, files: Record<string, [hash: string, bytes: number, group: string]> }} */
const listOf = (worker) => JSON.parse(worker.toString().match(LIST)?.[1] ?? "");

/** The folder with its code. @param {Build} build */
export const codeIn = (build) => /** @type {string} */ ([...build.keys()].find((address) => address.startsWith("code-"))).split("/")[0];

/** A later build: its code has another name, its room Keep another heading. @param {Build} build @returns {Build} */
export function later(build) {
  const [from, to] = [codeIn(build), "code-later00000"];
  const renamed = new Map([...build].map(([address, bytes]) => [address.replace(from, to), bytes]));
  const edit = (/** @type {string} */ address, /** @type {string} */ was, /** @type {string} */ is) => {
    const text = String(renamed.get(address));
    assert(text.includes(was), `${address} lacks ${was}`);
    renamed.set(address, Buffer.from(text.replaceAll(was, is)));
  };
  edit("index.html", from, to);
  edit(`${to}/rooms/keep/room.js`, "As a file", "As a later file");
  const worker = /** @type {Buffer} */ (renamed.get("sw.js"));
  const files = Object.fromEntries(Object.entries(listOf(worker).files).map(([address, [, , group]]) => {
    const moved = address.replace(from, to);
    const bytes = /** @type {Buffer} */ (renamed.get(moved || "index.html"));
    return [moved, [createHash("sha256").update(bytes).digest("hex").slice(0, 16), bytes.length, group]];
  }));
  renamed.set("sw.js", Buffer.from(String(worker).replace(LIST, () => `self.SITE=${JSON.stringify({ build: `${to} 1`, files })};\n`)));
  return renamed;
}

/** An empty folder, and what puts a build into its folder `below`, in the place of what was there. @param {string} below */
export async function openFolder(below) {
  const folder = await mkdtemp(join(tmpdir(), "ganvas-site-"));
  return {
    folder,
    /** @param {Build} build */
    async put(build) {
      await rm(join(folder, below), { recursive: true, force: true });
      for (const [address, bytes] of build) {
        const path = join(folder, below, address);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
