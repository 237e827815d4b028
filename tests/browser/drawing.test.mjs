// A visitor's drawing without a page: its text, the board's stamps, points that are pasted, and the address.
// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_STAMPS, coordinateOf, quantised, read, textOf } from "../../www/js/drawing.js";
import { readParams, recipeFor } from "../../www/js/link/read.js";
import { Board } from "../../www/rooms/pad/points/board.js";
import { stampsIn } from "../../www/rooms/pad/points/pasted.js";
import { catalog } from "./mock/catalog.mjs";

/** @import { Stamp } from "../../www/js/drawing.js" */

const A = (/** @type {number} */ count) => "A".repeat(count);

test("a drawing's text is that of the program", () => {
  // src/data/points/tests.rs, `the_text_is_as_documented` and `each_fault_of_a_text_has_its_error`.
  assert.equal(textOf([[1]], 1), `1Q${A(42)}`);
  assert.equal(textOf([[0, 255]], 2), `2g${A(41)}B_g`);
  assert.equal(textOf([[0, 255], [0, 0]], 2), `2w${A(42)}AP8`, "in order, however they were drawn");
  // 127 zeros, a one, 128 zeros, a one, a zero: the ones are the second of the 22nd character and the fifth of the 43rd.
  assert.equal(textOf([[255], [127]], 1), `1${A(21)}Q${A(20)}C`);
});

test("what was written is read again, up to the most and at every edge", () => {
  let state = 7;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  for (const dimensions of /** @type {const} */ ([1, 2])) {
    for (const count of [1, 2, 6, 48, 255, MOST_STAMPS]) {
      const stamps = Array.from({ length: count }, () => Array.from({ length: dimensions }, () => [0, 255, Math.floor(256 * random())][Math.floor(3 * random())]));
      const text = textOf(stamps, dimensions);
      assert(text.length <= 428, `${text.length} characters`);
      const { stamps: found, reason } = read(text, dimensions);
      assert.equal(reason, "");
      const sorted = (/** @type {Stamp[]} */ list) => list.map((stamp) => stamp.map((value) => String(value).padStart(3, "0")).join()).sort();
      assert.deepEqual(sorted(found), sorted(stamps));
      assert.equal(textOf(found, dimensions), text);
    }
  }
});

test("each fault of a text is told in the program's words, and none throws", () => {
  const text = textOf([[0, 191], [0, 153]], 2);
  const faults = /** @type {[string, RegExp][]} */ ([
    [`2w${A(42)}_wA`, /out of order/],
    ["", /begins with 2/],
    [text.replace("2", "1"), /begins with 2/],
    [text.replace("A", "+"), /'\+' is no part/],
    [text.replace("A", "😀"), /'😀' is no part/],
    [text.slice(0, -1), /ends too early/],
    [`${text}A`, /goes on after its end/],
    [`2${A(43)}`, /nothing is drawn/],
    ["2".repeat(601), /more than 600 characters/],
    [`2${"_".repeat(50)}${A(443)}`, /more than 256 stamps/],
  ]);
  for (const [damaged, reason] of faults) assert.match(read(damaged, 2).reason, reason, damaged);
  assert.deepEqual(read(text, 2).stamps.length, 2);
});

test("coordinates are rounded to the nearest of 256, and those beyond are moved to the edge", () => {
  assert.deepEqual([-1, 1, 0, -7, 7, 0.001].map(quantised), [0, 255, 128, 0, 255, 128]);
  for (let value = 0; value < 256; value++) assert.equal(quantised(coordinateOf(value)), value);
});

test("a stroke leaves stamps at even distances, an eraser takes what it meets, and each is undone as one", () => {
  const board = new Board(2);
  assert.equal(board.stamps.length, 48, "a heart to begin with");
  board.keep();
  board.clear();
  board.keep();
  board.put({ x: -0.8, y: 0 });
  for (const x of [-0.79, -0.5, 0.2, 0.8]) board.stroke({ x, y: 0 });
  assert.equal(board.stamps.length, 21);
  const gaps = board.stamps.slice(1).map(([x], i) => x - board.stamps[i][0]);
  assert(gaps.every((gap) => gap === 10 || gap === 11), gaps.join());
  board.keep();
  board.erase({ x: 0.04, y: -0.5 }, { x: 0.04, y: 0.5 });
  assert.equal(board.stamps.length, 19);
  assert.deepEqual(board.remove({ x: 0.9, y: 0.9 }), { x: coordinateOf(quantised(0.8)), y: coordinateOf(128) });
  board.undo();
  board.undo();
  assert.equal(board.stamps.length, 0);
  board.undo();
  assert.equal(board.stamps.length, 48);
});

