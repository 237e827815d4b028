// What a kind of chart is to the stage. Types only: each kind has a file of its own.
// @ts-check

/** @import { Chart } from "../../protocol.js" */
/** @import { Reading } from "./caption.js" */
/** @import { Place } from "./surface.js" */

/** A moment of the past that is looked at: what was made then. @typedef {{ points: Float32Array }} Moment */
/** Where on a canvas the chart itself stands: on a line up to the axis. CSS pixels. @typedef {{ left: number, right: number, top: number, bottom: number }} Frame */
/**
 * `take` hears of the next chart, `forget` that another run begins or this one goes back. `paint` says whether something
 * still moves; `real`: some of the data, as coordinates in turn; `past`: the moment that is looked at instead of now.
 * `absent` names the layers that there is nothing of. `readings` are the figures and `verdict` what they should be;
 * `frame`: where it stands, if it can be judged by hand.
 * `describe` says in one sentence what is to be seen, `read` what is there at a place on the canvas.
 * @template {Chart} C
 * @typedef {{
 *   take: (chart: C, now: number) => void,
 *   forget: () => void,
 *   absent: (chart: C) => string[],
 *   paint: (context: CanvasRenderingContext2D, place: Place, chart: C, layers: Set<string>, past: Moment | null, real: Float32Array | null) => boolean,
 *   readings: (chart: C) => Reading[],
 *   verdict: string,
 *   describe: (chart: C, step: string) => string,
 *   frame?: (chart: C, place: Place, layers: Set<string>) => Frame,
 *   describePast: (step: string) => string,
 *   read: (chart: C, place: Place, left: number, top: number, layers: Set<string>) => string,
 * }} Plot
 */
export {};
