import {Attendance} from "./attendance.js";
import {
  ChatError, GapEvent, JoinedEvent, LogEvent, PresenceEvent, RefusedEvent, TypingEvent,
} from "./events.js";
import {RoomLog} from "./room_log.js";
import {TypedTarget} from "./typed_target.js";
import {TypingGate} from "./typists.js";

/**
 * @typedef {import("./frames.js").JoinedFrame} JoinedFrame
 * @typedef {import("./frames.js").PresenceFrame} PresenceFrame
 * @typedef {import("./frames.js").RoomEventFrame} RoomEventFrame
 * @typedef {import("./frames.js").TypingFrame} TypingFrame
 */

/**
 * @extends {TypedTarget<import("./events.js").RoomEvents>}
 *
 * A room that the client is in, or is about to be in: made by `ChatClient.join`, and the same
 * object through all reconnections until `leave`. Methods whose names begin with `_` are the
 * client's.
 */
export class Room extends TypedTarget {
  /**
   * The first `joined`; fails if the server refuses, or if the room is left before.
   * @type {Promise<JoinedFrame>}
   */
  joined;
  #link;
  #history;
  #log = new RoomLog();
  #attendance;
  /** The id of the join of this connection, if it was sent; and whether it was answered. */
  #joinId = "";
  #isJoined = false;
  /** @type {ChatError | null} */
  #ended = null;
  #typingGate;
  /** @type {(joined: JoinedFrame) => void} */
  #resolve = () => {};
  /** @type {(error: ChatError) => void} */
  #reject = () => {};

