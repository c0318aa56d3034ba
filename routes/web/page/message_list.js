/**
 * Shows a timeline in a box that scrolls. Of thousands of entries, only the rows around what is seen
 * are in the document; scrolling moves them along. What comes is shown at most once per frame.
 *
 * @typedef {import("./timeline.js").Entry} Entry
 * @typedef {import("./timeline.js").Timeline} Timeline
 */

import {MessageRow} from "./message_row.js";

/** As many rows as there are at most. */
const MOST_ROWS = 200;
/** As many as are added at an edge. */
const STEP = 60;
/** So near to an edge of what is there, more is added. */
const NEAR_PX = 600;
/** So near to the end, the newest message stays in sight. */
const END_PX = 48;

/**
 * @typedef {object} ListOptions
 * @property {HTMLElement} log what scrolls
 * @property {HTMLElement} list what the rows are in
 * @property {Timeline} timeline
 * @property {import("./message_row.js").RowOptions} row
 * @property {() => void} onStart the oldest entry is nearly in sight
 * @property {(isAtEnd: boolean) => void} onMove
 */
export class MessageList {
  /** @type {Map<string, MessageRow>} */
  #rows = new Map();
  /** What is in the document: entries[#start] up to, without it, entries[#end]. */
  #start = 0;
  #end = 0;
  #isAtEnd = true;
  #isAsked = false;
  #ends = new AbortController();

  /** @param {ListOptions} options */
  constructor(options) {
    this.options = options;
    const {log} = options;
    log.addEventListener("scroll", () => this.#move(), {passive: true, signal: this.#ends.signal});
    // A window that becomes smaller, or a row that becomes higher, must not hide the end.
    this.resizes = new ResizeObserver(() => {
      if (this.#isAtEnd) this.#toEnd();
    });
    for (const part of [log, ...log.children]) this.resizes.observe(part);
  }

  /** Takes all rows out, for good. */
  close() {
    this.#ends.abort();
    this.resizes.disconnect();
    this.options.list.replaceChildren();
    this.#rows.clear();
  }

  /** Whether the newest entry is in sight. */
  get isAtEnd() {
    return this.#isAtEnd;
  }

  /** The row of an element of the document. @param {Element | null} element */
  rowOf(element) {
    const message = /** @type {HTMLElement | null} */ (element?.closest("#messages .message") ?? null);
    return message ? this.#rows.get(message.dataset.key ?? "") ?? null : null;
  }

  /** The entry changed. @param {Entry} entry */
  changed(entry) {
    this.#rows.get(entry.key)?.update();
  }

  /** Shows what people are called by now. */
  updateNames() {
    for (const row of this.#rows.values()) row.updateNames();
  }

  /** Entries were added at the end. */
  appended() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const run = () => {
      if (!this.#isAsked) return;
      this.#isAsked = false;
      this.#follow();
    };
    requestAnimationFrame(run);
    // There are no frames while nobody looks.
    setTimeout(run, 250);
  }

  /** So many entries were added at the beginning. @param {number} count */
  prepended(count) {
    this.#start += count;
    this.#end += count;
    this.#move();
  }

  /** Shows the newest entries. */
  showEnd() {
    this.#isAtEnd = true;
    this.#follow();
  }

  /** Gives the focus to a neighbour of the message that has it; to the last one, if none has. @param {number} step */
  focusNext(step) {
    const messages = /** @type {NodeListOf<HTMLElement>} */ (this.options.list.querySelectorAll(".message"));
    const at = [...messages].findIndex((message) => message.contains(document.activeElement));
    const next = at < 0 ? messages[messages.length - 1] : messages[at + step];
    next?.focus();
    return next !== undefined;
  }

  #follow() {
    const {timeline} = this.options;
    const dropped = timeline.trim();
    this.#start = Math.max(0, this.#start - dropped);
    this.#end = Math.max(this.#start, this.#end - dropped);
    const length = timeline.entries.length;
    if (this.#isAtEnd) {
      this.#show(Math.max(0, Math.max(this.#start, length - MOST_ROWS)), length);
      this.#toEnd();
    } else {
      // Below what is seen: nothing moves.
      this.#keepPlace(this.#start, Math.min(length, Math.max(this.#end, this.#start + MOST_ROWS)));
    }
    this.#tell();
  }

  #toEnd() {
    const {log} = this.options;
    log.scrollTop = log.scrollHeight;
  }

  /** What is seen has moved: keeps rows around it. */
  #move() {
    const {log, timeline, onStart} = this.options;
    const length = timeline.entries.length;
    const below = () => log.scrollHeight - log.clientHeight - log.scrollTop;
    // What came since the last frame is not there yet; it was not scrolled away from.
    const isFollowing = this.#isAtEnd && this.#isAsked && below() < END_PX;
    if (log.scrollTop < NEAR_PX && this.#start > 0) {
      const start = Math.max(0, this.#start - STEP);
      this.#keepPlace(start, Math.min(this.#end, start + MOST_ROWS));
    } else if (below() < NEAR_PX && this.#end < length && !isFollowing) {
      const end = Math.min(length, this.#end + STEP);
      this.#keepPlace(Math.max(this.#start, end - MOST_ROWS), end);
    }
    this.#isAtEnd = isFollowing || (this.#end === length && below() < END_PX);
    if (log.scrollTop < NEAR_PX && this.#start === 0) onStart();
    this.#tell();
  }

  #tell() {
    this.options.onMove(this.#isAtEnd);
  }

  /** Shows other rows; what is in sight and stays does not move. @param {number} start @param {number} end */
  #keepPlace(start, end) {
    const {log, timeline} = this.options;
    const top = log.getBoundingClientRect().top;
    let kept = null;
    for (let at = Math.max(start, this.#start); at < Math.min(end, this.#end) && !kept; ++at) {
      const row = this.#rows.get(timeline.entries[at].key);
      if (row && row.element.getBoundingClientRect().bottom > top) kept = row.element;
    }
    const before = kept?.getBoundingClientRect().bottom ?? 0;
    this.#show(start, end);
    if (kept) log.scrollTop += kept.getBoundingClientRect().bottom - before;
  }

  /** @param {number} start @param {number} end */
  #show(start, end) {
    const {list, timeline, row: rowOptions} = this.options;
    this.#start = start;
    this.#end = end;
    rowOptions.names.refresh();
    const shown = timeline.entries.slice(start, end);
    const keys = new Set(shown.map((entry) => entry.key));
    for (const [key, row] of this.#rows) {
      if (keys.has(key)) continue;
      row.element.remove();
      this.#rows.delete(key);
    }
    let at = list.firstElementChild;
    shown.forEach((entry, index) => {
      let row = this.#rows.get(entry.key);
      if (!row) this.#rows.set(entry.key, row = new MessageRow(entry, rowOptions));
      row.place(timeline.entries[start + index - 1]);
      if (row.element === at) {
        at = at.nextElementSibling;
      } else {
        list.insertBefore(row.element, at);
      }
    });
  }
}
