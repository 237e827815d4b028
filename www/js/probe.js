// Decides which of the two programs suits this machine, before either is downloaded, and says why in
// plain words. It must not know what the programs do.
// @ts-check

/** @import { Program } from "./protocol.js" */
import { single } from "./place.js";
import { PATIENCE, inTime } from "./waits.js";

/** Adapters that compute on the CPU in disguise: far slower there than the CPU program is. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|software/i;

const SILENT = "the graphics driver is not responding";

/**
 * @param {Program | null} forced what the page's address asks for
 * @returns {Promise<{ program: Program, reason: string }>}
 */
export async function probe(forced) {
  if (forced === "cpu") return { program: "cpu", reason: "the address asks for it" };
  const cpu = (/** @type {string} */ reason) => ({
    program: /** @type {const} */ ("cpu"),
    reason: forced === "gpu" ? `the address asks for the GPU, but ${reason}` : reason,
  });
  if (single) return cpu("this file has only the CPU program inside");
  // Without the API or an adapter the GPU program cannot even begin, whatever the address asks for.
  if (!("gpu" in navigator) || !navigator.gpu) return cpu("this browser has no WebGPU");
  /** @type {GPUAdapter | null} */
  let adapter = null;
  try {
    const asked = navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
    adapter = await inTime(asked, PATIENCE.adapter, SILENT);
  } catch (error) {
    if (error instanceof Error && error.message === SILENT) return cpu(SILENT);
    // Any other refusal is the same as none.
  }
  if (!adapter) return cpu("WebGPU found no graphics card");
  if (forced === "gpu") return { program: "gpu", reason: `the address asks for it; ${nameOf(adapter)}` };
  if (isSoftware(adapter)) return cpu("the only graphics adapter is a software renderer, which is slower");
  if (!adapter.features.has("timestamp-query")) {
    return cpu("the graphics adapter lacks timers (timestamp-query), which the GPU program needs");
  }
  return { program: "gpu", reason: nameOf(adapter) };
}

/** @param {GPUAdapter} adapter */
function isSoftware(adapter) {
  const info = adapter.info;
  // Older browsers carry the flag on the adapter itself.
  const flagged = info?.isFallbackAdapter || /** @type {any} */ (adapter).isFallbackAdapter;
  return Boolean(flagged) || SOFTWARE.test([info?.vendor, info?.architecture, info?.device, info?.description].join(" "));
}

/** @param {GPUAdapter} adapter */
function nameOf({ info }) {
  const name = info?.description || [info?.vendor, info?.architecture].filter(Boolean).join(" ");
  return name ? `WebGPU on ${name}` : "WebGPU";
}
