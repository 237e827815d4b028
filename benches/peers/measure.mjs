// Times a trainer on the page, whoever's it is. A sample is a few steps with the losses read back at
// their end, as ganvas reads them too: without that a GPU would only have been told of the work.
// @ts-check

/** @import { Network } from "./networks.mjs" */

/**
 * @typedef {{ millis: number, losses: number[] }} Sample milliseconds per step, and the steps' d_loss
 * @typedef {{ about: string, train(steps: number): Promise<Sample> }} Trainer
 */

/** Steps of a sample; one where a step takes longer than a sample should. */
const STEPS = 4;
const SLOW_MILLIS = 500;
/** A fresh program is slow until the browser has optimised it. */
const WARM_UP_STEPS = 40;
const WARM_UP_MILLIS = 10_000;
const SAMPLES = 40;
const MILLIS = 15_000;
const LEAST_SAMPLES = 3;
/** Whose d_loss is kept: the first of a run. */
const TREND_STEPS = 32;

/** @param {Trainer} trainer */
export async function measure({ about, train }) {
  /** @type {number[]} */
  const losses = [];
  const began = performance.now();
  // The first step compiles; the second tells how long one takes.
  losses.push(...(await train(1)).losses);
  const first_millis = performance.now() - began;
  const second = await train(1);
  losses.push(...second.losses);
  const steps = second.millis > SLOW_MILLIS ? 1 : STEPS;
  for (let warm = 2; warm < WARM_UP_STEPS && performance.now() - began < WARM_UP_MILLIS; warm += steps) {
    losses.push(...(await train(steps)).losses);
  }
  /** @type {number[]} */
  const millis = [];
  const measuring = performance.now();
  while (millis.length < LEAST_SAMPLES || (millis.length < SAMPLES && performance.now() - measuring < MILLIS)) {
    const sample = await train(steps);
    millis.push(sample.millis);
    losses.push(...sample.losses);
  }
  millis.sort((a, b) => a - b);
  return {
    about,
    step_millis: millis[Math.floor(millis.length / 2)],
    samples: millis.length,
    steps: losses.length,
    first_millis,
    d_losses: losses.slice(0, TREND_STEPS),
  };
}

/**
 * A trainer of a peer whose steps only begin when they are called.
 * @template Loss
 * @param {string} about
 * @param {() => Promise<Loss> | Loss} step takes a step; returns its d_loss, perhaps still to be read
 * @param {(loss: Loss) => Promise<number>} read
 * @returns {Trainer}
 */
export function stepwise(about, step, read) {
  return {
    about,
    async train(steps) {
      const began = performance.now();
      const pending = [];
      for (let i = 0; i < steps; i++) pending.push(await step());
      const losses = [];
      for (const loss of pending) losses.push(await read(loss));
      return { millis: (performance.now() - began) / steps, losses };
    },
  };
}
