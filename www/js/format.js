// Numbers as people read them. Knows nothing else.
// @ts-check

/** @param {number} value */
export const whole = (value) => Math.round(value).toLocaleString("en");

/** About three significant digits, without exponents where people expect none. @param {number | null} value */
export function short(value) {
  return value !== null && Number.isFinite(value) ? digits(value).replace(/^-/, "−") : "–";
}

/** @param {number} value */
function digits(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return power(value);
  if (size >= 100) return whole(value);
  if (size >= 10) return value.toFixed(1);
  if (size >= 0.01 || size === 0) return value.toFixed(2);
  return size >= 1e-5 ? String(Number(value.toPrecision(2))) : power(value);
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {number} value */
function power(value) {
  const [mantissa, exponent] = value.toExponential(1).split("e");
  return `${mantissa} × 10${exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, (digit) => RAISED[Number(digit)])}`;
}

/** @param {number} share */
export const percent = (share) => `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`;

/** A category that the artist has made up, which is no digit. @param {number} index */
export const letter = (index) => String.fromCharCode(65 + index);
