/** What a client gets after a loss: each event once, in order, or a gap. */

import assert from "node:assert/strict";
import test from "node:test";

import {fakeClient, joined, message, record} from "./fakes.js";

/** A client that is in the room "lobby" as "s1", at offset 10 of epoch "e1". */
async function inLobby(options = {}, answer = {}) {
  const fake = await fakeClient(options);
  const room = fake.client.join("lobby", {history: 5});
  const events = record(room, "message", "edit", "delete", "reaction", "gap");
  fake.socket().welcome("s1");
  const [join] = fake.socket().take();
  fake.socket().say(joined({id: join.id, offset: 10, ...answer}));
  /** Comes back as the same session; returns the join. */
  const comeBack = (session = "s2") => {
    fake.socket().lose();
    fake.clock.pass(1000);
    fake.socket().welcome(session);
    return fake.socket().take();
  };
  return {...fake, room, events, join, comeBack};
}

const offsets = (/** @type {any[]} */ events) => events.map(({event}) => event.offset ?? "gap");

test("the first time it joins without recovery, and gets the history", async () => {
  const history = [message(8), message(9), message(10)];
  const {join, room, events} = await inLobby({}, {history});
  assert.deepEqual(join, {type: "join", id: join.id, room: "lobby", name: "Ada", history: 5});
  assert.deepEqual(offsets(events), [8, 9, 10]);
  assert.ok(events.every(({isHistory}) => isHistory));
  assert.equal((await room.joined).offset, 10);
});

test("it resumes the session, and recovers from the last event that came", async () => {
  const {client, socket, events, comeBack} = await inLobby();
  socket().say(message(11), message(12));
  const [resume, join] = comeBack();
  assert.deepEqual(resume, {type: "resume", id: "resume", session: "s1", token: "token of s1"});
  assert.deepEqual(join.recover, {epoch: "e1", offset: 12});
  socket().say({type: "ack", id: "resume", session: "s1"});
  assert.equal(client.session, "s1");
  // The history is part of what follows.
  const history = [message(13), message(14)];
  socket().say(joined({id: join.id, offset: 14, recovered: true, history}));
  socket().say(message(13), message(14), message(15));
  assert.deepEqual(offsets(events), [11, 12, 13, 14, 15]);
});

test("what came already is not told again", async () => {
  const {socket, events} = await inLobby();
  socket().say(message(11), message(11), message(10), message(12), message(11));
  assert.deepEqual(offsets(events), [11, 12]);
});

test("what is not kept any more is a gap", async () => {
  const {socket, events, comeBack} = await inLobby();
  const join = comeBack()[1];
  socket().say({type: "ack", id: "resume", session: "s1"});
  socket().say(joined({id: join.id, offset: 30, first: 25, history: [message(29), message(30)]}));
  socket().say(message(31));
  assert.deepEqual(offsets(events), ["gap", 29, 30, 31]);
  assert.deepEqual(events[0].event, {isNewEpoch: false, epoch: "e1", after: 10, first: 25});
});

test("another epoch is a gap, and its offsets begin anew", async () => {
  const {client, socket, events, room, comeBack} = await inLobby();
  const join = comeBack()[1];
  socket().say({type: "error", id: "resume", code: "cannot_resume", message: "unknown"});
  assert.equal(client.session, "s2");
  socket().say(joined({id: join.id, epoch: "e2", offset: 2, history: [message(1), message(2)]}));
  socket().say(message(3));
  assert.deepEqual(offsets(events), ["gap", 1, 2, 3]);
  assert.deepEqual(events[0].event, {isNewEpoch: true, epoch: "e2", after: 10, first: 1});
  assert.deepEqual([room.epoch, room.newest], ["e2", 3]);
  assert.deepEqual(comeBack("s3")[0].session, "s2");
});

test("events that the server left out are a gap, too", async () => {
  const {socket, events} = await inLobby();
  socket().say(message(11), message(13));
  assert.deepEqual(offsets(events), [11, "gap", 13]);
});

test("a room that was left in between is another room", async () => {
  const {client, socket, room, events} = await inLobby();
  const left = room.leave();
  const [leave] = socket().take();
  assert.equal(leave.type, "leave");
  const again = client.join("lobby");
  assert.notEqual(again, room);
  const [join] = socket().take();
  assert.equal(join.recover, undefined);
  const news = record(again, "message");
  // Of the membership that ends.
  socket().say(message(11), {type: "ack", id: leave.id});
  await left;
  socket().say(joined({id: join.id, offset: 11}), message(12));
  assert.deepEqual([offsets(events), offsets(news)], [[], [12]]);
  await assert.rejects(room.publish("hello"), {code: "left"});
});

test("a room that does not let the client in", async () => {
  const {client, socket} = await fakeClient();
  socket().welcome("s1");
  const room = client.join("lobby");
  const refusals = record(room, "refused");
  const publish = room.publish("hello");
  const [{id}] = socket().take();
  socket().say({type: "error", id, room: "lobby", code: "too_many_rooms", message: "no"});
  await assert.rejects(room.joined, {code: "too_many_rooms"});
  await assert.rejects(publish, {code: "too_many_rooms"});
  assert.deepEqual([refusals.length, client.rooms.size], [1, 0]);
});

test("whatever a server sends, nothing is thrown, and what is right counts", async () => {
  const {client, socket, events} = await inLobby();
  const malformed = record(client, "malformed");
  const wrong = [
    "", "{", "null", "[]", "1", '"x"', "{}", '{"type": 1}', new ArrayBuffer(3),
    ...[
      {type: "welcome"}, {type: "ack"}, {type: "error", id: 1}, {type: "joined", room: "lobby"},
      {...joined(), history: [1]}, {...joined(), history: [{type: "toString"}]},
      {...joined(), presence: null}, {...message(11), offset: "11"}, {...message(11), from: null},
      {...message(11), offset: 1.5}, {...message(11), offset: -1}, {type: "events", room: "lobby"},
      {type: "presence", room: "lobby", version: 1, count: 1}, {type: "members", members: {}},
      {type: "typing", room: "lobby", from: {}}, {type: "direct", from: "x"},
    ].map((frame) => JSON.stringify(frame)),
  ];
  for (const data of wrong) socket().raw(data);
  assert.deepEqual(malformed.map(({data}) => data), wrong);
  // Of a later version, of no room that is known, and answers to nothing.
  socket().say({type: "later"}, {type: "toString"}, {...message(11), room: "other"},
               {...joined(), room: "other"}, joined({id: "j99"}), {type: "ack", id: "r99"},
               {type: "ack", id: "resume"}, {type: "error", code: "bad_json", message: "?"},
               {type: "pong"}, {...message(11), later: 1});
  socket().welcome("s9");
  assert.deepEqual([malformed.length, offsets(events), client.session], [wrong.length, [11], "s1"]);
});
