/**
 * What people are called on the page. Anybody may take any name, so a name that several sessions
 * have goes with a piece of the session's id. Knows nothing of the page.
 *
 * @typedef {import("../client/frames.js").Member} Member
 */

/** Of a session's id: enough to tell a few namesakes apart. */
const TAG_LENGTH = 6;
const NAMELESS = "guest";

/** What a name looks like: two that differ only in what is not seen are the same. @param {string} name */
function lookOf(name) {
  return name.normalize("NFKC").replace(/\p{Cf}/gu, "").replace(/\s+/gu, " ").trim();
}

/** A name as it is shown, also if there is nothing to be seen of it. @param {string} name */
export function shownName(name) {
  return lookOf(name) === "" ? NAMELESS : name;
}

/** Which of the eight colours a session has (base.css). @param {string} session */
export function hueOf(session) {
  // FNV-1a: similar ids get unlike colours.
  let hash = 0x811c9dc5;
  for (const character of session) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return ((hash >>> 9) ^ (hash >>> 27)) & 7;
}

/** Dispatches `change` when another name is shared, or one is no more. */
export class Names extends EventTarget {
  /** What shared names look like. @type {Set<string>} */
  #shared = new Set();

  /** @param {() => Iterable<Member>} people everybody who is to be seen, as often as they are */
  constructor(people) {
    super();
    this.people = people;
  }

  /** Looks who has which name by now. */
  refresh() {
    /** @type {Map<string, Set<string>>} */
    const byName = new Map();
    for (const {name, session} of this.people()) {
      const sessions = byName.get(name);
      if (sessions) {
        sessions.add(session);
      } else {
        byName.set(name, new Set([session]));
      }
    }
    /** @type {Map<string, Set<string>>} */
    const byLook = new Map();
    for (const [name, sessions] of byName) {
      const look = lookOf(shownName(name));
      byLook.set(look, new Set([...byLook.get(look) ?? [], ...sessions]));
    }
    const shared = new Set([...byLook.keys()].filter((look) => (byLook.get(look)?.size ?? 0) > 1));
    const isSame = shared.size === this.#shared.size && [...shared].every((look) => this.#shared.has(look));
    if (isSame) return;
    this.#shared = shared;
    this.dispatchEvent(new Event("change"));
  }

  /** What stands beside the name; empty if the name says it. @param {Member} member */
  tagOf({session, name}) {
    return this.#shared.has(lookOf(shownName(name))) ? `·${session.slice(0, TAG_LENGTH)}` : "";
  }

  /** The name and what stands beside it, in one line. @param {Member} member */
  labelOf(member) {
    const tag = this.tagOf(member);
    return tag ? `${shownName(member.name)} ${tag}` : shownName(member.name);
  }
}
