// Which games the drawing board is for: those with points, but for the one whose data are a single point, which is all
// that its players can make. Pure.
// @ts-check

/** @import { Catalog, Recipe } from "../../../js/protocol.js" */
/** @import { PageState } from "../../../js/state.js" */
import { hasDigits } from "../../../js/data.js";
import { isPoint } from "../../../js/protocol.js";

const SINGLE = "origin";

/** Whether a recipe is of a game whose data can be drawn. @param {Recipe | null} recipe */
export const hasPoints = (recipe) => recipe !== null && !hasDigits(recipe.dataset) && recipe.dataset !== SINGLE;

/** Whether the run has a board. @param {Pick<PageState, "running" | "target">} page */
export const hasBoard = ({ running, target }) => isPoint(target) && hasPoints(running);

/** The presets of such games, but for those that are meant to fail. @param {Catalog | null} catalog */
export const playable = (catalog) => (catalog?.presets ?? []).filter(({ recipe, outlook }) => hasPoints(recipe) && !outlook.fails);
