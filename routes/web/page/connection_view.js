/**
 * How it stands with the connection: a word in the bar, and a banner while there is none.
 *
 * @typedef {import("../client/chat_client.js").ChatClient} ChatClient
 * @typedef {import("../client/chat_client.js").StateEvent} StateEvent
 */

import {byId} from "./dom.js";

const WORDS = {connecting: "Connecting", open: "Connected", waiting: "Offline", closed: "Disconnected"};
/** A loss that is over so soon needs no banner. */
const BANNER_MS = 300;
/** Long enough to be read. */
const BACK_MS = 6000;
/** @type {Record<number, string>} what a server says that lets nobody in */
const REFUSALS = {
  401: "The server does not know who you are: sign in, then come back.",
  403: "The server lets nobody in from this page.",
  429: "The server has as many connections of yours as it takes.",
};

export class ConnectionView {
  #ends = new AbortController();
  #countdown = 0;
  #banner = 0;
  #back = 0;
  /** When the connection was lost; 0 while it holds, and before the first. */
  #lostAt = 0;
  #wasOpen = false;
  /** Whether it is open, or was just now. */
  #isOpen = false;
  /** Why it is not let in, if that is known. */
  #refusal = "";

  /**
   * @param {string} url of the chat
   * @param {ChatClient} client
   * @param {() => void} onAgain asked for after it was closed for good
   */
  constructor(url, client, onAgain) {
    this.url = url;
    this.client = client;
    this.onAgain = onAgain;
    const {signal} = this.#ends;
    client.addEventListener("state", (event) => this.#show(event), {signal});
    byId("banner-retry").addEventListener("click", () => this.#retry(), {signal});
    this.#say(client.state);
    byId("banner").hidden = true;
  }

  close() {
    this.#ends.abort();
    this.#stop();
    clearTimeout(this.#back);
    for (const line of ["banner", "back"]) byId(line).hidden = true;
  }

  /** For how long the connection was away, in milliseconds, if it just came back; else 0. */
  takeAway() {
    const away = this.#lostAt ? Date.now() - this.#lostAt : 0;
    this.#lostAt = 0;
    return away;
  }

  /** Says for a while that all is well again. */
  tellBack() {
    const line = byId("back");
    line.hidden = false;
    clearTimeout(this.#back);
    this.#back = setTimeout(() => { line.hidden = true; }, BACK_MS);
  }

  #stop() {
    clearInterval(this.#countdown);
    clearTimeout(this.#banner);
  }

  /** @param {keyof typeof WORDS} state */
  #say(state) {
    byId("state").textContent = WORDS[state];
    byId("state").dataset.state = state;
    byId("banner-retry").hidden = state === "connecting";
  }

  /** @param {StateEvent} event */
  #show({state, reason, retryInMs}) {
    this.#stop();
    this.#say(state);
    if (state === "open") {
      this.#wasOpen = this.#isOpen = true;
      this.#refusal = "";
      byId("banner").hidden = true;
      return;
    }
    byId("back").hidden = true;
    if (this.#wasOpen) this.#lostAt ||= Date.now();
    this.#banner = setTimeout(() => { byId("banner").hidden = false; }, BANNER_MS);
    if (state === "waiting") {
      // A connection was lost, or none could be opened.
      if (!this.#isOpen) this.#askWhy();
      this.#isOpen = false;
      const until = Date.now() + retryInMs;
      this.#tellWait(until);
      this.#countdown = setInterval(() => this.#tellWait(until), 1000);
    } else if (state === "connecting") {
      this.#tell("Connecting…");
    } else {
      this.#tell(`The connection has ended: ${reason}.`);
      byId("banner-retry").textContent = "Enter again";
    }
  }

  /** @param {number} until */
  #tellWait(until) {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    byId("banner-retry").textContent = "Try now";
    if (this.#refusal) return this.#tell(this.#refusal);
    this.#tell(seconds > 0 && Number.isFinite(seconds) ?
        `No connection. Trying again in ${seconds} s; what you write is sent then.` :
        "No connection. What you write is sent when it is back.");
  }

  /** A browser does not tell a page why a WebSocket was refused; of other requests, it does. */
  async #askWhy() {
    const {signal} = this.#ends;
    const answer = await fetch(this.url, {signal, cache: "no-store"}).catch(() => null);
    if (this.client.state === "waiting") this.#refusal = REFUSALS[answer?.status ?? 0] ?? "";
  }

  /** @param {string} text */
  #tell(text) {
    byId("banner-text").textContent = text;
  }

  #retry() {
    if (this.client.state === "closed") {
      this.onAgain();
    } else {
      this.client.retry();
    }
  }
}
