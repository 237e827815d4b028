// Files that do not come as they should: a host's own page in their place, a refusal, a stall, half of them. The
// page says so, stops asking, and goes on with what it has. On the mock programs, with short waits.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { IMAGES, LABELS, bring, idx, isSafetensors } from "../../www/js/fetching.js";
import { PATIENCE as RULES } from "../../www/js/waits.js";
import { attributes, openRoom, until, untilStep } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { noticesOf, visit } from "./lib/visit.mjs";

/** @import { Page } from "playwright-core" */
/** @import { Fault } from "./lib/server.mjs" */

/** Tries follow each other soon; only where a download is to stall does the page give it up soon. */
const PATIENCE = { pause: 30 };
const SHORT = { pause: 30, stall: 700 };
/** What the browser itself says of answers like these. */
const BROWSER = /Failed to load resource|net::ERR|MIME type|module script/;

/** How often a file was asked for. @param {string[]} requests @param {string} part of its path */
const asked = (requests, part) => requests.filter((path) => path.includes(part)).length;
const trouble = (/** @type {Page} */ page) => page.locator("#reals .trouble");
const again = (/** @type {Page} */ page) => page.locator("#reals .retry");
const state = (/** @type {Page} */ page) => page.locator("#state");
/** A moment in which too eager a page would ask again. @param {Page} page */
const moment = (page) => page.waitForTimeout(400);

/**
 * A visit on which one file is faulty until `mend` is called.
 * @param {string} part of the file's path
 * @param {Fault} fault
 * @param {string} query
 * @param {(page: Page, more: { requests: string[], mend: () => void }) => Promise<void>} check
 * @param {Parameters<typeof visit>[2]} [options]
 */
function faulty(part, fault, query, check, options = {}) {
  let broken = true;
  return visit(query, (page, { server }) => check(page, { requests: server.requests, mend: () => (broken = false) }), {
    answer: (path) => (broken && path.includes(part) ? fault : undefined),
    patience: fault === "stalls" || fault === "silent" ? SHORT : PATIENCE,
    problems: BROWSER,
    ...options,
  });
}

