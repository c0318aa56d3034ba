/**
 * Frames of fanfare.chat.v1 as the server sends them (routes/chat/PROTOCOL.md), checked as far as
 * the client relies on them.
 *
 * @typedef {{session: string, name: string}} Member
 *
 * @typedef {object} RoomEventFrame
 * @property {"message" | "edit" | "delete" | "reaction"} type
 * @property {string} room
 * @property {number} offset
 * @property {string} time RFC 3339
 * @property {Member} from
 * @property {string} [text] of a message or an edit
 * @property {any} [data] of a message or an edit
 * @property {string} [binary] base64, of a plain client's binary message
 * @property {boolean} [deleted] of a message or an edit in history: it was deleted later
 * @property {number} [target] of everything but a message: the offset of the message that is meant
 * @property {string} [key] of a reaction
 * @property {boolean} [on] of a reaction
 *
 * @typedef {object} PresencePage
 * @property {number} version
 * @property {Member[]} [members]
 * @property {string | null} [next]
 * @property {false} [listed]
 *
 * @typedef {{type: "welcome", session: string, token: string, grace_ms: number,
 *     limits: Record<string, number>, expires_in?: number}} WelcomeFrame
 * @typedef {{type: "token_expiring", expires_in: number}} TokenExpiringFrame
 * @typedef {{type: "ack", id: string, session?: string, room?: string, offset?: number,
 *     duplicate?: true}} AckFrame
 * @typedef {{type: "error", id?: string, code: string, message: string, room?: string}} ErrorFrame
 * @typedef {{type: "pong", id?: string}} PongFrame
 * @typedef {{type: "joined", id?: string, room: string, epoch: string, offset: number,
 *     first: number, count: number, recovered: boolean, history: RoomEventFrame[],
 *     presence: PresencePage}} JoinedFrame
 * @typedef {{type: "events", id?: string, room: string, epoch: string, first: number,
 *     events: RoomEventFrame[]}} EventsFrame
 * @typedef {{type: "members", id?: string, room: string, version: number, count: number,
 *     members: Member[], next: string | null}} MembersFrame
 * @typedef {{type: "presence", room: string, version: number, count: number, joined?: Member[],
 *     left?: string[], listed?: false}} PresenceFrame
 * @typedef {{type: "typing", room: string, from: Member, on: boolean}} TypingFrame
 * @typedef {{type: "direct", time: string, from: Member, text: string}} DirectFrame
 *
 * @typedef {WelcomeFrame | AckFrame | ErrorFrame | PongFrame | JoinedFrame | RoomEventFrame |
 *     EventsFrame | MembersFrame | PresenceFrame | TypingFrame | DirectFrame |
 *     TokenExpiringFrame} Frame
 */

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
const isString = (value) => typeof value === "string";
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
const isBoolean = (value) => typeof value === "boolean";
/** @type {Check} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** @type {(check: Check) => Check} */
const optional = (check) => (value) => value === undefined || check(value);
/** @type {(check: Check) => Check} */
const listOf = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(members: Record<string, Check>) => Check} */
const object = (members) => (value) =>
    isObject(value) && Object.entries(members).every(([name, check]) => check(value[name]));

const isMember = object({session: isString, name: isString});
const isNext = (/** @type {any} */ value) => value === null || isString(value);
const EVENT = {room: isString, offset: isCount, from: isMember};
const TEXT = {text: optional(isString)};

/** @type {Record<string, Check>} */
const EVENTS = {
  message: object({...EVENT, ...TEXT}),
  edit: object({...EVENT, ...TEXT, target: isCount}),
  delete: object({...EVENT, target: isCount}),
  reaction: object({...EVENT, target: isCount, key: isString, on: isBoolean}),
};
/** @type {Check} */
const isEvent = (value) =>
    isObject(value) && Object.hasOwn(EVENTS, value.type) && EVENTS[value.type](value);

/** @type {Check} */
const isPresence = (value) => object({version: isCount})(value) &&
    (value.listed === false || object({members: listOf(isMember), next: isNext})(value));

/** @type {Record<string, Check>} */
const FRAMES = {
  ...EVENTS,
  welcome: object({session: isString, token: isString, limits: isObject}),
  token_expiring: object({expires_in: isCount}),
  ack: object({id: isString, offset: optional(isCount)}),
  error: object({id: optional(isString), code: isString, message: isString}),
  pong: object({id: optional(isString)}),
  joined: object({
    id: optional(isString), room: isString, epoch: isString, offset: isCount, first: isCount,
    count: isCount, recovered: isBoolean, history: listOf(isEvent), presence: isPresence,
  }),
  events: object({room: isString, epoch: isString, first: isCount, events: listOf(isEvent)}),
  members: object({
    room: isString, version: isCount, count: isCount, members: listOf(isMember), next: isNext,
  }),
  presence: (value) => object({room: isString, version: isCount, count: isCount})(value) &&
      (value.listed === false || object({joined: listOf(isMember), left: listOf(isString)})(value)),
  typing: object({room: isString, from: isMember, on: isBoolean}),
  direct: object({from: isMember, text: isString}),
};

/**
 * The frame that came, `undefined` if it is of a type that only later versions have, and `null` if
 * it is none of this protocol. Never throws.
 *
 * @param {unknown} data
 * @returns {Frame | undefined | null}
 */
export function parseFrame(data) {
  if (typeof data !== "string") return null;
  let value;
  try {
    value = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(value) || !isString(value.type)) return null;
  if (!Object.hasOwn(FRAMES, value.type)) return undefined;
  return FRAMES[value.type](value) ? value : null;
}
