/**
 * One entry of a timeline, as the page shows it. Made once; `update` brings it up to date, so that
 * what has the focus keeps it.
 *
 * @typedef {import("./timeline.js").Entry} Entry
 */

import {avatar, button, element, isolated, nameElement, tagElement} from "./dom.js";
import {shownName} from "./names.js";

/** A message so soon after the one before, by the same author, goes without a head of its own. */
const GROUP_MS = 5 * 60 * 1000;

const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
const date = new Intl.DateTimeFormat(undefined, {weekday: "long", day: "numeric", month: "long"});
const exact = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "medium"});

/** @param {Date} time */
function dayOf(time) {
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (time.toDateString() === today.toDateString()) return "Today";
  if (time.toDateString() === yesterday.toDateString()) return "Yesterday";
  return date.format(time);
}

/** @param {Date} time */
function timeElement(time) {
  const made = /** @type {HTMLTimeElement} */ (element("time", "", clock.format(time)));
  made.dateTime = time.toISOString();
  made.title = exact.format(time);
  return made;
}

/** @param {Entry} entry @param {import("./names.js").Names} names */
function headOf(entry, names) {
  const author = element("span", "", isolated(shownName(entry.from.name), "author"),
      tagElement(names.tagOf(entry.from)));
  const head = element("div", "message-head", author);
  if (entry.to) {
    head.append(element("span", "note", "to ", nameElement(names, entry.to), ", who alone can read it"));
  } else if (entry.kind === "direct") {
    head.append(element("span", "note", "to you alone"));
  }
  head.append(timeElement(entry.time));
  return head;
}

/**
 * @typedef {object} RowOptions
 * @property {() => string} session this page's own
 * @property {import("./names.js").Names} names
 * @property {(entry: Entry, key: string, on: boolean) => void} onReact
 */
export class MessageRow {
  /** @param {Entry} entry @param {RowOptions} options */
  constructor(entry, options) {
    this.entry = entry;
    this.element = element("li", "");
    /** What has the focus, and the tools; null for a mark. @type {HTMLElement | null} */
    this.message = null;
    this.options = options;
    this.before = undefined;
    this.isReachable = false;
  }

  /** Puts it after another entry, or at the beginning. @param {Entry | undefined} before */
  place(before) {
    if (this.before === before && this.element.hasChildNodes()) return;
    this.before = before;
    const hadFocus = this.message?.contains(document.activeElement) ?? false;
    const isNewDay = !before || dayOf(before.time) !== dayOf(this.entry.time);
    const parts = [];
    if (isNewDay) parts.push(element("div", "day", element("span", "", dayOf(this.entry.time))));
    if (this.entry.kind === "mark") {
      const mark = element("p", "marker", element("span", "", this.entry.text));
      mark.dataset.kind = this.entry.isGap ? "gap" : "note";
      parts.push(mark);
    } else {
      this.#build(!isNewDay && this.#continues(before));
      parts.push(/** @type {HTMLElement} */ (this.message));
    }
    this.element.replaceChildren(...parts);
    this.update();
    if (hadFocus) this.message?.focus({preventScroll: true});
  }

  /** Shows what changed. */
  update() {
    if (!this.message) return;
    const {entry} = this;
    const isData = entry.text === "" && entry.data !== "";
    this.text.textContent = entry.isDeleted ? "This message was deleted." : entry.text || entry.data;
    this.text.classList.toggle("is-data", isData);
    this.text.parentElement?.classList.toggle("is-deleted", entry.isDeleted);
    this.note.textContent = entry.isEdited && !entry.isDeleted ? " (edited)" : "";
    this.#updateReactions();
  }

  /** Shows what people are called by now. */
  updateNames() {
    if (!this.message) return;
    const {entry, options} = this;
    this.head?.replaceWith(this.head = headOf(entry, options.names));
    this.message.setAttribute("aria-label", `${options.names.labelOf(entry.from)}, ${clock.format(entry.time)}`);
    this.#updateReactions();
  }

  /** Whether the reactions can be reached by Tab, which are too many for all rows at once. @param {boolean} on */
  setReachable(on) {
    this.isReachable = on;
    for (const chip of this.chips.values()) chip.tabIndex = on ? 0 : -1;
  }

  /** @param {Entry} before */
  #continues(before) {
    return before.kind === "message" && this.entry.kind === "message" &&
        before.from.session === this.entry.from.session && before.from.name === this.entry.from.name &&
        this.entry.time.getTime() - before.time.getTime() < GROUP_MS;
  }

  /** @param {boolean} isGrouped */
  #build(isGrouped) {
    const {entry} = this;
    this.text = element("span", "");
    this.note = element("span", "note");
    this.reactions = element("div", "reactions");
    /** @type {Map<string, HTMLButtonElement>} */
    this.chips = new Map();
    const body = element("div", "message-body",
        element("p", "message-text", this.text, this.note), this.reactions);
    const message = element("div", "message", isGrouped ? timeElement(entry.time) : avatar(entry.from), body);
    this.head = isGrouped ? null : headOf(entry, this.options.names);
    if (this.head) {
      body.prepend(this.head);
    } else {
      message.classList.add("is-grouped");
    }
    message.classList.toggle("is-own", entry.from.session === this.options.session());
    message.classList.toggle("is-direct", entry.kind === "direct");
    message.setAttribute("role", "article");
    message.setAttribute("aria-label", `${this.options.names.labelOf(entry.from)}, ${clock.format(entry.time)}`);
    message.tabIndex = -1;
    message.dataset.key = entry.key;
    this.message = message;
  }

  #updateReactions() {
    const {entry, options} = this;
    for (const [key, chip] of this.chips) {
      if (entry.reactions.has(key)) continue;
      // Or the keyboard would have to begin at the top of the page again.
      if (chip === document.activeElement) this.message?.focus({preventScroll: true});
      chip.remove();
      this.chips.delete(key);
    }
    this.reactions.hidden = entry.reactions.size === 0;
    for (const [key, people] of entry.reactions) {
      let chip = this.chips.get(key);
      if (!chip) {
        chip = button("reaction", "", () => options.onReact(entry, key, !this.#isMine(key)));
        chip.tabIndex = this.isReachable ? 0 : -1;
        this.chips.set(key, chip);
        this.reactions.append(chip);
      }
      const names = [...people].slice(0, 20).map(([session, name]) => options.names.labelOf({session, name})).join(", ");
      chip.replaceChildren(isolated(key), element("span", "", String(people.size)));
      chip.setAttribute("aria-pressed", String(this.#isMine(key)));
      chip.setAttribute("aria-label", `${key}, ${people.size}: ${names}`);
      chip.title = names;
      chip.disabled = entry.offset === 0;
    }
  }

  /** @param {string} key */
  #isMine(key) {
    return this.entry.reactions.get(key)?.has(this.options.session()) ?? false;
  }
}
