/**
 * Making elements. Text that people typed goes through here and only here: it becomes text nodes,
 * never markup.
 *
 * @typedef {import("../client/frames.js").Member} Member
 * @typedef {import("./names.js").Names} Names
 */

// Beside this file where it is served: core/page/element.js.
import {byId, element} from "./element.js";
import {hueOf, shownName} from "./names.js";

export {byId, element};

/** A name or the like: its direction does not turn what stands around it. @param {string} text */
export function isolated(text, className = "") {
  return element("bdi", className, text);
}

/**
 * @param {string} className
 * @param {string} label for people who do not see it; empty if its text says it
 * @param {() => void} onClick
 * @param {...(Node | string)} children
 */
export function button(className, label, onClick, ...children) {
  const made = /** @type {HTMLButtonElement} */ (element("button", className, ...children));
  made.type = "button";
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", onClick);
  return made;
}

/** What stands beside a name, if the name is shared. @param {string} tag of names.js */
export function tagElement(tag) {
  const made = element("span", "tag", tag && ` ${tag}`);
  made.hidden = tag === "";
  return made;
}

/** A name within a sentence. @param {Names} names @param {Member} member */
export function nameElement(names, member) {
  return element("span", "", isolated(shownName(member.name)), tagElement(names.tagOf(member)));
}

/** The first letter of a name, in a circle whose colour is the session's. @param {Member} member */
export function avatar({session, name}) {
  const [first] = new Intl.Segmenter().segment(shownName(name).trim());
  const initial = first?.segment.toUpperCase() ?? "?";
  const made = element("span", `avatar hue-${hueOf(session)}`, initial);
  made.setAttribute("aria-hidden", "true");
  return made;
}
