/** What people are called. */

import assert from "node:assert/strict";
import test from "node:test";

import {hueOf, Names, shownName} from "./names.js";

const ADA = {session: "4aSLzPq8", name: "Ada"};
const OTHER_ADA = {session: "Zk2mB0x1", name: "Ada"};
const BOB = {session: "b0bb0bb0", name: "Bob"};

function namesOf(people) {
  const names = new Names(() => people);
  names.refresh();
  return names;
}

test("a name that one session has stands alone, however often it is seen", () => {
  const names = namesOf([ADA, BOB, ADA]);
  assert.deepEqual([names.labelOf(ADA), names.tagOf(ADA), names.labelOf(BOB)], ["Ada", "", "Bob"]);
});

test("namesakes are told apart, until they are none", () => {
  const people = [ADA, BOB];
  const names = namesOf(people);
  let changes = 0;
  names.addEventListener("change", () => ++changes);
  people.push(OTHER_ADA);
  names.refresh();
  names.refresh();
  assert.equal(changes, 1);
  assert.deepEqual([ADA, OTHER_ADA, BOB].map((each) => names.labelOf(each)), ["Ada ·4aSLzP", "Ada ·Zk2mB0", "Bob"]);
  people.shift();
  names.refresh();
  assert.equal(changes, 2);
  assert.equal(names.labelOf(OTHER_ADA), "Ada");
});

test("names that only look the same are the same", () => {
  for (const name of [" Ada", "Ada\u200b", "\u202eAda", "Ａda"]) {
    assert.equal(namesOf([ADA, {...OTHER_ADA, name}]).tagOf(ADA), "·4aSLzP", JSON.stringify(name));
  }
  assert.equal(namesOf([ADA, {...OTHER_ADA, name: "ada"}]).tagOf(ADA), "");
});

test("who has no name to be seen is a guest", () => {
  for (const name of ["", "  ", "\u200b", "\u3000\t"]) assert.equal(shownName(name), "guest");
  assert.equal(shownName(" Ada "), " Ada ");
  const blank = {...ADA, name: " "};
  assert.equal(namesOf([blank, {...BOB, name: "guest"}]).labelOf(blank), "guest ·4aSLzP");
});

test("a colour is the session's, not the name's", () => {
  assert.equal(hueOf(ADA.session), hueOf(ADA.session));
  const hues = new Set(Array.from({length: 100}, (_, at) => hueOf(`session ${at}`)));
  assert.deepEqual([...hues].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});
