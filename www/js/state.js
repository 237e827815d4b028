// What the page knows, and what it knows at first. It must not know who shows or changes it.
// @ts-check

/** @import { Phase } from "./client.js" */
/** @import { Offline } from "./offline.js" */
/** @import { Offer } from "./older.js" */
/** @import { AugmentReport, Catalog, Chart, CollapseReport, Directed, Equilibrium, Evaluation, Figure, Inverted, Judged, Look, Mixing, Neighbour, Pictures, Problem, Program, Recipe, Recorded, RoundTrip, Shape, State, Tried } from "./protocol.js" */
/** @import { Run } from "./link/run.js" */
/** @import { Mark } from "./timeline.js" */
import { DOWNLOADED } from "./data.js";
import { History } from "./history.js";
import { Measurements } from "./measurements.js";
import { Timeline } from "./timeline.js";

/** @typedef {{ key: string, kind: "info" | "warning" | "error", text: string,
 *   actions?: { label: string, act: () => void, stays?: boolean }[] }} Notice `stays`: after a press of it, too */

/**
 * Something that is fetched when it is first wanted. `absent`: this site has none; `failed`: it did not come, and
 * `trouble` says why.
 * @typedef {{ status: "unasked" | "loading" | "ready" | "absent" | "failed", trouble: string }} Fetched
 */

/**
 * `draft` is what the form says, `running` what the session runs, `touched` the paths that the visitor
 * has changed by hand since the last fresh start, `problems` why the session refused what the form said. `wantsRun`: training should start
 * as soon as it can. `asked`: what the visitor has asked the session for that it has not answered yet. `program`: where the program stands, and why it has to be fetched again, or what helps when it is gone. `data.arrived` counts the
 * downloaded pictures that the session has taken; `data.trouble` says why no more come, if so. `waiting`: the pictures
 * without which training cannot go on. `workers` share each batch. `unit`: milliseconds of a step of the first preset on this machine, once known. `unavailable` lists the values of a field (by its path)
 * that this site cannot offer. `history` changes in place; `historyVersion` counts its changes;
 * so do `timeline` and `timelineVersion`. `figures`: what each step reports. `target`: the shape of what the run makes; `chart`: what is to be seen of a game with points; `tried`: what a copy of the artist last made against a judge drawn by hand; null once another run has been asked for. `source`: the shape of what the run translates into pictures, null where it
 * draws them from noise; `sources` are those of the real pictures on show; `mixing`: what two latents can make together, if anything; `bothWays`: whether it translates back and forth, and `roundTrip` what then comes of the first pictures. `heldOut`: real digits of the downloaded data set that no run is trained
 * on. `looking`: the moment whose drawings are shown instead of those of now. `offers`: runs that were kept and can go
 * on, the latest first; `unreadable`: how many are kept that cannot. `gpuLost`: the GPU program has failed and may be
 * tried again. `pretrained`: the step of a run that was trained before the visit, if it is such that is here or was gone on with. `comparing`: whether others' pictures are wanted beside the artist's; `rival`: whether the one without a judge is there, and `compared` what it makes of the pictures on show. `archiveTrouble`: why this browser keeps no runs, if so, or null while that is not known. `judged`, `look`, `collapse`: what the session last said. `inverted`, `directed`, `foundReal`: the last answers to what the room Explore has asked; `walk`: the sheet that the visitor has laid out there, as links say it, or empty; `recorded`: the step that the room Slow motion shows; `dropped`: a picture that somebody has dropped on the page, until it is taken. `told`: how the run came to the step of its last snapshot, null where that is not known; `replay`: the run of a link, and how far it has come; `story`: what is said of it in the place of the usual words. `offline`: what works without a connection, null where that is not looked after; `installable`: how the browser is asked to install the page, if it can be.
 * @typedef {{
 *   device: { program: Program, reason: string },
 *   gpuLost: boolean,
 *   program: { phase: Phase, trouble: string },
 *   catalog: Catalog | null,
 *   state: State,
 *   step: number,
 *   wantsRun: boolean,
 *   asked: "run" | "pause" | "step" | null,
 *   preset: string,
 *   draft: Recipe | null,
 *   running: Recipe | null,
 *   touched: string[],
 *   problems: Problem[],
 *   parameters: { generator: number, discriminator: number } | null,
 *   workers: number,
 *   dataset: string,
 *   data: { loaded: number, total: number, arrived: number, trouble: string },
 *   waiting: { first: number, last: number } | null,
 *   unavailable: Record<string, unknown[]>,
 *   figures: Figure[],
 *   target: Shape | null,
 *   source: Shape | null,
 *   mixing: Mixing | null,
 *   bothWays: boolean,
 *   roundTrip: RoundTrip | null,
 *   sources: Pictures | null,
 *   real: Pictures | null,
 *   preview: Pictures | null,
 *   chart: Chart | null,
 *   tried: Tried | null,
 *   sampled: { pictures: Pictures, sources: Pictures | null, caption: string } | null,
 *   walk: string,
 *   inverted: Inverted | null,
 *   directed: Directed | null,
 *   recorded: Recorded | null,
 *   foundReal: { id: number, neighbour: Neighbour } | null,
 *   dropped: File | null,
 *   translated: { id: number, pictures: Pictures | null, sources: Pictures | null, compared: Pictures | null, scores: number[] | null } | null,
 *   equilibrium: Equilibrium | null,
 *   judged: Judged | null,
 *   showScores: boolean,
 *   look: Look | null,
 *   collapse: CollapseReport | null,
 *   inspected: { id: number, role: Pictures["role"], shape: Shape, pixels: Uint8Array, source: Uint8Array | null,
 *     label: number | null, logit: number | null, saliency: number[] | null, neighbour: Neighbour | null } | null,
 *   unit: number | null,
 *   speed: { imagesSeen: number, imagesPerSecond: number, stepMillis: number },
 *   history: History,
 *   historyVersion: number,
 *   evaluation: Evaluation | null,
 *   evaluating: boolean,
 *   measured: Measurements,
 *   measuring: boolean,
 *   augmentation: AugmentReport | null,
 *   augmenting: boolean,
 *   heldOut: Fetched,
 *   timeline: Timeline,
 *   timelineVersion: number,
 *   looking: Mark | null,
 *   offers: Offer[],
 *   unreadable: number,
 *   archiveTrouble: string | null,
 *   pretrained: number | null,
 *   comparing: boolean,
 *   rival: Fetched,
 *   compared: { step: number, pictures: Pictures } | null,
 *   classifier: Fetched,
 *   needsClassifier: boolean,
 *   told: { step: number, account: string | null } | null,
 *   replay: Run & { phase: "ahead" | "done" | "dropped" } | null,
 *   story: string,
 *   offline: Offline | null,
 *   installable: { prompt(): Promise<unknown> } | null,
 *   notices: Notice[],
 * }} PageState
 */

