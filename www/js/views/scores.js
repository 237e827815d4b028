// The judge's score on a picture: a frame whose colour says how real it looks to the judge, and the
// number where there is room for it.
// @ts-check

/** @import { Judged } from "../protocol.js" */

/** `middle` lies between the judge's mean scores of real digits and of drawings, `reach` away from it a
 * frame has its full colour. @typedef {{ scores: number[], middle: number, reach: number }} Marks */

/** Least side of a picture that has room for a number, CSS pixels. */
const ROOM = 30;

/** @param {Judged | null} judged @param {"fakes" | "reals"} whose @returns {Marks | null} */
export function marksOf(judged, whose) {
  if (!judged) return null;
  const { fakes, reals } = judged;
  const mean = (/** @type {number[]} */ list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const middle = reals.length > 0 ? (mean(fakes) + mean(reals)) / 2 : mean(fakes);
  const reach = mean([...fakes, ...reals].map((score) => Math.abs(score - middle))) * 1.5 || 1;
  return { scores: judged[whose], middle, reach };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Marks} marks
 * @param {number} index
 * @param {{ x: number, y: number, side: number, ratio: number }} place device pixels
 */
export function drawMark(context, { scores, middle, reach }, index, { x, y, side, ratio }) {
  const score = scores[index];
  if (score === undefined || !Number.isFinite(score)) return;
  const style = getComputedStyle(context.canvas);
  const ink = style.getPropertyValue(score < middle ? "--artist" : "--judge");
  const line = Math.max(1, Math.round(1.5 * ratio));
  context.globalAlpha = 0.2 + 0.8 * Math.min(1, Math.abs(score - middle) / reach);
  context.strokeStyle = ink;
  context.lineWidth = line;
  context.strokeRect(x + line / 2, y + line / 2, side - line, side - line);
  context.globalAlpha = 1;
  if (side / ratio < ROOM) return;
  const text = score.toFixed(1).replace(/^-0\.0$/, "0.0").replace("-", "−");
  context.font = `600 ${Math.round(10 * ratio)}px ${style.fontFamily}`;
  const width = context.measureText(text).width + 4 * ratio;
  context.fillStyle = style.getPropertyValue("--sheet");
  context.fillRect(x + side - width - line, y + side - 12 * ratio - line, width, 12 * ratio);
  context.fillStyle = ink;
  context.textBaseline = "alphabetic";
  context.fillText(text, x + side - width - line + 2 * ratio, y + side - 2.5 * ratio - line);
}
