// How long the page's own thread is kept while a recorded step is played in the room Slow motion:
// `node benches/slow.mjs http://localhost:8000/` prints the longest tasks of each preset, milliseconds of the processor.
// @ts-check

import { launch, open } from "../tests/browser/lib/browser.mjs";
import { tasksIn } from "../tests/browser/lib/tasks.mjs";

const [, , site = "http://localhost:8000/"] = process.argv;
const browser = await launch();
for (const preset of ["quick", "biggan", "plane", "moco"]) {
  const { page } = await open(browser, `${site}?device=cpu#room=slow&preset=${preset}`);
  await page.locator("#train:not([aria-disabled=true])").waitFor();
  await page.locator("#slow .record").click();
  await page.locator("#slow .theatre").waitFor();
  await page.locator("#slow .speed select").selectOption("1");
  await page.getByRole("button", { name: "Play all" }).click();
  const tasks = await tasksIn(browser, page, 10_000);
  console.log(preset, tasks.sort((a, b) => b - a).slice(0, 5).map((task) => task.toFixed(1)).join(" "));
  await page.context().close();
}
await browser.close();
