// <ganvas-play> on pages of others, on another origin: what it costs before it is pressed, what may be asked of it, and
// that it comes to life under all that hosts do; and every snippet of docs/embedding.md.
// @ts-check

import assert from "node:assert/strict";
import { build, transform } from "esbuild";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { manifest, readApi, tables, types, withTables } from "../../embed/write.mjs";
import { launch } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

/** @import { Browser, BrowserContextOptions, Frame, Page } from "playwright-core" */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ELEMENT = "www/embed/1/ganvas.js";
const POSTER = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=", "base64");

/** @type {Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;
before(async () => ([browser, site] = await Promise.all([launch(), serve({ mock: {} })])));
after(async () => {
  await browser.close();
  await site.close();
});

/** @typedef {Page & { problems: string[] }} HostPage */

/**
 * A page on another origin than the site.
 * @param {string} body
 * @param {(page: HostPage, told: () => Promise<any[]>) => Promise<void>} check `told`: the events so far, as [name, detail]
 * @param {{ headers?: Record<string, string>, files?: Record<string, string>, context?: BrowserContextOptions, head?: string }} [options]
 */
async function host(body, check, { headers = {}, files = {}, context = {}, head = "" } = {}) {
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    if (path === "poster.png") return response.writeHead(200, { "content-type": "image/png" }).end(POSTER);
    if (path in files) return response.writeHead(200, { "content-type": "text/javascript" }).end(files[path]);
    if (path !== "") return response.writeHead(path === "favicon.ico" ? 204 : 404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
    response.end(`<!doctype html><html lang="en"><title>A blog</title>${head}<body>${body}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const opened = await browser.newContext({ viewport: { width: 800, height: 900 }, ...context });
  const page = /** @type {HostPage} */ (await opened.newPage());
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
  await page.addInitScript(() => {
    /** @type {any[]} */
    const told = ((/** @type {any} */ (globalThis)).told = []);
    for (const name of ["ready", "progress", "statechange", "step", "collapse", "runend", "visibilitychange", "error"]) {
      addEventListener(name, (event) => event instanceof CustomEvent && told.push([name, event.detail]));
    }
  });
  try {
    await page.goto(`http://127.0.0.1:${port}/`);
    await check(page, () => page.evaluate(() => (/** @type {any} */ (globalThis)).told));
    assert.deepEqual(page.problems, []);
  } finally {
    await opened.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const script = () => `<script src="${site.origin}/embed/1/ganvas.js"></script>`;
/** The frame's root element says how it stands. @param {Page} page @param {number} [index] @returns {Promise<Frame>} */
async function frameOf(page, index = 0) {
  const handle = await page.locator("ganvas-play").nth(index).locator("iframe").elementHandle({ timeout: 15_000 });
  const frame = await handle?.contentFrame();
  assert(frame);
  return frame;
}
/** @param {Frame} frame @param {string} state */
const untilState = (frame, state) => frame.waitForSelector(`html[data-state="${state}"]`, { state: "attached", timeout: 15_000 });
/** @param {Frame} frame @param {number} least */
const untilStep = (frame, least) => frame.waitForFunction((step) => Number(document.documentElement.dataset.step) >= step, least, { timeout: 20_000 });
/** Presses the button and sees that it trains. @param {Page} page @param {number} [index] */
async function press(page, index = 0) {
  await page.locator("ganvas-play").nth(index).getByRole("button", { name: /^Train it here/ }).click();
  const frame = await frameOf(page, index);
  await untilStep(frame, 5);
  return frame;
}

test("before the press there is a poster and a button, the script and nothing else; and nothing moves when it comes to life", async () => {
  const before = site.requests.length;
  await host(`${script()}<ganvas-play poster="poster.png" alt="A GAN learns to draw"><a href="x">link</a></ganvas-play><p id="after">and so on</p>`, async (page, told) => {
    await page.waitForTimeout(500);
    assert.deepEqual(site.requests.slice(before), ["/embed/1/ganvas.js"]);
    const button = page.getByRole("button", { name: "Train it here: A GAN learns to draw" });
    await page.evaluate(() => {
      const them = /** @type {any} */ (globalThis);
      them.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((/** @type {any} */ entry) => (them.shift += entry.hadRecentInput ? 0 : entry.value))).observe({ type: "layout-shift", buffered: true });
    });
    const top = () => page.locator("#after").evaluate((element) => element.getBoundingClientRect().top);
    const stood = await top();
    await button.focus();
    await page.keyboard.press("Enter");
    const frame = await frameOf(page);
    await untilStep(frame, 5);
    assert.equal(await top(), stood);
    assert.equal(await page.evaluate(() => (/** @type {any} */ (globalThis)).shift), 0);
    assert(await button.isHidden());
    assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.localName), "iframe", "the focus goes where the visitor is");
    assert.deepEqual((await told()).map(([name]) => name).filter((name) => name !== "progress" && name !== "step").slice(0, 4), ["statechange", "statechange", "ready", "statechange"]);
    const [, detail] = (await told()).findLast(([name]) => name === "step");
    assert(detail.step >= 5 && "balance" in detail && "accuracy" in detail);
    assert.equal(await frame.locator("#offline, link[rel=serviceworker]").count(), 0);
  });
});

