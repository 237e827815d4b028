// The dialog for sharing: what is to be shared, and the link to it in every form. All of it is made here; nothing is
// sent anywhere. It must not know how a link is written or read.
// @ts-check

/** @import { Account } from "../link/account.js" */
/** @import { PageState } from "../state.js" */
/** @import { Mark } from "../timeline.js" */
/** @import { Sharing } from "../views/share.js" */
import { inTime, presetOf } from "../forecast.js";
import { whole } from "../format.js";
import { readAccount } from "../link/account.js";
import { digestOf } from "../link/digest.js";
import { roomOf } from "../link/address.js";
import { kept, put } from "../link/settings.js";
import { joined, runOf, settingsOf } from "../link/write.js";
import { loadStyle } from "../place.js";
import { paintCard } from "./card.js";
import { paintCode } from "./qr.js";

const MARKUP = `
  <header>
    <h2 id="share-title">Share</h2>
    <button type="button" class="close">Close</button>
  </header>
  <fieldset class="what">
    <legend class="visually-hidden">What to share</legend>
    <label><input type="radio" name="share-what" value="settings" checked /> <span>The settings and the seed</span></label>
    <label><input type="radio" name="share-what" value="run" disabled /> <span class="run">This run</span></label>
    <p class="note about" role="status"></p>
  </fieldset>
  <label>The link <input type="text" class="link-text" readonly /></label>
  <fieldset class="opening">
    <legend class="visually-hidden">How the link opens</legend>
    <label><input type="checkbox" class="start" /> Trains at once</label>
    <label><input type="checkbox" class="stage-only" /> Shows the stage alone</label>
  </fieldset>
  <div class="row">
    <button type="button" class="primary copy">Copy link</button>
    <button type="button" class="hand" hidden>Send…</button>
  </div>
  <p class="note told" role="status"></p>
  <div class="more">
    <section class="code" aria-labelledby="share-code">
      <h3 id="share-code">Code</h3>
      <canvas role="img" aria-label="The link as a QR code"></canvas>
      <p class="note"></p>
    </section>
    <section class="card-picture" aria-labelledby="share-card">
      <h3 id="share-card">Picture</h3>
      <canvas role="img"></canvas>
      <div class="row"><button type="button" class="download">Download the picture</button></div>
    </section>
    <section class="embed" aria-labelledby="share-embed">
      <h3 id="share-embed">For a page of yours</h3>
      <label class="visually-hidden" for="share-embed-text">The code that puts ganvas into a page</label>
      <textarea id="share-embed-text" rows="4" readonly spellcheck="false"></textarea>
      <label><input type="checkbox" class="stripped" /> That page takes no scripts</label>
      <div class="row"><button type="button" class="copy-embed">Copy this code</button></div>
    </section>
  </div>`;

/** Longer addresses are cut by some programs that people send them with. */
const MOST_SENT = 2000;
const UNKNOWN =
  "This run cannot be replayed from a link, so only its settings can be shared: it began as a model or from an older file, or too many things were changed on the way.";

/** @type {(() => void) | null} */
let appear = null;

/** @param {Sharing} around */
export async function open(around) {
  await loadStyle("js/share/share.css").catch(() => {}); // it can be used without
  appear ??= create(around);
  appear();
}

