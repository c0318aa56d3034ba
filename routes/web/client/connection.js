import {Backoff, askedWait} from "./backoff.js";
import {parseFrame} from "./frames.js";
import {TokenSource} from "./token.js";

/**
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./events.js").State} State
 * @typedef {import("./frames.js").Frame} Frame
 * @typedef {import("./options.js").ConnectionOptions} ConnectionOptions
 *
 * What its owner does with it. `onDown` follows each first `onFrame`, unless the state is `closed`.
 * @typedef {object} ConnectionOwner
 * @property {(frame: Frame) => void} onFrame
 * @property {(data: unknown) => void} onMalformed
 * @property {(code: number) => void} onDown
 * @property {(state: State, about: {reason?: string, retryInMs?: number}) => void} onState
 */

export const PROTOCOL = "fanfare.chat.v1";

/** The identity was taken up by another connection: coming back would take it from that one. */
const RESUMED_ELSEWHERE = 4001;
const TOKEN_EXPIRED = 4401;

/**
 * One connection after another to the same server, until it is closed. It is up from a server's
 * `welcome` to the loss of the socket, and what a socket that was given up says is not heard.
 */
export class Connection {
  #url;
  #options;
  #owner;
  #backoff;
  #tokens;
  /** @type {any} */
  #socket = null;
  /**
   * The attempt that waits for its token.
   * @type {any}
   */
  #attempt = null;
  /** @type {any} */
  #timer = null;
  #isUp = false;
  #isClosed = false;
  #isWaiting = false;
  #upSince = 0;
  #heardAt = 0;
  #asked = false;

  /**
   * @param {string} url
   * @param {ConnectionOptions} options
   * @param {ConnectionOwner} owner
   */
  constructor(url, options, owner) {
    this.#url = url;
    this.#options = options;
    this.#owner = owner;
    this.#backoff = new Backoff(options.backoff, options.random);
    this.#tokens = new TokenSource(options.token);
  }

  /** Whether frames can be sent. */
  get isUp() {
    return this.#isUp;
  }

