/**
 * What the page remembers: the name, the room, the theme. Storage may be switched off or full; then
 * nothing is remembered, and nothing else changes.
 */

/** @param {string} key @returns {string} empty if there is none */
export function remembered(key) {
  try {
    return localStorage.getItem(`fanfare.${key}`) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(`fanfare.${key}`, value);
  } catch {
    // See above.
  }
}
