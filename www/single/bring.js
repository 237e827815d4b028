// The modules that come later on the site; in ganvas.html they are in the page's script. Workers bring none, and the build
// leaves this out of theirs.
// @ts-check

/** @param {string} path @returns {Promise<any>} */
export function bring(path) {
  if (path === "js/vendor/lean-qr/nano.mjs") return import("lean-qr/nano");
  const name = path.replace(/\.js$/, "");
  // The build finds the files by what these begin and end with.
  return name.startsWith("rooms/") ? import(`../rooms/${name.slice(6)}.js`) : import(`../js/${name.slice(3)}.js`);
}
