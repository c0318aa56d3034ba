import {REAL_CLOCK} from "./clock.js";
import {Connection} from "./connection.js";
import {ChatError, DirectEvent, MalformedEvent, StateEvent} from "./events.js";
import {thisPage, watchPage} from "./page.js";
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
 * @typedef {object} ChatOptions all of them optional; times in milliseconds
 * @property {string} [name] display name in all rooms
 * @property {new (url: string, protocol: string) => any} [WebSocket] Node's `ws`, for example
 * @property {{firstMs?: number, mostMs?: number}} [backoff] the n-th wait before connecting again
 *     is between 0 and `firstMs` (500) * 2^(n-1), which is `mostMs` (30,000) at most
 * @property {() => number} [random] from 0 to 1
 * @property {number} [requestTimeoutMs] from a request to its answer (15,000)
 * @property {number} [connectTimeoutMs] (15,000)
 * @property {number} [idleMs] asks for a sign of life when nothing was heard for so long (25,000)
 * @property {number} [answerMs] takes another connection when none came by then (10,000)
 * @property {number} [stableMs] held for so long, the back-off begins anew after it (10,000)
 * @property {number} [mostPublishes] that are not acknowledged yet (1000)
 * @property {number} [mostRequests] other requests that are not answered yet (256)
 * @property {import("./clock.js").Clock} [clock]
 * @property {EventTarget | null} [page] whose `online`, `offline`, `pagehide` and `pageshow` count
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
   * @param {ChatOptions} [options]
   */
  constructor(url, options = {}) {
    super();
    const {
      name = "guest", WebSocket = globalThis.WebSocket, backoff, random = Math.random,
      requestTimeoutMs = 15_000, connectTimeoutMs = 15_000, idleMs = 25_000, answerMs = 10_000,
      stableMs = 10_000, mostPublishes = 1000, mostRequests = 256, clock = REAL_CLOCK,
      page = thisPage(),
    } = options;
    if (WebSocket === undefined) throw new TypeError("there is no WebSocket here: pass one");
    const address = new URL(url, globalThis.location?.href);
    address.protocol = address.protocol.replace(/^http/, "ws");
    this.#name = name;
    this.#clock = clock;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#connection = new Connection(
        address.href,
        {WebSocket, clock, random, backoff, connectTimeoutMs, idleMs, answerMs, stableMs}, {
          onFrame: (frame) => this.#receive(frame),
          onMalformed: (data) => this.dispatchEvent(new MalformedEvent(data)),
          onDown: (code) => this.#down(code),
          onState: (state, about) => this.#enterState(state, about),
        });
    const send = (/** @type {object} */ frame) => this.#connection.send(frame);
    this.#requests = new Requests({
      clock, timeoutMs: requestTimeoutMs, most: mostRequests, send,
      isReady: (room) => this.#isReady(room),
    });
    this.#publishes = new Publishes(mostPublishes, send, {
      isReady: (room) => this.#isReady(room),
      isCaughtUp: (room) => this.rooms.get(room)?.isCaughtUp === true,
      newest: (room) => this.rooms.get(room)?.newest ?? 0,
      session: () => this.session,
    });
    this.#unwatch = watchPage(page, this.#connection);
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
    this.#deadline ??= this.#clock.setTimeout(() => {
      this.#deadline = null;
      const isLate = !this.#isSettled || [...this.rooms.values()].some((each) => each._isJoining);
      if (isLate) this.#connection.giveUp("the server does not answer");
    }, this.#requestTimeoutMs);
  }

  /** @param {Room} room */
  async #leave(room) {
    const isThere = room.isJoined || room._isJoining;
    this.rooms.delete(room.id);
    room._end(new ChatError("left", "the room was left"));
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
      const refused = [...this.rooms.values()].find((room) => room._isJoin(frame.id));
      if (refused === undefined || refused.isJoined) return;
      this.rooms.delete(refused.id);
      refused._refuse(new ChatError(frame.code, frame.message));
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
