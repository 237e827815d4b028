// What the page knows, and what it knows at first. It must not know who shows or changes it.
// @ts-check

/** @import { Run } from "./archive.js" */
/** @import { Catalog, CollapseReport, Equilibrium, Evaluation, Judged, Look, Neighbour, Pictures, Problem, Program, Recipe, State } from "./protocol.js" */
/** @import { Mark } from "./timeline.js" */
import { DOWNLOADED } from "./data.js";
import { History } from "./history.js";
import { Measurements } from "./measurements.js";
import { Timeline } from "./timeline.js";

/** @typedef {{ key: string, kind: "info" | "warning" | "error", text: string,
 *   actions?: { label: string, act: () => void }[] }} Notice */

/**
 * `draft` is what the form says, `running` what the session runs, `touched` the paths that the visitor
 * has changed by hand since the last fresh start, `problems` why the session refused what the form said. `wantsRun`: training should start
 * as soon as it can. `data.trouble` is a
 * sentence when the download cannot go on. `workers` share each batch. `unavailable` lists the values of a field (by its path)
 * that this site cannot offer. `history` changes in place; `historyVersion` counts its changes;
 * so do `timeline` and `timelineVersion`. `heldOut`: real digits of the downloaded data set that no run is trained
 * on. `looking`: the moment whose drawings are shown instead of those of now. `offer`: a run that was kept and can go
 * on. `archiveTrouble`: why this browser keeps no runs, if so. `judged`, `look`, `collapse`: what the session last said.
 * @typedef {{
 *   device: { program: Program, reason: string },
 *   catalog: Catalog | null,
 *   state: State,
 *   step: number,
 *   wantsRun: boolean,
 *   preset: string,
 *   draft: Recipe | null,
 *   running: Recipe | null,
 *   touched: string[],
 *   problems: Problem[],
 *   parameters: { generator: number, discriminator: number } | null,
 *   workers: number,
 *   dataset: string,
 *   data: { loaded: number, total: number, trouble: string },
 *   unavailable: Record<string, unknown[]>,
 *   real: Pictures | null,
 *   preview: Pictures | null,
 *   sampled: { pictures: Pictures, caption: string } | null,
 *   equilibrium: Equilibrium | null,
 *   judged: Judged | null,
 *   showScores: boolean,
 *   look: Look | null,
 *   collapse: CollapseReport | null,
 *   inspected: { id: number, by: "artist" | "judge", pixels: Uint8Array, label: number | null, logit: number | null,
 *     saliency: number[] | null, neighbour: Neighbour | null } | null,
 *   speed: { imagesSeen: number, imagesPerSecond: number, stepMillis: number },
 *   history: History,
 *   historyVersion: number,
 *   evaluation: Evaluation | null,
 *   evaluating: boolean,
 *   measured: Measurements,
 *   measuring: boolean,
 *   heldOut: "unasked" | "loading" | "ready" | "absent",
 *   timeline: Timeline,
 *   timelineVersion: number,
 *   looking: Mark | null,
 *   offer: { run: Run, pictures: Pictures | null } | null,
 *   archiveTrouble: string,
 *   classifier: "unasked" | "loading" | "ready" | "absent",
 *   notices: Notice[],
 * }} PageState
 */

/**
 * @param {Program} program the likely one, before it is chosen
 * @param {boolean} wantsRun
 * @returns {PageState}
 */
export function initialState(program, wantsRun) {
  return {
    device: { program, reason: "" },
    catalog: null,
    state: "loading",
    step: 0,
    wantsRun,
    preset: "",
    draft: null,
    running: null,
    touched: [],
    problems: [],
    parameters: null,
    workers: 1,
    dataset: DOWNLOADED,
    data: { loaded: 0, total: 0, trouble: "" },
    unavailable: {},
    real: null,
    preview: null,
    sampled: null,
    equilibrium: null,
    judged: null,
    showScores: false,
    look: null,
    collapse: null,
    inspected: null,
    speed: { imagesSeen: 0, imagesPerSecond: NaN, stepMillis: NaN },
    history: new History(),
    historyVersion: 0,
    evaluation: null,
    evaluating: false,
    measured: new Measurements(),
    measuring: false,
    heldOut: "unasked",
    timeline: new Timeline(),
    timelineVersion: 0,
    looking: null,
    offer: null,
    archiveTrouble: "",
    classifier: "unasked",
    notices: [],
  };
}
