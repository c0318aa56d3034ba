/**
 * What happened in a room, as it is shown: its messages, each with its edits, reactions and
 * deletion put in, and marks between them. Knows nothing of the page.
 *
 * @typedef {import("../client/frames.js").RoomEventFrame} RoomEventFrame
 * @typedef {import("../client/frames.js").Member} Member
 *
 * @typedef {object} Entry
 * @property {"message" | "direct" | "mark"} kind
 * @property {string} key unlike that of all others
 * @property {Date} time
 * @property {Member} from
 * @property {string} text
 * @property {string} data the JSON of the data that came with the text, cut; empty if there is none
 * @property {boolean} isGap of a mark: whether something may be missing there
 * @property {Member | null} to of a direct message that this page sent
 * @property {number} offset of a message; 0 once the room's offsets have begun anew
 * @property {boolean} isEdited
 * @property {boolean} isDeleted
 * @property {Map<string, Map<string, string>>} reactions by key: the sessions, with their names
 */

/** More is not kept; what is older can be asked for again. */
const MOST_ENTRIES = 5000;
/** Characters of the data of a message. */
const MOST_DATA = 300;
/** Dropped at once, so that it is seldom done. */
const DROPPED_ENTRIES = 500;

const NOBODY = {session: "", name: ""};

/** @param {"message" | "direct" | "mark"} kind @param {string} key @param {Partial<Entry>} about */
function entryOf(kind, key, about) {
  return {
    kind, key, time: new Date(), from: NOBODY, text: "", data: "", isGap: false, to: null, offset: 0,
    isEdited: false, isDeleted: false, reactions: new Map(), ...about,
  };
}

/** The data of a message or an edit, as it is shown. @param {RoomEventFrame} event */
function dataOf({data}) {
  if (data === undefined) return "";
  const characters = [...JSON.stringify(data)];
  return characters.length > MOST_DATA ? `${characters.slice(0, MOST_DATA).join("")}…` : characters.join("");
}

/** Puts an edit, a reaction or a deletion into the message. @param {Entry} entry @param {RoomEventFrame} event */
function change(entry, event) {
  if (entry.isDeleted) return;
  if (event.type === "delete") {
    entry.isDeleted = true;
    entry.text = "";
    entry.data = "";
    entry.reactions.clear();
  } else if (event.type === "edit") {
    if (event.deleted) return;
    entry.text = event.text ?? "";
    entry.data = dataOf(event);
    entry.isEdited = true;
  } else {
    const key = /** @type {string} */ (event.key);
    const people = entry.reactions.get(key) ?? new Map();
    if (event.on) {
      people.set(event.from.session, event.from.name);
    } else {
      people.delete(event.from.session);
    }
    if (people.size) {
      entry.reactions.set(key, people);
    } else {
      entry.reactions.delete(key);
    }
  }
}

export class Timeline {
  /** Oldest first. @type {Entry[]} */
  entries = [];
  /** The offset of the oldest event that was put in, of this life of the room; 0 before any was. */
  oldest = 0;
  #newest = 0;
  #life = 0;
  #marks = 0;
  /** Messages by offset. @type {Map<number, Entry>} */
  #messages = new Map();
  /**
   * Edits, reactions and deletions by the offset of their message, which may be older than what was
   * loaded.
   * @type {Map<number, RoomEventFrame[]>}
   */
  #changes = new Map();

