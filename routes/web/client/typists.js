/**
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./frames.js").Member} Member
 */

/**
 * That of PROTOCOL.md. `expires` of the frame is not used: it is in the server's time, and this
 * machine's may be another.
 */
const EXPIRES_MS = 5000;

/** Who is typing in a room. */
export class Typists {
  /** @type {Map<string, Member>} */
  members = new Map();
  #clock;
  #tell;
  /** @type {Map<string, any>} */
  #timers = new Map();

  /** @param {Clock} clock @param {(event: {from: Member, on: boolean}) => void} tell of changes */
  constructor(clock, tell) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** @param {Member} member */
  start(member) {
    const isNew = !this.members.has(member.session);
    this.#clock.clearTimeout(this.#timers.get(member.session));
    this.#timers.set(
        member.session, this.#clock.setTimeout(() => this.stop(member.session), EXPIRES_MS));
    this.members.set(member.session, member);
    if (isNew) this.#tell({from: member, on: true});
  }

  /** @param {string} session */
  stop(session) {
    const member = this.members.get(session);
    if (member === undefined) return;
    this.#clock.clearTimeout(this.#timers.get(session));
    this.#timers.delete(session);
    this.members.delete(session);
    this.#tell({from: member, on: false});
  }

  /** Without telling: the room has ended. */
  clear() {
    for (const timer of this.#timers.values()) this.#clock.clearTimeout(timer);
    this.#timers.clear();
    this.members.clear();
  }
}

/** The server passes on no more than one within 2 s; and it holds for 5. */
const EVERY_MS = 2500;

/** Which of the many times that a user presses a key the others are told of. */
export class TypingGate {
  #clock;
  /**
   * When they were told last; null if that is over.
   * @type {number | null}
   */
  #toldAt = null;

  /** @param {Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** @param {boolean} on */
  pass(on) {
    const now = this.#clock.now();
    const isOfUse = on ? this.#toldAt === null || now - this.#toldAt >= EVERY_MS :
        this.#toldAt !== null;
    if (isOfUse) this.#toldAt = on ? now : null;
    return isOfUse;
  }

  /** A message, or a loss, has ended it. */
  reset() {
    this.#toldAt = null;
  }
}
