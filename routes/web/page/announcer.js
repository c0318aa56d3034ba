/** Reads out what is new, to those who listen to the page. */

import {byId, element} from "./dom.js";

/** What comes within this time is read out together; more of it is only counted. */
const GATHER_MS = 700;
const MOST_LINES = 3;

/** @type {string[]} */
let lines = [];
/** @type {string[]} */
let notices = [];
let timer = 0;

/** Reads out what is not to be lost among many messages. @param {string} notice */
export function announceNotice(notice) {
  notices.push(notice);
  start();
}

/** @param {string} line */
export function announce(line) {
  lines.push(line);
  start();
}

function start() {
  timer ||= setTimeout(() => {
    timer = 0;
    const said = lines.length > MOST_LINES ? [`${lines.length} new messages`] : lines;
    byId("announcer").replaceChildren(...[...notices, ...said].map((text) => element("p", "", text)));
    lines = [];
    notices = [];
  }, GATHER_MS);
}
