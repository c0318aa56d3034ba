/** Reads out what is new, to those who listen to the page. */

import {byId, element} from "./dom.js";

/** What comes within this time is read out together; more of it is only counted. */
const GATHER_MS = 700;
const MOST_LINES = 3;

/** @type {string[]} */
let lines = [];
let timer = 0;

/** @param {string} line */
export function announce(line) {
  lines.push(line);
  timer ||= setTimeout(() => {
    timer = 0;
    const said = lines.length > MOST_LINES ? [`${lines.length} new messages`] : lines;
    lines = [];
    byId("announcer").replaceChildren(...said.map((text) => element("p", "", text)));
  }, GATHER_MS);
}
