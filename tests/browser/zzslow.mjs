import { launch, open, until } from "./lib/browser.mjs";
const [, , preset = "quick", width = "1440", dark = "", shots = "0,1,3,5,6,7,8,9"] = process.argv;
const browser = await launch();
const { page, problems } = await open(browser, `http://localhost:8901/?device=cpu#room=slow&preset=${preset}${process.env.DATA ?? "&dataset=drawn"}`, { viewport: { width: Number(width), height: 1000 }, colorScheme: dark ? "dark" : "light" });
await page.locator("#train:not([aria-disabled=true])").waitFor();
await page.screenshot({ path: `/tmp/see/slow-${preset}-${width}-empty.png` });
await page.locator("#train").click();
await page.waitForTimeout(Number(process.env.TRAIN ?? 3000));
const t = Date.now();
await page.locator("#slow .record").click();
await page.locator("#slow .player").waitFor();
console.log("recorded after", Date.now() - t);
await page.locator("#slow").scrollIntoViewIfNeeded();
for (const k of shots.split(",").map(Number)) {
  await page.locator("#slow .stills button").nth(k).click();
  await page.waitForTimeout(150);
  await page.locator("#slow").screenshot({ path: `/tmp/see/slow-${preset}-${width}${dark}-${k}.png` });
}
await page.screenshot({ path: `/tmp/see/slow-${preset}-${width}${dark}-page.png` });
console.log(problems);
await browser.close();
