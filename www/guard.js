// Says why the page does not run where its own program cannot: no WebAssembly, no workers, a frame shut off
// from its site, a file instead of a site, a script that did not arrive. A plain script in the oldest
// JavaScript there is, since it has to run where nothing else does. It must not know what the page does.
// @ts-check

(function () {
  "use strict";
  var root = document.documentElement;
  var BROWSERS = "A current Chrome, Edge, Firefox or Safari can.";
  /** As overlay.css waits for the page's program, milliseconds. */
  var STALL_MILLIS = 20000;
  /** The smallest program with a vector in it. */
  var SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

  /** What keeps the page from running at all, or nothing. */
  function obstacle() {
    if (location.protocol === "file:") {
      return "This page was opened as a file, and browsers run such programs from a site only. Serve its folder, for example with “python3 -m http.server”, and open the address that it prints.";
    }
    if (self.origin === "null") {
      return "This page stands in a frame that is shut off from its own site (a sandbox), so it cannot start its workers. Open it in a tab of its own, or add allow-same-origin to the frame’s sandbox.";
    }
    if (typeof WebAssembly !== "object") {
      return "WebAssembly is switched off in this browser, and ganvas is made of it. Turn it on (a strict security level or a “lockdown” mode turns it off), or use another browser.";
    }
    if (!WebAssembly.validate(new Uint8Array(SIMD))) {
      return "This browser cannot run ganvas: its WebAssembly knows no SIMD. " + BROWSERS;
    }
    try {
      new WebAssembly.Module(new Uint8Array(SIMD));
    } catch (error) {
      return "This site, or something in this browser, forbids WebAssembly, of which ganvas is made. Its Content-Security-Policy has to allow 'wasm-unsafe-eval'; an extension that blocks scripts may have to let this page be.";
    }
    if (typeof Worker !== "function") return "This browser cannot run ganvas: it has no workers. " + BROWSERS;
    if (!("noModule" in HTMLScriptElement.prototype)) return "This browser cannot run ganvas: it knows no modules. " + BROWSERS;
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
    if (!place || place.className.indexOf("said") >= 0) return; // the page runs, or it has been said
    root.setAttribute("data-state", "failed");
    var controls = document.querySelectorAll("button, input, select");
    for (var i = 0; i < controls.length; i++) controls[i].setAttribute("disabled", "");
    place.textContent = text;
    place.className += " said";
    var state = document.getElementById("state");
    if (state) state.textContent = "Not started.";
  }

  var first = obstacle();
  if (first) {
    root.setAttribute("data-state", "failed"); // the page's program leaves it at that
    say(first);
    return;
  }

  /**
   * Has the browser ask anew for a script and those that it imports: what it remembers may be a page of somebody else's.
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
        var imports = /^(?:import|export) [^;]*?"(\.{1,2}\/[^"]+)";$/gm;
        for (var found = imports.exec(text); found; found = imports.exec(text)) renew(new URL(found[1], url).href, seen);
      })
      .catch(function () {});
  }
  /** What the page's program begins with. */
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
        say("A part of this page did not arrive: the connection broke, or the site has been updated meanwhile. Reload the page.");
      } else if (event.message) {
        fault = " (" + String(event.message).slice(0, 140) + ")";
      }
    },
    true
  );
  // A style that stalls holds up all that comes after it.
  setTimeout(function () {
    var styles = document.querySelectorAll("link[rel=stylesheet]");
    for (var i = 0; i < styles.length; i++) {
      var style = /** @type {HTMLLinkElement} */ (styles[i]);
      if (style.sheet || !style.parentNode) continue;
      root.setAttribute("data-state", "failed"); // the page's program leaves it at that
      style.parentNode.removeChild(style);
      say("A part of this page (" + style.getAttribute("href") + ") did not arrive. Reload the page.");
    }
  }, STALL_MILLIS);
  // Modules have begun when all is loaded, and take the place away when they are done.
  addEventListener("load", function () {
    if (document.getElementById("unstarted")) renewAll();
    say("This browser could not start the page’s program" + fault + ". Reload the page; if that does not help, a current Chrome, Edge, Firefox or Safari will.");
  });
})();
