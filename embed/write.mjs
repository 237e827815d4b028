// What is said of <ganvas-play> in other forms, all from api.json: the manifest that editors read, types, and the tables of
// docs/embedding.md. `node embed/write.mjs` writes the tables anew.
// @ts-check

import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

/**
 * @typedef {{ name: string, type: string, default: string, text: string }} Attribute
 * @typedef {{ name: string, parameters: { name: string, type: string, optional?: boolean }[], returns: string, text: string }} Method
 * @typedef {{ element: string, summary: string, attributes: Attribute[], methods: Method[],
 *   events: { name: string, detail: string, text: string }[], parts: { name: string, text: string }[],
 *   properties: { name: string, default: string, text: string }[] }} Api
 */

const DOCS = new URL("../docs/embedding.md", import.meta.url);
const [BEGIN, END] = ["<!-- From embed/api.json: node embed/write.mjs -->", "<!-- Until here. -->"];

/** @returns {Promise<Api>} */
export const readApi = async () => JSON.parse(await readFile(new URL("api.json", import.meta.url), "utf8"));

/** The name of an attribute's property. @param {string} name */
const keyOf = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const CLASS = "GanvasPlay";

/** As https://github.com/webcomponents/custom-elements-manifest has it, schema 1.0.0. @param {Api} api */
export function manifest({ element, summary, attributes, methods, events, parts, properties }) {
  const text = (/** @type {string} */ type) => ({ text: type });
  return {
    schemaVersion: "1.0.0",
    modules: [{
      kind: "javascript-module",
      path: "ganvas.js",
      declarations: [{
        kind: "class",
        customElement: true,
        tagName: element,
        name: CLASS,
        summary,
        superclass: { name: "HTMLElement" },
        attributes: attributes.map(({ name, type, default: usual, text: description }) => ({ name, fieldName: keyOf(name), type: text(type), default: usual, description })),
        members: [
          ...attributes.map(({ name, text: description }) => ({ kind: "field", name: keyOf(name), attribute: name, reflects: true, type: text("string | null"), description })),
          ...methods.map(({ name, parameters, returns, text: description }) => ({
            kind: "method", name, description, return: { type: text(returns) },
            parameters: parameters.map(({ name, type, optional = false }) => ({ name, type: text(type), optional })),
          })),
        ],
        events: events.map(({ name, detail, text: description }) => ({ name, type: text(`CustomEvent<${detail}>`), description })),
        cssParts: parts.map(({ name, text: description }) => ({ name, description })),
        cssProperties: properties.map(({ name, default: usual, text: description }) => ({ name, default: usual, description })),
      }],
      exports: [{ kind: "custom-element-definition", name: element, declaration: { name: CLASS, module: "ganvas.js" } }],
    }],
  };
}

/** @param {Api} api */
export function types({ element, attributes, methods, events }) {
  const lines = [
    ...attributes.flatMap(({ name, text }) => [`  /** ${text} */`, `  ${keyOf(name)}: string | null;`]),
    ...methods.flatMap(({ name, parameters, returns, text }) => [
      `  /** ${text} */`,
      `  ${name}(${parameters.map(({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${type}`).join(", ")}): ${returns};`,
    ]),
  ];
  return `// Written from embed/api.json.
export interface ${CLASS}EventMap extends HTMLElementEventMap {
${events.map(({ name, detail }) => `  ${JSON.stringify(name)}: CustomEvent<${detail.replaceAll("'", '"')}>;`).join("\n")}
}

export interface ${CLASS} extends HTMLElement {
${lines.join("\n").replaceAll("'", '"')}
  addEventListener<K extends keyof Omit<${CLASS}EventMap, "error" | "progress">>(type: K, listener: (event: ${CLASS}EventMap[K]) => unknown, options?: boolean | AddEventListenerOptions): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    ${JSON.stringify(element)}: ${CLASS};
  }
}
`;
}

/** @param {Api} api */
export function tables({ attributes, methods, events, parts, properties }) {
  const code = (/** @type {string} */ text) => `\`${text.replaceAll("|", "\\|")}\``;
  const table = (/** @type {string[]} */ heads, /** @type {string[][]} */ rows) =>
    [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return [
    table(["attribute", "without it", ""], attributes.map(({ name, default: usual, text }) => [code(name), usual && code(usual), text])),
    table(["method", "returns", ""], methods.map(({ name, parameters, returns, text }) => [code(`${name}(${parameters.map(({ name, optional }) => name + (optional ? "?" : "")).join(", ")})`), code(returns), text])),
    table(["event", "`detail`", ""], events.map(({ name, detail, text }) => [code(name), code(detail), text])),
    table(["`::part()`", ""], parts.map(({ name, text }) => [code(name), text])),
    table(["property", "without it", ""], properties.map(({ name, default: usual, text }) => [code(name), code(usual), text])),
  ].join("\n\n");
}

/** The page of docs with its tables as they should be. @param {string} page @param {Api} api */
export function withTables(page, api) {
  const [before, rest] = page.split(BEGIN);
  const [, after] = (rest ?? "").split(END);
  if (after === undefined) throw new Error(`docs/embedding.md lacks “${BEGIN}” or “${END}”`);
  return `${before}${BEGIN}\n\n${tables(api)}\n\n${END}${after}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await writeFile(DOCS, withTables(await readFile(DOCS, "utf8"), await readApi()));
}
