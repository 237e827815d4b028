// Fetches and starts one of the two programs, in a worker. It must not know what the program does.
// @ts-check

/** @import { Program } from "./protocol.js" */
import { Trouble, ask, chunksOf, diagnose, troubleOf, unfit } from "./fetching.js";
import * as place from "./place.js";

/** What every WebAssembly file begins with. */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * @param {Program} program
 * @param {boolean} anew whether what the browser remembers of it is of no use
 * @param {{ loading: () => void, starting: () => void }} on called while bytes arrive, and when all are there
 * @returns {Promise<any>} the program's exports, ready; rejects with a `Trouble` when its files do not come
 */
export async function loadProgram(program, anew, on) {
  const name = `${program}/ganvas_bg.wasm`;
  const [module, response] = await Promise.all([
    // It does not say why it fails.
    place.program(program).catch(async (error) => Promise.reject((await diagnose(`${program}/ganvas.js`)) ?? error)),
    ask(place.at(name), name, { cache: anew ? "reload" : "default" }).catch((error) => Promise.reject(troubleOf(name, error))),
  ]);
  // It compiles while it arrives; a second reader only sees that it does, and that it is a program.
  const whole = watch(response.clone(), name, on.loading).then(on.starting);
  const [arrived, started] = await Promise.allSettled([whole, module.default({ module_or_path: response })]);
  if (arrived.status === "rejected") throw arrived.reason;
  if (started.status === "rejected") throw isOfTheFile(started.reason) ? new Trouble("unfit", `the server sent a damaged ${name}`) : started.reason;
  return module;
}

/** Whether it is the file's fault that a program does not start: half of one, or one that its script does not fit. @param {unknown} error */
const isOfTheFile = (error) => error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError;

/** @param {Response} response @param {string} name @param {() => void} onward */
async function watch(response, name, onward) {
  let begun = false;
  try {
    for await (const chunk of chunksOf(response, onward)) {
      if (!begun && !MAGIC.every((byte, i) => chunk.length <= i || chunk[i] === byte)) throw unfit(name, chunk);
      begun = true;
    }
    if (!begun) throw unfit(name, new Uint8Array());
  } catch (error) {
    throw error instanceof Trouble ? error : troubleOf(name, error);
  }
}
