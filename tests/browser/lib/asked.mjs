// What samples a page asks its worker for.
// @ts-check

/** @import { Page } from "playwright-core" */
/** @import { SampleRequest } from "../../../www/js/protocol.js" */

/** Notes them from here on, in `globalThis.asked` of the page. @param {Page} page */
export const listen = (page) => page.evaluate(() => {
  const asked = /** @type {any[]} */ ([]);
  Object.assign(globalThis, { asked });
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ ...rest) {
    asked.push(...(message.commands ?? []).filter((/** @type {any} */ { type }) => type === "sample").map((/** @type {any} */ { request }) => request));
    return postMessage.call(this, message, ...rest);
  };
});

/** @param {Page} page @returns {Promise<SampleRequest[]>} */
export const askedOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).asked);
