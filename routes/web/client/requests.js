import {ChatError} from "./events.js";

/**
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./frames.js").Frame} Frame
 *
 * @typedef {object} Request
 * @property {{type: string, id: string}} frame
 * @property {string | null} room which must be joined before it is sent; null: the connection does
 * @property {boolean} repeat whether carrying it out twice does no harm
 * @property {boolean} isSent on this connection
 * @property {(answer: any) => void} resolve
 * @property {(error: ChatError) => void} reject
 * @property {any} timer
 */

/**
 * Requests that wait to be sent or answered, all but publishes. One that was sent on a connection
 * that was lost may or may not have been carried out: it is sent again if it may be repeated, and
 * fails with `disconnected` if not. At `most`, new ones fail with `queue_full`.
 */
export class Requests {
  #options;
  /** @type {Map<string, Request>} */
  #requests = new Map();
  #nextId = 1;

  /**
   * @param {object} options
   * @param {Clock} options.clock
   * @param {number} options.timeoutMs from the call to the answer, then they fail with `timeout`
   * @param {number} options.most
   * @param {(frame: object) => void} options.send
   * @param {(room: string | null) => boolean} options.isReady
   */
  constructor(options) {
    this.#options = options;
  }

  /**
   * @param {{type: string} & Record<string, any>} frame without `id`
   * @param {{room?: string | null, repeat?: boolean, atOnce?: boolean}} how `atOnce`:
   *     sent without a look at whether the room is joined
   * @returns {Promise<any>} the frame that answers it
   */
  ask(frame, {room = null, repeat = false, atOnce = false} = {}) {
    const {clock, timeoutMs, most, isReady} = this.#options;
    if (this.#requests.size >= most) {
      return Promise.reject(new ChatError("queue_full", `${most} requests are under way already`));
    }
    return new Promise((resolve, reject) => {
      const id = `r${this.#nextId++}`;
      const timer = clock.setTimeout(() => {
        this.#settle(id)?.reject(new ChatError("timeout", `no answer for ${timeoutMs} ms`));
      }, timeoutMs);
      const request = {frame: {...frame, id}, room, repeat, isSent: false, resolve, reject, timer};
      this.#requests.set(id, request);
      if (atOnce || isReady(room)) this.#send(request);
    });
  }

  /** Sends what can be sent by now. */
  flush() {
    for (const request of this.#requests.values()) {
      if (!request.isSent && this.#options.isReady(request.room)) this.#send(request);
    }
  }

  /**
   * Whether the frame answers one of these.
   * @param {Frame & {id?: string}} frame
   */
  answer(frame) {
    const request = frame.id === undefined ? undefined : this.#settle(frame.id);
    if (request === undefined) return false;
    if (frame.type === "error") {
      request.reject(new ChatError(frame.code, frame.message));
    } else {
      request.resolve(frame);
    }
    return true;
  }

  /** The connection was lost. */
  down() {
    for (const [id, request] of this.#requests) {
      if (!request.isSent) continue;
      if (request.repeat) {
        request.isSent = false;
      } else {
        this.#settle(id)?.reject(
            new ChatError("disconnected", "the connection was lost before the answer came"));
      }
    }
  }

  /**
   * All of a room fail, or without one, all.
   * @param {ChatError} error
   * @param {string} [room]
   */
  fail(error, room) {
    for (const [id, request] of this.#requests) {
      if (room === undefined || request.room === room) this.#settle(id)?.reject(error);
    }
  }

  /** @param {Request} request */
  #send(request) {
    request.isSent = true;
    this.#options.send(request.frame);
  }

  /** @param {string} id */
  #settle(id) {
    const request = this.#requests.get(id);
    if (request !== undefined) {
      this.#requests.delete(id);
      this.#options.clock.clearTimeout(request.timer);
    }
    return request;
  }
}