  /**
   * @param {string} id
   * @param {{name: string, history: number}} options
   * @param {import("./chat_client.js").RoomLink} link
   */
  constructor(id, {name, history}, link) {
    super();
    /** What the room is called. */
    this.id = id;
    /** What this client is called in it. */
    this.name = name;
    this.#history = history;
    this.#link = link;
    this.#attendance = new Attendance(link.clock, {
      changed: (change) => this.dispatchEvent(new PresenceEvent(change)),
      typing: (change) => this.dispatchEvent(new TypingEvent(change)),
      ask: (after) => link.requests.ask({type: "members", room: id, after}, {room: id}),
    });
    this.#typingGate = new TypingGate(link.clock);
    this.joined = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who does not ask has the event `refused`.
    this.joined.catch(() => {});
  }

  /** Whether the room is joined on this connection. */
  get isJoined() {
    return this.#isJoined;
  }

  /** Session to member; not kept while `isListed` is false. */
  get members() {
    return this.#attendance.members;
  }

  /** How many members there are. */
  get count() {
    return this.#attendance.count;
  }

  /** Whether the room is small enough for the server to tell who comes and goes. */
  get isListed() {
    return this.#attendance.isListed;
  }

  /** Session to member, of those who are typing. */
  get typists() {
    return this.#attendance.typists;
  }

  /** Which life of the room its offsets count in; null before it was joined. */
  get epoch() {
    return this.#log.epoch;
  }

  /** The offset of the newest event that came. */
  get newest() {
    return this.#log.newest;
  }

  /** Whether all that was missed while there was no connection has come. */
  get isCaughtUp() {
    return this.#log.isCaughtUp;
  }

  /**
   * Says something. The promise holds when the server has it, whatever becomes of the connection
   * in between; see Publishing in README.md.
   * @param {string} text
   * @param {{data?: any}} more `data`: any JSON value that goes with it
   */
  publish(text, {data} = {}) {
    if (this.#ended) return Promise.reject(this.#ended);
    this.#typingGate.reset();
    return this.#link.publishes.add({room: this.id, text, data});
  }

  /**
   * Replaces the text and data of one's own message.
   * @param {number} target its offset
   * @param {string} text
   * @param {{data?: any}} more
   * @returns {Promise<{offset: number}>}
   */
  edit(target, text, {data} = {}) {
    return this.#ask({type: "edit", target, text, data});
  }

  /**
   * Deletes one's own message, at this offset.
   * @param {number} target
   * @returns {Promise<{offset: number}>}
   */
  delete(target) {
    return this.#ask({type: "delete", target});
  }

  /**
   * Sets a reaction to a message, or takes it back.
   * @param {number} target its offset
   * @param {string} key an emoji, as a rule
   * @param {boolean} [on]
   * @returns {Promise<{offset?: number}>}
   */
  react(target, key, on = true) {
    return this.#ask({type: "react", target, key, on}, true);
  }

  /**
   * Older events, oldest first; they are not dispatched. Without `before`, what is before all that
   * came already, so that repeated calls go back page by page.
   * @param {{before?: number, limit?: number}} page
   * @returns {Promise<{events: RoomEventFrame[], first: number, hasMore: boolean}>}
   */
  async history({before, limit = 50} = {}) {
    await this.joined;
    const from = before ?? this.#log.oldest;
    if (from <= 1) return {events: [], first: 1, hasMore: false};
    const {epoch, events, first} =
        await this.#ask({type: "history", before: from, limit}, true);
    if (before === undefined && epoch === this.epoch) this.#log.read(events);
    return {events, first, hasMore: events.length > 0 && events[0].offset > first};
  }

  /**
   * A page of the members, ordered by session: the way to read them while `isListed` is false.
   * @param {{after?: string, limit?: number}} page
   * @returns {Promise<import("./frames.js").MembersFrame>}
   */
  roster(page = {}) {
    return this.#ask({type: "members", ...page}, true);
  }

  /**
   * To be called at every key press; tells the others as often as it is of use.
   * @param {boolean} on
   */
  typing(on) {
    if (!this.#isJoined || !this.#typingGate.pass(on)) return;
    this.#link.send({type: "typing", room: this.id, on});
  }

  /** Leaves for good: what is not acknowledged yet fails with `left`. */
  leave() {
    return this.#ended ? Promise.resolve() : this.#link.leave(this);
  }

  /**
   * Joins on a new connection.
   * @param {string} id of the request
   */
  _join(id) {
    this.#joinId = id;
    this.#link.send({
      type: "join", id, room: this.id, name: this.name, history: this.#history,
      recover: this.#log.recover,
    });
  }

  /** Whether a join of this connection is not answered yet. */
  get _isJoining() {
    return this.#joinId !== "" && !this.#isJoined;
  }

  /** @param {string | undefined} id */
  _isJoin(id) {
    return id === this.#joinId;
  }

  /** @param {JoinedFrame} frame */
  _enter(frame) {
    if (this.#isJoined || !this._isJoin(frame.id)) return;
    this.#isJoined = true;
    const {gap, events} = this.#log.enter(frame);
    this.#resolve(frame);
    const tellPresence = this.#attendance.begin(frame);
    this.dispatchEvent(new JoinedEvent(frame));
    tellPresence();
    if (gap !== null) {
      this.#link.publishes.skip(this.id);
      this.dispatchEvent(new GapEvent(gap));
    }
    for (const event of events) {
      // Whoever was told may have left.
      if (this.#ended) return;
      this.#link.publishes.see(event);
      this.dispatchEvent(new LogEvent(event, true));
    }
  }

  /** @param {RoomEventFrame | PresenceFrame | TypingFrame} frame */
  _take(frame) {
    // Perhaps of a membership that ends, before another of the same room.
    if (!this.#isJoined) return;
    if (frame.type === "presence") {
      this.#attendance.change(frame);
    } else if (frame.type === "typing") {
      if (frame.from.session !== this.#link.session()) this.#attendance.type(frame);
    } else {
      this.#takeEvent(frame);
    }
  }

  /** The connection was lost. */
  _down() {
    this.#isJoined = false;
    this.#joinId = "";
    this.#typingGate.reset();
    this.#attendance.down();
  }

  /** @param {ChatError} error what everything fails with from here on */
  _end(error) {
    this._down();
    this.#ended = error;
    this.#attendance.end();
    this.#reject(error);
    this.#link.requests.fail(error, this.id);
    this.#link.publishes.fail(error, this.id);
  }

  /**
   * The server does not let it in.
   * @param {ChatError} error
   */
  _refuse(error) {
    this._end(error);
    this.dispatchEvent(new RefusedEvent(error));
  }

  /** @param {RoomEventFrame} event */
  #takeEvent(event) {
    const {isNew, gap} = this.#log.advance(event);
    if (!isNew) return;
    if (gap !== null) this.dispatchEvent(new GapEvent(gap));
    if (event.type === "message") this.#attendance.said(event.from.session);
    this.#link.publishes.see(event);
    this.dispatchEvent(new LogEvent(event, false));
    // Those that a lost identity left in doubt wait for this.
    if (this.#log.isCaughtUp) this.#link.publishes.flush();
  }

  /**
   * @param {{type: string} & Record<string, any>} request
   * @param {boolean} [repeat]
   */
  #ask(request, repeat = false) {
    if (this.#ended) return Promise.reject(this.#ended);
    return this.#link.requests.ask({...request, room: this.id}, {room: this.id, repeat});
  }
}
