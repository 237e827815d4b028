// What a fresh worker has to be told so that it stands where the last one stood: the recipe, the data,
// and the snapshot that it is given. It must not know workers; it only listens to what passes.
// @ts-check

/** @import { Command, Event, Recipe } from "./protocol.js" */

/** The `id` of a replay's restore: nobody else's. */
export const REPLAY = 0;

export class Memory {
  constructor() {
    /** @type {Recipe | null} what the session runs */
    this.recipe = null;
    /** @type {Recipe | null} a fresh start that was asked for and not yet confirmed */
    this.fresh = null;
    /** @type {Command[]} shards and classifier weights, in the order they came */
    this.supplies = [];
    this.training = false;
  }

  /** @param {Command} command on its way to the session */
  note(command) {
    switch (command.type) {
      case "load":
        this.fresh = command.recipe;
        break;
      case "reset":
        this.fresh = this.recipe;
        break;
      case "add-data":
      case "add-held-out":
      case "load-classifier":
        this.supplies.push(command);
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
      case "failed":
        this.fresh = null;
        break;
    }
  }

  /**
   * @param {{ checkpoint: Uint8Array } | null} snapshot the last one of the run that was under way
   * @returns {{ commands: Command[], anew: boolean }} `anew`: the snapshot was of no use
   */
  replay(snapshot) {
    this.training = false;
    const recipe = this.fresh ?? this.recipe;
    const anew = this.fresh !== null || !snapshot || !recipe;
    if (!anew) {
      // What was adjusted since the snapshot holds on.
      return { commands: [{ type: "restore", id: REPLAY, checkpoint: snapshot.checkpoint, recipe }, ...this.supplies], anew };
    }
    this.fresh = recipe;
    return { commands: [...(recipe ? [/** @type {Command} */ ({ type: "load", recipe })] : []), ...this.supplies], anew };
  }
}
