/**
 * @typedef {import("./frames.js").Member} Member
 * @typedef {import("./frames.js").JoinedFrame} JoinedFrame
 * @typedef {import("./frames.js").MembersFrame} MembersFrame
 * @typedef {import("./frames.js").PresenceFrame} PresenceFrame
 * @typedef {{joined: Member[], left: Member[]}} Change
 */

/**
 * Who is in a room, put together from pages (ordered by session) and from frames that tell changes.
 * Both carry the room's version, and may come in any order: a page of version 9 knows what the
 * frames up to 9 tell. So each range that a page covered has the version of that page, and a frame
 * counts in those ranges that are older than it.
 */
export class Roster {
  /** @type {Map<string, Member>} */
  members = new Map();
  count = 0;
  /** Whether the server tells who comes and goes; in large rooms it only counts. */
  isListed = true;
  /**
   * What the page that has to be read next begins after, "" for the first; null: none is missing.
   * @type {string | null}
   */
  after = "";
  #version = -1;
  /**
   * In order; `upTo` of the last is null.
   * @type {{upTo: string | null, version: number}[]}
   */
  #ranges = [];
  /**
   * What frames told of ranges that no page covered yet.
   * @type {Map<string, {version: number, isThere: boolean}>}
   */
  #recent = new Map();

  /**
   * The room was joined, maybe again.
   * @param {JoinedFrame} joined
   * @returns {Change}
   */
  begin({presence, count}) {
    this.#version = presence.version;
    this.count = count;
    this.#restart(presence.listed !== false);
    if (!this.isListed) return {joined: [], left: []};
    return this.#read(presence.members ?? [], presence.next ?? null, presence.version);
  }

  /**
   * The page after `after`.
   * @param {MembersFrame} page
   * @returns {Change}
   */
  page({members, next, version, count}) {
    if (version > this.#version) {
      this.#version = version;
      this.count = count;
    }
    return this.#read(members, next, version);
  }

  /**
   * A change; null if it told nothing new.
   * @param {PresenceFrame} frame
   * @returns {Change | null}
   */
  change({version, count, listed, joined = [], left = []}) {
    const isNew = version > this.#version;
    if (isNew) {
      this.#version = version;
      this.count = count;
    }
    if (listed === false) {
      if (isNew && this.isListed) this.#restart(false);
      return isNew ? {joined: [], left: []} : null;
    }
    if (!this.isListed) {
      if (!isNew) return null;
      this.#restart(true);
    }
    /** @type {Change} */
    const change = {joined: [], left: []};
    for (const session of left) {
      if (this.#isNews(session, version, false)) this.#remove(session, change);
    }
    for (const member of joined) {
      if (this.#isNews(member.session, version, true)) this.#add(member, change);
    }
    return isNew || change.joined.length > 0 || change.left.length > 0 ? change : null;
  }

  /** @param {boolean} isListed */
  #restart(isListed) {
    this.isListed = isListed;
    this.#ranges = [];
    this.#recent.clear();
    this.after = isListed ? "" : null;
    if (!isListed) this.members.clear();
  }

  /**
   * @param {Member[]} members
   * @param {string | null} next
   * @param {number} version
   */
  #read(members, next, version) {
    /** @type {Change} */
    const change = {joined: [], left: []};
    const after = this.after ?? "";
    const isThere = new Set(members.map((member) => member.session));
    const isNewer = (/** @type {string} */ session) =>
        (this.#recent.get(session)?.version ?? -1) > version;
    for (const session of [...this.members.keys()]) {
      if (session > after && (next === null || session <= next) && !isThere.has(session) &&
          !isNewer(session)) {
        this.#remove(session, change);
      }
    }
    for (const member of members) {
      if (!isNewer(member.session)) this.#add(member, change);
    }
    this.#ranges.push({upTo: next, version});
    this.after = next;
    if (next === null) this.#recent.clear();
    return change;
  }

  /** @param {string} session @param {number} version @param {boolean} isThere */
  #isNews(session, version, isThere) {
    const range = this.#ranges.find(({upTo}) => upTo === null || session <= upTo);
    if (range === undefined) {
      this.#recent.set(session, {version, isThere});
      return true;
    }
    return version > range.version;
  }

  /** @param {Member} member @param {Change} change */
  #add(member, change) {
    if (this.members.get(member.session)?.name === member.name) return;
    this.members.set(member.session, member);
    change.joined.push(member);
  }

  /** @param {string} session @param {Change} change */
  #remove(session, change) {
    const member = this.members.get(session);
    if (member === undefined) return;
    this.members.delete(session);
    change.left.push(member);
  }
}
