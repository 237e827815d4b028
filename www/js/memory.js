// What a fresh worker has to be told so that it stands where the last one stood: the recipe, the
// data, the last snapshot. It must not know workers; it only listens to what passes.
// @ts-check

/** @import { Command, Event, Recipe } from "./protocol.js" */

/** Milliseconds of training before the first snapshot, and between any two. */
const FIRST_SNAPSHOT_MILLIS = 1_000;
const SNAPSHOT_MILLIS = 5_000;

export class Memory {
  constructor() {
    /** @type {Recipe | null} what the session runs */
    this.recipe = null;
    /** @type {Recipe | null} a fresh start that was asked for and not yet confirmed */
    this.fresh = null;
    /** @type {Command[]} shards and classifier weights, in the order they came */
    this.supplies = [];
    /** @type {{ step: number, checkpoint: Uint8Array } | null} */
    this.snapshot = null;
    /** @type {Uint8Array | null} a checkpoint sent and not yet accepted */
    this.restoring = null;
    this.training = false;
    this.lastSave = 0;
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
      case "restore":
        this.restoring = command.checkpoint;
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
        this.begun();
        break;
      case "restored":
        if (this.restoring) this.snapshot = { step: event.step, checkpoint: this.restoring };
        this.restoring = null;
        break;
      case "saved":
        // One that was asked for before a fresh start belongs to the run before it.
        if (!this.fresh) this.snapshot = event;
        this.lastSave = performance.now();
        break;
      case "state-changed":
        if (event.step === 0) this.begun();
        // The clock of snapshots starts with the training.
        if (!this.training && event.state === "training") {
          this.lastSave = performance.now() - SNAPSHOT_MILLIS + FIRST_SNAPSHOT_MILLIS;
        }
        this.training = event.state === "training";
        break;
      case "failed":
        this.fresh = null;
        this.restoring = null;
        break;
    }
  }

  /** A fresh start was confirmed: the old run's snapshot is of no use. */
  begun() {
    if (this.fresh) this.snapshot = null;
    this.fresh = null;
  }

  /** Whether it is time to ask for a snapshot; answers yes once. @param {number} now */
  dueForSnapshot(now) {
    if (!this.training || now - this.lastSave < SNAPSHOT_MILLIS) return false;
    this.lastSave = now;
    return true;
  }

  /** @returns {Command[]} */
  replay() {
    const recipe = this.fresh ?? this.recipe;
    if (!recipe) return [...this.supplies];
    /** @type {Command[]} */
    const commands = [{ type: "load", recipe }, ...this.supplies];
    const snapshot = this.fresh ? null : this.snapshot;
    this.training = false;
    this.fresh = snapshot ? null : recipe;
    if (snapshot) {
      this.restoring = snapshot.checkpoint;
      commands.push({ type: "restore", checkpoint: snapshot.checkpoint });
      // What was adjusted since the snapshot holds on.
      commands.push({ type: "adjust", recipe });
    }
    return commands;
  }

  /** The step at which a replay stands, or null when it begins anew. */
  get resumesAt() {
    return this.fresh ? null : (this.snapshot?.step ?? null);
  }
}
