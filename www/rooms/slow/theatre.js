// The picture of a step: noise, artist, drawing, real one, judge and scores, each a region that is lit when it is the
// subject. What is shown is a function of the recording, of the sample that is followed and of the time alone.
// @ts-check

/** @import { Part, Recording } from "./recording.js" */
/** @import { Kind, Region, Still } from "./stills.js" */
import { short } from "../../js/format.js";
import { paintSlopes } from "../../js/views/slopes.js";
import { byteOf, flat, paintBars, paintMaps, paintPicture, paintPoints } from "./paint.js";

/** What hands something on to what. @type {Map<Region, Region[]>} */
const AFTER = new Map([["artist", ["noise"]], ["fake", ["artist", "noise"]], ["judge", ["fake", "real"]], ["scores", ["judge", "fake"]]]);

export const MARKUP = `
  <figure class="made" data-region="noise"><canvas role="img" aria-label="The noise, a bar for each number"></canvas><figcaption>Noise</figcaption></figure>
  <section class="made network" data-region="artist" aria-label="The artist’s layers"><h3 class="artist">Artist</h3><ol></ol></section>
  <figure class="made" data-region="before"><canvas role="img" aria-label="The same before the step"></canvas><figcaption>Before</figcaption></figure>
  <figure class="made" data-region="fake"><canvas role="img" aria-label="What the artist made"></canvas><figcaption>Drawing</figcaption></figure>
  <figure class="real" data-region="real"><canvas role="img" aria-label="A real one"></canvas><figcaption>Real</figcaption></figure>
  <section class="real network" data-region="judge" aria-label="The judge’s layers"><h3 class="judge">Judge</h3><ol></ol></section>
  <div data-region="scores" role="img"><div class="scale"></div><p class="ends"><span></span><span></span></p></div>`;

/** @typedef {{ part: Part, row: HTMLElement, maps: HTMLCanvasElement | null, bar: HTMLElement, length: HTMLElement }} Row */