test("the rules for one file: what counts, what is tried again, and when it ends", async () => {
  Object.assign(RULES, { pause: 1, stall: 2_500 });
  const shard = "data/mnist-00-images.idx.gz";
  const cases = /** @type {[Fault | undefined, RegExp | null, number][]} */ ([
    [undefined, null, 1],
    ["slow", null, 1],
    ["html", /^the server sent a web page instead of .*$/, 3],
    ["junk", /^the server sent a damaged .*$/, 3],
    ["half", /^the server sent a damaged .*$/, 3],
    ["drops", /could not be fetched \(the connection failed\)$/, 3],
    ["stalls", /could not be fetched \(no data arrived for/, 3],
    ["silent", /could not be fetched \(no data arrived for/, 3],
    [404, /is not on this site$/, 1],
    [410, /is not on this site$/, 1],
    [403, /could not be fetched \(status 403\)$/, 1],
    [401, /could not be fetched \(status 401\)$/, 1],
    [408, /could not be fetched \(status 408\)$/, 3],
    [429, /could not be fetched \(status 429\)$/, 3],
    [500, /could not be fetched \(status 500\)$/, 3],
    [503, /could not be fetched \(status 503\)$/, 3],
  ]);
  const check = async (/** @type {typeof cases[number]} */ [fault, words, tries]) => {
    const server = await serve({ answer: () => fault });
    const one = async (/** @type {string} */ path, /** @type {import("../../www/js/fetching.js").Fits} */ fits) => {
      const end = await bring(`${server.origin}/${path}`, fits).then(() => "", (error) => error.message);
      assert.match(end, words ?? /^$/, `${fault} ${path}`);
      assert.equal(asked(server.requests, path), tries, `${fault} ${path}`);
    };
    try {
      await Promise.all([one(shard, idx(4000, IMAGES)), one("classifier.safetensors", isSafetensors)]);
    } finally {
      await server.close();
    }
  };
  await Promise.all(cases.map(check));
});

test("a file that comes at the last try has come", async () => {
  Object.assign(RULES, { pause: 1 });
  const server = await serve({ answer: (_, times) => (times < RULES.tries ? 503 : undefined) });
  const bytes = await bring(`${server.origin}/data/mnist-00-labels.idx.gz`, idx(4000, LABELS));
  assert.equal(bytes[0], 31);
  await server.close();
});

test("pictures count zipped or not, if they are as many as they should be", () => {
  const raw = new Uint8Array(16 + 2 * 784);
  raw.set([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28]);
  const zipped = new Uint8Array(gzipSync(raw));
  for (const bytes of [raw, zipped]) {
    assert(idx(2, IMAGES)(bytes));
    assert(!idx(3, IMAGES)(bytes), "others are awaited");
    assert(!idx(2, LABELS)(bytes), "labels are awaited");
    for (let length = 0; length < bytes.length; length += 7) assert(!idx(2, IMAGES)(bytes.slice(0, length)), `the first ${length} bytes`);
  }
});

for (const [fault, words, tries] of /** @type {[Fault, string, number][]} */ ([
  ["html", "the server sent a web page instead of data/mnist-01-images.idx.gz", 3],
  [403, "data/mnist-01-images.idx.gz could not be fetched (status 403)", 1],
  ["stalls", "data/mnist-01-images.idx.gz could not be fetched (no data arrived for one second)", 3],
])) {
  test(`a shard that is answered by “${fault}” is not taken for pictures; a press fetches it`, () =>
    faulty("mnist-01-images", fault, "/?autostart", async (page, { requests, mend }) => {
      await page.getByText(`Only 4,000 pictures have loaded: ${words}.`).waitFor();
      await untilStep(page, 5);
      await moment(page);
      assert.equal(asked(requests, "mnist-01-images"), tries, "and then it stops asking");
      mend();
      await again(page).click();
      await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
      await trouble(page).waitFor({ state: "hidden" });
      assert.deepEqual(await noticesOf(page), []);
    }));
}

test("a shard that the session refuses has not arrived: it is fetched anew, and then taken", () =>
  visit("/", async (page, { server }) => {
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    assert.equal(asked(server.requests, "mnist-00-images"), 2);
    assert.deepEqual(await noticesOf(page), []);
  }, { mock: { refusesShards: 1 } }));

test("shards that the session goes on refusing end in one sentence", () =>
  visit("/", async (page, { server }) => {
    await until(page, { state: "ready", dataset: "drawn" });
    const words = "MNIST did not load, so the program draws these digits itself: data/mnist-00-images.idx.gz cannot be used (the images are not an IDX file).";
    assert.equal(await trouble(page).innerText(), words);
    assert.deepEqual(await noticesOf(page), [words], "and nothing else");
    assert.equal(asked(server.requests, "mnist-00-images"), 2);
  }, { mock: { refusesShards: 99 } }));

test("a run that needs pictures which do not come says which, why, and goes on when they are there", () =>
  faulty("mnist-01-labels", 503, "/?autostart", async (page, { mend }) => {
    const words = "Training is waiting for pictures 4,001 to 8,000: data/mnist-01-labels.idx.gz could not be fetched (status 503).";
    await trouble(page).getByText(words).waitFor();
    assert.deepEqual(await noticesOf(page), [words]);
    assert.equal(await state(page).innerText(), "Waiting for pictures 4,001 to 8,000.");
    const { step } = await attributes(page);
    await moment(page);
    assert.equal((await attributes(page)).step, step, "it does not train on fewer");
    mend();
    await again(page).click();
    await untilStep(page, Number(step) + 5);
    assert.equal(await state(page).innerText(), "Training.");
    assert(await trouble(page).isHidden());
    assert.deepEqual(await noticesOf(page), []);
  }, { mock: { needsMoreAt: 20 } }));

for (const [part, fault, words] of /** @type {[string, Fault, string][]} */ ([
  ["mnist.json", 403, "data/mnist.json could not be fetched (status 403)"],
  ["mnist.json", "html", "the server sent a web page instead of data/mnist.json"],
  ["mnist.json", "silent", "data/mnist.json could not be fetched (no data arrived for one second)"],
  [".idx.gz", 403, "data/mnist-00-images.idx.gz could not be fetched (status 403)"],
  ["00-labels", 500, "data/mnist-00-labels.idx.gz could not be fetched (status 500)"],
])) {
  test(`where ${part} is answered by “${fault}” the program draws the digits, and a press brings MNIST back`, () =>
    faulty(part, fault, "/", async (page, { requests, mend }) => {
      await until(page, { state: "ready", dataset: "drawn" });
      // Of pictures and labels, which are asked for together, either may be refused first.
      const said = (await trouble(page).innerText()).replace(part === ".idx.gz" ? "-labels" : "", part === ".idx.gz" ? "-images" : "");
      assert.equal(said, `MNIST did not load, so the program draws these digits itself: ${words}.`);
      assert.deepEqual(await noticesOf(page), [await trouble(page).innerText()]);
      await moment(page);
      assert(asked(requests, part) <= 6, `asked ${asked(requests, part)} times`);
      mend();
      await again(page).click();
      await until(page, { state: "ready", dataset: "mnist" });
      await trouble(page).waitFor({ state: "hidden" });
      await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    }));
}

test("without MNIST an automatic start trains on drawn digits, and goes on with them when MNIST comes", () =>
  faulty("mnist.json", 403, "/?autostart", async (page, { mend }) => {
    await untilStep(page, 5);
    await until(page, { dataset: "drawn" });
    mend();
    await again(page).click();
    await page.getByText("MNIST has loaded. Choose it under “Data”").waitFor();
    await until(page, { state: "training", dataset: "drawn" });
    await trouble(page).waitFor({ state: "hidden" });
    assert.equal(await page.locator("#reals .source").innerText(), "Drawn digits", "what is shown is what it learns from");
  }));

test("choosing MNIST asks for it once more", () =>
  faulty("mnist.json", 403, "/", async (page, { requests, mend }) => {
    await until(page, { state: "ready", dataset: "drawn" });
    await openRoom(page, "recipe");
    await page.getByLabel("Data").selectOption({ label: "MNIST" });
    await page.waitForTimeout(600);
    await until(page, { state: "ready", dataset: "drawn" });
    assert.equal(await page.getByLabel("Data").evaluate((select) => /** @type {HTMLSelectElement} */ (select).selectedOptions[0].text), "Drawn digits");
    assert.equal(asked(requests, "mnist.json"), 2);
    mend();
    await page.getByLabel("Data").selectOption({ label: "MNIST" });
    await until(page, { state: "ready", dataset: "mnist" });
  }));

test("what ended without a connection begins again with it", () =>
  visit("/?autostart", async (page) => {
    const context = page.context();
    await untilStep(page, 5);
    await context.setOffline(true);
    await page.getByText("could not be fetched (there is no connection)").first().waitFor();
    await context.setOffline(false);
    await page.getByText("MNIST: 12,000", { exact: true }).waitFor();
    await trouble(page).waitFor({ state: "hidden" });
  }, { patience: PATIENCE, problems: BROWSER, answer: (path, times) => (path.includes("mnist-01") && times === 1 ? "silent" : undefined) }));

const read = (/** @type {Page} */ page) => page.getByRole("button", { name: "Read 500 new drawings" });
const measure = (/** @type {Page} */ page) => page.getByRole("button", { name: "Measure now" });
const out = (/** @type {import("playwright-core").Locator} */ button) => button.getAttribute("aria-disabled");

for (const [fault, words, tries] of /** @type {[Fault, string, number][]} */ ([
  ["html", "the server sent a web page instead of classifier.safetensors", 3],
  [403, "classifier.safetensors could not be fetched (status 403)", 1],
])) {
  test(`a classifier that is answered by “${fault}” is not ready, is said once, and comes at a press`, () =>
    faulty("classifier", fault, "/?autostart", async (page, { requests, mend }) => {
      const said = `The reader did not load: ${words}. Press the button to try again.`;
      await openRoom(page, "quality");
      for (const part of ["#reading", "#measured"]) await page.locator(part).getByText(said).waitFor();
      await untilStep(page, Number((await attributes(page)).step) + 60);
      assert.equal(asked(requests, "classifier"), tries, "training on asks no more");
      assert.deepEqual(await noticesOf(page), []);
      assert.equal(await out(measure(page)), "false");
      mend();
      await measure(page).click();
      await page.getByText(/^2,000 drawings at step/).waitFor();
      assert(!(await page.locator("#reading .note").innerText()).includes("did not load"), "the trouble is over");
      await page.locator("#reading button[aria-disabled=false]").click(); // the page reads by itself, too
      await page.getByText("500 drawings read").waitFor();
    }));
}

test("a classifier that the session refuses is not ready", () =>
  visit("/", async (page, { server }) => {
    await until(page, { state: "ready" });
    await openRoom(page, "quality");
    await read(page).click();
    await page.locator("#reading").getByText("The reader did not load: classifier.safetensors cannot be used (the classifier's weights cannot be used: it lacks a tensor).").waitFor();
    assert.equal(asked(server.requests, "classifier"), 2);
    assert.deepEqual(await noticesOf(page), []);
    assert.equal(await out(read(page)), "false", "it may be pressed again");
  }, { mock: { refusesClassifier: true } }));

test("held-out digits that do not come are said and come at a press", () =>
  faulty("held-out-labels", "html", "/", async (page, { requests, mend }) => {
    await until(page, { state: "ready" });
    await openRoom(page, "quality");
    await measure(page).click();
    await page.locator("#measured").getByText("The held-out digits did not load: the server sent a web page instead of data/mnist-held-out-labels.idx.gz. Press the button to try again.").waitFor();
    await moment(page);
    assert.equal(asked(requests, "held-out-labels"), 3);
    mend();
    await measure(page).click();
    await page.getByText(/^2,000 drawings at step/).waitFor();
  }));

/** @param {Page} page */
async function look(page) {
  await until(page, { state: "ready" });
  await page.locator("#fakes canvas").click({ position: { x: 20, y: 20 } });
}

test("a picture that is looked at before the reader is there gets its neighbour when it comes", () =>
  faulty("classifier", "silent", "/", async (page, { mend }) => {
    await look(page);
    await page.getByText("The reader, which finds it, is still loading…").waitFor();
    mend(); // at the second try
    await page.getByText("The judge’s score: −0.25").waitFor();
    await page.getByText("A 7, the nearest of 60,000 real digits").waitFor();
  }));

test("a picture that is looked at without a reader says what is missing", async () => {
  await visit("/", async (page) => {
    await look(page);
    await page.getByText("This site does not include the reader, which finds the nearest real digit.").waitFor();
  }, { classifier: false, problems: BROWSER });
  await faulty("classifier", 403, "/", async (page, { mend }) => {
    await look(page);
    await page.getByText("The reader, which finds it, did not load: classifier.safetensors could not be fetched (status 403). Press the picture again to retry.").waitFor();
    mend();
    await page.keyboard.press("Escape");
    await look(page);
    await page.getByText("A 7, the nearest of 60,000 real digits").waitFor();
  });
});

test("a close-up that does not load says so, and comes at the next press", () => {
  let absent = true;
  return visit("/?dataset=drawn", async (page) => {
    await until(page, { state: "ready" });
    const press = () => page.locator("#reals canvas").click({ position: { x: 8, y: 8 } });
    await press();
    await page.getByText("The close-up did not load. Press the picture again.").waitFor();
    absent = false;
    await press();
    await page.getByRole("dialog").getByText("A real digit").first().waitFor();
    assert.deepEqual(await noticesOf(page), []);
  }, { answer: (path) => (absent && path.endsWith("/views/inspection.js") ? 404 : undefined), problems: /404|inspection/ });
});
