// How long the Pad takes from a stroke to the artist's new picture while training goes on: in Chromium, on the built
// site's CPU program, with digits that need no download.
//
//   cargo xtask build && node benches/strokes.mjs [PRESET [WORKERS [SECONDS]]]
//
// A pen circles on the pad, moves every 30 ms and is lifted every 20 moves. The clock starts at the first move that no
// question is about yet and stops in the frame after the answer has come: what was drawn meanwhile waits for the next.
// @ts-check

import { fileURLToPath } from "node:url";
import { launch, openRoom, until } from "../tests/browser/lib/browser.mjs";
import { serve } from "../tests/browser/lib/server.mjs";

const [preset = "sketch", workers = "2", seconds = "10"] = process.argv.slice(2);
const BAR = 50;

const server = await serve({ site: fileURLToPath(new URL("../dist", import.meta.url)) });
const browser = await launch();
try {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.addInitScript(listen);
  await page.goto(`${server.origin}/?device=cpu&dataset=drawn&preset=${preset}&workers=${workers}`);
  await until(page, { state: "ready" }, 60_000);
  await openRoom(page, "pad");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForTimeout(3000);
  const pad = page.locator(".sheet canvas");
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error("there is no pad");
  /** @param {number} turn */
  const at = (turn) => /** @type {const} */ ([box.x + box.width * (0.5 + 0.3 * Math.cos(turn)), box.y + box.height * (0.5 + 0.3 * Math.sin(turn))]);
  await page.evaluate(() => void /** @type {any} */ (globalThis).strokes.splice(0));
  const first = await stepOf(page);
  const end = performance.now() + 1000 * Number(seconds);
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let move = 1; performance.now() < end; move++) {
    await page.mouse.move(...at(move / 12));
    await page.waitForTimeout(30);
    if (move % 20 > 0) continue;
    await page.mouse.up();
    await page.mouse.down();
  }
  await page.mouse.up();
  /** @type {number[]} */
  const millis = (await page.evaluate(() => /** @type {any} */ (globalThis).strokes)).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  const share = (/** @type {number} */ part) => Math.round(millis[Math.floor(part * (millis.length - 1))]);
  const within = Math.round((100 * millis.filter((it) => it <= BAR).length) / millis.length);
  const steps = ((await stepOf(page)) - first) / Number(seconds);
  console.log(`${preset}, ${workers} workers: ${millis.length} strokes, median ${share(0.5)} ms, nine of ten within ${share(0.9)} ms, ${within} % within ${BAR} ms; ${steps.toFixed(1)} steps a second meanwhile`);
} finally {
  await browser.close();
  await server.close();
}

/** @param {import("playwright-core").Page} page */
async function stepOf(page) {
  return Number(await page.locator("html").getAttribute("data-step"));
}

/** In the page: notes how long each question's strokes have waited. */
function listen() {
  /** @type {number[]} */
  const strokes = [];
  Object.assign(globalThis, { strokes });
  /** When the first stroke came that nobody was asked about. */
  let since = 0;
  /** @type {Map<number, number>} */
  const asked = new Map();
  const note = (/** @type {PointerEvent} */ { buttons, target, timeStamp }) => {
    if (buttons > 0 && target instanceof HTMLCanvasElement) since ||= timeStamp;
  };
  addEventListener("pointermove", note, true);
  addEventListener("pointerdown", note, true);
  const { postMessage } = Worker.prototype;
  /** @type {Set<Worker>} */
  const known = new Set();
  Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
    if (!known.has(this)) {
      known.add(this);
      const { onmessage } = this;
      this.onmessage = (event) => {
        onmessage?.call(this, event);
        for (const { type, id } of event.data.events ?? []) {
          const from = type === "sampled" ? asked.get(id) : undefined;
          if (from) requestAnimationFrame(() => strokes.push(performance.now() - from));
        }
      };
    }
    for (const { type, id } of message.commands ?? []) {
      if (type !== "sample") continue;
      asked.set(id, since);
      since = 0;
    }
    return postMessage.call(this, message, ...rest);
  };
}
