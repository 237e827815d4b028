// Points in the plane: what the judge says of each place as a map with lines of equal height, how the latent space is
// laid over the plane, the data as rings and the artist's points as dots, where those are pushed and where they have been.
// @ts-check

/** @import { PlaneChart } from "../../protocol.js" */
/** @import { Layer } from "./caption.js" */
/** @import { Plot } from "./plot.js" */
/** @import { Inks, Place } from "./surface.js" */
import { percent } from "../../format.js";
import { sigmoid, two } from "./caption.js";
import { createGround } from "./ground.js";
import { createMotion } from "./motion.js";
import { reachOf, squareOf, strokeArrow } from "./surface.js";
import { createTrail } from "./trail.js";

/** @type {Layer[]} */
export const LAYERS = [
  { name: "data", word: "data", help: "Real points. Those of the artist should lie among them, as often in each part.", sign: "ring", of: "judge" },
  { name: "made", word: "artist’s points", help: "What the artist makes, of the same noise every time, so that you see it learn.", sign: "dot", of: "artist" },
  { name: "judge", word: "judge", help: "What the judge says of each place: blue is real to it, red is fake. Along the thick line it cannot tell.", sign: "heat", of: "both" },
  { name: "pushes", word: "arrows", help: "Where the judge’s verdict sends the artist’s points; the longer, the stronger.", sign: "arrow", of: "artist" },
  { name: "lattice", word: "noise", help: "A square grid of noise, as the artist bends it: each cell holds as many of its points as any other, so small cells are crowded.", sign: "lattice", of: "artist" },
  { name: "paths", word: "paths", help: "Where twenty of the artist’s points have been since the run began.", sign: "path", of: "artist", off: true },
];

export const CLAUSES = [
  "The {data} are rings, the {made} dots.",
  "The {judge} finds the blue parts real, the red ones fake.",
  "Its verdict sends the points along the {pushes};",
  "{paths} show where they have been.",
  "The grid is the {lattice} as the artist bends it.",
];

const PINNED = 20;
/** Radii of rings and dots on a chart of this width; on a smaller one they are smaller. */
const [RING, DOT, WIDE] = [3, 2.7, 440];

/** @returns {Plot<PlaneChart>} */
export function create() {
  const motion = createMotion();
  const trail = createTrail(PINNED, { most: 240, least: 0.004, ends: false });
  const ground = createGround();
  /** Made for these inks and this size. @type {{ inks: Inks, key: string, ring: HTMLCanvasElement, dot: HTMLCanvasElement } | null} */
  let marks = null;

  return {
    take(chart, now) {
      motion.take([...chart.fakes, ...chart.pushes], now);
      trail.add(chart.fakes);
      ground.take(chart);
    },
    forget() {
      motion.forget();
      trail.forget();
      ground.forget();
    },
    absent: ({ warped }) => (warped.length === 0 ? ["lattice"] : []),

    paint(context, place, chart, layers, past, real) {
      const { inks, now } = place;
      const on = layOut(place, chart);
      const { x, y, left, top, side } = on;
      const at = motion.at(now);
      const fakes = past ? past.points : at.subarray(0, chart.fakes.length);
      context.save();
      context.beginPath();
      context.rect(left, top, side, side);
      context.clip();
      context.fillStyle = inks.sheet;
      context.fillRect(left, top, side, side);
      if (!past) ground.paint(context, place, chart, { judge: layers.has("judge"), lattice: layers.has("lattice") });
      if (!past && layers.has("paths")) {
        context.strokeStyle = inks.artist;
        context.lineWidth = 1.25;
        context.lineJoin = "round";
        trail.stroke(context, x, y);
      }
      const key = `${on.zoom} ${on.ratio}`;
      if (marks?.inks !== inks || marks.key !== key) marks = { inks, key, ...marksOf(inks, on) };
      if (real && layers.has("data")) stamp(context, real, on, marks.ring);
      if (!past && layers.has("pushes")) {
        context.strokeStyle = inks["artist-deep"];
        context.lineWidth = 1.25;
        for (let k = 0; k < chart.pushes.length; k += 2) {
          const [dx, dy] = [at[fakes.length + k], at[fakes.length + k + 1]];
          const size = Math.hypot(dx, dy) || 1;
          const reach = reachOf(size, 0.14 * side) / size;
          strokeArrow(context, x(fakes[k]), y(fakes[k + 1]), reach * dx, -reach * dy);
        }
      }
      if (layers.has("made")) stamp(context, fakes, on, marks.dot);
      context.restore();
      context.strokeStyle = inks.line;
      context.lineWidth = 1;
      context.strokeRect(left + 0.5, top + 0.5, side - 1, side - 1);
      return !past && motion.share(now) < 1;
    },

    readings({ modes }) {
      if (!modes) return [];
      const { found, close } = modes;
      // How many there are the chart may say.
      const { all } = modes;
      return [
        { label: "Spots found", value: String(found), note: `of ${all}`, help: "Spots of the data that at least one of 300 of the artist’s points has reached: fewer than all means that some are lost." },
        { label: "Points in a spot", value: percent(close), help: "Share of the artist’s points within three standard deviations of a spot’s middle. Of the data, 98.9 % are." },
      ];
    },
    verdict: "Perfect: every spot, and 99 %.",

    describe({ fakes, modes }, step) {
      const reached = modes ? `: they have found ${modes.found} spots of the data, and ${percent(modes.close)} lie within one` : "";
      return `${fakes.length / 2} points of the artist after ${step} steps as dots among the real ones as rings, over a map of what the judge says${reached}`;
    },
    describePast: (step) => `The artist’s points as they were at step ${step}, as dots among the real ones as rings`,

    frame(_, place) {
      const { left, top, side } = squareOf(place);
      return { left, right: left + side, top, bottom: top + side };
    },

    read(chart, place, across, down) {
      const { left, top, side } = layOut(place, chart);
      const [u, v] = [(across - left) / side, 1 - (down - top) / side];
      if (u < 0 || u >= 1 || v < 0 || v >= 1) return "";
      const { cells, range: [low, high], logits, probability } = chart;
      const logit = logits[Math.floor(v * cells) * cells + Math.floor(u * cells)];
      const at = [u, v].map((share) => two(low + share * (high - low))).join(", ");
      return `At ${at}: ${probability ? `the judge says ${percent(sigmoid(logit))} real` : `the judge’s score is ${two(logit)}`}`;
    },
  };
}

