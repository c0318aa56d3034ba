/**
 * What the client's objects dispatch. `CustomEvent` would do, but Node 18 has none.
 *
 * @typedef {import("./frames.js").RoomEventFrame} RoomEventFrame
 * @typedef {import("./frames.js").Member} Member
 * @typedef {"connecting" | "open" | "waiting" | "closed"} State
 *
 * @typedef {object} ClientEvents what a client dispatches
 * @property {StateEvent} state
 * @property {DirectEvent} direct
 * @property {MalformedEvent} malformed
 *
 * @typedef {object} RoomEvents what a room dispatches
 * @property {LogEvent} message
 * @property {LogEvent} edit
 * @property {LogEvent} delete
 * @property {LogEvent} reaction
 * @property {TypingEvent} typing
 * @property {PresenceEvent} presence
 * @property {JoinedEvent} joined
 * @property {GapEvent} gap
 * @property {RefusedEvent} refused
 */

/** What a request failed with. */
export class ChatError extends Error {
  /**
   * @param {string} code one of PROTOCOL.md, or one of the client's own: `closed`, `disconnected`,
   *     `left`, `queue_full`, `timeout`
   * @param {string} message for people
   */
  constructor(code, message) {
    super(message);
    this.name = "ChatError";
    this.code = code;
  }
}

/** `state` of a client: how it stands with the connection. */
export class StateEvent extends Event {
  /**
   * @param {State} state
   * @param {{reason?: string, retryInMs?: number}} about why; and, while waiting, for how long
   */
  constructor(state, {reason = "", retryInMs = 0} = {}) {
    super("state");
    this.state = state;
    this.reason = reason;
    this.retryInMs = retryInMs;
  }
}

/** `direct` of a client: a message for this session alone. */
export class DirectEvent extends Event {
  /** @param {import("./frames.js").DirectFrame} event */
  constructor(event) {
    super("direct");
    this.event = event;
  }
}

/** `malformed` of a client: a frame that the protocol does not allow came, and was left out. */
export class MalformedEvent extends Event {
  /** @param {unknown} data what came */
  constructor(data) {
    super("malformed");
    this.data = data;
  }
}

/** `message`, `edit`, `delete` or `reaction` of a room: an event of its log. */
export class LogEvent extends Event {
  /**
   * @param {RoomEventFrame} event
   * @param {boolean} isHistory whether it comes from the history of `joined`
   */
  constructor(event, isHistory) {
    super(event.type);
    this.event = event;
    this.isHistory = isHistory;
  }
}

/** `joined` of a room: the first time and after every reconnection. */
export class JoinedEvent extends Event {
  /** @param {import("./frames.js").JoinedFrame} event */
  constructor(event) {
    super("joined");
    this.event = event;
  }
}

/**
 * `gap` of a room: events may have been missed for good.
 *
 * @typedef {object} Gap
 * @property {boolean} isNewEpoch whether the room's offsets began anew (the server was restarted)
 * @property {string} epoch that of the room now
 * @property {number} after the newest offset that was seen before the gap, in the epoch before
 * @property {number} first the oldest offset that the server still has
 */
export class GapEvent extends Event {
  /** @param {Gap} event */
  constructor(event) {
    super("gap");
    this.event = event;
  }
}

/**
 * `presence` of a room: `room.members` or `room.count` changed.
 *
 * @typedef {object} PresenceChange
 * @property {Member[]} joined
 * @property {Member[]} left
 * @property {number} count
 * @property {boolean} isNews whether they came and went just now; else it was read who is there
 */
export class PresenceEvent extends Event {
  /** @param {PresenceChange} event */
  constructor(event) {
    super("presence");
    this.event = event;
  }
}

/** `typing` of a room: somebody began, or ended, or has not gone on for 5 seconds. */
export class TypingEvent extends Event {
  /** @param {{from: Member, on: boolean}} event */
  constructor(event) {
    super("typing");
    this.event = event;
  }
}

/** `refused` of a room: the server does not let it in, or not back in. The room has ended. */
export class RefusedEvent extends Event {
  /** @param {ChatError} error */
  constructor(error) {
    super("refused");
    this.error = error;
  }
}