/** @param {HTMLElement} el */
export function createTheatre(el) {
  el.innerHTML = MARKUP;
  const region = (/** @type {string} */ name) => /** @type {HTMLElement} */ (el.querySelector(`[data-region=${name}]`));
  const canvas = (/** @type {string} */ name) => /** @type {HTMLCanvasElement} */ (region(name).querySelector("canvas"));
  const regions = /** @type {HTMLElement[]} */ ([...el.querySelectorAll("[data-region]")]);
  const scale = /** @type {HTMLElement} */ (region("scores").querySelector(".scale"));
  const ends = /** @type {HTMLElement[]} */ ([...region("scores").querySelectorAll(".ends span")]);
  /** @type {Recording | null} */
  let step = null;
  /** @type {Still[]} */
  let stills = [];
  /** @type {Kind} */
  let kind = { points: false, source: false, digits: true, colour: false };
  let channels = 1;
  let followed = 0;
  /** @type {{ artist: Row[], judge: Row[] }} */
  let rows = { artist: [], judge: [] };
  /** @type {{ fake: HTMLElement, real: HTMLElement }[]} */
  let dots = [];

  return {
    /** @param {Recording} recording @param {Still[]} all @param {Kind} of @param {number} channelsOf a picture, or dimensions of a point */
    take(recording, all, of, channelsOf) {
      [step, stills, kind, channels] = [recording, all, of, channelsOf];
      const judged = step.has("fake.logit");
      for (const it of regions) {
        const name = /** @type {Region} */ (it.dataset.region);
        it.hidden = !stills.some(({ lit }) => lit.includes(name)) || (!judged && ["judge", "scores"].includes(name));
      }
      const [noise, fake, real] = ["noise", "fake", "real"].map((name) => /** @type {HTMLElement} */ (region(name).querySelector("figcaption")));
      noise.textContent = of.source ? "Given" : "Noise";
      region("noise").classList.toggle("given", of.source);
      fake.textContent = of.points ? "The artist’s points" : "Drawing";
      real.textContent = of.points ? "Real points" : "Real";
      dots = Array.from({ length: judged ? step.samples : 0 }, () => ({ fake: dot("artist"), real: dot("judge") }));
      scale.replaceChildren(...dots.flatMap(({ fake, real }) => [real, fake]));
    },

    /** @param {number} k */
    follow(k) {
      followed = k;
      if (!step) return;
      rows = {
        // The last of its layers makes the drawing itself.
        artist: rowsOf(step.parts("generator", "fake", k).map((part, i, all) => (i + 1 < all.length ? part : { ...part, maps: null }))),
        judge: rowsOf(step.parts("discriminator", "fake", k)),
      };
      for (const who of /** @type {const} */ (["artist", "judge"])) {
        region(who).querySelector("ol")?.replaceChildren(...rows[who].map(({ row }) => row));
        for (const { part, maps } of rows[who]) if (maps && part.maps) paintMaps(maps, { ...part, maps: part.maps });
      }
      dots.forEach(({ fake, real }, i) => [fake, real].forEach((it) => it.classList.toggle("followed", i === k)));
    },

    /** @param {number} t stills from the first, and what is left of 1 on the way to the next */
    show(t) {
      if (!step) return;
      const [a, b] = [stills[Math.floor(t)], stills[Math.ceil(t)]];
      const p = t - Math.floor(t);
      const between = (/** @type {(still: Still) => number} */ of) => of(a) + (of(b) - of(a)) * p;
      for (const it of regions) {
        const name = /** @type {Region} */ (it.dataset.region);
        const light = between(({ lit }) => Number(lit.includes(name)));
        it.style.opacity = String(light);
        it.classList.toggle("lit", light > 0);
      }
      const { lit, back } = p < 0.5 ? a : b;
      for (const [name, before] of AFTER) {
        const flows = lit.includes(name) && before.some((other) => lit.includes(other));
        region(name).dataset.flow = flows ? (back ? "up" : "down") : "";
      }
      showNoise();
      showMade(p, a, b, between(({ over }) => Number(over === "push")));
      for (const [name, what] of [["real", "real"], ["before", "fake"]]) {
        if (kind.points) paintPoints(canvas(name), step.all(what), channels, followed);
        else paintPicture(canvas(name), step.of(what, followed), channels);
      }
      for (const who of /** @type {const} */ (["artist", "judge"])) {
        const maps = between(({ lit }) => Number(lit.includes(who)));
        const slopes = between((still) => Number(still.slopes === who));
        showRows(rows[who], maps, slopes);
      }
      showScores(a, b, p);
    },
  };

  function showNoise() {
    if (!step) return;
    if (kind.source) paintPicture(canvas("noise"), step.of("source", followed), sourceChannels());
    else paintBars(canvas("noise"), step.of("latent", followed));
  }

  function sourceChannels() {
    const size = step?.of("source", followed).length ?? 1;
    return [1, 3].find((channels) => Number.isInteger(Math.sqrt(size / channels))) ?? 1;
  }

  /** @param {number} p @param {Still} a @param {Still} b @param {number} push */
  function showMade(p, a, b, push) {
    if (!step) return;
    // Old before the last still, and new on it.
    const blend = b.over === "again" ? (a === b ? 1 : p) : 0;
    const made = canvas("fake");
    if (kind.points) return paintPoints(made, step.all("fake"), channels, followed, { to: step.all("fake.again"), blend, pushes: step.all("fake.gradient"), strength: push });
    const own = step.of("fake", followed);
    if (push === 0) return paintPicture(made, own, channels, step.of("fake.again", followed), blend);
    // Down the slope is what the artist is to do.
    const slopes = flat(step.of("fake.gradient", followed), channels).map((slope) => -slope);
    const side = Math.round(Math.sqrt(slopes.length));
    const grey = Uint8Array.from(flat(own, channels), byteOf);
    if (push === 1) return paintSlopes(made, side, grey, slopes);
    // The one fades into the other.
    const [below, above] = [document.createElement("canvas"), document.createElement("canvas")];
    el.append(below, above); // where they have the page's inks
    below.className = "made";
    paintPicture(below, own, channels, step.of("fake.again", followed), blend);
    paintSlopes(above, side, grey, slopes);
    Object.assign(made, { width: side, height: side });
    const context = /** @type {CanvasRenderingContext2D} */ (made.getContext("2d"));
    context.drawImage(below, 0, 0);
    context.globalAlpha = push;
    context.drawImage(above, 0, 0);
    below.remove();
    above.remove();
  }

  /** @param {Row[]} all @param {number} maps @param {number} slopes each from 0 to 1 */
  function showRows(all, maps, slopes) {
    const longest = all.reduce((most, { part }) => Math.max(most, part.lengths?.[1] ?? 0), 1e-12);
    all.forEach(({ part, row, maps: picture, bar, length }, i) => {
      // Forwards layer by layer, and the gradient from the last one back.
      const turn = (/** @type {number} */ of, /** @type {number} */ place) => Math.max(0, Math.min(1, of * all.length - place));
      const seen = turn(maps, i);
      if (picture) picture.style.opacity = String(seen);
      const grown = turn(slopes, all.length - 1 - i);
      bar.style.transform = `scaleX(${(grown * (part.lengths?.[1] ?? 0)) / longest})`;
      row.style.display = picture || slopes > 0 ? "" : "none";
      /** @type {HTMLElement} */ (bar.parentElement).style.opacity = length.style.opacity = String(Math.min(1, 4 * grown));
    });
  }

  /** @param {Still} a @param {Still} b @param {number} p */
  function showScores(a, b, p) {
    if (!step || dots.length === 0) return;
    const moments = /** @type {const} */ ([["fake.logit", "real.logit"], ["fake.logit.after", "real.logit.after"], ["fake.again.logit", "real.logit.after"]]);
    const all = ["fake.logit", "real.logit", "fake.logit.after", "real.logit.after", "fake.again.logit"].flatMap((name) => dots.map((_, k) => /** @type {Recording} */ (step).number(name, k)));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const at = (/** @type {Still} */ still, /** @type {0 | 1} */ who, /** @type {number} */ k) => /** @type {Recording} */ (step).number(moments[still.scores ?? 0][who], k);
    const shown = Number(a.scores !== null) + (Number(b.scores !== null) - Number(a.scores !== null)) * p;
    dots.forEach(({ fake, real }, k) => {
      [fake, real].forEach((it, who) => {
        const score = at(a, /** @type {0 | 1} */ (who), k) + (at(b, /** @type {0 | 1} */ (who), k) - at(a, /** @type {0 | 1} */ (who), k)) * p;
        it.style.left = `${high > low ? (100 * (score - low)) / (high - low) : 50}%`;
        it.style.opacity = String(shown * (k === followed ? 1 : 0.35));
      });
    });
    ends[0].textContent = `← looks made, from ${short(low)}`;
    ends[1].textContent = `to ${short(high)}, looks real →`;
    const now = p < 0.5 ? a : b;
    region("scores").ariaLabel = now.scores === null ? "The judge’s scores: none yet" : `The judge’s scores: ${short(at(now, 0, followed))} for the artist’s, ${short(at(now, 1, followed))} for the real one`;
  }
}

/** @param {"artist" | "judge"} who */
function dot(who) {
  const it = document.createElement("i");
  it.className = `dot ${who}`;
  return it;
}

/** @param {Part[]} parts @returns {Row[]} */
function rowsOf(parts) {
  return parts.map((part) => {
    const row = document.createElement("li");
    const [name, size, track, bar, length] = ["b", "span", "span", "i", "small"].map((tag) => document.createElement(tag));
    name.textContent = part.name;
    size.className = "size";
    size.textContent = part.of === 0 ? "" : part.side > 1 ? `${part.side} × ${part.side} × ${part.of}` : String(part.of);
    track.className = "track";
    track.append(bar);
    length.textContent = part.lengths ? short(part.lengths[1]) : "";
    row.append(name, size);
    const maps = part.maps ? document.createElement("canvas") : null;
    if (maps) {
      maps.ariaHidden = "true";
      maps.style.width = part.side > 1 ? `${(100 * part.shown) / 8}%` : "";
      row.append(maps);
    }
    row.append(track, length);
    return { part, row, maps, bar, length };
  });
}
