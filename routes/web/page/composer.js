/**
 * The box in which a message is written: a new one, one to a single person, or another text for one
 * that was sent.
 *
 * @typedef {import("./timeline.js").Entry} Entry
 * @typedef {import("../client/frames.js").Member} Member
 *
 * @typedef {{kind: "new"} | {kind: "edit", entry: Entry} | {kind: "direct", to: Member}} Mode
 */

import {byId, nameElement} from "./dom.js";

/**
 * @typedef {object} ComposerOptions
 * @property {import("./names.js").Names} names
 * @property {(text: string, mode: Mode) => void} onSend
 * @property {(on: boolean) => void} onTyping at every key press
 * @property {() => Entry | null} lastOwn
 * @property {() => number} mostBytes of a text, in UTF-8
 */
export class Composer {
  /** @type {Mode} */
  #mode = {kind: "new"};
  /** What was being written when an edit began. */
  #draft = "";
  #ends = new AbortController();

  /** @param {ComposerOptions} options */
  constructor(options) {
    this.options = options;
    /** @type {HTMLTextAreaElement} */
    this.box = byId("text");
    const {signal} = this.#ends;
    byId("composer").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#send();
    }, {signal});
    this.box.addEventListener("keydown", (event) => this.#key(event), {signal});
    this.box.addEventListener("input", () => this.#typed(), {signal});
    byId("mode-cancel").addEventListener("click", () => this.cancel(), {signal});
    options.names.addEventListener("change", () => this.#setMode(this.#mode), {signal});
    this.#setMode({kind: "new"});
    this.#fit();
  }

  /** Forgets what was written, for good. */
  close() {
    this.#ends.abort();
    this.#setText("");
    this.#setMode({kind: "new"});
  }

  focus() {
    this.box.focus();
  }

  /** @param {Entry} entry */
  edit(entry) {
    if (this.#mode.kind !== "edit") this.#draft = this.box.value;
    this.#setMode({kind: "edit", entry});
    this.#setText(entry.text);
    this.focus();
  }

  /** @param {Member} to */
  direct(to) {
    if (this.#mode.kind === "edit") this.cancel();
    this.#setMode({kind: "direct", to});
    this.focus();
  }

  /**
   * Takes back what was not sent to somebody alone. For them it stays, unless they are gone.
   *
   * @param {string} text @param {Member} to @param {boolean} isGone
   */
  restore(text, to, isGone) {
    // Before what was written meanwhile.
    const withOther = (/** @type {string} */ other) => (other ? `${text}\n${other}` : text);
    if (this.#mode.kind === "edit") {
      this.#draft = withOther(this.#draft);
      return;
    }
    this.#setText(withOther(this.box.value));
    if (!isGone) {
      this.#setMode({kind: "direct", to});
    } else if (this.#mode.kind === "direct" && this.#mode.to.session === to.session) {
      this.#setMode({kind: "new"});
    }
  }

  /** Back to a new message for all. */
  cancel() {
    if (this.#mode.kind === "edit") this.#setText(this.#draft);
    this.#setMode({kind: "new"});
    this.focus();
  }

  /** Says what went wrong; empty clears it. @param {string} problem */
  tell(problem) {
    const line = byId("composer-problem");
    line.textContent = problem;
    line.hidden = problem === "";
  }

  #send() {
    const text = this.box.value.trim();
    if (text === "") return;
    const bytes = new TextEncoder().encode(text).length;
    const most = this.options.mostBytes();
    if (bytes > most) {
      this.tell(`This is too long: ${bytes} bytes, and ${most} are allowed.`);
      return;
    }
    this.tell("");
    const mode = this.#mode;
    this.#setText(mode.kind === "edit" ? this.#draft : "");
    if (mode.kind === "edit") this.#setMode({kind: "new"});
    this.options.onSend(text, mode);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While an input method composes, Enter is its own.
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "Escape" && this.#mode.kind !== "new") {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "ArrowUp" && this.box.value === "") {
      const entry = this.options.lastOwn();
      if (!entry) return;
      event.preventDefault();
      this.edit(entry);
    }
  }

  #typed() {
    this.#fit();
    this.tell("");
    if (this.#mode.kind === "new") this.options.onTyping(this.box.value.trim() !== "");
  }

  /** @param {string} text */
  #setText(text) {
    this.box.value = text;
    this.#fit();
  }

  /** As high as its text. */
  #fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 2}px`;
  }

  /** @param {Mode} mode */
  #setMode(mode) {
    this.#mode = mode;
    byId("mode").hidden = mode.kind === "new";
    if (mode.kind === "edit") byId("mode-text").textContent = "Editing your message";
    if (mode.kind === "direct") byId("mode-text").replaceChildren("To ", nameElement(this.options.names, mode.to), " alone");
  }
}
