// <ganvas-play>: a poster and a button, and once that is pressed ganvas in a frame. A plain script for pages of others: it
// asks for nothing before, brings no style that their policy would refuse, and runs nothing of ganvas in their page. What it
// can do stands in embed/api.json. The address of this file stays for ever; its other end is www/js/embed.js.
// @ts-check

(() => {
  const NAME = "ganvas-play";
  // Not in a browser, or another version of it was here first.
  if (!globalThis.customElements || customElements.get(NAME)) return;
  const { src: own = "" } = /** @type {HTMLScriptElement} */ (document.currentScript ?? {});
  /** How long to wait for the frame to say something, milliseconds. */
  const PATIENCE = 20_000;
  /** Attributes that say what is played: the frame takes changes of them without being loaded anew. */
  const GAME = ["preset", "seed", "dataset", "state"];
  /** Those that say how the frame looks, which only another frame can change. */
  const LOOK = ["src", "view", "controls", "run-for", "workers", "sandbox", "trained"];
  const FACADE = ["poster", "alt", "height", "theme", "loading", "reveal"];
  /** Parts of the page, and which of them an embed has if it does not say. */
  const PARTS = ["train", "reals", "timeline", "steps", "reset", "preset"];
  const USUAL = "train reals timeline steps reset";
  const SHEET = new CSSStyleSheet();
  SHEET.replaceSync(`
:host{display:block;position:relative;height:720px;overflow:hidden;contain:content;border-radius:var(--ganvas-radius,8px);background:var(--ganvas-background,#f3f4f1);color:var(--ganvas-ink,#1a1c24);font:16px/1.4 system-ui,sans-serif}
:host([hidden]){display:none}
:host([theme=light]){color-scheme:light}
:host([theme=dark]){color-scheme:dark}
:host([theme=dark]:not([hidden])){background:var(--ganvas-background,#0f131b);color:var(--ganvas-ink,#eef0f4)}
iframe,img,div{position:absolute;inset:0;width:100%;height:100%;border:0}
iframe{color-scheme:inherit}
img{object-fit:cover}
div{box-sizing:border-box;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1rem;padding:1rem;pointer-events:none}
img:not([hidden])+div{justify-content:end}
img:not([hidden])+div>[part=title]{display:none}
p{margin:0;max-width:40ch;padding:.2rem .5rem;border-radius:4px;background:var(--ganvas-background,inherit);text-align:center;pointer-events:auto}
[part=title]{font-size:1.2em;font-weight:600}
button{min-height:3rem;padding:.6rem 1.4rem;border:0;border-radius:var(--ganvas-radius,8px);background:var(--ganvas-accent,#c2224e);color:var(--ganvas-on-accent,#fff);font:600 1.1em/1.3 system-ui,sans-serif;cursor:pointer;pointer-events:auto}
button::before{content:"";display:inline-block;margin-inline-end:.6em;border:.4em solid transparent;border-inline-start:.7em solid;border-inline-end:0}
button[aria-busy]{opacity:.75}
button:focus-visible{outline:3px solid;outline-offset:3px}
a{color:inherit}
[hidden]{display:none}`);

  class GanvasPlay extends HTMLElement {
    static observedAttributes = [...GAME, ...LOOK, ...FACADE];

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      this.box = new CSSStyleSheet();
      root.adoptedStyleSheets = [SHEET, this.box];
      const part = (/** @type {string} */ tag, /** @type {string} */ name, /** @type {Node} */ parent = root) => {
        const element = document.createElement(tag);
        element.setAttribute("part", name);
        return /** @type {HTMLElement} */ (parent.appendChild(element));
      };
      this.image = /** @type {HTMLImageElement} */ (part("img", "poster"));
      this.image.loading = "lazy";
      this.image.alt = "";
      this.facade = part("div", "facade");
      this.heading = part("p", "title", this.facade);
      this.button = /** @type {HTMLButtonElement} */ (part("button", "button", this.facade));
      this.button.type = "button";
      this.button.onclick = () => this.train();
      this.words = part("p", "message", this.facade);
      this.words.role = "status";
      this.words.hidden = true;
      /** @type {HTMLIFrameElement | null} */
      this.frame = null;
      /** @type {MessagePort | null} */
      this.port = null;
      /** What was asked before there was an answer. @type {object[]} */
      this.queue = [];
      /** @type {Map<number, (answer: any) => void>} */
      this.asked = new Map();
      this.heard = (/** @type {MessageEvent} */ event) => this.hear(event);
    }

    connectedCallback() {
      addEventListener("message", this.heard);
      this.dress();
      if (this.getAttribute("loading") === "eager") return this.open();
      if (this.getAttribute("reveal") !== "auto") return;
      this.sight = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && this.open());
      this.sight.observe(this);
    }

    disconnectedCallback() {
      removeEventListener("message", this.heard);
      this.close();
    }

    /** @param {string} name @param {string | null} before @param {string | null} now */
    attributeChangedCallback(name, before, now) {
      if (before === now || !this.isConnected) return;
      if (FACADE.includes(name)) this.dress();
      else if (GAME.includes(name)) {
        clearTimeout(this.settling);
        // Several may be set one after another.
        if (this.frame) this.settling = setTimeout(() => this.setState(this.game()));
      } else if (this.frame) {
        const shown = this.facade.hidden;
        this.close();
        if (shown || this.getAttribute("loading") === "eager") this.open();
      }
    }

    /** What the facade looks like. */
    dress() {
      const at = (/** @type {string} */ name) => this.getAttribute(name) ?? "";
      const { image, button } = this;
      image.hidden ||= !at("poster");
      if (at("poster") && image.getAttribute("src") !== at("poster")) {
        image.hidden = this.facade.hidden;
        image.src = at("poster");
      }
      this.heading.textContent = at("alt");
      const words = this.hasAttribute("trained") ? "Play it here" : "Train it here";
      button.textContent = words;
      button.setAttribute("aria-label", words + (at("alt") && `: ${at("alt")}`));
      this.box.replaceSync(+at("height") > 0 ? `:host{height:${+at("height")}px}` : "");
      if (this.frame) this.frame.title = at("alt") || "ganvas";
    }

    /** The settings, as a link has them. */
    game() {
      const parts = GAME.slice(0, 3).filter((name) => this.hasAttribute(name)).map((name) => `${name}=${encodeURIComponent(this.getAttribute(name) ?? "")}`);
      return [...parts, (this.getAttribute("state") ?? "").replace(/^#/, "")].filter(Boolean).join("&");
    }

    address() {
      const at = (/** @type {string} */ name, /** @type {string} */ usual) => this.getAttribute(name) ?? usual;
      const site = new URL(at("src", own && new URL("../../", own).href), document.baseURI);
      const wanted = at("controls", USUAL).split(/[\s,]+/);
      const words = [`embed=${at("run-for", "400")}`, `view=${at("view", "stage")}`, `hide=${PARTS.filter((part) => !wanted.includes(part))}`, `workers=${at("workers", "1")}`, this.hasAttribute("trained") ? "trained" : ""];
      site.hash = [this.game(), ...words].filter(Boolean).join("&");
      return site;
    }

    open() {
      this.sight?.disconnect();
      if (this.frame || !this.isConnected) return;
      this.words.hidden = true;
      const frame = (this.frame = document.createElement("iframe"));
      frame.setAttribute("part", "frame");
      frame.allow = "fullscreen; clipboard-write";
      // A page that is isolated lets no other frame in.
      frame.toggleAttribute("credentialless", !!self.crossOriginIsolated);
      const sandbox = this.getAttribute("sandbox");
      if (sandbox !== null) frame.setAttribute("sandbox", sandbox);
      this.dress();
      try {
        frame.src = this.address().href;
      } catch {
        return this.fail("no-address", "This widget does not know where ganvas is: its src has to say so.");
      }
      this.shadowRoot?.prepend(frame);
      this.alarm = setTimeout(() => this.fail("unreachable", "ganvas did not load here."), PATIENCE);
    }

    /** Ends the frame: the facade is there again. */
    close() {
      this.sight?.disconnect();
      clearTimeout(this.alarm);
      this.port?.close();
      this.port = null;
      this.frame?.remove();
      this.frame = null;
      this.queue = [];
      for (const resolve of this.asked.values()) resolve(null);
      this.asked.clear();
      this.cover(true);
    }

    /** @param {string} type @param {string} message */
    fail(type, message) {
      const full = this.frame?.src;
      this.close();
      this.words.textContent = `${message} `;
      if (full) this.words.append(Object.assign(document.createElement("a"), { href: full, target: "_blank", rel: "noopener", textContent: "Open it in a tab of its own" }));
      this.words.hidden = false;
      this.emit("error", { type, message, recoverable: true });
    }

    /** @param {boolean} covered whether the facade is seen, or the frame */
    cover(covered) {
      const focused = this.shadowRoot?.activeElement === this.button;
      this.button.ariaBusy = null;
      this.facade.hidden = !covered;
      this.image.hidden = !covered || !this.hasAttribute("poster");
      if (!covered && focused) this.frame?.focus();
      this.dress();
    }

    /** The frame has begun, or says something. @param {MessageEvent} event */
    hear({ source, origin, data }) {
      const { frame } = this;
      if (!frame || source !== frame.contentWindow || data?.ganvas !== 1 || this.port) return;
      // A sandboxed frame and a file have no origin.
      const expected = new URL(frame.src).origin;
      if (origin !== expected && origin !== "null") return;
      clearTimeout(this.alarm);
      const { port1, port2 } = new MessageChannel();
      this.port = port1;
      port1.onmessage = ({ data }) => this.told(data);
      frame.contentWindow?.postMessage({ ganvas: 1, connect: true }, origin === "null" ? "*" : expected, [port2]);
      for (const message of this.queue.splice(0)) port1.postMessage(message);
    }

    /** @param {{ id?: number, answer?: any, event?: string, detail?: any }} message */
    told({ id, answer, event, detail }) {
      if (id) {
        this.asked.get(id)?.(answer);
        this.asked.delete(id);
      }
      if (!event) return;
      if (event === "ready" && (this.wanted || this.getAttribute("reveal") === "auto")) this.cover(false);
      this.emit(event, detail);
    }

    /** @param {string} name @param {object} detail */
    emit(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }

    /** Asks the frame, now or once it is there. @param {string} ask @param {object} [more] @returns {Promise<any>} */
    ask(ask, more) {
      return new Promise((resolve) => {
        const id = (this.count = (this.count ?? 0) + 1);
        const message = { id, ask, ...more };
        this.asked.set(id, resolve);
        if (this.port) this.port.postMessage(message);
        else this.queue.push(message);
      });
    }

    /** As asking does, and shows it. @param {string} ask @param {object} [more] */
    show(ask, more) {
      this.wanted = true;
      this.open();
      if (this.port) this.cover(false);
      else if (this.frame) {
        this.button.textContent = "Loading";
        this.button.ariaBusy = "true"; // disabled it would lose the focus
      }
      return this.frame ? this.ask(ask, more) : Promise.resolve(null);
    }

    train() {
      return this.show("train");
    }

    /** @param {string} [player] */
    step(player = "both") {
      return this.show("step", { player });
    }

    pause() {
      return this.frame ? this.ask("pause") : Promise.resolve();
    }

    reset() {
      return this.frame ? this.ask("reset") : Promise.resolve();
    }

    dismissPoster() {
      this.wanted = true;
      this.open();
      this.cover(false);
    }

    getState() {
      return this.frame ? this.ask("state") : Promise.resolve(this.game());
    }

    /** @param {string} state */
    setState(state) {
      if (this.frame) return this.ask("set-state", { state });
      for (const name of GAME) this.removeAttribute(name); // it is all of what is played
      this.setAttribute("state", state);
      return Promise.resolve([]);
    }

    /** @param {{ type?: string }} [how] @returns {Promise<Blob | null>} */
    toBlob({ type = "image/png" } = {}) {
      return this.frame ? this.ask("picture", { type }) : Promise.resolve(null);
    }
  }

  for (const name of GanvasPlay.observedAttributes) {
    const key = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    Object.defineProperty(GanvasPlay.prototype, key, {
      get() {
        return this.getAttribute(name);
      },
      set(value) {
        if (value == null || value === false) this.removeAttribute(name);
        else this.setAttribute(name, value);
      },
      configurable: true,
      enumerable: true,
    });
  }
  customElements.define(NAME, GanvasPlay);
})();