  /**
   * Puts in an event that is newer than all others. Returns the entry that it made or changed, if
   * any.
   *
   * @param {RoomEventFrame} event
   */
  add(event) {
    if (event.offset <= this.#newest) return null;
    this.#newest = event.offset;
    this.oldest ||= event.offset;
    if (event.type === "message") {
      const entry = this.#messageOf(event);
      this.entries.push(entry);
      return entry;
    }
    const target = /** @type {number} */ (event.target);
    this.#record(target, event);
    const entry = this.#messages.get(target) ?? null;
    if (entry) change(entry, event);
    return entry;
  }

  /**
   * Puts in events that are older than all others, which are oldest first. Returns how many entries
   * they made.
   *
   * @param {RoomEventFrame[]} events
   */
  addOlder(events) {
    const older = events.filter((event) => this.oldest === 0 || event.offset < this.oldest);
    if (older.length === 0) return 0;
    this.oldest = older[0].offset;
    this.#newest = Math.max(this.#newest, older[older.length - 1].offset);
    const known = this.#changes;
    this.#changes = new Map();
    for (const event of older) {
      if (event.type !== "message") this.#record(/** @type {number} */ (event.target), event);
    }
    // What was known already is newer.
    for (const [target, changes] of known) {
      for (const event of changes) this.#record(target, event);
    }
    const entries = older.filter((event) => event.type === "message").map((event) => {
      const entry = this.#messageOf(event);
      for (const later of this.#changes.get(entry.offset) ?? []) change(entry, later);
      return entry;
    });
    this.entries.unshift(...entries);
    return entries.length;
  }

  /** Puts in a mark at the end. @param {string} text @param {boolean} isGap */
  mark(text, isGap = false) {
    const entry = entryOf("mark", `mark ${++this.#marks}`, {text, isGap});
    this.entries.push(entry);
    return entry;
  }

  /**
   * Puts in a direct message at the end.
   *
   * @param {Member} from @param {string} text @param {Member | null} to if it is this page's own
   */
  addDirect(from, text, to = null) {
    const entry = entryOf("direct", `direct ${++this.#marks}`, {from, text, to});
    this.entries.push(entry);
    return entry;
  }

  /** The room's offsets begin anew: what was said until now can be changed no more. */
  beginAnew() {
    ++this.#life;
    this.oldest = 0;
    this.#newest = 0;
    for (const entry of this.#messages.values()) entry.offset = 0;
    this.#messages.clear();
    this.#changes.clear();
  }

  /** Events after this offset may never have come. @param {number} offset */
  skipTo(offset) {
    this.#newest = Math.max(this.#newest, offset);
  }

  /** Everybody who said something, or was written to; often more than once. */
  * people() {
    for (const {from, to} of this.entries) {
      if (from.session) yield from;
      if (to) yield to;
    }
  }

  /** Whether more is not to be loaded. */
  get isFull() {
    return this.entries.length >= MOST_ENTRIES;
  }

  /** Drops what is oldest, if there is too much. Returns how many entries were dropped. */
  trim() {
    // Room for a page of history that is loaded when it is nearly full.
    if (this.entries.length <= MOST_ENTRIES + DROPPED_ENTRIES) return 0;
    const dropped = this.entries.splice(0, this.entries.length - MOST_ENTRIES);
    for (const entry of dropped) this.#messages.delete(entry.offset);
    const kept = this.entries.find((entry) => entry.offset > 0);
    this.oldest = kept ? kept.offset : 0;
    // Loading older events brings the others again.
    for (const [target, changes] of this.#changes) {
      const left = changes.filter((event) => event.offset > this.oldest);
      if (left.length) {
        this.#changes.set(target, left);
      } else {
        this.#changes.delete(target);
      }
    }
    return dropped.length;
  }

  /** The newest message of this session that can still be edited. @param {string} session */
  lastOf(session) {
    return this.entries.findLast((entry) =>
      entry.offset > 0 && !entry.isDeleted && entry.from.session === session) ?? null;
  }

  /** @param {RoomEventFrame} event */
  #messageOf(event) {
    const entry = entryOf("message", `${this.#life} ${event.offset}`, {
      time: new Date(event.time),
      from: event.from,
      text: event.binary === undefined ? event.text ?? "" : "(binary data)",
      data: dataOf(event),
      offset: event.offset,
      isDeleted: event.deleted === true,
    });
    this.#messages.set(event.offset, entry);
    return entry;
  }

  /** Keeps a change in place of what it makes void: there is never much. @param {number} target @param {RoomEventFrame} event */
  #record(target, event) {
    const others = (this.#changes.get(target) ?? []).filter((change) =>
      change.type !== event.type || change.key !== event.key || change.from.session !== event.from.session);
    this.#changes.set(target, [...others, event]);
  }
}
