import {ChatError} from "./events.js";

/**
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./frames.js").RoomEventFrame} RoomEventFrame
 * @typedef {{offset: number, duplicate: boolean}} Published
 *
 * @typedef {object} Publish
 * @property {{type: "publish", id: string, room: string, text?: string, data?: any}} frame
 * @property {boolean} isSent on this connection
 * @property {string | null} sentAs the session that it was sent as last
 * @property {number} seenAt the offset of its event, if that came already; else 0
 * @property {(published: Published) => void} resolve
 * @property {(error: ChatError) => void} reject
 *
 * @typedef {object} RoomState
 * @property {(room: string) => boolean} isReady joined on this connection
 * @property {(room: string) => boolean} isCaughtUp whether all that was missed has come
 * @property {(room: string) => number} newest the offset of the newest event that came
 * @property {() => string | null} session
 */

/** The server remembers a session's newest 256 publishes by their ids; no more may be in doubt. */
const MOST_SENT = 128;

/**
 * Publishes until they are acknowledged, in the order of the calls. They outlive connections: what
 * is not acknowledged is sent again with its id, which the server carries out once. A server that
 * does not know the session any more does not know the ids either; then those whose events came
 * back are done, and the others are sent when all events that were missed have come.
 */
export class Publishes {
  #most;
  #send;
  #rooms;
  /** @type {Map<string, Publish>} */
  #publishes = new Map();
  #nextId = 1;
  /**
   * Acknowledged, but their events did not come yet: those are not taken for others'.
   * @type {Map<string, Set<number>>}
   */
  #expected = new Map();

  /**
   * @param {number} most at it, new ones fail with `queue_full`
   * @param {(frame: object) => void} send
   * @param {RoomState} rooms
   */
  constructor(most, send, rooms) {
    this.#most = most;
    this.#send = send;
    this.#rooms = rooms;
  }

  get size() {
    return this.#publishes.size;
  }

  /**
   * @param {{room: string, text?: string, data?: any}} message
   * @returns {Promise<Published>}
   */
  add(message) {
    if (this.#publishes.size >= this.#most) {
      return Promise.reject(new ChatError("queue_full", `${this.#most} messages wait already`));
    }
    return new Promise((resolve, reject) => {
      const id = `p${this.#nextId++}`;
      this.#publishes.set(id, {
        frame: {type: "publish", id, ...message},
        isSent: false, sentAs: null, seenAt: 0, resolve, reject,
      });
      this.flush();
    });
  }

  /** Sends what can be sent by now. */
  flush() {
    const session = this.#rooms.session();
    let sent = 0;
    for (const publish of this.#publishes.values()) sent += Number(publish.isSent);
    // A room whose next message has to wait; the later ones must not overtake it.
    const held = new Set();
    for (const publish of this.#publishes.values()) {
      const {room} = publish.frame;
      if (publish.isSent || held.has(room) || !this.#rooms.isReady(room)) continue;
      if (publish.sentAs !== null && publish.sentAs !== session) {
        if (publish.seenAt > 0) {
          this.#done(publish, publish.seenAt, true);
          continue;
        }
        if (!this.#rooms.isCaughtUp(room)) {
          held.add(room);
          continue;
        }
      }
      if (sent === MOST_SENT) return;
      ++sent;
      publish.isSent = true;
      publish.sentAs = session;
      this.#send(publish.frame);
    }
  }

  /**
   * Whether the frame answers one of these.
   * @param {Frame & {id?: string}} frame
   */
  answer(frame) {
    const publish = this.#publishes.get(frame.id ?? "");
    if (publish === undefined || !publish.isSent) return false;
    if (frame.type === "error") {
      this.#publishes.delete(publish.frame.id);
      publish.reject(new ChatError(frame.code, frame.message));
    } else if (frame.type === "ack" && frame.offset !== undefined) {
      const {room} = publish.frame;
      if (publish.seenAt === 0 && frame.offset > this.#rooms.newest(room)) {
        if (!this.#expected.has(room)) this.#expected.set(room, new Set());
        this.#expected.get(room)?.add(frame.offset);
      }
      this.#done(publish, frame.offset, frame.duplicate === true);
    } else {
      return false;
    }
    this.flush();
    return true;
  }

  /**
   * An event came: is it one of these?
   * @param {RoomEventFrame} event
   */
  see(event) {
    if (event.type !== "message" || this.#expected.get(event.room)?.delete(event.offset)) return;
    for (const publish of this.#publishes.values()) {
      if (publish.sentAs === event.from.session && publish.seenAt === 0 &&
          isOf(publish.frame, event)) {
        publish.seenAt = event.offset;
        return;
      }
    }
  }

  /**
   * Some events of a room will never come.
   * @param {string} room
   */
  skip(room) {
    this.#expected.delete(room);
  }

  /**
   * The connection was lost.
   * @param {number} code
   */
  down(code) {
    if (code === 1009) this.#rejectLargest();
    for (const publish of this.#publishes.values()) publish.isSent = false;
  }

  /**
   * All of a room fail, or without one, all.
   * @param {ChatError} error
   * @param {string} [room]
   */
  fail(error, room) {
    if (room === undefined) {
      this.#expected.clear();
    } else {
      this.#expected.delete(room);
    }
    for (const publish of this.#publishes.values()) {
      if (room !== undefined && publish.frame.room !== room) continue;
      this.#publishes.delete(publish.frame.id);
      publish.reject(error);
    }
  }

  /** @param {Publish} publish @param {number} offset @param {boolean} duplicate */
  #done(publish, offset, duplicate) {
    this.#publishes.delete(publish.frame.id);
    publish.resolve({offset, duplicate});
  }

  /** The server does not take a frame of this size: sent again, it would end every connection. */
  #rejectLargest() {
    /** @type {Publish | null} */
    let largest = null;
    let most = 0;
    for (const publish of this.#publishes.values()) {
      const size = JSON.stringify(publish.frame).length;
      if (publish.isSent && size > most) {
        most = size;
        largest = publish;
      }
    }
    if (largest === null) return;
    this.#publishes.delete(largest.frame.id);
    largest.reject(new ChatError("too_large", "the server takes no frame as large as this"));
  }
}

/** @param {Publish["frame"]} frame @param {RoomEventFrame} event */
function isOf(frame, event) {
  return frame.room === event.room && (frame.text ?? "") === (event.text ?? "") &&
      isSame(frame.data, event.data);
}

/**
 * Whether two JSON values are the same; the server may have changed the order of members.
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
function isSame(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const names = Object.keys(a);
  return Array.isArray(a) === Array.isArray(b) && names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}
