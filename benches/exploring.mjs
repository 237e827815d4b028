// How often a second the room Explore draws the place that is dragged over its sheet, on a built site:
//   node benches/exploring.mjs http://127.0.0.1:8080/
// while the run rests, and while it trains.
// @ts-check

import { launch } from "../tests/browser/lib/browser.mjs";

const [, , site] = process.argv;
if (!site) {
  console.error("Say where the site is: node benches/exploring.mjs http://127.0.0.1:8080/");
  process.exit(1);
}
const SECONDS = 4;
for (const [how, query] of [["at rest", "preset=quick&trained"], ["while training", "preset=quick&autostart"]]) {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${site}?device=cpu&${query}#room=explore`);
  await page.locator("#walk .here canvas[data-drawn]").waitFor();
  await page.waitForTimeout(5000); // what loads beside it has loaded
  const drawn = await page.evaluate(async (seconds) => {
    const [sheet, here] = ["plane", "here"].map((part) => /** @type {HTMLCanvasElement} */ (document.querySelector(`#walk .${part} canvas`)));
    sheet.scrollIntoView({ block: "center" });
    sheet.setPointerCapture = () => {}; // of a pointer that a script made
    const { left, top, width, height } = sheet.getBoundingClientRect();
    const fire = (/** @type {string} */ type, /** @type {number} */ t) => sheet.dispatchEvent(new PointerEvent(type, {
      clientX: left + width * (0.5 + 0.4 * Math.sin(2 * t)), clientY: top + height * (0.5 + 0.4 * Math.cos(2.6 * t)), pointerId: 1, isPrimary: true, button: 0,
    }));
    fire("pointerdown", 0);
    const [from, began] = [Number(here.dataset.drawn), performance.now()];
    await new Promise((/** @type {(value: void) => void} */ done) => {
      const go = () => {
        const t = (performance.now() - began) / 1000;
        fire("pointermove", t);
        if (t < seconds) requestAnimationFrame(go);
        else done();
      };
      go();
    });
    return (Number(here.dataset.drawn) - from) / seconds;
  }, SECONDS);
  console.log(`${how}: ${drawn.toFixed(1)} drawings a second`);
  await browser.close();
}
