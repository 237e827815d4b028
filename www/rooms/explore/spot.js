// Where in the latent space the visitor stands: what the sheet, the directions and the search share. It must not know any
// of them.
// @ts-check

/** @import { Latent } from "./sphere.js" */

/** @typedef {ReturnType<typeof createSpot>} Spot */

/** A latent, and the class that the artist is asked for with it. */
export function createSpot() {
  /** @type {Latent} */
  let latent = [];
  let label = 0;
  /** @type {Set<() => void>} */
  const heard = new Set();
  /** @type {(latent: Latent, label: number) => void} */
  let visit = () => {};

  return {
    get latent() {
      return latent;
    },
    get label() {
      return label;
    },
    /** @param {Latent} nextLatent @param {number} nextLabel */
    stand(nextLatent, nextLabel) {
      [latent, label] = [nextLatent, nextLabel];
      for (const hear of heard) hear();
    },
    /** @param {() => void} hear called when it has moved */
    follow: (hear) => heard.add(hear),
    /** Who can bring a latent from elsewhere onto the sheet. @param {typeof visit} bring */
    onVisit: (bring) => void (visit = bring),
    /** @param {Latent} latent @param {number} label */
    visit: (latent, label) => visit(latent, label),
  };
}
