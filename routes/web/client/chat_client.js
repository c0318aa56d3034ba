import {Connection} from "./connection.js";
import {ChatError, DirectEvent, MalformedEvent, StateEvent} from "./events.js";
import {absolute, withDefaults} from "./options.js";
import {watchPage} from "./page.js";
import {Publishes} from "./publishes.js";
import {Requests} from "./requests.js";
import {Room} from "./room.js";
import {TypedTarget} from "./typed_target.js";

export * from "./events.js";
export {Room} from "./room.js";

/**
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./frames.js").WelcomeFrame} WelcomeFrame
 *
 * @typedef {object} RoomLink what a room needs of its client
 * @property {import("./clock.js").Clock} clock
 * @property {import("./requests.js").Requests} requests
 * @property {import("./publishes.js").Publishes} publishes
 * @property {(frame: object) => void} send
 * @property {() => string | null} session
 * @property {(room: Room) => Promise<void>} leave
 */

/**
 * @extends {TypedTarget<import("./events.js").ClientEvents>}
 *
 * A client of the chat protocol fanfare.chat.v1 that stays connected: it comes back after every
 * loss, as the same session, to the same rooms, and to the event after the last that it got.
 */
export class ChatClient extends TypedTarget {
  /**
   * The rooms that were joined and not left.
   * @type {Map<string, Room>}
   */
  rooms = new Map();
  /** @type {import("./events.js").State} */
  state = "connecting";
  #name;
  #clock;
  #requestTimeoutMs;
  #connection;
  #requests;
  #publishes;
  #unwatch;
  /**
   * Who this is, for as long as the server remembers.
   * @type {WelcomeFrame | null}
   */
  #identity = null;
  /**
   * The new identity that this connection began with.
   * @type {WelcomeFrame | null}
   */
  #fallback = null;
  /** Whether this connection has an identity: until then, nothing but rooms is asked for. */
  #isSettled = false;
  #nextId = 1;
  /**
   * Until when rooms must be joined.
   * @type {any}
   */
  #deadline = null;

