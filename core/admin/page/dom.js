/** Making and finding elements. What peers gave becomes text nodes, never markup. */

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

/** Writes only where something changes, so that what is selected stays so. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** For screen readers. @param {string} text */
export function announce(text) {
  byId("announcer").textContent = text;
}
