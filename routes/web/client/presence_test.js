/** Members and typing, as a room tells them. */

import assert from "node:assert/strict";
import test from "node:test";

import {fakeClient, joined, message, record, settled} from "./fakes.js";

const ada = {session: "s1", name: "Ada"};
const grace = {session: "grace", name: "Grace"};
const typing = (/** @type {boolean} */ on, from = grace) =>
    ({type: "typing", room: "lobby", from, on, expires: "2026-11-24T09:30:05.000Z"});

/** @param {any} presence of `joined` */
async function inLobby(presence = {version: 1, members: [ada, grace], next: null}) {
  const fake = await fakeClient();
  const room = fake.client.join("lobby");
  const events = record(room, "presence", "typing", "joined");
  fake.socket().welcome("s1");
  fake.socket().say(joined({id: fake.socket().take()[0].id, count: 2, presence}));
  const change = (/** @type {any} */ members) =>
    fake.socket().say({type: "presence", room: "lobby", joined: [], left: [], ...members});
  /** What was told since the last time. */
  const told = () => events.splice(0).map(({type, event}) => [type, event]);
  return {...fake, room, change, told};
}

test("members are there when the room is joined", async () => {
  const {room, change, told} = await inLobby();
  assert.deepEqual(told().map(([type, event]) => [type, event.isNews]),
                   [["joined", undefined], ["presence", false]]);
  assert.deepEqual([...room.members.values()], [ada, grace]);
  change({version: 2, count: 1, left: ["grace"]});
  assert.deepEqual(told(),
                   [["presence", {joined: [], left: [grace], count: 1, isNews: true}]]);
  // Nothing that was not known.
  change({version: 3, count: 1, joined: [ada], left: ["x"]});
  assert.deepEqual(told(), []);
});

test("pages are read until all are there, again on each connection", async () => {
  const {clock, room, socket} = await inLobby({version: 1, members: [grace], next: "grace"});
  const page = (/** @type {any} */ members) =>
    socket().say({type: "members", room: "lobby", version: 1, count: 2, next: null, ...members});
  const [{id, ...asked}] = socket().take();
  assert.deepEqual(asked, {type: "members", room: "lobby", after: "grace"});
  page({id, members: [ada], next: "s1"});
  await settled();
  assert.equal(socket().take()[0].after, "s1");
  socket().lose();
  clock.pass(500);
  socket().welcome("s2");
  socket().say({type: "ack", id: "resume", session: "s1"});
  const join = socket().take()[1];
  const presence = {version: 5, members: [{session: "b", name: "Bob"}], next: "b"};
  socket().say(joined({id: join.id, count: 2, recovered: true, presence}));
  await settled();
  const [again] = socket().take();
  assert.equal(again.after, "b");
  assert.deepEqual([...room.members.keys()], ["grace", "s1", "b"]);
  page({id: again.id, version: 5, members: [ada]});
  await settled();
  assert.deepEqual([[...room.members.keys()], socket().take()], [["s1", "b"], []]);
});

test("typing ends by itself, by a message, by its end, and when somebody leaves", async () => {
  const {clock, room, socket, change, told} = await inLobby();
  told();
  const on = ["typing", {from: grace, on: true}];
  const off = ["typing", {from: grace, on: false}];
  socket().say(typing(true));
  clock.pass(3000);
  socket().say(typing(true));
  clock.pass(4999);
  assert.deepEqual(told(), [on]);
  assert.deepEqual([...room.typists.keys()], ["grace"]);
  clock.pass(1);
  assert.deepEqual(told(), [off]);

  socket().say(typing(true), message(1));
  assert.deepEqual(told(), [on, off]);
  socket().say(typing(true), typing(false), typing(false));
  assert.deepEqual(told(), [on, off]);
  socket().say(typing(true));
  change({version: 2, count: 1, left: ["grace"]});
  assert.deepEqual(told().slice(0, 2), [on, off]);
  // Oneself.
  socket().say(typing(true, ada));
  assert.deepEqual(told(), []);
});

test("key presses are told as often as it is of use", async () => {
  const {clock, room, socket} = await inLobby();
  const sent = () => socket().take().map(({type, on, text}) => type === "typing" ? on : text);
  room.typing(false);
  room.typing(true);
  clock.pass(2499);
  room.typing(true);
  assert.deepEqual(sent(), [true]);
  clock.pass(1);
  room.typing(true);
  room.typing(false);
  room.typing(false);
  room.typing(true);
  assert.deepEqual(sent(), [true, false, true]);
  // The message ends it.
  room.publish("hello");
  room.typing(false);
  assert.deepEqual(sent(), ["hello"]);
});

test("the end of a room leaves no timer", async () => {
  const {clock, room, socket} = await inLobby();
  socket().say(typing(true));
  const left = room.leave();
  socket().say({type: "ack", id: socket().take()[0].id});
  await left;
  socket().lose(4001);
  assert.equal(clock.size, 0);
});
