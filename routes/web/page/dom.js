/**
 * Making elements. Text that people typed goes through here and only here: it becomes text nodes,
 * never markup.
 */

/** @param {string} id */
export function byId(id) {
  return /** @type {any} */ (document.getElementById(id));
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children strings become text
 */
export function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

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

/** The first letter of a name, in a circle whose colour is the name's. @param {string} name */
export function avatar(name) {
  // FNV-1a: similar names get unlike colours.
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  const [first] = new Intl.Segmenter().segment(name.trim());
  const initial = first?.segment.toUpperCase() ?? "?";
  const made = element("span", `avatar hue-${((hash >>> 9) ^ (hash >>> 27)) & 7}`, initial);
  made.setAttribute("aria-hidden", "true");
  return made;
}
