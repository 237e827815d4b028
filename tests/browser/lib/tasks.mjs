// How long the pages of a browser keep their own threads. It must not know what they do meanwhile.
// @ts-check

import assert from "node:assert/strict";

/** @import { Browser, Page } from "playwright-core" */

/**
 * The tasks of every page and frame that the browser has open, milliseconds of the processor each: by the clock one also
 * takes what the machine lets it wait for others.
 * @param {Browser} browser
 * @param {Page} page
 * @param {number} millis how long to look
 * @returns {Promise<number[]>}
 */
export async function tasksIn(browser, page, millis) {
  await browser.startTracing(page, { categories: ["toplevel"] });
  await page.waitForTimeout(millis);
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()));
  const at = (/** @type {any} */ { pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(traceEvents.filter((/** @type {any} */ { name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(at));
  const own = traceEvents.filter((/** @type {any} */ event) => event.ph === "X" && mains.has(at(event)));
  const tasks = own.map((/** @type {any} */ { tdur = 0 }) => tdur / 1000);
  console.log(`the longest of ${tasks.length} tasks took ${Math.max(...tasks).toFixed(1)} ms of the processor`);
  assert(tasks.length > 500, "the trace holds the page's tasks");
  return tasks;
}
