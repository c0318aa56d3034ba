/**
 * A room, from entering it to leaving it: puts together what is shown and what the client tells.
 *
 * @typedef {import("../client/chat_client.js").Room} Room
 * @typedef {import("../client/chat_client.js").ChatError} ChatError
 * @typedef {import("./timeline.js").Entry} Entry
 */

import {ChatClient} from "../client/chat_client.js";
import {announce, announceNotice} from "./announcer.js";
import {Composer} from "./composer.js";
import {ConnectionView} from "./connection_view.js";
import {byId} from "./dom.js";
import {MessageList} from "./message_list.js";
import {Names} from "./names.js";
import {Outbox} from "./outbox.js";
import {People} from "./people.js";
import {Timeline} from "./timeline.js";
import {Tools} from "./tools.js";

/** Events that come with a room, and with each page of what is older. */
const HISTORY = 100;
/** Of a text, until the server says what it takes. */
const TEXT_BYTES = 16384;

/** @param {number} ms */
function durationOf(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

export class ChatView {
  #timeline = new Timeline();
  #hasOlder = false;
  #isLoading = false;
  #isFirstJoin = true;
  /** New messages that were not in sight yet. */
  #unseen = 0;
  #ends = new AbortController();

  /**
   * @param {string} url of the chat route
   * @param {string} name
   * @param {string} room
   * @param {{onRefused: (problem: string) => void, onAgain: () => void}} owner
   */
  constructor(url, name, room, owner) {
    this.client = new ChatClient(url, {name});
    this.room = this.client.join(room, {history: HISTORY});
    const {room: {members}} = this;
    const timeline = this.#timeline;
    this.names = new Names(function* () {
      yield* members.values();
      yield* timeline.people();
    });
    const session = () => this.client.session ?? "";
    const react = (/** @type {Entry} */ entry, /** @type {string} */ key, /** @type {boolean} */ on) =>
      this.#try(this.room.react(entry.offset, key, on));
    byId("room-name").textContent = room;
    byId("text").placeholder = `Message #${room}`;
    this.connection = new ConnectionView(url, this.client, owner.onAgain);
    this.list = new MessageList({
      log: byId("log"), list: byId("messages"), timeline: this.#timeline,
      row: {session, names: this.names, onReact: react},
      onStart: () => this.#loadOlder(),
      onMove: (isAtEnd) => {
        if (isAtEnd && !document.hidden) this.#unseen = 0;
        this.#tellUnseen();
      },
    });
    this.composer = new Composer({
      names: this.names,
      onSend: (text, mode) => this.#send(text, mode),
      onTyping: (on) => this.room.typing(on),
      lastOwn: () => this.#timeline.lastOf(session()),
      mostBytes: () => this.client.limits?.text_bytes ?? TEXT_BYTES,
    });
    this.tools = new Tools({
      log: byId("log"), list: this.list, session, onReact: react,
      onEdit: (entry) => this.composer.edit(entry),
      onDelete: (entry) => {
        this.#try(this.room.delete(entry.offset));
        this.composer.focus();
      },
      onEscape: () => this.composer.focus(),
    });
    this.outbox = new Outbox({
      publish: (text) => this.room.publish(text),
      onGrow: () => this.list.showEnd(),
    });
    this.people = new People(this.room, this.names, session, (to) => this.composer.direct(to));
    this.#listen(owner.onRefused);
  }

  /** Leaves the room. */
  close() {
    this.#ends.abort();
    for (const part of [this.tools, this.list, this.composer, this.outbox, this.people, this.connection]) {
      part.close();
    }
    byId("jump").hidden = true;
    this.client.close();
  }

  /** @param {(problem: string) => void} onRefused */
  #listen(onRefused) {
    const {client, room} = this;
    const {signal} = this.#ends;
    room.addEventListener("joined", ({event}) => this.#joined(event), {signal});
    room.addEventListener("gap", ({event}) => this.#gap(event), {signal});
    room.addEventListener("refused", ({error}) => onRefused(error.message), {signal});
    for (const type of /** @type {const} */ (["message", "edit", "delete", "reaction"])) {
      room.addEventListener(type, (event) => this.#take(event), {signal});
    }
    client.addEventListener("direct", ({event}) => {
      this.#timeline.addDirect(event.from, event.text);
      this.#arrived(`${this.names.labelOf(event.from)}, to you alone: ${event.text}`);
    }, {signal});
    this.names.addEventListener("change", () => this.list.updateNames(), {signal});
    byId("jump").addEventListener("click", () => {
      this.list.showEnd();
      this.composer.focus();
    }, {signal});
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.list.isAtEnd) this.#unseen = 0;
      this.#tellUnseen();
    }, {signal});
    addEventListener("beforeunload", (event) => {
      if (!this.outbox.isEmpty) event.preventDefault();
    }, {signal});
  }

  /** @param {import("../client/frames.js").JoinedFrame} joined */
  #joined(joined) {
    const away = this.connection.takeAway();
    if (this.#isFirstJoin) {
      this.#isFirstJoin = false;
      this.#hasOlder = joined.first <= joined.offset;
      this.#tellStart();
    } else if (joined.recovered && away) {
      this.#timeline.mark(`The connection was lost for ${durationOf(away)}. Nothing was missed.`);
      this.connection.tellBack();
      announceNotice("Back again. Nothing was missed.");
      this.list.appended();
    }
  }

  /** @param {import("../client/events.js").Gap} gap */
  #gap(gap) {
    if (gap.isNewEpoch) {
      this.#timeline.beginAnew();
      this.outbox.beginAnew();
      this.#hasOlder = false;
    }
    const why = gap.isNewEpoch ? "The server was started anew." : "The connection was lost for too long.";
    this.#timeline.mark(`${why} Messages may be missing here.`, true);
    announceNotice(`Connected again. ${why} Messages may be missing.`);
    this.list.appended();
  }

  /** @param {import("../client/events.js").LogEvent} event */
  #take({event, isHistory}) {
    const entry = this.#timeline.add(event);
    if (event.type !== "message") {
      if (entry) this.list.changed(entry);
      return;
    }
    if (isHistory || event.from.session === this.client.session) {
      this.list.appended();
    } else {
      this.#arrived(`${this.names.labelOf(event.from)}: ${entry?.text || entry?.data || ""}`);
    }
    this.outbox.arrived(event.offset);
  }

  /** A message of somebody else is new. @param {string} line */
  #arrived(line) {
    announce(line);
    if (document.hidden || !this.list.isAtEnd) ++this.#unseen;
    this.list.appended();
    this.#tellUnseen();
  }

  /** @param {string} text @param {import("./composer.js").Mode} mode */
  #send(text, mode) {
    if (mode.kind === "new") {
      this.outbox.send(text);
    } else if (mode.kind === "edit") {
      this.#try(this.room.edit(mode.entry.offset, text));
    } else {
      this.#sendDirect(text, mode.to);
    }
  }

  /** @param {string} text @param {import("../client/frames.js").Member} to */
  async #sendDirect(text, to) {
    const from = {session: this.client.session ?? "", name: this.room.name};
    try {
      await this.client.direct({session: to.session}, text);
    } catch (error) {
      if (!this.#ends.signal.aborted) this.#notSent(text, to, /** @type {ChatError} */ (error));
      return;
    }
    if (this.#ends.signal.aborted) return;
    this.#timeline.addDirect(from, text, to);
    this.list.showEnd();
  }

  /** @param {string} text @param {import("../client/frames.js").Member} to @param {ChatError} error */
  #notSent(text, to, {code, message}) {
    const who = this.names.labelOf(to);
    const isGone = code === "no_such_member" || (this.room.isListed && !this.room.members.has(to.session));
    this.composer.restore(text, to, isGone);
    if (isGone) {
      this.composer.tell(`${who} is not here any more, and did not get this. Sent now, it would go to everybody.`);
    } else if (code === "disconnected" || code === "timeout") {
      this.composer.tell(`Whether ${who} got this is not known: ${message}.`);
    } else {
      this.composer.tell(`${who} did not get this: ${message}.`);
    }
  }

  /** @param {Promise<unknown>} request */
  #try(request) {
    request.then(() => this.composer.tell(""), (error) => {
      if (!this.#ends.signal.aborted) this.composer.tell(`This was not done: ${error.message}.`);
    });
  }

  async #loadOlder() {
    if (this.#isLoading || !this.#hasOlder || !this.room.isJoined || this.#timeline.isFull) return;
    this.#isLoading = true;
    const {epoch} = this.room;
    try {
      const before = this.#timeline.oldest || this.room.newest + 1;
      const page = await this.room.history({before, limit: HISTORY});
      if (this.#ends.signal.aborted || epoch !== this.room.epoch) return;
      this.#hasOlder = page.hasMore;
      this.list.prepended(this.#timeline.addOlder(page.events));
    } catch {
      // The connection was lost: scrolling asks again.
    } finally {
      this.#isLoading = false;
      this.#tellStart();
    }
  }

  #tellStart() {
    const line = byId("log-start");
    line.hidden = this.#hasOlder;
    line.textContent = "This is where the room's history begins.";
  }

  #tellUnseen() {
    const jump = byId("jump");
    jump.hidden = this.list.isAtEnd;
    jump.textContent = this.#unseen ? `${this.#unseen} new, show` : "To the newest";
    document.title = `${this.#unseen ? `(${this.#unseen}) ` : ""}#${this.room.id} · Fanfare`;
  }
}
