/** Time and a server for tests: nothing happens unless the test lets it. */

import {ChatClient} from "./chat_client.js";

/** @typedef {import("./clock.js").Clock} Clock */

/** @implements {Clock} */
export class FakeClock {
  #now = 0;
  #nextId = 1;
  /** @type {Map<number, {at: number, callback: () => void}>} */
  #timers = new Map();

  now() {
    return this.#now;
  }

  /**
   * @param {() => void} callback
   * @param {number} ms
   */
  setTimeout(callback, ms) {
    this.#timers.set(this.#nextId, {at: this.#now + ms, callback});
    return this.#nextId++;
  }

  /** @param {number} id */
  clearTimeout(id) {
    this.#timers.delete(id);
  }

  /** How many timers are set. */
  get size() {
    return this.#timers.size;
  }

  /**
   * Lets time go by, and what is due in it happen in its order.
   * @param {number} ms
   */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, {at}]) => at <= end).sort(
          ([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      const [id, {at, callback}] = due;
      this.#timers.delete(id);
      this.#now = Math.max(this.#now, at);
      callback();
    }
    this.#now = end;
  }
}

/** One connection, seen from the server's side. */
export class FakeSocket {
  /** @type {((event: {data: unknown}) => void) | null} */
  onmessage = null;
  /** @type {((event: {code: number, reason: string}) => void) | null} */
  onclose = null;
  readyState = 0;
  /**
   * The code that the client closed with.
   * @type {number | null}
   */
  closedWith = null;
  /**
   * Frames of the client that the test has not looked at yet.
   * @type {any[]}
   */
  sent = [];

  /**
   * @param {string} url
   * @param {string | string[]} protocol
   */
  constructor(url, protocol) {
    this.url = url;
    this.protocol = protocol;
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** @param {number} code */
  close(code) {
    this.closedWith = code;
    this.readyState = 3;
  }

  /** What the client sent since the last time. */
  take() {
    return this.sent.splice(0);
  }

  /** @param {...object} frames that the client gets */
  say(...frames) {
    for (const frame of frames) this.raw(JSON.stringify(frame));
  }

  /** @param {unknown} data */
  raw(data) {
    this.onmessage?.({data});
  }

  /** @param {string} session whose `welcome` begins the connection */
  welcome(session) {
    this.readyState = 1;
    this.say({type: "welcome", session, token: `token of ${session}`, grace_ms: 5000, limits: {}});
  }

  /**
   * The connection ends, not by the client.
   * @param {number} [code]
   * @param {string} [reason]
   */
  lose(code = 1006, reason = "") {
    this.readyState = 3;
    this.onclose?.({code, reason});
  }
}

/** A client with a fake clock, whose sockets are in `sockets`. */
export async function fakeClient(options = {}) {
  const clock = new FakeClock();
  /** @type {FakeSocket[]} */
  const sockets = [];
  /** @type {any[]} */
  const states = [];
  const client = new ChatClient("ws://server/chat", {
    WebSocket: class extends FakeSocket {
      /**
       * @param {string} url
       * @param {string | string[]} protocol
       */
      constructor(url, protocol) {
        super(url, protocol);
        sockets.push(this);
      }
    },
    name: "Ada", clock, random: () => 1, page: null, ...options,
  });
  client.addEventListener("state", ({state, reason, retryInMs}) => {
    states.push({state, reason, retryInMs});
  });
  await settled();
  return {client, clock, sockets, states, socket: () => sockets[sockets.length - 1]};
}

/** What promises have to do is done: timers come after it. */
export function settled() {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** @param {Record<string, any>} [members] that differ from those of an empty room */
export function joined(members = {}) {
  return {
    type: "joined", room: "lobby", epoch: "e1", offset: 0, first: 1, count: 0, recovered: false,
    history: [], presence: {version: 0, members: [], next: null}, ...members,
  };
}

/**
 * @param {number} offset
 * @param {Record<string, any>} [members]
 */
export function message(offset, members = {}) {
  return {
    type: "message", room: "lobby", offset, time: "2026-11-24T09:30:00.000Z",
    from: {session: "grace", name: "Grace"}, text: `text ${offset}`, ...members,
  };
}

/**
 * What a target dispatches from here on.
 * @param {EventTarget} target
 * @param {...string} types
 */
export function record(target, ...types) {
  /** @type {any[]} */
  const events = [];
  for (const type of types) target.addEventListener(type, (event) => events.push(event));
  return events;
}
