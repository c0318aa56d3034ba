/**
 * Messages that were written and not yet taken by the server: shown below the others until they are
 * among them.
 */

import {byId, button, element} from "./dom.js";

/**
 * @typedef {object} OutboxOptions
 * @property {(text: string) => Promise<{offset?: number}>} publish lasts until the server has it
 * @property {() => void} onGrow
 */
export class Outbox {
  /** By offset, once that is known: what waits for its message to come. @type {Map<number, HTMLElement>} */
  #acknowledged = new Map();
  /** The newest message that came. */
  #newest = 0;
  #isClosed = false;

  /** @param {OutboxOptions} options */
  constructor(options) {
    this.options = options;
    this.list = byId("outbox");
  }

  close() {
    this.#isClosed = true;
    this.list.replaceChildren();
  }

  /** Whether anything would be lost with this page. */
  get isEmpty() {
    return this.list.childElementCount === 0;
  }

  /** @param {string} text */
  send(text) {
    const note = element("span", "note", "Sending…");
    const message = element("div", "message is-grouped is-pending", element("span", ""),
        element("div", "message-body", element("p", "message-text", text), note));
    const row = element("li", "", message);
    // Told only if it takes long enough to be seen.
    note.hidden = true;
    const timer = setTimeout(() => { note.hidden = false; }, 400);
    this.list.append(row);
    this.options.onGrow();
    this.options.publish(text).then(({offset = 0}) => {
      if (offset <= this.#newest) {
        row.remove();
      } else {
        this.#acknowledged.set(offset, row);
      }
    }, (error) => {
      if (!this.#isClosed) this.#fail(row, message, note, text, error);
    }).finally(() => clearTimeout(timer));
  }

  /** The message of this offset is among the others. @param {number} offset */
  arrived(offset) {
    this.#newest = Math.max(this.#newest, offset);
    for (const [acknowledged, row] of this.#acknowledged) {
      if (acknowledged > this.#newest) continue;
      row.remove();
      this.#acknowledged.delete(acknowledged);
    }
  }

  /** The room's offsets begin anew. */
  beginAnew() {
    this.arrived(Infinity);
    this.#newest = 0;
  }

  /**
   * @param {HTMLElement} row @param {HTMLElement} message @param {HTMLElement} note
   * @param {string} text @param {Error} error
   */
  #fail(row, message, note, text, error) {
    message.classList.add("is-failed");
    note.setAttribute("role", "alert");
    note.hidden = false;
    note.replaceChildren(`Not sent: ${error.message} `,
        button("quiet", "", () => {
          row.remove();
          this.send(text);
        }, "Send again"),
        button("quiet", "", () => row.remove(), "Discard"));
  }
}
