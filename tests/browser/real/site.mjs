// The built site under test: where it is served, and how its programs are driven without the page. It
// must not know what any single test is about.
// @ts-check

import assert from "node:assert/strict";

/** @import { Page } from "playwright-core" */
/** @import { Command, Event, Program, Recipe } from "../../../www/js/protocol.js" */

/** `cargo xtask test` serves the site and names its addresses. */
export const SITE = named("GANVAS_SITE");
/** The same site on a host without MNIST. */
export const SITE_WITHOUT_DATA = named("GANVAS_SITE_WITHOUT_DATA");

/** @param {string} variable */
function named(variable) {
  const address = process.env[variable];
  assert(address, `${variable} is not set: run these tests with \`cargo xtask test browser\``);
  return address;
}

/** A page of the site's origin on which nothing runs yet. @param {Page} page */
export async function blank(page) {
  await page.route("**/blank.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(new URL("blank.html", SITE).href);
}

/**
 * Opens a program on a blank page, carries out `commands` one tick after another and returns all events.
 * @param {Page} page
 * @param {Program} program
 * @param {Command[]} commands
 * @returns {Promise<Event[]>}
 */
export async function drive(page, program, commands) {
  return page.evaluate(
    async ({ program, commands }) => {
      const index = new DOMParser().parseFromString(await (await fetch("./")).text(), "text/html");
      const script = index.querySelector("script[type=module]")?.getAttribute("src") ?? "";
      const address = new URL(`../${program}/ganvas.js`, new URL(script, location.href)).href;
      const { default: init, openSession } = await import(address);
      await init();
      const session = await openSession();
      const events = [];
      for (const command of commands) events.push(...(await session.tick([command], 0)));
      return events;
    },
    { program, commands },
  );
}

/**
 * A program's own default recipe, shrunk until software can run it.
 * @param {Event[]} events of a session
 * @returns {Recipe}
 */
export function tiny(events) {
  const opened = events.find((event) => event.type === "opened");
  assert(opened?.type === "opened");
  /** @type {any} */
  const recipe = structuredClone(opened.catalog.presets[0].recipe);
  recipe.generator.width = recipe.discriminator.width = 8;
  return { ...recipe, dataset: "drawn", batch: 8, seed: 11 };
}
