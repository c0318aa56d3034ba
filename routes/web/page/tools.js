/**
 * What can be done with a message: react, edit, delete. There is one set of buttons, which goes to
 * the message that the pointer or the focus is at.
 *
 * @typedef {import("./timeline.js").Entry} Entry
 * @typedef {import("./message_row.js").MessageRow} MessageRow
 */

import {button, element} from "./dom.js";

/** Reactions that are one press away, and their names. */
const QUICK = [["👍", "thumbs up"], ["❤️", "heart"], ["😂", "laughing"]];
const MORE = [
  ["🎉", "party"], ["😮", "surprised"], ["😢", "sad"], ["🙏", "thanks"], ["👀", "eyes"], ["🔥", "fire"],
  ["💯", "hundred"], ["👎", "thumbs down"],
];

/**
 * @typedef {object} ToolsOptions
 * @property {HTMLElement} log
 * @property {import("./message_list.js").MessageList} list
 * @property {() => string} session this page's own
 * @property {(entry: Entry, key: string, on: boolean) => void} onReact
 * @property {(entry: Entry) => void} onEdit
 * @property {(entry: Entry) => void} onDelete
 * @property {() => void} onEscape
 */
export class Tools {
  /** @type {MessageRow | null} */
  #row = null;
  #buttons = element("div", "tools");
  #ends = new AbortController();

  /** @param {ToolsOptions} options */
  constructor(options) {
    this.options = options;
    this.#buttons.setAttribute("role", "group");
    this.#buttons.setAttribute("aria-label", "What to do with this message");
    const {log} = options;
    const {signal} = this.#ends;
    log.addEventListener("pointerover", (event) => this.#point(event), {signal});
    log.addEventListener("pointerleave", () => this.#unlessFocused(null), {signal});
    log.addEventListener("focusin", (event) => this.#attach(options.list.rowOf(asElement(event.target))), {signal});
    log.addEventListener("focusout", (event) => {
      if (log.contains(/** @type {Node | null} */ (event.relatedTarget))) return;
      // A button that is replaced gives the focus to its successor at once.
      queueMicrotask(() => {
        if (!log.contains(document.activeElement)) this.#attach(null);
      });
    }, {signal});
    log.addEventListener("keydown", (event) => this.#key(event), {signal});
  }

  close() {
    this.#attach(null);
    this.#ends.abort();
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const row = this.options.list.rowOf(asElement(event.target));
    if (row) this.#unlessFocused(row);
  }

  /** The focus outranks the pointer. @param {MessageRow | null} row */
  #unlessFocused(row) {
    if (this.#row?.message?.contains(document.activeElement) && this.#row.message.matches(":focus-visible, :has(:focus-visible)")) {
      return;
    }
    this.#attach(row);
  }

  /** @param {MessageRow | null} row */
  #attach(row) {
    const usable = row && row.entry.kind === "message" && row.entry.offset > 0 && !row.entry.isDeleted ? row : null;
    if (usable === this.#row && (!usable || usable.message === this.#buttons.parentElement)) return;
    this.#row?.setReachable(false);
    this.#row?.message?.classList.remove("is-active");
    this.#buttons.remove();
    this.#row = usable;
    if (!usable) return;
    this.#fill(usable.entry, false);
    usable.setReachable(true);
    usable.message?.classList.add("is-active");
    usable.message?.append(this.#buttons);
  }

  /** @param {Entry} entry @param {boolean} withMore */
  #fill(entry, withMore) {
    const {options} = this;
    const reactions = withMore ? [...QUICK, ...MORE] : QUICK;
    this.#buttons.replaceChildren(...reactions.map(([key, name]) =>
      button("emoji", `React with ${name}`, () => {
        const people = entry.reactions.get(key);
        options.onReact(entry, key, !people?.has(options.session()));
      }, key)));
    if (withMore) return;
    this.#buttons.append(button("", "More reactions", () => {
      this.#fill(entry, true);
      /** @type {HTMLElement} */ (this.#buttons.children[QUICK.length]).focus();
    }, "…"));
    if (entry.from.session !== options.session()) return;
    const remove = button("is-danger", "", () => {
      // Asked once more, in place: there is no way back.
      if (remove.textContent === "Delete") {
        remove.textContent = "Really delete?";
      } else {
        options.onDelete(entry);
      }
    }, "Delete");
    remove.addEventListener("blur", () => { remove.textContent = "Delete"; });
    this.#buttons.append(button("", "", () => options.onEdit(entry), "Edit"), remove);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const {list, log, onEscape} = this.options;
    const isButton = asElement(event.target)?.closest("button");
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      list.focusNext(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Enter" && !isButton && event.target !== log) {
      /** @type {HTMLElement | null} */ (this.#buttons.firstElementChild)?.focus();
    } else if (event.key === "Escape") {
      onEscape();
    } else {
      return;
    }
    event.preventDefault();
  }
}

/** @param {EventTarget | null} target */
function asElement(target) {
  return target instanceof Element ? target : null;
}