  /** Connects, at once; nothing while there is a connection, or after it was closed. */
  open() {
    if (this.#isClosed || this.#socket !== null || this.#attempt !== null) return;
    this.#isWaiting = false;
    this.#owner.onState("connecting", {});
    // Whoever was told may have closed it.
    if (this.#isClosed) return;
    const {connectTimeoutMs} = this.#options;
    this.#setTimer(connectTimeoutMs, () => this.giveUp("the server does not answer"));
    if (this.#tokens.isThere) {
      this.#connectWithToken();
    } else {
      this.#connect(PROTOCOL);
    }
  }

  async #connectWithToken() {
    const attempt = this.#attempt = {};
    const token = await this.#tokens.next().catch((error) => error);
    if (this.#attempt !== attempt) return;
    this.#attempt = null;
    if (typeof token === "string") {
      this.#connect([`bearer.${token}`, PROTOCOL]);
    } else {
      this.#lose(1006, `there is no token: ${token}`);
    }
  }

  /** @param {string | string[]} protocols */
  #connect(protocols) {
    let socket;
    try {
      socket = new this.#options.WebSocket(this.#url, protocols);
    } catch (error) {
      // Not allowed here at all, as ws: from a page of https: is not.
      this.#end(String(error));
      return;
    }
    this.#socket = socket;
    socket.onmessage = (/** @type {any} */ event) => this.#receive(event.data);
    socket.onclose = (/** @type {any} */ {code, reason}) => this.#lose(code, String(reason ?? ""));
    // `close` follows, and knows as much.
    socket.onerror = () => {};
  }

  /** @param {object} frame */
  send(frame) {
    if (this.#isUp && this.#socket.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  /** Asks for a sign of life, and gives the connection up if none comes. */
  check() {
    if (!this.#isUp || this.#asked) return;
    this.#asked = true;
    this.send({type: "ping", id: "alive"});
    this.#setTimer(this.#options.answerMs, () => this.giveUp("the connection is dead"));
  }

  /** The network may be back: no more waiting. */
  hurry() {
    this.#backoff.reset();
    if (this.#isWaiting) {
      this.open();
    } else {
      this.check();
    }
  }

  /**
   * Gives the socket up, and replaces it in time.
   * @param {string} reason
   */
  giveUp(reason) {
    if (this.#socket === null && this.#attempt === null) return;
    this.#drop(4000);
    this.#lose(1006, reason);
  }

  /**
   * Leaves as a page does that may be shown again; `open` comes back.
   * @param {string} reason
   */
  suspend(reason) {
    if (this.#isClosed) return;
    this.#drop(1000);
    this.#down(1000);
    if (this.#isClosed) return;
    this.#isWaiting = true;
    this.#owner.onState("waiting", {reason, retryInMs: Infinity});
  }

  /**
   * Ends for good; 1000 tells the server that this is a leave.
   * @param {string} reason
   */
  close(reason) {
    if (this.#isClosed) return;
    this.#drop(1000);
    this.#end(reason);
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#heardAt = this.#options.clock.now();
    if (this.#asked) {
      this.#asked = false;
      this.#watch(this.#options.idleMs);
    }
    const frame = parseFrame(data);
    if (frame === null) this.#owner.onMalformed(data);
    if (!frame) return;
    if (!this.#isUp) {
      // Every session begins with it.
      if (frame.type !== "welcome") return;
      this.#isUp = true;
      this.#upSince = this.#heardAt;
      this.#watch(this.#options.idleMs);
    }
    if (frame.type === "token_expiring") {
      this.#renew();
    } else {
      this.#owner.onFrame(frame);
    }
  }

  /** If nothing comes of it, the server closes with 4401, and the next connection asks again. */
  async #renew() {
    if (!this.#tokens.isRenewable) return;
    const socket = this.#socket;
    const token = await this.#tokens.next().catch(() => null);
    if (token !== null && this.#socket === socket) this.send({type: "renew", token});
  }

  /**
   * One timer that looks again, rather than one that each frame sets anew.
   * @param {number} ms
   */
  #watch(ms) {
    const {clock, idleMs} = this.#options;
    this.#setTimer(ms, () => {
      const left = this.#heardAt + idleMs - clock.now();
      if (left > 0) {
        this.#watch(left);
      } else {
        this.check();
      }
    });
  }

  /** @param {number} code @param {string} reason */
  #lose(code, reason) {
    this.#forget();
    if (code === RESUMED_ELSEWHERE) {
      this.#end(reason || "the identity was resumed by another connection");
      return;
    }
    if (code === TOKEN_EXPIRED && this.#tokens.isThere && !this.#tokens.isRenewable) {
      this.#end(reason || "the token has expired");
      return;
    }
    const {clock, stableMs} = this.#options;
    const wasUp = this.#isUp;
    if (wasUp && clock.now() - this.#upSince >= stableMs) this.#backoff.reset();
    const retryInMs = askedWait(reason) ?? this.#backoff.next();
    this.#isWaiting = true;
    this.#setTimer(retryInMs, () => this.open());
    this.#down(code);
    // Whoever was told may have closed it, or hurried.
    if (this.#isWaiting && !this.#isClosed) {
      // Of a handshake that failed, a browser does not tell why.
      const why = wasUp ? `closed with ${code}` :
          "the server is not there, or does not let this client in";
      this.#owner.onState("waiting", {reason: reason || why, retryInMs});
    }
  }

  /** @param {string} reason */
  #end(reason) {
    this.#isClosed = true;
    this.#isWaiting = false;
    this.#isUp = false;
    this.#forget();
    this.#owner.onState("closed", {reason});
  }

  /** @param {number} code */
  #down(code) {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#owner.onDown(code);
  }

  /**
   * Closes the socket without waiting for its end.
   * @param {number} code
   */
  #drop(code) {
    const socket = this.#socket;
    this.#forget();
    socket?.close(code);
  }

  #forget() {
    this.#setTimer(0, null);
    this.#asked = false;
    this.#attempt = null;
    if (this.#socket === null) return;
    this.#socket.onmessage = null;
    this.#socket.onclose = null;
    // Node's `ws` throws what nobody hears, so this one stays.
    this.#socket = null;
  }

  /**
   * The one timer that there is at a time.
   * @param {number} ms
   * @param {(() => void) | null} callback
   */
  #setTimer(ms, callback) {
    const {clock} = this.#options;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    this.#timer = callback === null ? null : clock.setTimeout(() => {
      this.#timer = null;
      callback();
    }, ms);
  }
}
