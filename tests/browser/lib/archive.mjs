// What the browser keeps of runs, seen and changed behind the page's back.
// @ts-check

import assert from "node:assert/strict";

/** @import { Page } from "playwright-core" */

/** Changes the records of the runs that the browser has kept. @param {Page} page @param {object} change */
export const amend = (page, change) => page.evaluate(async (change) => {
  const opening = indexedDB.open("ganvas");
  const db = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const store = db.transaction("runs", "readwrite").objectStore("runs");
  const all = await new Promise((resolve) => {
    const asked = store.getAll();
    asked.onsuccess = () => resolve(asked.result);
  });
  for (const run of all) store.put({ ...run, ...change });
  await new Promise((resolve) => (store.transaction.oncomplete = resolve));
  db.close();
  return all.length;
}, change);

/** Waits until the browser keeps so many runs: what is deleted is gone a moment later. @param {Page} page @param {number} count */
export async function untilKept(page, count) {
  let found = NaN;
  for (let tries = 0; tries < 100; tries++) {
    found = await amend(page, {});
    if (found === count) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`${found} runs are kept, not ${count}`);
}