  /**
   * Connects as soon as the caller has done what it does now.
   * @param {string | URL} url of the chat route, without a room: `ws://localhost:8080/chat`; or
   *     relative to the page: `/chat`
   * @param {import("./options.js").ChatOptions} [options]
   */
  constructor(url, options = {}) {
    super();
    const settings = withDefaults(options);
    const {clock, requestTimeoutMs} = settings;
    this.#name = settings.name;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#connection = new Connection(absolute(url), settings, {
      onFrame: (frame) => this.#receive(frame),
      onMalformed: (data) => this.dispatchEvent(new MalformedEvent(data)),
      onDown: (code) => this.#down(code),
      onState: (state, about) => this.#enterState(state, about),
    });
    const send = (/** @type {object} */ frame) => this.#connection.send(frame);
    this.#requests = new Requests({
      clock, timeoutMs: requestTimeoutMs, most: settings.mostRequests, send,
      isReady: (room) => this.#isReady(room),
    });
    this.#publishes = new Publishes(settings.mostPublishes, send, {
      isReady: (room) => this.#isReady(room),
      isCaughtUp: (room) => this.rooms.get(room)?.isCaughtUp === true,
      newest: (room) => this.rooms.get(room)?.newest ?? 0,
      session: () => this.session,
    });
    this.#unwatch = watchPage(settings.page, this.#connection);
    queueMicrotask(() => this.#connection.open());
  }

  /** What others know this client by; null before the first connection. */
  get session() {
    return this.#identity?.session ?? null;
  }

  /** What the server allows: `text_bytes`, `data_bytes`, `rooms`, `history`; null before. */
  get limits() {
    return this.#identity?.limits ?? null;
  }

  /** How many messages are not acknowledged yet. */
  get pending() {
    return this.#publishes.size;
  }

  /**
   * Joins a room now, and again after every loss of the connection. Of a room that was joined
   * already, it returns what there is, and the options do nothing.
   * @param {string} id
   * @param {{name?: string, history?: number}} options `history`: how many of the newest
   *     events come with it
   */
  join(id, {name = this.#name, history = 0} = {}) {
    const present = this.rooms.get(id);
    if (present !== undefined) return present;
    const room = new Room(id, {name, history}, {
      clock: this.#clock,
      requests: this.#requests,
      publishes: this.#publishes,
      send: (frame) => this.#connection.send(frame),
      session: () => this.session,
      leave: (left) => this.#leave(left),
    });
    if (this.state === "closed") {
      room._end(closed());
      return room;
    }
    this.rooms.set(id, room);
    if (this.#connection.isUp) this.#join(room);
    return room;
  }

  /**
   * A message for one session alone; acknowledged when it was handed to its connection.
   * @param {{session: string} | {name: string, room: string}} to
   * @param {string} text
   * @returns {Promise<void>}
   */
  async direct(to, text) {
    if (this.state === "closed") throw closed();
    await this.#requests.ask({type: "direct", to, text}, {room: "room" in to ? to.room : null});
  }

  /** Waits no longer before it connects again; asks for a sign of life if it is connected. */
  retry() {
    this.#connection.hurry();
  }

  /** Leaves all rooms, for good; what is not acknowledged yet fails with `closed`. */
  close() {
    this.#connection.close("closed by this client");
  }

  /** @param {string | null} room */
  #isReady(room) {
    return this.#isSettled && (room === null || this.rooms.get(room)?.isJoined === true);
  }

  /** @param {Room} room */
  #join(room) {
    room._join(`j${this.#nextId++}`);
    this.#watchEntry();
  }

  /** Without an identity, or without its rooms, a connection is good for nothing. */
  #watchEntry() {
    const isEntering = this.#fallback !== null &&
        (!this.#isSettled || [...this.rooms.values()].some((room) => room._isJoining));
    if (!isEntering) {
      this.#clock.clearTimeout(this.#deadline);
      this.#deadline = null;
      return;
    }
    this.#deadline ??= this.#clock.setTimeout(
        () => this.#connection.giveUp("the server does not answer"), this.#requestTimeoutMs);
  }

  /** @param {Room} room */
  async #leave(room) {
    const isThere = room.isJoined || room._isJoining;
    this.rooms.delete(room.id);
    room._end(new ChatError("left", "the room was left"));
    this.#watchEntry();
    if (!isThere || !this.#connection.isUp) return;
    // With or without an answer, and also if the connection ends: it is left.
    const sent = this.#requests.ask({type: "leave", room: room.id}, {atOnce: true});
    await sent.catch(() => {});
  }

  /** @param {Frame} frame */
  #receive(frame) {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "joined":
        this.rooms.get(frame.room)?._enter(frame);
        return this.#flush();
      case "message":
      case "edit":
      case "delete":
      case "reaction":
      case "presence":
      case "typing":
        return this.rooms.get(frame.room)?._take(frame);
      case "direct":
        return this.dispatchEvent(new DirectEvent(frame));
      default:
        return this.#answer(frame);
    }
  }

  /** @param {WelcomeFrame} welcome */
  #welcome(welcome) {
    if (this.#fallback !== null) return;
    this.#fallback = welcome;
    const former = this.#identity;
    if (former !== null) {
      const {session, token} = former;
      this.#connection.send({type: "resume", id: "resume", session, token});
      this.#watchEntry();
    }
    // The server takes requests in their order, so these are joined as who this is then.
    for (const room of this.rooms.values()) this.#join(room);
    if (former === null) this.#settle(welcome);
  }

  /** @param {Frame & {id?: string}} frame */
  #answer(frame) {
    if (frame.id === "resume" && !this.#isSettled && this.#identity && this.#fallback) {
      this.#settle(frame.type === "ack" ? this.#identity : this.#fallback);
    } else if (!this.#publishes.answer(frame) && !this.#requests.answer(frame) &&
               frame.type === "error") {
      // A renewed token may not let it be where it was.
      const isPutOut = frame.code === "forbidden" && frame.id === undefined;
      const refused = isPutOut ? this.rooms.get(frame.room ?? "") :
          [...this.rooms.values()].find((room) => room._isJoin(frame.id) && !room.isJoined);
      if (refused === undefined) return;
      this.rooms.delete(refused.id);
      refused._refuse(new ChatError(frame.code, frame.message));
      this.#watchEntry();
    }
  }

  /** @param {WelcomeFrame} identity */
  #settle(identity) {
    this.#identity = identity;
    this.#isSettled = true;
    this.#enterState("open", {});
    this.#flush();
  }

  #flush() {
    this.#watchEntry();
    this.#publishes.flush();
    this.#requests.flush();
  }

  /** @param {number} code */
  #down(code) {
    this.#isSettled = false;
    this.#fallback = null;
    this.#clock.clearTimeout(this.#deadline);
    this.#deadline = null;
    for (const room of this.rooms.values()) room._down();
    this.#publishes.down(code);
    this.#requests.down();
  }

  /**
   * @param {import("./events.js").State} state
   * @param {{reason?: string, retryInMs?: number}} about
   */
  #enterState(state, about) {
    this.state = state;
    if (state === "closed") {
      this.#unwatch();
      for (const room of this.rooms.values()) room._end(closed());
      this.rooms.clear();
      this.#requests.fail(closed());
      this.#publishes.fail(closed());
      this.#down(1000);
    }
    this.dispatchEvent(new StateEvent(state, about));
  }
}

function closed() {
  return new ChatError("closed", "the client was closed");
}
