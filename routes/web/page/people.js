/**
 * Who is in the room, and who of them types.
 *
 * @typedef {import("../client/frames.js").Member} Member
 * @typedef {import("../client/chat_client.js").Room} Room
 */

import {avatar, button, byId, element, isolated, nameElement, tagElement} from "./dom.js";
import {shownName} from "./names.js";

/** More people are counted, not listed. */
const MOST_PEOPLE = 200;
/** Of a room that fills, not every newcomer is drawn by itself. */
const DRAW_MS = 100;

export class People {
  #timer = 0;
  #ends = new AbortController();

  /**
   * @param {Room} room
   * @param {import("./names.js").Names} names
   * @param {() => string} session this page's own
   * @param {(to: Member) => void} onDirect
   */
  constructor(room, names, session, onDirect) {
    this.room = room;
    this.names = names;
    this.session = session;
    this.onDirect = onDirect;
    this.panel = byId("people");
    this.toggle = byId("people-toggle");
    const {signal} = this.#ends;
    this.toggle.addEventListener("click", () => this.#open(!this.#isOpen), {signal});
    byId("people-close").addEventListener("click", () => this.#open(false), {signal});
    this.panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && this.#isOpen) this.#open(false);
    }, {signal});
    room.addEventListener("presence", () => this.#changed(), {signal});
    room.addEventListener("joined", () => this.#changed(), {signal});
    room.addEventListener("typing", () => this.#showTyping(), {signal});
    names.addEventListener("change", () => {
      this.#changed();
      this.#showTyping();
    }, {signal});
    this.#draw();
    this.#showTyping();
  }

  close() {
    this.#ends.abort();
    clearTimeout(this.#timer);
    this.panel.classList.remove("is-open");
    this.toggle.setAttribute("aria-expanded", "false");
    byId("roster").replaceChildren();
    byId("typing").textContent = "";
  }

  get #isOpen() {
    return this.panel.classList.contains("is-open");
  }

  /** @param {boolean} on */
  #open(on) {
    this.panel.classList.toggle("is-open", on);
    this.toggle.setAttribute("aria-expanded", String(on));
    if (on) {
      byId("people-close").focus();
    } else {
      this.toggle.focus();
    }
  }

  #changed() {
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#draw();
    }, DRAW_MS);
  }

  #draw() {
    const {room} = this;
    this.names.refresh();
    byId("count").textContent = String(room.count);
    byId("people-heading").textContent = `People, ${room.count}`;
    const own = this.session();
    const shown = [...room.members.values()]
        .sort((a, b) => Number(b.session === own) - Number(a.session === own) ||
            a.name.localeCompare(b.name) || a.session.localeCompare(b.session))
        .slice(0, MOST_PEOPLE);
    // The focus stays with who has it, if they are still there.
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.session;
    byId("roster").replaceChildren(...shown.map((member) => this.#personOf(member, own)));
    if (focused) /** @type {HTMLElement | null} */ (document.querySelector(`[data-session="${CSS.escape(focused)}"]`))?.focus();
    const hidden = room.count - shown.length;
    const note = byId("roster-note");
    note.hidden = hidden <= 0;
    note.textContent = hidden > 0 ? `and ${hidden} more` : "";
  }

  /** @param {Member} member @param {string} own */
  #personOf(member, own) {
    const name = isolated(shownName(member.name), "person-name");
    const tag = tagElement(this.names.tagOf(member));
    if (member.session === own) {
      return element("li", "", element("div", "person", avatar(member), name, tag,
          element("span", "person-note", "you")));
    }
    const person = button("person", "", () => {
      this.panel.classList.remove("is-open");
      this.toggle.setAttribute("aria-expanded", "false");
      this.onDirect(member);
    }, avatar(member), element("span", "unseen", "Write to "), name, tag,
    element("span", "unseen", " alone"));
    person.title = "Write to this person alone";
    person.dataset.session = member.session;
    return element("li", "", person);
  }

  #showTyping() {
    const names = [...this.room.typists.values()].map((member) => nameElement(this.names, member));
    const line = byId("typing");
    if (names.length === 0) {
      line.textContent = "";
    } else if (names.length === 1) {
      line.replaceChildren(names[0], " is typing…");
    } else if (names.length === 2) {
      line.replaceChildren(names[0], " and ", names[1], " are typing…");
    } else {
      line.textContent = `${names.length} people are typing…`;
    }
  }
}