test("the script has at most 4 kB, is plain ASCII, and ten that nobody has pressed take under 2 MB", async () => {
  const { code } = await transform(await readFile(ROOT + ELEMENT, "utf8"), { minify: true, target: "es2022", charset: "utf8" });
  assert(gzipSync(code, { level: 9 }).length <= 4000, `${gzipSync(code, { level: 9 }).length} bytes`);
  assert.match(code, /^[\x00-\x7f]*$/, "a host may serve it in any encoding");
  await host("<p>ten</p>", async (page) => {
    const devtools = await page.context().newCDPSession(page);
    const used = async () => {
      await devtools.send("HeapProfiler.collectGarbage");
      return (await devtools.send("Runtime.getHeapUsage")).usedSize;
    };
    const before = await used();
    await page.addScriptTag({ url: `${site.origin}/embed/1/ganvas.js` });
    await page.evaluate(() => {
      for (let i = 0; i < 10; i++) document.body.append(document.createElement("ganvas-play"));
    });
    assert((await used()) - before < 2e6);
  });
});

test("methods and attributes reach the frame, which is not loaded anew", async () => {
  await host(`${script()}<ganvas-play seed="4" run-for="60"></ganvas-play>`, async (page, told) => {
    const element = page.locator("ganvas-play");
    const ask = (/** @type {string} */ method, /** @type {any} */ argument) => element.evaluate((play, [method, argument]) => /** @type {any} */ (play)[method](argument), /** @type {const} */ ([method, argument]));
    assert.equal(await ask("getState", undefined), "seed=4");
    const trained = ask("train", undefined); // asked before there is a frame
    const frame = await frameOf(page);
    await trained;
    await untilState(frame, "paused");
    const [, end] = (await told()).find(([name]) => name === "runend");
    assert(end.reason === "steps" && end.step >= 60, JSON.stringify(end));
    await frame.evaluate(() => Object.assign(globalThis, { same: true }));
    assert.equal(await ask("getState", undefined), "preset=quick&seed=4");
    assert.deepEqual(await ask("setState", "preset=vanilla&seed=7&nonsense=1"), ["The address asks for “nonsense”, which this version does not have."]);
    await untilState(frame, "ready");
    assert.equal(await ask("getState", undefined), "preset=vanilla&seed=7");
    await element.evaluate((play) => Object.assign(play, { preset: "quick", seed: 9 }));
    await frame.waitForFunction(() => /** @type {HTMLAnchorElement} */ (document.querySelector(".whole")).href.endsWith("#preset=quick&seed=9"));
    await ask("step", "both");
    await untilStep(frame, 1);
    assert.equal(await element.evaluate(async (play) => (await /** @type {any} */ (play).toBlob({ type: "image/webp" })).type), "image/webp");
    await ask("reset", undefined);
    await untilState(frame, "ready");
    assert.equal(await frame.evaluate(() => (/** @type {any} */ (globalThis)).same), true);
    await element.evaluate((play) => play.setAttribute("view", "quality"));
    await (await frameOf(page)).waitForSelector("#room-quality:not([hidden])", { timeout: 15_000 });
  });
});

test("what is set before the press is what is played, and a widget that knows no address says so and waits for nothing", async () => {
  await host(`${script()}<ganvas-play preset="quick" seed="3"></ganvas-play>`, async (page) => {
    const element = page.locator("ganvas-play");
    assert.deepEqual(await element.evaluate(async (play) => [await /** @type {any} */ (play).setState("preset=vanilla"), await /** @type {any} */ (play).getState()]), [[], "preset=vanilla"]);
    await element.evaluate((play) => Object.assign(play, { src: "http://" }));
    assert.equal(await element.evaluate((play) => /** @type {any} */ (play).train()), null);
    await page.getByText("This widget does not know where ganvas is").waitFor();
  });
});

