/**
 * What the option `token` may be: a token, or what gives one whenever one is needed.
 *
 * @typedef {string | (() => string | Promise<string>)} TokenOption
 */

/** Of a JSON Web Token. What else a subprotocol can not be, a browser would repeat in its error. */
const TOKEN = /^[A-Za-z0-9._-]+$/;

/** Where tokens come from (routes/chat/PROTOCOL.md, "Tokens"). */
export class TokenSource {
  #option;

  /** @param {TokenOption | undefined} option */
  constructor(option) {
    this.#option = option;
  }

  /** Whether the server is shown any. */
  get isThere() {
    return this.#option !== undefined;
  }

  /** Whether there is another one when one has expired. */
  get isRenewable() {
    return typeof this.#option === "function";
  }

  /** @returns {Promise<string>} */
  async next() {
    const token = typeof this.#option === "function" ? await this.#option() : this.#option;
    if (typeof token !== "string" || !TOKEN.test(token)) throw new TypeError("it is no token");
    return token;
  }
}
