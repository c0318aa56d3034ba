/**
 * @typedef {import("./frames.js").JoinedFrame} JoinedFrame
 * @typedef {import("./frames.js").RoomEventFrame} RoomEventFrame
 * @typedef {import("./events.js").Gap} Gap
 */

/** How far a client is in a room's log: each event counts once, and in order. */
export class RoomLog {
  /** @type {string | null} */
  epoch = null;
  /** The offset of the newest event that came. */
  newest = 0;
  /** The oldest that came, where `history` goes on. */
  oldest = 1;
  /** Up to here, events are what was missed. */
  #goal = 0;

  get isCaughtUp() {
    return this.newest >= this.#goal;
  }

  /** What `join` asks for. */
  get recover() {
    return this.epoch === null ? undefined : {epoch: this.epoch, offset: this.newest};
  }

  /**
   * Takes a `joined`; returns the gap, if there is one, and what came with it that is new.
   * @param {JoinedFrame} joined
   * @returns {{gap: Gap | null, events: RoomEventFrame[]}}
   */
  enter(joined) {
    const {epoch, offset, first, recovered} = joined;
    const former = this.epoch;
    if (recovered && former === epoch) {
      // What was missed follows; what is in the history, too, follows as well.
      this.#goal = offset;
      return {gap: null, events: []};
    }
    const gap = former === null ?
        null : {isNewEpoch: former !== epoch, epoch, after: this.newest, first};
    const seen = former === epoch ? this.newest : 0;
    const events = joined.history.filter((event) => event.offset > seen && event.offset <= offset);
    if (former !== epoch) this.oldest = events.length > 0 ? events[0].offset : offset + 1;
    this.epoch = epoch;
    this.newest = offset;
    this.#goal = offset;
    return {gap, events};
  }

  /**
   * Takes an event; the gap is null unless others should have come before it, which the server
   * promises.
   * @param {RoomEventFrame} event
   * @returns {{isNew: boolean, gap: Gap | null}}
   */
  advance({offset}) {
    const after = this.newest;
    if (offset <= after) return {isNew: false, gap: null};
    this.newest = offset;
    const gap = offset === after + 1 ?
        null : {isNewEpoch: false, epoch: this.epoch ?? "", after, first: offset};
    return {isNew: true, gap};
  }

  /**
   * A page of older events was read.
   * @param {RoomEventFrame[]} events
   */
  read(events) {
    if (events.length > 0) this.oldest = Math.min(this.oldest, events[0].offset);
  }
}