test("of two on a page one trains, and out of sight none does", async () => {
  await host(`${script()}<ganvas-play run-for="0"></ganvas-play><ganvas-play run-for="0"></ganvas-play><div style="height: 4000px"></div>`, async (page, told) => {
    const first = await press(page, 0);
    await page.locator("ganvas-play").nth(1).scrollIntoViewIfNeeded();
    const second = await press(page, 1);
    await untilState(first, "paused");
    await untilState(second, "training");
    await page.evaluate(() => scrollTo(0, 4000));
    await untilState(second, "paused");
    await page.waitForFunction(() => (/** @type {any} */ (globalThis)).told.some((/** @type {any} */ [name, detail]) => name === "visibilitychange" && !detail.visible));
    await page.evaluate(() => scrollTo(0, 700));
    await untilState(second, "training");
    assert((await told()).some(([name, detail]) => name === "visibilitychange" && detail.visible));
  });
});

test("a frame that never comes is said, and can be tried again", async () => {
  await host(`${script()}<ganvas-play src="http://127.0.0.1:1/" alt="A GAN"></ganvas-play>`, async (page, told) => {
    await page.clock.install();
    const button = page.getByRole("button");
    await button.click();
    await page.clock.fastForward(21_000);
    await page.getByText("ganvas did not load here. Open it in a tab of its own").waitFor();
    assert(await button.isEnabled());
    assert.deepEqual((await told()).find(([name]) => name === "error")?.[1], { type: "unreachable", message: "ganvas did not load here.", recoverable: true });
    page.problems.length = 0; // the browser's own words about the address
  });
});

test("messages of anybody else are not heard", async () => {
  await host(`${script()}<ganvas-play></ganvas-play><iframe id="stranger" srcdoc="&lt;p>I am not ganvas"></iframe>`, async (page, told) => {
    await page.locator("ganvas-play").evaluate((play) => /** @type {any} */ (play).dismissPoster());
    const frame = await frameOf(page);
    await untilState(frame, "ready");
    // A page within the page that pretends to be the frame, and one that pretends to be the page around it.
    await page.frames().find((one) => one.parentFrame() === page.mainFrame() && one !== frame)?.evaluate(() => {
      parent.postMessage({ ganvas: 1, hello: true }, "*");
      parent.frames[0].postMessage({ ganvas: 1, connect: true }, "*", [new MessageChannel().port2]);
    });
    await page.waitForTimeout(200);
    await page.locator("ganvas-play").evaluate((play) => /** @type {any} */ (play).train());
    await untilStep(frame, 3);
    assert((await told()).some(([name]) => name === "step"), "its own connection is still there");
  });
});

const POLICY = () => `default-src 'none'; script-src ${site.origin}; frame-src ${site.origin}; img-src 'self'`;
/** @type {[string, () => Parameters<typeof host>[0], Parameters<typeof host>[2]?][]} */
const HOSTS = [
  ["with a strict policy", () => `${script()}<ganvas-play poster="poster.png"></ganvas-play>`, { headers: { "content-security-policy": "POLICY" } }],
  ["whose styles reach for everything", () => `<style>* { all: unset; font-size: 40px !important; display: block; }</style>${script()}<ganvas-play></ganvas-play>`],
  ["that is isolated from others", () => `${script()}<ganvas-play></ganvas-play>`, { headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "credentialless" } }],
  ["with two scripts", () => `${script()}${script()}<ganvas-play></ganvas-play>`],
  ["whose element comes before the script", () => `<ganvas-play></ganvas-play>${script()}`],
];
for (const [name, body, options = {}] of HOSTS) {
  test(`it comes to life on a page ${name}`, () => {
    const headers = Object.fromEntries(Object.entries(options.headers ?? {}).map(([key, value]) => [key, value.replace("POLICY", POLICY())]));
    return host(body(), async (page) => void (await press(page)), { ...options, headers });
  });
}

test("it comes to life in a shadow root, and moved to another place starts anew", async () => {
  await host(`${script()}<div id="root"></div><div id="other"></div>`, async (page) => {
    await page.evaluate(() => {
      const root = /** @type {HTMLElement} */ (document.getElementById("root")).attachShadow({ mode: "open" });
      root.innerHTML = "<style>* { color: red }</style><ganvas-play></ganvas-play>";
    });
    await press(page);
    await page.evaluate(() => {
      const play = document.getElementById("root")?.shadowRoot?.querySelector("ganvas-play");
      if (play) document.getElementById("other")?.append(play);
    });
    await press(page);
  });
});

