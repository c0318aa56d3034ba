import {Roster} from "./roster.js";
import {Typists} from "./typists.js";

/**
 * @typedef {import("./clock.js").Clock} Clock
 * @typedef {import("./frames.js").JoinedFrame} JoinedFrame
 * @typedef {import("./frames.js").Member} Member
 * @typedef {import("./frames.js").MembersFrame} MembersFrame
 * @typedef {import("./frames.js").PresenceFrame} PresenceFrame
 * @typedef {import("./frames.js").TypingFrame} TypingFrame
 *
 * @typedef {object} AttendanceOwner
 * @property {(change: import("./events.js").PresenceChange) => void} changed
 * @property {(change: {from: Member, on: boolean}) => void} typing
 * @property {(after: string | undefined) => Promise<MembersFrame>} ask for a page
 */

/** Who is in a room, and who of them is typing; reads the pages that are missing by itself. */
export class Attendance {
  #owner;
  #roster = new Roster();
  #typists;
  /** Counts connections: each reads anew. */
  #connection = 0;
  #isReading = false;
  #toldCount = 0;

  /**
   * @param {Clock} clock
   * @param {AttendanceOwner} owner
   */
  constructor(clock, owner) {
    this.#owner = owner;
    this.#typists = new Typists(clock, owner.typing);
  }

  get members() {
    return /** @type {ReadonlyMap<string, Member>} */ (this.#roster.members);
  }

  get typists() {
    return /** @type {ReadonlyMap<string, Member>} */ (this.#typists.members);
  }

  get count() {
    return this.#roster.count;
  }

  get isListed() {
    return this.#roster.isListed;
  }

  /**
   * The room was joined; what is returned tells of it, when others know that.
   * @param {JoinedFrame} joined
   */
  begin(joined) {
    const change = this.#roster.begin(joined);
    this.#readOn();
    return () => this.#tell(change, false);
  }

  /** @param {PresenceFrame} frame */
  change(frame) {
    const change = this.#roster.change(frame);
    if (change === null) return;
    for (const {session} of change.left) this.#typists.stop(session);
    this.#tell(change, true);
    this.#readOn();
  }

  /** @param {TypingFrame} frame */
  type({from, on}) {
    if (on) {
      this.#typists.start(from);
    } else {
      this.#typists.stop(from.session);
    }
  }

  /**
   * A message came: its author has typed it.
   * @param {string} session
   */
  said(session) {
    this.#typists.stop(session);
  }

  /** The connection was lost; who was there is thought to be there still. */
  down() {
    ++this.#connection;
    this.#isReading = false;
  }

  /** The room has ended. */
  end() {
    this.#typists.clear();
  }

  /**
   * @param {import("./roster.js").Change} change
   * @param {boolean} isNews
   */
  #tell(change, isNews) {
    const {count} = this;
    if (change.joined.length + change.left.length === 0 && count === this.#toldCount) return;
    this.#toldCount = count;
    this.#owner.changed({...change, count, isNews});
  }

  async #readOn() {
    if (this.#isReading) return;
    this.#isReading = true;
    const connection = this.#connection;
    try {
      while (this.#roster.after !== null) {
        const {after} = this.#roster;
        const page = await this.#owner.ask(after === "" ? undefined : after);
        // Otherwise the room has become large, or small again, while it was read.
        if (after === this.#roster.after) this.#tell(this.#roster.page(page), false);
      }
    } catch {
      // The connection was lost: `joined` of the next one brings the first page.
    } finally {
      if (connection === this.#connection) this.#isReading = false;
    }
  }
}
