// Explains why the page cannot start when its own program cannot do so: no WebAssembly, no workers, a sandboxed
// frame, a page opened as a file, a script that did not load. It is a plain script in old JavaScript, because it
// must run where nothing else does. It must not know what the page does.
// @ts-check

(function () {
  "use strict";
  var root = document.documentElement;
  /** Whether everything is in this one file, which then needs neither a server nor modules. */
  var single = root.hasAttribute("data-single");
  /** The page in one file, which lies beside the one on a server. */
  var SINGLE = "ganvas.html";
  var BROWSERS = "A current Chrome, Edge, Firefox or Safari can.";
  /** As long as overlay.css waits for the page's program, in milliseconds. */
  var STALL_MILLIS = 20000;
  /** The smallest WebAssembly module with a SIMD instruction. */
  var SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

  /** Why the page cannot run at all, or an empty string. */
  function obstacle() {
    if (!single && location.protocol === "file:") {
      return "This page was opened as a file, but it only runs from a web server. Open " + SINGLE + " beside it, which runs as a file.";
    }
    if (!single && self.origin === "null") {
      return "This page is in a sandboxed frame, so it cannot start its workers. Open " + SINGLE + " beside it, which can, or this page in its own tab.";
    }
    if (typeof WebAssembly !== "object") {
      return "WebAssembly is switched off in this browser, and ganvas needs it. Turn it on (a strict security level or a “lockdown” mode turns it off), or use another browser.";
    }
    if (!WebAssembly.validate(new Uint8Array(SIMD))) {
      return "This browser cannot run ganvas: its WebAssembly has no SIMD. " + BROWSERS;
    }
    try {
      new WebAssembly.Module(new Uint8Array(SIMD));
    } catch (error) {
      return "This site or this browser forbids WebAssembly, which ganvas needs. The site’s Content-Security-Policy must allow 'wasm-unsafe-eval', and no extension may block the page’s scripts.";
    }
    if (typeof Worker !== "function") return "This browser cannot run ganvas: it has no workers. " + BROWSERS;
    if (single && typeof DecompressionStream !== "function") return "This browser cannot run ganvas from one file: it has nothing to unpack it with. " + BROWSERS;
    if (!("noModule" in HTMLScriptElement.prototype)) return "This browser cannot run ganvas: it does not support JavaScript modules. " + BROWSERS;
    return "";
  }

  /** @param {string} text */
  function say(text) {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", function () {
        say(text);
      });
      return;
    }
    var place = document.getElementById("unstarted");
    if (!place || place.className.indexOf("said") >= 0) return; // the page runs, or a reason is already shown
    root.setAttribute("data-state", "failed");
    var controls = document.querySelectorAll("button, input, select");
    for (var i = 0; i < controls.length; i++) controls[i].setAttribute("disabled", "");
    var parts = text.split(SINGLE);
    place.textContent = parts[0];
    if (parts[1]) {
      var link = document.createElement("a");
      link.href = link.textContent = SINGLE;
      place.appendChild(link);
      place.appendChild(document.createTextNode(parts[1]));
    }
    place.className += " said";
    var state = document.getElementById("state");
    if (state) state.textContent = "Not started.";
  }

  var first = obstacle();
  if (first) {
    root.setAttribute("data-state", "failed"); // the page's program then does not start
    say(first);
    return;
  }

  /**
   * Reloads a script and its imports past the browser's cache, which may hold an error page in their place.
   * @param {string} url
   * @param {Object<string, boolean>} seen
   */
  function renew(url, seen) {
    if (seen[url]) return;
    seen[url] = true;
    fetch(url, { cache: "reload" })
      .then(function (response) {
        return response.text();
      })
      .then(function (text) {
        // As it is written here, and as the build shortens it.
        var imports = /(?:^|;)(?:import|export)\b[^;"]*"(\.{1,2}\/[^"]+)"/gm;
        for (var found = imports.exec(text); found; found = imports.exec(text)) renew(new URL(found[1], url).href, seen);
      })
      .catch(function () {});
  }
  /** Reloads the page's main script with all its imports. */
  function renewAll() {
    var main = /** @type {HTMLScriptElement | null} */ (document.querySelector("script[type=module]"));
    if (main) renew(main.src, {});
  }

  var fault = "";
  addEventListener(
    "error",
    function (event) {
      var it = /** @type {any} */ (event.target);
      if (it && it.tagName === "SCRIPT" && it.type === "module") {
        renewAll();
        say("A part of this page did not load: the connection failed, or the site has been updated. Reload the page.");
      } else if (event.message) {
        fault = " (" + String(event.message).slice(0, 140) + ")";
      }
    },
    true
  );
  // A stylesheet that stalls blocks everything after it.
  setTimeout(function () {
    var styles = document.querySelectorAll("link[rel=stylesheet]");
    for (var i = 0; i < styles.length; i++) {
      var style = /** @type {HTMLLinkElement} */ (styles[i]);
      if (style.sheet || !style.parentNode) continue;
      root.setAttribute("data-state", "failed"); // the page's program then does not start
      style.parentNode.removeChild(style);
      say("A part of this page (" + style.getAttribute("href") + ") did not load. Reload the page.");
    }
  }, STALL_MILLIS);
  function judge() {
    if (document.getElementById("unstarted")) renewAll();
    say("The page’s program did not start" + fault + ". Reload the page; if that does not help, use a current Chrome, Edge, Firefox or Safari.");
  }
  // By now modules have run, and the page's program has removed the placeholder if it started; one file is still unpacking its own.
  addEventListener("load", function () {
    if (single) setTimeout(judge, STALL_MILLIS);
    else judge();
  });
})();
