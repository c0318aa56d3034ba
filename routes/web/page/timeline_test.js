/** What a timeline makes of a room's events. */

import assert from "node:assert/strict";
import test from "node:test";

import {Timeline} from "./timeline.js";

const ADA = {session: "a", name: "Ada"};
const BOB = {session: "b", name: "Bob"};
const at = {time: "2026-11-24T09:30:00.000Z", room: "r"};
const message = (offset, text, from = ADA) => ({...at, type: "message", offset, from, text});
const edit = (offset, target, text) => ({...at, type: "edit", offset, target, from: ADA, text});
const remove = (offset, target) => ({...at, type: "delete", offset, target, from: ADA});
const react = (offset, target, key, on, from = ADA) =>
  ({...at, type: "reaction", offset, target, key, on, from});

const texts = (timeline) => timeline.entries.map(({text}) => text);
const reactionsOf = (entry) =>
  Object.fromEntries([...entry.reactions].map(([key, people]) => [key, [...people.values()]]));

test("changes are put into their messages", () => {
  const timeline = new Timeline();
  const first = timeline.add(message(1, "one"));
  timeline.add(message(2, "two"));
  assert.equal(timeline.add(edit(3, 1, "ONE")), first);
  timeline.add(react(4, 1, "👍", true));
  timeline.add(react(5, 1, "👍", true, BOB));
  timeline.add(react(6, 1, "🎉", true));
  timeline.add(react(7, 1, "🎉", false));
  assert.deepEqual(texts(timeline), ["ONE", "two"]);
  assert.equal(first.isEdited, true);
  assert.deepEqual(reactionsOf(first), {"👍": ["Ada", "Bob"]});
  timeline.add(remove(8, 1));
  assert.deepEqual([first.isDeleted, first.text, first.reactions.size], [true, "", 0]);
  // What comes for it still, comes too late.
  timeline.add(edit(9, 1, "again"));
  assert.equal(first.text, "");
});

test("data that comes with a text is kept as it is to be shown", () => {
  const timeline = new Timeline();
  const entry = timeline.add({...message(1, ""), data: {on: true}});
  assert.deepEqual([entry.text, entry.data], ["", "{\"on\":true}"]);
  timeline.add({...edit(2, 1, ""), data: "😀".repeat(1000)});
  assert.equal(entry.data, `"${"😀".repeat(299)}…`);
  timeline.add(remove(3, 1));
  assert.equal(entry.data, "");
  assert.equal(timeline.add(message(4, "plain")).data, "");
});

test("who said something, and who was written to", () => {
  const timeline = new Timeline();
  timeline.add(message(1, "one"));
  timeline.mark("a mark");
  timeline.addDirect(ADA, "psst", BOB);
  assert.deepEqual([...timeline.people()], [ADA, ADA, BOB]);
});

test("an event that comes again changes nothing", () => {
  const timeline = new Timeline();
  timeline.add(message(1, "one"));
  timeline.add(message(2, "two"));
  assert.equal(timeline.add(message(2, "two")), null);
  assert.equal(timeline.add(message(1, "one")), null);
  assert.deepEqual(texts(timeline), ["one", "two"]);
});

test("pages of what is older meet the changes that were known before", () => {
  const timeline = new Timeline();
  timeline.add(message(10, "ten"));
  assert.equal(timeline.add(edit(11, 4, "newest")), null);
  timeline.add(react(12, 1, "👍", false));
  timeline.add(remove(13, 5));
  assert.equal(timeline.addOlder([message(4, "four"), message(5, "five"), edit(6, 4, "older"),
    react(7, 4, "👍", true)]), 2);
  assert.equal(timeline.oldest, 4);
  assert.deepEqual(texts(timeline), ["newest", "", "ten"]);
  assert.deepEqual(reactionsOf(timeline.entries[0]), {"👍": ["Ada"]});
  assert.equal(timeline.entries[1].isDeleted, true);
  assert.equal(timeline.addOlder([message(1, "one"), react(2, 1, "👍", true), react(3, 1, "❤️", true)]), 1);
  assert.deepEqual(reactionsOf(timeline.entries[0]), {"❤️": ["Ada"]});
  // A page that overlaps brings nothing twice.
  assert.equal(timeline.addOlder([message(1, "one"), message(4, "four")]), 0);
  assert.equal(timeline.entries.length, 4);
});

test("a message that history has as deleted stays so", () => {
  const timeline = new Timeline();
  timeline.addOlder([{...message(1), text: undefined, deleted: true},
    {...edit(2, 1), text: undefined, deleted: true}, remove(3, 1)]);
  assert.deepEqual([timeline.entries[0].isDeleted, timeline.entries[0].text], [true, ""]);
});

test("when offsets begin anew, what was said stays and can not be changed", () => {
  const timeline = new Timeline();
  timeline.add(message(1, "old"));
  timeline.beginAnew();
  timeline.mark("gap", true);
  const fresh = timeline.add(message(1, "new"));
  timeline.add(edit(2, 1, "new!"));
  assert.deepEqual(texts(timeline), ["old", "gap", "new!"]);
  assert.equal(timeline.lastOf("a"), fresh);
  assert.equal(timeline.entries[0].offset, 0);
  assert.equal(new Set(timeline.entries.map(({key}) => key)).size, 3);
});

test("there is a bound; what was dropped can be loaded again, changes and all", () => {
  const timeline = new Timeline();
  for (let offset = 1; offset <= 5499; ++offset) timeline.add(message(offset, String(offset)));
  timeline.add(edit(5500, 10, "edited late"));
  timeline.add(message(5501, "5501"));
  assert.equal(timeline.trim(), 0);
  timeline.add(message(5502, "5502"));
  assert.equal(timeline.trim(), 501);
  assert.deepEqual([timeline.entries.length, timeline.oldest], [5000, 502]);
  timeline.addOlder([message(10, "10"), message(11, "11")]);
  assert.deepEqual(texts(timeline).slice(0, 2), ["edited late", "11"]);
});

test("the newest own message that can be edited", () => {
  const timeline = new Timeline();
  assert.equal(timeline.lastOf("a"), null);
  timeline.add(message(1, "one"));
  timeline.add(message(2, "two"));
  timeline.add(message(3, "three", BOB));
  timeline.add(remove(4, 2));
  assert.equal(timeline.lastOf("a").text, "one");
});
