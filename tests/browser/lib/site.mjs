// A built site under test: where it is served, and how its programs are driven without the page. It
// must not know what any single test is about.
// @ts-check

import assert from "node:assert/strict";

/** @import { Page } from "playwright-core" */
/** @import { Command, Event, Program, Recipe } from "../../../www/js/protocol.js" */

/** An address that xtask serves and names. @param {string} variable */
export function served(variable) {
  const address = process.env[variable];
  assert(address, `${variable} is not set: cargo xtask sets it, as in \`cargo xtask test browser\``);
  return address;
}

/** Where the site keeps its code. @param {string} site */
export async function codeOf(site) {
  const page = await (await fetch(site)).text();
  const script = page.match(/<script[^>]* src="([^"]*js\/main\.js)"/)?.[1];
  assert(script, "the site's page names no script");
  return new URL("../", new URL(script, site)).href;
}

/**
 * Opens a program on an otherwise blank page of its origin, for `drive`.
 * @param {Page} page
 * @param {string} code the address of the folder that holds the programs
 * @param {Program} program
 * @param {number} [workers] how many share a step, the page's own thread included
 */
export async function openProgram(page, code, program, workers = 1) {
  await page.route("**/blank.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(new URL("blank.html", code).href);
  await page.evaluate(
    async ([code, program, helpers]) => {
      const { default: init, openSession, compiledProgram } = await import(`${code}${program}/ganvas.js`);
      await init();
      const session = await openSession();
      if (helpers > 0) {
        const { startHelpers } = await import(`${code}js/helpers.js`);
        session.shareWith(helpers, startHelpers(helpers, compiledProgram()).ask);
      }
      Object.assign(globalThis, { session });
    },
    /** @type {const} */ ([new URL(".", code).href, program, workers - 1]),
  );
}

/**
 * Carries out commands one tick after another and returns all events.
 * @param {Page} page after `openProgram`
 * @param {Command[]} commands
 * @returns {Promise<Event[]>}
 */
export function drive(page, commands) {
  return page.evaluate(async (commands) => {
    const { session } = /** @type {any} */ (globalThis);
    const events = [];
    for (const command of commands) events.push(...(await session.tick([command], 0)));
    return events;
  }, commands);
}

/**
 * Hands the session the classifier, which some runs learn from.
 * @param {Page} page after `openProgram`, once its first events have been heard
 * @param {string} site where it lies
 */
export function loadClassifier(page, site) {
  return page.evaluate(async (address) => {
    const { session } = /** @type {any} */ (globalThis);
    const weights = new Uint8Array(await (await fetch(address)).arrayBuffer());
    for (const event of await session.tick([{ type: "load-classifier", weights }], 0)) if (event.type === "failed") throw new Error(event.message);
  }, new URL("classifier.safetensors", site).href);
}

/**
 * Loads a recipe with the classifier and all of MNIST, for benchmarks of what comes after.
 * @param {Page} page after `openProgram`
 * @param {string} site where classifier and data lie
 * @param {Recipe} recipe
 */
export function loadMnist(page, site, recipe) {
  return page.evaluate(async ([site, recipe]) => {
    const { session } = /** @type {any} */ (globalThis);
    const tick = async (/** @type {any[]} */ commands) => {
      for (const event of await session.tick(commands, 0)) if (event.type === "failed") throw new Error(event.message);
    };
    const bytes = async (/** @type {string} */ path) => new Uint8Array(await (await fetch(site + path)).arrayBuffer());
    const manifest = await (await fetch(`${site}data/mnist.json`)).json();
    await tick([{ type: "load", recipe }, { type: "load-classifier", weights: await bytes("classifier.safetensors") }]);
    for (const { images, labels } of manifest.shards) {
      await tick([{ type: "add-data", images: await bytes(`data/${images}`), labels: await bytes(`data/${labels}`), total: manifest.total }]);
    }
  }, /** @type {const} */ ([site, recipe]));
}

/** The presets that a fresh session reports. @param {Event[]} events */
export function presetsOf(events) {
  const opened = events.find((event) => event.type === "opened");
  assert(opened?.type === "opened", "a session's first event is `opened`");
  return opened.catalog.presets;
}

/**
 * The first preset of each pair of networks, for tests that what is played for does not matter to.
 * @param {Event[]} events
 */
export function networksOf(events) {
  /** @type {Map<string, import("../../../www/js/protocol.js").Preset>} */
  const found = new Map();
  for (const preset of presetsOf(events)) {
    const { generator, discriminator, norm, conditional, conditioning, codes, spectral_norm } = /** @type {any} */ (preset.recipe);
    const networks = [generator.network, discriminator.network, norm, conditional, conditioning, codes.categorical && codes.weight > 0, spectral_norm].join();
    if (!found.has(networks)) found.set(networks, preset);
  }
  return [...found.values()];
}

/** A recipe shrunk until software can run it. @param {Recipe} recipe @returns {Recipe} */
export function tiny(recipe) {
  /** @type {any} */
  const small = structuredClone(recipe);
  small.generator.width = small.discriminator.width = 8;
  return { ...small, dataset: withoutDownload(small.dataset), batch: 8, seed: 11 };
}

/** The data set, or what takes its place where nothing is downloaded. @param {string} dataset */
export const withoutDownload = (dataset) => (dataset === "mnist" ? "drawn" : dataset);
