// How soon a visitor sees something on the built site, on the CPU path in Chromium: milliseconds from
// navigation to the generator's first pictures, and from Train to the first pictures that training has
// changed, as one line of JSON per visit. Each visit has an empty cache, and every other one no service worker (`bare`).
// @ts-check

import { launch, until } from "../tests/browser/lib/browser.mjs";
import { served } from "../tests/browser/lib/site.mjs";

const VISITS = 5;

const browser = await launch();
try {
  console.log(JSON.stringify({ browser: `Chromium ${browser.version()}` }));
  for (let turn = 0; turn < 2 * VISITS; turn++) {
    const [visit, bare] = [1 + (turn >> 1), turn % 2 > 0];
    const context = await browser.newContext({ serviceWorkers: bare ? "block" : "allow" });
    const page = await context.newPage();
    // Asked at every frame, since nothing on the page knows when a visitor first sees a picture.
    await page.addInitScript(() => {
      const them = /** @type {any} */ (globalThis);
      const ink = () => {
        const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector("#fakes canvas"));
        if (!canvas || canvas.width === 0 || canvas.height === 0) return 0;
        const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
        let hash = 0;
        for (let i = 0; i < data.length; i += 4) hash = (hash * 31 + data[i]) | 0;
        return hash;
      };
      let last = 0;
      const look = () => {
        const now = ink();
        if (now !== 0 && them.firstPicture === undefined) them.firstPicture = performance.now();
        if (them.trainedAt !== undefined && now !== last && them.movedAt === undefined) them.movedAt = performance.now();
        last = now;
        requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
      addEventListener("click", ({ target }) => {
        if (/** @type {HTMLElement} */ (target).closest("button")?.textContent?.trim() === "Train") them.trainedAt ??= performance.now();
      }, { capture: true });
    });
    await page.goto(`${served("GANVAS_PROGRAMS")}?device=cpu`);
    await until(page, { state: "ready" }, 60_000);
    await page.getByRole("button", { name: "Train", exact: true }).click();
    const [first_picture_millis, moving_millis] = await page.evaluate(async () => {
      const them = /** @type {any} */ (globalThis);
      while (them.movedAt === undefined || them.firstPicture === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      return [them.firstPicture, them.movedAt - them.trainedAt];
    });
    const figures = bare ? { bare_first_picture_millis: first_picture_millis, bare_moving_millis: moving_millis } : { first_picture_millis, moving_millis };
    console.log(JSON.stringify({ visit, ...figures }));
    await context.close();
  }
} finally {
  await browser.close();
}