test("it comes to life where third-party storage is blocked", async () => {
  const blocked = await launch(["--disable-gpu", "--test-third-party-cookie-phaseout", "--block-third-party-cookies"]);
  const own = browser;
  browser = blocked;
  try {
    await host(`${script()}<ganvas-play></ganvas-play>`, async (page) => void (await press(page)));
  } finally {
    browser = own;
    await blocked.close();
  }
});

test("every snippet of the docs does what it says", async (t) => {
  const page = await readFile(`${ROOT}docs/embedding.md`, "utf8");
  const here = (/** @type {string} */ text) => text.replaceAll("https://example.org/ganvas/", `${site.origin}/`);
  const html = [...page.matchAll(/```html\n([\s\S]*?)```/g)].map(([, text]) => here(text));
  assert.equal(html.length, 3);
  await t.test("the element", () => host(html[0], async (page) => void (await press(page))));
  await t.test("the plain frame", () => host(html[1], async (page) => {
    const frame = await (await page.locator("iframe").elementHandle())?.contentFrame();
    assert(frame);
    await untilState(frame, "ready");
    await frame.getByRole("button", { name: "Train", exact: true }).click();
    await untilStep(frame, 5);
    assert.equal(await frame.locator("#room-watch:visible").count(), 0);
  }));
  await t.test("buttons of the page", () => host(html[2], async (page) => {
    await page.getByRole("button", { name: "Let it collapse" }).click();
    const frame = await frameOf(page);
    await untilStep(frame, 40);
    await page.getByRole("button", { name: "Cure it" }).click();
    await frame.waitForFunction(() => Number(document.documentElement.dataset.step) < 40);
    await untilStep(frame, 5);
  }));
  const jsx = here(/```jsx\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
  await t.test("React", () => framework(`${jsx}\nimport { createRoot } from "react-dom/client";\ncreateRoot(document.getElementById("app")).render(<Play preset="quick" />);`, "jsx"));
  await t.test("Vue", () => framework(
    `import { createApp, h, ref } from "vue/dist/vue.esm-bundler.js";
     const step = ref(0);
     const app = createApp({ setup: () => ({ step, heard: ({ detail }) => (step.value = detail.step) }),
       template: '<ganvas-play preset="quick" @step="heard" /><p>Step {{ step }}</p>' });
     app.config.compilerOptions.isCustomElement = (tag) => tag === "ganvas-play";
     app.mount("#app");`, "js"));
});

/** @param {string} source @param {"jsx" | "js"} loader */
async function framework(source, loader) {
  const { outputFiles } = await build({
    stdin: { contents: source, loader, resolveDir: ROOT },
    bundle: true, write: false, jsx: "automatic", format: "iife", logLevel: "error",
    define: { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  });
  await host(`<div id="app"></div><script src="app.js"></script>${script()}`, async (page) => {
    await press(page);
    await page.getByText(/Step [1-9]/).waitFor();
  }, { files: { "app.js": outputFiles[0].text } });
}

test("what is said of the element is what it has", async () => {
  const api = await readApi();
  const page = await readFile(`${ROOT}docs/embedding.md`, "utf8");
  assert.equal(withTables(page, api), page, "node embed/write.mjs");
  assert(tables(api).includes("`run-for`") && types(api).includes("runFor: string | null") && manifest(api).modules.length === 1);
  await host(script(), async (opened) => {
    const has = await opened.evaluate(() => {
      const { observedAttributes, prototype } = /** @type {any} */ (customElements.get("ganvas-play"));
      return { attributes: observedAttributes, methods: Object.getOwnPropertyNames(prototype) };
    });
    assert.deepEqual(has.attributes.toSorted(), api.attributes.map(({ name }) => name).sort());
    for (const { name } of api.methods) assert(has.methods.includes(name), name);
  });
  const source = await readFile(ROOT + ELEMENT, "utf8");
  for (const { name } of api.parts) assert(source.includes(`"${name}"`), `part ${name}`);
  for (const { name, default: usual } of api.properties) assert(source.includes(`var(${name},${usual})`), `property ${name}`);
  const inFrame = await readFile(`${ROOT}www/js/embed.js`, "utf8");
  for (const { name } of api.events) assert(inFrame.includes(`emit("${name}"`), `event ${name}`);
});