/** @param {Place} place @param {PlaneChart} chart */
function layOut(place, { range: [low, high] }) {
  const { left, top, side } = squareOf(place);
  const scale = side / (high - low);
  return {
    left, top, side,
    ratio: place.ratio,
    zoom: Math.max(0.65, Math.min(1, side / WIDE)),
    x: (/** @type {number} */ value) => left + (value - low) * scale,
    y: (/** @type {number} */ value) => top + side - (value - low) * scale,
  };
}

/** @typedef {ReturnType<typeof layOut>} Layout */

/** The same mark at each point, on whole device pixels: as a picture, which is far quicker than as a path. @param {CanvasRenderingContext2D} context @param {Float32Array} points @param {Layout} on @param {HTMLCanvasElement} mark */
function stamp(context, points, { x, y, ratio }, mark) {
  const half = mark.width / 2;
  for (let k = 0; k < points.length; k += 2) {
    const [left, top] = [x(points[k]), y(points[k + 1])].map((at) => Math.round(at * ratio - half) / ratio);
    context.drawImage(mark, left, top, mark.width / ratio, mark.height / ratio);
  }
}

/** A ring, and a dot with a margin, so that it is told from what lies below. @param {Inks} inks @param {Layout} on */
function marksOf(inks, { zoom, ratio }) {
  const mark = (/** @type {number} */ radius, /** @type {(context: CanvasRenderingContext2D, radius: number) => void} */ draw) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 2 * Math.ceil((radius + 1) * ratio);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, canvas.width / 2, canvas.height / 2);
    draw(context, radius);
    return canvas;
  };
  const disc = (/** @type {CanvasRenderingContext2D} */ context, /** @type {number} */ radius) => {
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
  };
  const ring = mark(RING * zoom, (context, radius) => {
    context.strokeStyle = inks["judge-deep"];
    context.lineWidth = 1.25;
    disc(context, radius);
    context.stroke();
  });
  const dot = mark(DOT * zoom, (context, radius) => {
    for (const [ink, far] of /** @type {const} */ ([[inks.sheet, radius + 0.8], [inks.artist, radius]])) {
      context.fillStyle = ink;
      disc(context, far);
      context.fill();
    }
  });
  return { ring, dot };
}
