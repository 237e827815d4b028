// The stills of a step: what each shows, and what is said of it. Pure, in the recording and the sample that is followed.
// A new one is an entry here and, where it shows something new, a region of the theatre.
// @ts-check

/** @import { Recording } from "./recording.js" */
import { short } from "../../js/format.js";

/** What there is to be seen. @typedef {"noise" | "artist" | "before" | "fake" | "real" | "judge" | "scores"} Region */
/** @typedef {{ label: string, value: string, raw: number }} Reading */
/** @typedef {string | ((step: Recording, k: number, kind: Kind) => string)} Words */
/** What kind of game it is. @typedef {{ points: boolean, source: boolean, digits: boolean, colour: boolean }} Kind */
/**
 * `lit`: what it is about. `slopes`: the network whose layers' gradients show. `scores`: which
 * of the judge's opinions: before its move, after it, or of the drawing at last. `over`: what lies on the drawing. `back`: whether
 * slopes flow, against the way of pictures. `note`: what else there is to know. `titled`: another title, in some games.
 * @typedef {{ name: string, title: string, whose: "artist" | "judge" | "both", lit: Region[], slopes: "artist" | "judge" | null,
 *   scores: 0 | 1 | 2 | null, over: "push" | "again" | null, back?: true,
 *   needs: string, says: (step: Recording, k: number, kind: Kind) => string, tells: (step: Recording, k: number) => Reading[], note?: Words,
 *   titled?: (kind: Kind) => string | undefined }} Still
 */

/** @param {string} label @param {number} raw @returns {Reading} */
const reading = (label, raw) => ({ label, value: short(raw), raw });

const what = (/** @type {Kind} */ { points }, /** @type {string} */ one) => (points ? "point" : one);
/** Whether a score went where the judge did not want it. @param {Recording} step @param {number} k @param {"real" | "fake"} which */
const astray = (step, k, which) => (step.number(`${which}.logit.after`, k) - step.number(`${which}.logit`, k)) * step.number(`${which}.slope`, k) > 0;
const LAYERS = "7 × 7 × 32, say: 32 maps of 7 × 7 numbers, of which eight are shown.";
const WHOLE_BATCH = "It learns from the whole batch at once, so that a single one can go the other way.";
const share = (/** @type {[number, number, number]} */ [weights, , change]) => (100 * change) / weights;
const upOrDown = (/** @type {number} */ slope) => (slope < 0 ? "up" : "down");

