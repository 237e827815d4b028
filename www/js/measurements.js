// What a run has been measured to be, step by step, in bounded memory. It must not know any figure by
// name, nor who shows it.
// @ts-check

/** @import { Measurement } from "./protocol.js" */

/** Never changes: what is added to or taken from makes another. */
export class Measurements {
  /** @param {Measurement[]} all by step @param {number} capacity */
  constructor(all = [], capacity = 256) {
    this.all = all;
    this.capacity = capacity;
  }

  /** The latest, or null. */
  get last() {
    return this.all.at(-1) ?? null;
  }

  /** @param {Measurement} measurement */
  with(measurement) {
    const { all } = this.upTo(measurement.step - 1);
    // Every second one goes when there is no more room; the first stays.
    const kept = all.length < this.capacity ? all : all.filter((_, i) => i % 2 === 0);
    return new Measurements([...kept, measurement], this.capacity);
  }

  /** Without what came after a step: the run has gone back to it. @param {number} step */
  upTo(step) {
    const all = this.all.filter((measurement) => measurement.step <= step);
    return all.length < this.all.length ? new Measurements(all, this.capacity) : this;
  }

  /** The steps and values of a figure, where it was had. @param {string} name @returns {[number, number][]} */
  curve(name) {
    return this.all.flatMap(({ step, figures }) => (Number.isFinite(figures[name]) ? [[step, figures[name]]] : []));
  }
}