/** @param {Sharing} around */
function create({ store, keeper, offer }) {
  const el = document.createElement("dialog");
  el.className = "share";
  el.setAttribute("aria-labelledby", "share-title");
  el.innerHTML = MARKUP;
  document.body.append(el);
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (el.querySelector(selector));
  const box = (/** @type {string} */ selector) => /** @type {HTMLInputElement} */ (find(selector));
  const [text, settings, run, start, alone, stripped] = [".link-text", "[value=settings]", "[value=run]", ".start", ".stage-only", ".stripped"].map(box);
  const embed = /** @type {HTMLTextAreaElement} */ (find("textarea"));
  const [code, card] = [".code canvas", ".card-picture canvas"].map((selector) => /** @type {HTMLCanvasElement} */ (find(selector)));
  /** The moment up to which the run can be told, and how it came there. @type {{ mark: Mark, account: Account } | null} */
  let told = null;
  /** Why there is none. */
  let untold = "";
  let turn = 0;
  let visit = 0;

  find(".close").addEventListener("click", () => el.close());
  el.addEventListener("click", (event) => event.target === el && el.close()); // a press beside the sheet, as Escape
  el.addEventListener("change", refresh);
  find(".copy").addEventListener("click", () => copy(text, "The link is copied."));
  find(".copy-embed").addEventListener("click", () => copy(embed, "The code is copied."));
  find(".download").addEventListener("click", download);
  const hand = find(".hand");
  hand.hidden = typeof navigator.share !== "function";
  hand.addEventListener("click", () =>
    navigator.share({ title: `ganvas: ${titleOf(store.get())}`, url: text.value }).catch((error) => error?.name === "AbortError" || tell("This device cannot send it: copy the link instead.")));

  return async () => {
    settings.checked = true;
    run.disabled = true;
    tell("");
    el.showModal();
    find(".copy").focus();
    if (store.get().replay?.phase !== "ahead") put(store.get());
    const mine = ++visit;
    show(null, "…");
    const found = await prepare();
    if (mine !== visit) return; // opened anew meanwhile
    if (typeof found === "string") show(null, found);
    else show(found, "");
  };

  /** @param {typeof told} found @param {string} reason why there is none */
  function show(found, reason) {
    [told, untold] = [found, reason];
    run.disabled = !found;
    find(".run").textContent = found ? `This run up to step ${whole(found.mark.step)}` : "This run";
    refresh();
  }

  /** Looks whether the run can be told, or says why not. */
  async function prepare() {
    const { step, state, program, replay } = store.get();
    if (step === 0) return "Once it is trained, the run itself can be shared: whoever opens the link sees the same drawings.";
    if (state === "failed" || program.phase !== "working") return "The run itself cannot be shared while the program is not running.";
    if (replay?.phase === "ahead") return "The run in this page’s own link is still being replayed: when that is done, it can be shared from here.";
    await keeper.kept();
    const { told, timeline } = store.get();
    const mark = timeline.marks.findLast((one) => one.step === told?.step && one.pictures.count > 0);
    return told?.account && mark ? { mark, account: readAccount(told.account) } : UNKNOWN;
  }

  async function refresh() {
    const mine = ++turn;
    const link = await linkNow();
    if (mine !== turn) return;
    const page = store.get();
    text.value = link;
    embed.value = (stripped.checked ? frameOf : elementOf)(link, titleOf(page));
    find(".about").textContent = run.checked ? aboutRun(page) : untold;
    if (location.protocol === "file:") tell("This page was opened as a file, so the link leads to that file: it works on this machine alone.");
    else if (link.length > MOST_SENT) tell(`This link has ${whole(link.length)} characters. Some programs cut those of more than ${whole(MOST_SENT)} when they send them.`);
    const shown = run.checked && told ? told.mark : { pictures: page.looking?.pictures ?? page.preview, step: page.looking?.step ?? page.step };
    const lines = [shown.step > 0 ? `Step ${whole(shown.step)}` : "Before the first step", `Seed ${(page.running ?? page.draft)?.seed ?? 1}`];
    paintCard(card, { pictures: shown.pictures, title: titleOf(page), lines, address: base().replace(/^https?:\/\//, "").replace(/\/$/, "") });
    card.setAttribute("aria-label", `The drawings beside: ${titleOf(page)}, ${lines.join(", ")}`);
    const trouble = await paintCode(code, link);
    if (mine !== turn) return;
    code.hidden = trouble !== "";
    find(".code .note").textContent = trouble;
  }

  async function linkNow() {
    const { catalog, draft, device, preset } = store.get();
    if (!catalog || !draft) return base();
    const parts = run.checked && told
      ? runOf(catalog, { account: told.account, step: told.mark.step, program: device.program, digest: digestOf(told.mark.pictures.pixels) }, preset)
      : settingsOf(catalog, draft, preset);
    const words = kept().filter((part) => !/^(autostart|view|embed)\b/.test(part));
    if (start.checked) words.push("autostart=1");
    if (alone.checked) words.push("view=stage");
    // What lies between which drawings, for whoever has laid the sheet out.
    const { walk } = store.get();
    if (walk && roomOf() === "explore") words.push("room=explore", `walk=${walk}`);
    return `${base()}#${await joined([...parts, ...words])}`;
  }

  /** @param {PageState} page */
  function aboutRun({ speed, device }) {
    const { length } = told?.account.moves ?? [];
    const holds = length === 0 ? "the settings and the seed" : `the settings, the seed and ${length === 1 ? "the one thing" : `${length} things`} that you did on the way`;
    const seconds = ((told?.mark.step ?? 0) * speed.stepMillis) / 1000;
    const takes = seconds > 0 ? ` That takes about ${inTime(seconds)} on a machine like this.` : "";
    const same = device.program === "cpu" ? "On the CPU of any device they are the same to the last pixel." : "They were made on a GPU: another one rounds differently, so they may come out otherwise.";
    return `The link holds ${holds}. Whoever opens it replays the run and is told whether the drawings are the same.${takes} ${same}`;
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} field @param {string} done */
  async function copy(field, done) {
    try {
      await navigator.clipboard.writeText(field.value);
      tell(done);
    } catch {
      // A browser that does not let the page write there, or a host without TLS.
      field.select();
      tell("This browser does not let the page copy it. It is selected: press Ctrl + C, or ⌘ C on a Mac.");
    }
  }

  function download() {
    card.toBlob(async (blob) => {
      if (!blob) return tell("This browser could not make the picture.");
      offer(`ganvas-step-${run.checked && told ? told.mark.step : store.get().step}.png`, new Uint8Array(await blob.arrayBuffer()));
    }, "image/png");
  }

  /** @param {string} words */
  function tell(words) {
    find(".told").textContent = words;
  }
}

/** The element for a page of somebody's (docs/embedding.md), with a link for who has no scripts. @param {string} link @param {string} title */
function elementOf(link, title) {
  const [site, settings] = link.split("#");
  const state = settings.split("&").filter((part) => !/^(preset|autostart|view)=/.test(part)).join("&");
  const preset = /(?:^|&)preset=([^&]*)/.exec(settings)?.[1] ?? "";
  return `<script src="${attribute(new URL("embed/1/ganvas.js", site).href)}" async></script>
<ganvas-play preset="${attribute(preset)}"${state && ` state="${attribute(state)}"`} alt="${attribute(title)}"><a href="${attribute(link)}">${attribute(title)}</a></ganvas-play>`;
}

/** A plain frame. @param {string} link @param {string} title */
const frameOf = (link, title) =>
  `<iframe src="${attribute(`${link.replace(/&(autostart|view)=[^&]*/g, "")}&embed&view=stage&workers=1`)}" title="${attribute(`ganvas: ${title}`)}" width="100%" height="720" frameborder="0" loading="lazy" allow="fullscreen; clipboard-write"></iframe>`;

/** The page's own address without what it asks for. */
const base = () => location.href.replace(/[?#].*/, "");

/** @param {PageState} page */
function titleOf(page) {
  const { catalog, preset } = page;
  return (presetOf(page) ?? catalog?.presets.find(({ name }) => name === preset))?.label ?? "a GAN";
}

/** @param {string} text */
const attribute = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
