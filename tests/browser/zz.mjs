import { launch } from "./lib/browser.mjs";
const browser = await launch();
const [w, h, scheme, ...presets] = process.argv.slice(2);
for (const entry of presets) {
  const [preset, room, seconds] = entry.split(":");
  const page = await (await browser.newContext({ viewport: { width: +w, height: +h }, colorScheme: scheme, deviceScaleFactor: 1 })).newPage();
  const problems = [];
  page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
  page.on("pageerror", (e) => problems.push(String(e)));
  await page.goto(`http://127.0.0.1:8123/?preset=${preset}&device=cpu&workers=2#room=${room}`);
  await page.waitForFunction(() => ["ready", "paused"].includes(document.documentElement.dataset.state), null, { timeout: 60000 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `/tmp/hand-${preset}-${w}-0.png` });
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page.waitForTimeout(1000 * seconds);
  await page.screenshot({ path: `/tmp/hand-${preset}-${w}.png` });
  console.log(preset, w, await page.evaluate(() => JSON.stringify(document.documentElement.dataset)), await page.locator(".notice p").allTextContents(), problems);
  await page.context().close();
}
await browser.close();
process.exit(0);