/** @type {Fetched} */
export const UNASKED = { status: "unasked", trouble: "" };

/** Whether a program is there that a question about the run can be put to. @param {PageState} page */
export const canAsk = ({ running, state, program }) => running !== null && state !== "loading" && program.phase === "working";

/** Whether nobody here has trained the run: it is fresh, or as it was trained before the visit. @param {PageState} page */
export const isUntouched = ({ step, pretrained }) => step === 0 || step === pretrained;

/**
 * @param {Program} program the likely one, before it is chosen
 * @param {boolean} wantsRun
 * @returns {PageState}
 */
export function initialState(program, wantsRun) {
  return {
    device: { program, reason: "" },
    gpuLost: false,
    program: { phase: "loading", trouble: "" },
    catalog: null,
    state: "loading",
    step: 0,
    wantsRun,
    asked: null,
    preset: "",
    draft: null,
    running: null,
    touched: [],
    problems: [],
    parameters: null,
    workers: 1,
    dataset: DOWNLOADED,
    data: { loaded: 0, total: 0, arrived: 0, trouble: "" },
    waiting: null,
    unavailable: {},
    figures: [],
    target: null,
    source: null,
    mixing: null,
    bothWays: false,
    roundTrip: null,
    sources: null,
    real: null,
    preview: null,
    chart: null,
    tried: null,
    sampled: null,
    walk: "",
    inverted: null,
    directed: null,
    recorded: null,
    foundReal: null,
    dropped: null,
    translated: null,
    equilibrium: null,
    judged: null,
    showScores: false,
    look: null,
    collapse: null,
    inspected: null,
    unit: null,
    speed: { imagesSeen: 0, imagesPerSecond: NaN, stepMillis: NaN },
    history: new History(),
    historyVersion: 0,
    evaluation: null,
    evaluating: false,
    measured: new Measurements(),
    measuring: false,
    augmentation: null,
    augmenting: false,
    heldOut: UNASKED,
    timeline: new Timeline(),
    timelineVersion: 0,
    looking: null,
    offers: [],
    unreadable: 0,
    archiveTrouble: null,
    pretrained: null,
    comparing: false,
    rival: UNASKED,
    compared: null,
    classifier: UNASKED,
    needsClassifier: false,
    told: null,
    replay: null,
    story: "",
    offline: null,
    installable: null,
    notices: [],
  };
}
