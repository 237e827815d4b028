// Files, in and out: a checkpoint or a picture dropped anywhere on the page, and one handed to the visitor.
// @ts-check

/** @import { Actions } from "../actions.js" */

/** @param {HTMLElement} veil over the page while a file is held above it @param {Actions} actions */
export function mount(veil, actions) {
  const carriesFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault(); // or the browser would leave the page for the file
    veil.hidden = true;
    const file = event.dataTransfer?.files[0];
    if (file?.type.startsWith("image/")) actions.openPicture(file);
    else if (file) actions.restore(file);
  });
}

/** Hands a file to the visitor. @param {string} name @param {Uint8Array} bytes */
export function offer(name, bytes) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)]));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
