import {REAL_CLOCK} from "./clock.js";
import {thisPage} from "./page.js";

/**
 * @typedef {object} ChatOptions all of them optional; times in milliseconds
 * @property {string} [name] display name in all rooms
 * @property {import("./token.js").TokenOption} [token] shown to the server: a JSON Web Token, or a
 *     function that gives one, or the promise of one, for each connection and before one expires
 * @property {new (url: string, protocol: string | string[]) => any} [WebSocket] Node's `ws`, for
 *     example
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
 *
 * What the connection needs to know. All times are in milliseconds.
 * @typedef {object} ConnectionOptions
 * @property {new (url: string, protocol: string | string[]) => any} WebSocket
 * @property {import("./token.js").TokenOption} [token]
 * @property {import("./clock.js").Clock} clock
 * @property {() => number} random
 * @property {{firstMs?: number, mostMs?: number}} [backoff]
 * @property {number} connectTimeoutMs given up when the server's first frame is not there by then
 * @property {number} idleMs asked for a sign of life when nothing was heard for so long
 * @property {number} answerMs given up when no sign of life came by then
 * @property {number} stableMs held for so long, the back-off begins anew after it
 */

/** @param {ChatOptions} options */
export function withDefaults(options) {
  const {WebSocket = globalThis.WebSocket, page = thisPage()} = options;
  if (WebSocket === undefined) throw new TypeError("there is no WebSocket here: pass one");
  // What is given as undefined is not given.
  /** @type {ChatOptions} */
  const given = Object.fromEntries(
      Object.entries(options).filter(([, value]) => value !== undefined));
  return {
    name: "guest",
    random: Math.random,
    requestTimeoutMs: 15_000,
    connectTimeoutMs: 15_000,
    idleMs: 25_000,
    answerMs: 10_000,
    stableMs: 10_000,
    mostPublishes: 1000,
    mostRequests: 256,
    clock: REAL_CLOCK,
    ...given,
    WebSocket,
    page,
  };
}

/**
 * Browsers took no addresses relative to the page until 2024, and none of `http:`.
 * @param {string | URL} url
 */
export function absolute(url) {
  const address = new URL(url, globalThis.location?.href);
  address.protocol = address.protocol.replace(/^http/, "ws");
  return address.href;
}
