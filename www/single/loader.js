// Starts the page of ganvas.html: unpacks its scripts and runs the first, as soon as the document is there. It must not
// know what they do.
// @ts-check

import { block, unpacked } from "./inside.js";

const root = document.documentElement;
if (root.dataset.state !== "failed") start().catch(refuse);

async function start() {
  // As it was written, before anything changes it: what a copy of this file is made from.
  const shell = root.cloneNode(true);
  const [main, worker, helper] = await Promise.all(["js/main.js", "worker.js", "helper.js"].map(script));
  Object.assign(globalThis, { ganvasInside: { shell, scripts: { "worker.js": worker, "helper.js": helper } } });
  const src = URL.createObjectURL(new Blob([main], { type: "text/javascript" }));
  const element = Object.assign(document.createElement("script"), { src });
  element.addEventListener("load", () => URL.revokeObjectURL(src));
  document.head.append(element);
}

/** @param {string} path */
function script(path) {
  return new Response(unpacked(block(path) ?? "")).text();
}

/** @param {unknown} error */
function refuse(error) {
  console.warn(error);
  root.dataset.state = "failed";
  const place = document.getElementById("unstarted");
  if (place) Object.assign(place, { className: "unstarted said", textContent: "This file is damaged: part of it cannot be unpacked. Copy or download it once more." });
}
