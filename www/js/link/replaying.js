// Tells the story of a run that is played again from a link: what the link holds, how far it has come, and whether it
// has come to the sender's drawings. It must not know how the session does it.
// @ts-check

/** @import { Actions } from "../actions.js" */
/** @import { PageState } from "../state.js" */
/** @import { Store } from "../store.js" */
import { whole } from "../format.js";
import { dismiss, notify } from "../store.js";
import { digestOf } from "./digest.js";

const KEY = "replay";

/** @param {Store} store @param {Pick<Actions, "train">} actions */
export function tell(store, actions) {
  let said = "";

  store.subscribe(["replay", "state"], ({ replay, preview, device, state, step, wantsRun }) => {
    if (!replay) return;
    const { phase, account, until, drawn } = replay;
    if (phase === "ahead" && state === "training") return dismiss(store, KEY);
    if (phase === said) return;
    said = phase;
    const say = (/** @type {string} */ text, /** @type {boolean} */ offer = false) =>
      notify(store, { key: KEY, kind: "info", text, actions: offer ? [{ label: "Replay it", act: () => actions.train() }] : [] });
    if (phase === "dropped") return say("From here on this is your own run: what was left of the link’s is not replayed. To begin it again, reload the page.");
    const length = `${whole(until)} step${until === 1 ? "" : "s"}`;
    const { moves } = account;
    const changes = moves.length === 0 ? "" : ` and ${moves.length === 1 ? "one thing" : `${moves.length} things`} that the sender did on the way`;
    if (phase === "ahead" && !wantsRun) return say(`This link holds a run: ${length}${changes}. Press Train to replay it here.`, true);
    if (phase === "ahead") return say(`This link holds a run: ${length}${changes}. It is replayed here.`);
    if (!drawn) return say(`Replayed to step ${whole(step)}. The link does not say what the sender saw there.`);
    if (preview && digestOf(preview.pixels) === drawn.digest) return say(`Step ${whole(step)}: the same drawings as the sender’s, to the last pixel.`);
    const why =
      drawn.program === "gpu" ? "those were computed on the sender’s GPU, and another device rounds differently"
      : device.program === "gpu" ? "those were computed on a CPU, and your GPU rounds differently"
      : "those were computed on a CPU too, so by another version of ganvas, or from other digits";
    say(`Step ${whole(step)}: not the same drawings as the sender’s; ${why}.`);
  });

  store.subscribe(["replay", "state", "waiting", "asked", "wantsRun"], (page) => store.patch({ story: storyOf(page) }));

  // The form shows what the run goes by, as long as nobody has touched it.
  store.subscribe(["running"], ({ replay, running, touched }) => {
    if (replay?.phase === "ahead" && running && touched.length === 0) store.patch({ draft: structuredClone(running) });
  });
}

/** What stands in the place of the usual words on training, or nothing. @param {PageState} page */
function storyOf({ replay, state, step, waiting, asked, wantsRun }) {
  if (replay?.phase !== "ahead" || waiting || asked || wantsRun) return "";
  const until = whole(replay.until);
  if (state === "training") return `Replaying to step ${until}.`;
  if (state === "ready") return `Ready. Train replays the link’s run to step ${until}.`;
  return state === "paused" ? `Paused at step ${whole(step)} of the ${until} that are replayed.` : "";
}
