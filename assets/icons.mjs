// Draws the icons of the page as an app from www/icon.svg: `node assets/icons.mjs` writes www/icons/.
// @ts-check

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { launch } from "../tests/browser/lib/browser.mjs";

const WWW = new URL("../www/", import.meta.url);
/** The sheet that the circles lie on. */
const PAPER = "#fff";
/** `share`: how much of the side the drawing takes; a mask may cut off all but a circle of 80 % of it. `paper`: up to the corners. */
const ICONS = [
  { name: "192", side: 192, share: 1, paper: false },
  { name: "512", side: 512, share: 1, paper: false },
  { name: "180", side: 180, share: 1, paper: true },
  { name: "maskable", side: 512, share: 0.8, paper: true },
];

const svg = await readFile(new URL("icon.svg", WWW), "utf8");
const browser = await launch();
try {
  const page = await browser.newPage();
  for (const { name, side, share, paper } of ICONS) {
    await page.setViewportSize({ width: side, height: side });
    const drawing = svg.replace("<svg ", `<svg width="${side * share}" height="${side * share}" `);
    await page.setContent(`<style>body { margin: 0; height: 100vh; display: grid; place-items: center; ${paper ? `background: ${PAPER}` : ""} }</style>${drawing}`);
    await page.screenshot({ path: fileURLToPath(new URL(`icons/${name}.png`, WWW)), omitBackground: !paper });
  }
} finally {
  await browser.close();
}