/** @type {Still[]} */
const ALL = [
  {
    name: "noise", title: "Noise", titled: ({ source }) => (source ? "What is given" : undefined), whose: "artist", lit: ["noise"], slopes: null, scores: null, over: null, needs: "fake",
    says(step, k, { source }) {
      if (source) return "The artist is given a picture. What it makes of it will be judged.";
      const label = step.label(k);
      const asked = label === null ? "" : `, and the wish for a ${label}`;
      return `It begins with ${count(step.of("latent", k).length, "random number")}${asked}. The artist knows nothing else.`;
    },
    tells: (step, k) => (step.has("latent") ? [reading("Length of the noise", Math.hypot(...step.of("latent", k)))] : []),
  },
  {
    name: "draw", title: "The artist draws", whose: "artist", lit: ["noise", "artist", "fake"], slopes: null, scores: null, over: null, needs: "fake",
    note: LAYERS,
    says: (_step, _k, kind) => `Layer by layer the artist turns ${kind.source ? "it" : "the numbers"} into a ${what(kind, "picture")}. The small tiles are what its layers pass on.`,
    tells: () => [],
  },
  {
    name: "real", title: "A real one", whose: "judge", lit: ["fake", "real"], slopes: null, scores: null, over: null, needs: "discriminator.figures",
    says: (_step, _k, kind) => (kind.points ? "Points of the real distribution come beside the artist’s." : `A real ${kind.digits ? "digit" : "picture"} from the data comes beside the drawing. Can the judge tell which is which?`),
    tells: () => [],
  },
  {
    name: "scores", title: "The judge scores both", whose: "judge", lit: ["fake", "real", "judge", "scores"], slopes: null, scores: 0, over: null, needs: "discriminator.figures",
    note: (step, k) => (step.number("fake.logit", k) > step.number("real.logit", k) ? "Of these two the judge takes the artist’s for the real one. " : "") + "A score counts beside others only: what matters is which is higher.",
    says: (step, k, kind) => `The judge scores the ${what(kind, "drawing")} ${short(step.number("fake.logit", k))} and the real one ${short(step.number("real.logit", k))}. Higher means more real.`,
    tells: (step, k) => [
      reading("Score of this one", step.number("fake.logit", k)),
      reading("Score of the real one", step.number("real.logit", k)),
      reading("Mean of the batch’s fakes", step.figures("discriminator")[2]),
      reading("Mean of its real ones", step.figures("discriminator")[1]),
    ],
  },
  {
    name: "cost", title: "What this costs the judge", whose: "judge", lit: ["fake", "real", "scores"], slopes: null, scores: 0, over: null, needs: "discriminator.figures",
    note: "A slope says how the cost grows with a score. Below 0 the judge wants that score higher.",
    says(step, k, kind) {
      const ways = `it wants the real score ${upOrDown(step.number("real.slope", k))}, the ${what(kind, "drawing")}’s ${upOrDown(step.number("fake.slope", k))}`;
      return step.has("discriminator.cost") ? `This pair costs the judge ${short(step.of("discriminator.cost", k)[0])}: ${ways}.` : `The judge compares with the batch’s mean: ${ways}.`;
    },
    tells: (step, k) => [
      ...(step.has("discriminator.cost") ? [reading("Cost of this pair", step.of("discriminator.cost", k)[0])] : []),
      reading("The judge’s loss", step.figures("discriminator")[0]),
      reading("Slope by the real score", step.number("real.slope", k)),
      reading("Slope by this one’s", step.number("fake.slope", k)),
    ],
  },
  {
    name: "judge-slopes", title: "Back through the judge", whose: "judge", lit: ["judge"], slopes: "judge", scores: 0, over: null, back: true, needs: "discriminator.figures",
    note: "A part’s bar is the length of its gradient: all its slopes, squared, summed, and the root of it. The logit makes the score; a projection adds what the digit asked for says.",
    says: () => "The slopes go back through its layers, over the whole batch. Long bars: these weights matter most now.",
    tells: (step) => [reading("Length of the judge’s gradient", step.lengths("discriminator")[1])],
  },
  {
    name: "judge-moves", title: "The judge moves", whose: "judge", lit: ["fake", "real", "judge", "scores"], slopes: null, scores: 1, over: null, needs: "discriminator.figures",
    note: (step, k) => (astray(step, k, "fake") || astray(step, k, "real") ? `Not both went where the judge wanted. ${WHOLE_BATCH}` : ""),
    says: (step, k, kind) => `Its weights change by ${short(share(step.lengths("discriminator")))} %. The same ${what(kind, "drawing")} now scores ${short(step.number("fake.logit.after", k))}, the real one ${short(step.number("real.logit.after", k))}.`,
    tells: (step, k) => [
      reading("Weights changed by, %", share(step.lengths("discriminator"))),
      reading("Score of this one now", step.number("fake.logit.after", k)),
      reading("Score of the real one now", step.number("real.logit.after", k)),
    ],
  },
  {
    name: "push", title: "Back to the drawing", titled: ({ points }) => (points ? "Back to the points" : undefined), whose: "artist", lit: ["fake", "judge", "scores"], slopes: null, scores: 1, over: "push", back: true, needs: "fake.gradient",
    note: (_step, _k, { source }) => (source ? "The distance to the truth pulls at every pixel alike, however little it is off." : ""),
    says(step, _k, kind) {
      if (kind.points) return "Arrows: where each point would have to go to please the judge.";
      const who = step.has("fake.logit") ? "What would look more real to the new judge?" : "What would come nearer to the truth?";
      return `${who} ${kind.colour ? "Blue: brighter. Red: darker." : "Blue: more ink. Red: less ink."}`;
    },
    tells: (step, k) => [
      ...(step.has("generator.cost") ? [reading("Cost of this one", step.of("generator.cost", k)[0])] : []),
      reading("The artist’s loss", step.figures("generator")[0]),
      reading("Steepest slope", step.of("fake.gradient", k).reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
    ],
  },
  {
    name: "artist-moves", title: "Back through the artist", whose: "artist", lit: ["artist", "fake"], slopes: "artist", scores: 1, over: "push", back: true, needs: "fake",
    says: (step) => `The slopes go back through the artist’s layers. Its weights change by ${short(share(step.lengths("generator")))} %.`,
    tells: (step) => [
      reading("Length of the artist’s gradient", step.lengths("generator")[1]),
      reading("Weights changed by, %", share(step.lengths("generator"))),
    ],
  },
  {
    name: "again", title: "The same noise again", titled: ({ source }) => (source ? "The same picture again" : undefined), whose: "both", lit: ["noise", "before", "fake", "scores"], slopes: null, scores: 2, over: "again", needs: "fake.again",
    note: (step, k) => (step.has("fake.again.logit") && step.number("fake.again.logit", k) < step.number("fake.logit.after", k) ? `This one scores lower than before. ${WHOLE_BATCH}` : ""),
    says(step, k, kind) {
      const [from, to] = ["fake.logit.after", "fake.again.logit"].map((name) => short(step.number(name, k)));
      const scores = step.has("fake.again.logit") ? ` Its score goes from ${from} to ${to}.` : "";
      return `The same ${kind.source ? "given picture" : "noise"} gives a slightly different ${what(kind, "drawing")} now.${scores}`;
    },
    tells: (step, k) => [
      ...(step.has("fake.again.logit") ? [reading("Score before", step.number("fake.logit.after", k)), reading("Score after", step.number("fake.again.logit", k))] : []),
      reading("Change, root mean square", rootMeanSquare(step.of("fake", k), step.of("fake.again", k))),
    ],
  },
];

/** Those of this step: without a judge there are fewer. @param {Recording} step */
export const stillsOf = (step) => ALL.filter(({ needs }) => step.has(needs));

/** @param {Still} still @param {Kind} kind */
export const titleOf = (still, kind) => still.titled?.(kind) ?? still.title;

/** @param {Still} still @param {Recording} step @param {number} k @param {Kind} kind */
export const noteOf = ({ note = "" }, step, k, kind) => (typeof note === "string" ? note : note(step, k, kind));

export const TITLES = ALL.map(({ title }) => title);

/** @param {Float32Array} a @param {Float32Array} b */
const rootMeanSquare = (a, b) => Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0) / a.length);

/** @param {number} n @param {string} thing */
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;