test("a full board takes no more, and says so", () => {
  const board = new Board(1);
  board.clear();
  for (let i = 0; i < MOST_STAMPS; i++) assert(board.put({ x: 0, y: 0 }));
  assert(!board.put({ x: 0, y: 0 }));
  board.put({ x: -1, y: 0 });
  assert(!board.stroke({ x: 1, y: 0 }));
  assert.equal(board.stamps.length, MOST_STAMPS);
  assert.equal(read(board.text, 1).stamps.length, MOST_STAMPS);
});

test("pasted points are understood as spreadsheets and programs write them", () => {
  const two = (/** @type {string} */ text) => stampsIn(text, 2);
  assert.deepEqual(two("x,y\n-1,1\r\n 1 , -1 \n\n").stamps, [[0, 255], [255, 0]]);
  assert.deepEqual(two("0,5\t-1\n1\t1").stamps, [[quantised(0.5), 0], [255, 255]], "decimal commas between tabs");
  assert.deepEqual(two("-1 1;").stamps, [], "a semicolon makes it another number");
  assert.deepEqual(stampsIn("height\n-1\n1e0", 1).stamps, [[0], [255]]);
  const scaled = two("0,10\n100,60");
  assert.deepEqual(scaled.stamps, [[0, quantised(-0.5)], [255, quantised(0.5)]], "by one factor, around the middle");
  assert.equal(scaled.words, "2 points, scaled to fit.");
  const many = stampsIn(Array.from({ length: 1_000 }, (_, i) => i / 1_000).join("\n"), 1);
  assert.equal(many.stamps.length, MOST_STAMPS);
  assert.equal(many.words, "256 of 1,000 points, evenly picked.");
  assert(Math.abs(many.stamps[128][0] - quantised(0.5)) <= 1, "from all of them");
  for (const [text, words] of [["", /no points/], ["x,y", /no points/], ["1,2\n3", /^Line 2 is not two numbers/], ["1,2\n1,2,3", /^Line 2/], ["1,2\n1,Infinity", /^Line 2/], ["1e308,-1e308\n-1e308,1e308", /scaled/], ["5,5", /^1 point, scaled/], ["1\n".repeat(3e6), /too long/]]) {
    assert.match(two(String(text)).words, /** @type {RegExp} */ (words));
  }
});

test("an address brings a drawing, and a preset that can learn it", () => {
  const text = textOf([[10, 20], [30, 40]], 2);
  const told = (/** @type {string} */ search) => {
    /** @type {string[]} */
    const complaints = [];
    return { ...recipeFor(readParams(search, "", complaints), catalog, complaints), complaints };
  };
  const { recipe, preset, complaints } = told(`?dataset=drawn-plane&drawing=${text}`);
  assert.deepEqual([preset, recipe.dataset, recipe.drawing, recipe.latent, complaints], ["plane", "drawn-plane", text, 2, []]);
  assert.equal(told("?dataset=three-bumps").preset, "line");
  assert.equal(told("?dataset=two-moons").preset, "plane");
  assert.equal(told("?dataset=drawn-line").preset, "line");
  for (const [search, words] of /** @type {[string, RegExp][]} */ ([
    [`?dataset=drawn-line&drawing=${text}`, /^The drawing in the address cannot be used: the text of a drawing in 1 dim.* The page shows one of its own\.$/],
    ["?dataset=drawn-plane&drawing=2junk", /ends too early/],
    [`?drawing=${text}`, /left out\.$/],
  ])) {
    const { recipe, complaints } = told(search);
    assert.equal(recipe.drawing, "", search);
    assert.equal(complaints.length, 1);
    assert.match(complaints[0], words);
  }
});
