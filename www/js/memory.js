// What a fresh worker has to be told so that it stands where the last one stood: the recipe, the data,
// and the snapshot that it is given. It must not know workers; it only listens to what passes.
// @ts-check

/** @import { Command, Event, Recipe, Supply } from "./protocol.js" */

/** The `id` of a replay's restore: nobody else's. */
export const REPLAY = 0;

export class Memory {
  constructor() {
    /** @type {Recipe | null} what the session runs */
    this.recipe = null;
    /** @type {Recipe | null} a fresh start that was asked for and not yet confirmed */
    this.fresh = null;
    /** @type {Command | null} a run that is played again, which is no other's after a new start */
    this.replaying = null;
    /** @type {{ command: Supply, settle: (refusal: string) => void }[]} shards and classifier weights, in the order they
     * came, and who waits for the answer: why it was refused, or nothing */
    this.supplies = [];
    /** How many of them the worker has taken. */
    this.taken = 0;
    /** What it said last of something that it refused. */
    this.refusal = "";
    this.training = false;
  }

  /** @param {Supply} command on its way to the session @param {(refusal: string) => void} settle */
  supply(command, settle) {
    this.supplies.push({ command, settle });
  }

  /** @param {Command} command on its way to the session */
  note(command) {
    switch (command.type) {
      case "load":
        this.fresh = command.recipe;
        this.replaying = null;
        break;
      case "replay":
        this.fresh = null;
        this.replaying = command;
        break;
      case "reset":
        this.fresh = this.recipe;
        break;
    }
  }

  /** @param {Event} event from the session */
  hear(event) {
    switch (event.type) {
      case "loaded":
        this.recipe = event.recipe;
        this.fresh = null;
        break;
      case "state-changed":
        if (event.step === 0) this.fresh = null;
        this.training = event.state === "training";
        break;
      case "replayed":
      case "replay-dropped":
        this.replaying = null;
        break;
      case "failed":
        this.fresh = null;
        this.refusal = event.message;
        break;
      case "supplied": {
        // Answers come in the order of what was supplied. What is refused would be refused again.
        const supply = this.supplies[this.taken];
        if (event.accepted) this.taken += 1;
        else this.supplies.splice(this.taken, 1);
        supply?.settle(event.accepted ? "" : this.refusal);
        break;
      }
    }
  }

  /**
   * @param {{ checkpoint: Uint8Array } | null} snapshot the last one of the run that was under way
   * @returns {{ commands: Command[], anew: boolean }} `anew`: the snapshot was of no use
   */
  replay(snapshot) {
    this.training = false;
    this.taken = 0;
    const supplies = this.supplies.map(({ command }) => command);
    if (this.replaying) return { commands: [this.replaying, ...supplies], anew: true };
    const recipe = this.fresh ?? this.recipe;
    const anew = this.fresh !== null || !snapshot || !recipe;
    if (!anew) {
      // What was adjusted since the snapshot holds on.
      return { commands: [{ type: "restore", id: REPLAY, checkpoint: snapshot.checkpoint, recipe }, ...supplies], anew };
    }
    this.fresh = recipe;
    return { commands: [...(recipe ? [/** @type {Command} */ ({ type: "load", recipe })] : []), ...supplies], anew };
  }
}
