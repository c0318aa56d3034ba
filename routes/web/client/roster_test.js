/** Who is there, in whatever order pages and frames come. */

import assert from "node:assert/strict";
import test from "node:test";

import {Roster} from "./roster.js";

const members = (/** @type {string} */ sessions) =>
    [...sessions].map((session) => ({session, name: session.toUpperCase()}));
/** @returns {any} */
const joined = (/** @type {string} */ sessions, version = 1, next = null, count = 3) =>
    ({count, presence: {version, members: members(sessions), next}});
/** @returns {any} */
const page = (/** @type {string} */ sessions, version = 1, next = null, count = 3) =>
    ({version, count, members: members(sessions), next});
/** @returns {any} */
const frame = (/** @type {number} */ version, come = "", left = "", count = 3) =>
    ({version, count, joined: members(come), left: [...left]});
const there = (/** @type {Roster} */ roster) => [...roster.members.keys()].sort().join("");
const told = (/** @type {any} */ change) => change === null ? null :
    [change.joined, change.left].map((list) => list.map(({session}) => session).join(""));

test("a page, and what changes after it", () => {
  const roster = new Roster();
  assert.deepEqual(told(roster.begin(joined("abc", 9))), ["abc", ""]);
  assert.equal(roster.after, null);
  assert.deepEqual(told(roster.change(frame(10, "d", "a", 3))), ["d", "a"]);
  assert.equal(there(roster), "bcd");
  // Old ones, and those who are known, or are not.
  assert.equal(roster.change(frame(9, "z", "b", 7)), null);
  assert.deepEqual(told(roster.change(frame(11, "d", "x", 4))), ["", ""]);
  assert.deepEqual([there(roster), roster.count], ["bcd", 4]);
});

test("pages, one after the other", () => {
  const roster = new Roster();
  roster.begin(joined("ab", 1, "b", 5));
  assert.equal(roster.after, "b");
  roster.page(page("cd", 1, "d", 5));
  assert.equal(roster.after, "d");
  roster.page(page("e", 1, null, 5));
  assert.deepEqual([there(roster), roster.after, roster.count], ["abcde", null, 5]);
});

test("a page that overtook a frame knows better, but only within its range", () => {
  const roster = new Roster();
  roster.begin(joined("ab", 1, "b"));
  roster.page(page("d", 3));
  // In version 2, c came and a left; in version 3, c left.
  assert.deepEqual(told(roster.change(frame(2, "c", "a"))), ["", "a"]);
  assert.deepEqual(told(roster.change(frame(3, "", "c"))), null);
  assert.equal(there(roster), "bd");
});

test("a frame that overtook a page knows better", () => {
  const roster = new Roster();
  roster.begin(joined("ab", 1, "b"));
  roster.change(frame(2, "e", "d"));
  roster.page(page("cd", 1));
  assert.equal(there(roster), "abce");
  assert.deepEqual(told(roster.change(frame(3, "d", "e"))), ["d", "e"]);
});

test("joining again tells the difference, and drops who is gone", () => {
  const roster = new Roster();
  roster.begin(joined("abcd", 7));
  assert.deepEqual(told(roster.begin(joined("ax", 1, "x"))), ["x", "bcd"]);
  assert.deepEqual(told(roster.begin(joined("a", 2, "a"))), ["", ""]);
  assert.equal(there(roster), "ax");
  assert.deepEqual(told(roster.page(page("y", 2))), ["y", "x"]);
});

test("a large room has a count, and is read when it is small again", () => {
  const roster = new Roster();
  roster.begin({count: 2000, presence: {version: 4, listed: false}});
  assert.deepEqual([roster.count, roster.isListed, roster.after], [2000, false, null]);
  assert.deepEqual(told(roster.change({version: 5, count: 1001, listed: false})), ["", ""]);
  assert.equal(roster.change({version: 5, count: 9, listed: false}), null);
  roster.change(frame(6, "z", "", 3));
  assert.deepEqual([roster.count, roster.isListed, roster.after], [3, true, ""]);
  roster.page(page("abz", 6));
  assert.deepEqual([there(roster), roster.after], ["abz", null]);

  // And large once more.
  roster.change({version: 7, count: 1001, listed: false});
  assert.deepEqual([there(roster), roster.isListed, roster.count], ["", false, 1001]);
});
