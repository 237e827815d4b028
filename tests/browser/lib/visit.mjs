// A visit to the page on the mock programs: a browser for the test file, and a server and a tab for each test.
// @ts-check

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, open } from "./browser.mjs";
import { serve } from "./server.mjs";

/** @import { Browser, BrowserContextOptions, Page } from "playwright-core" */

/** @type {Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/**
 * @param {string} query
 * @param {(page: Page, more: Awaited<ReturnType<typeof open>> & { server: Awaited<ReturnType<typeof serve>> }) => Promise<void>} check
 * @param {Parameters<typeof serve>[0] & { context?: BrowserContextOptions, problems?: RegExp }} [options]
 * `problems`: console errors that belong to what is tested
 */
export async function visit(query, check, { context = {}, problems: expected, ...server } = {}) {
  const served = await serve(server);
  const opened = await open(browser, served.origin + query, context);
  try {
    await check(opened.page, { ...opened, server: served });
    const unexpected = opened.problems.filter((text) => !expected?.test(text));
    assert.deepEqual(unexpected, [], "the console stays clean");
  } finally {
    await opened.page.context().close();
    await served.close();
  }
}

export const noticesOf = (/** @type {Page} */ page) => page.locator(".notice p").allTextContents();
