/** Making and finding elements. What peers gave becomes text nodes, never markup. */

// Beside this file where it is served: core/page/element.js.
import {byId, element} from "./element.js";

export {byId, element};

/** Writes only where something changes, so that what is selected stays so. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** For screen readers. @param {string} text */
export function announce(text) {
  byId("announcer").textContent = text;
}
