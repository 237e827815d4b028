// A visitor's drawing as the text that stands in a recipe and a link: stamps on a line or in a plane. The same as
// src/data/points/drawn.rs, which describes the format. Pure; it must not know who draws or shows them.
// @ts-check

/** Where a small normal bump stands: one coordinate on a line, x and y in a plane, 0 to 255 for −1 to 1. @typedef {number[]} Stamp */

/** Stamps that one drawing may hold. */
export const MOST_STAMPS = 256;
/** The standard deviation of a stamp along each axis. */
export const DEVIATION = 0.04;
/** The data sets that a visitor draws, and their dimensions. */
export const DRAWN = new Map([["drawn-line", 1], ["drawn-plane", 2]]);

const MOST_CHARACTERS = 600;
/** base64url (RFC 4648, section 5). */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The value that a coordinate is drawn at, as 32-bit numbers round it. @param {number} coordinate */
export function quantised(coordinate) {
  const { fround } = Math;
  const step = Math.floor(fround(fround(fround(fround(coordinate) + 1) * 127.5) + 0.5));
  return Math.max(0, Math.min(255, step));
}

/** @param {number} value of a stamp */
export const coordinateOf = (value) => value / 127.5 - 1;

/** @param {Stamp[]} stamps in any order @param {number} dimensions */
export function textOf(stamps, dimensions) {
  const sorted = [...stamps].sort(inOrder);
  let bits = "";
  for (let first = 0; first < 256; first++) bits += `${"1".repeat(sorted.filter(([x]) => x === first).length)}0`;
  for (const [, ...others] of sorted) for (const value of others) bits += value.toString(2).padStart(8, "0");
  return dimensions + (bits.match(/.{1,6}/g) ?? []).map((six) => ALPHABET[parseInt(six.padEnd(6, "0"), 2)]).join("");
}

/**
 * The stamps that a text stands for, or why it stands for none, as a sentence without its full stop.
 * @param {string} text
 * @param {number} [dimensions] if it has to be of so many
 * @returns {{ stamps: Stamp[], reason: string }}
 */
export function read(text, dimensions = text.startsWith("1") ? 1 : 2) {
  const refused = (/** @type {string} */ reason) => ({ stamps: [], reason });
  if (text.length > MOST_CHARACTERS) return refused(`the drawing’s text has more than ${MOST_CHARACTERS} characters; copy it again`);
  if (!text.startsWith(String(dimensions))) {
    return refused(`the text of a drawing in ${dimensions} dimension(s) begins with ${dimensions}; copy it again, or choose the kind of drawing that it is`);
  }
  let bits = "";
  for (const character of text.slice(1)) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return refused(`'${character}' is no part of a drawing’s text; copy it again`);
    bits += value.toString(2).padStart(6, "0");
  }
  const truncated = "the drawing’s text ends too early; copy all of it";
  /** @type {Stamp[]} */
  const stamps = [];
  let at = 0;
  for (let first = 0; first < 256; at++) {
    if (at >= bits.length) return refused(truncated);
    if (bits[at] === "1") stamps.push([first]);
    else first++;
  }
  for (const stamp of dimensions > 1 ? stamps : []) {
    if (at + 8 > bits.length) return refused(truncated);
    stamp.push(parseInt(bits.slice(at, at + 8), 2));
    at += 8;
  }
  if (bits.length - at >= 6 || bits.includes("1", at)) return refused("the drawing’s text goes on after its end; copy it again");
  if (stamps.some((stamp, i) => i > 0 && inOrder(stamps[i - 1], stamp) > 0)) return refused("the drawing’s stamps are out of order; copy it again");
  if (stamps.length === 0) return refused("nothing is drawn; draw at least one stamp");
  if (stamps.length > MOST_STAMPS) return refused(`the drawing has more than ${MOST_STAMPS} stamps; draw fewer`);
  return { stamps, reason: "" };
}

/** @param {Stamp} a @param {Stamp} b */
const inOrder = (a, b) => a[0] - b[0] || (a[1] ?? 0) - (b[1] ?? 0);
