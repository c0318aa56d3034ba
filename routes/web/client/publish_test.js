/** Publishes and other requests, whatever becomes of the connection. */

import assert from "node:assert/strict";
import test from "node:test";

import {fakeClient, joined, message, settled} from "./fakes.js";

/** A client with the room "lobby", and what it takes to let it in. */
async function withLobby(options = {}) {
  const fake = await fakeClient(options);
  const room = fake.client.join("lobby");
  /** Lets the client in; returns what it sends then. */
  const letIn = ({session = "s1", resumes = true, ...members} = {}) => {
    const socket = fake.socket();
    socket.welcome(session);
    const frames = socket.take();
    if (frames[0].type === "resume") {
      socket.say(resumes ? {type: "ack", id: "resume", session: frames[0].session} :
          {type: "error", id: "resume", code: "cannot_resume", message: "unknown"});
    }
    socket.say(joined({id: frames.find(({type}) => type === "join").id, ...members}));
    return socket.take();
  };
  const lose = (code = 1006) => {
    fake.socket().lose(code);
    fake.clock.pass(1000);
  };
  return {...fake, room, letIn, lose};
}

const texts = (/** @type {any[]} */ frames) => frames.map(({text}) => text);
const own = (/** @type {number} */ offset, /** @type {string} */ text, members = {}) =>
    message(offset, {from: {session: "s1", name: "Ada"}, text, ...members});

/** Whether a promise holds or fails already. */
async function state(promise) {
  let state = "waits";
  promise.then(() => state = "holds", (error) => state = error.code);
  await settled();
  return state;
}

test("what is published before there is a connection is sent in order", async () => {
  const {room, letIn, socket} = await withLobby();
  const first = room.publish("one", {data: [1]});
  const second = room.publish("two");
  const frames = letIn();
  assert.deepEqual(frames[0], {
    type: "publish", id: frames[0].id, room: "lobby", text: "one", data: [1],
  });
  assert.deepEqual(texts(frames), ["one", "two"]);
  socket().say({type: "ack", id: frames[0].id, room: "lobby", offset: 1});
  assert.deepEqual(await first, {offset: 1, duplicate: false});
  socket().say({type: "error", id: frames[1].id, code: "too_large", message: "no"});
  await assert.rejects(second, {name: "ChatError", code: "too_large", message: "no"});
});

test("what was not acknowledged is sent again with its id", async () => {
  const {room, client, letIn, lose, socket} = await withLobby();
  letIn();
  const publishes = ["one", "two", "three"].map((text) => room.publish(text));
  const sent = socket().take();
  socket().say({type: "ack", id: sent[0].id, offset: 1});
  lose();
  // Also that which was published meanwhile, after them.
  publishes.push(room.publish("four"));
  const again = letIn({session: "s2", recovered: true});
  assert.deepEqual(again.slice(0, 2), sent.slice(1));
  assert.deepEqual(texts(again), ["two", "three", "four"]);
  again.forEach(({id}, index) => {
    socket().say({type: "ack", id, offset: 2 + index, duplicate: true});
  });
  assert.deepEqual((await Promise.all(publishes)).map(({offset}) => offset), [1, 2, 3, 4]);
  assert.equal(client.pending, 0);
});

test("with the session lost, what came back as an event is not sent again", async () => {
  const {room, letIn, lose, socket} = await withLobby();
  letIn();
  const data = {a: {b: 1}, c: [1, null]};
  const publishes = [room.publish("same"), room.publish("same"), room.publish("x", {data}),
                     room.publish("lost")];
  socket().take();
  // Before the loss, and after it.
  socket().say(own(1, "same"));
  lose();
  const early = letIn({session: "s2", resumes: false, recovered: true, offset: 4});
  assert.deepEqual(early, []);
  const later = room.publish("later");
  socket().say(own(2, "same"), message(3, {text: "lost"}));
  assert.deepEqual(socket().take(), []);
  socket().say(own(4, "x", {data: {c: [1, null], a: {b: 1}}}));
  const sent = socket().take();
  assert.deepEqual(texts(sent), ["lost", "later"]);
  assert.deepEqual((await Promise.all(publishes.slice(0, 3))).map(({offset}) => offset), [1, 2, 4]);
  assert.equal(await state(publishes[3]), "waits");
  sent.forEach(({id}, index) => socket().say({type: "ack", id, offset: 5 + index}));
  assert.deepEqual((await later).offset, 6);
});

test("an acknowledged message's event is not taken for that of another", async () => {
  const {room, letIn, lose, socket} = await withLobby();
  letIn();
  const first = room.publish("same");
  const second = room.publish("same");
  socket().say({type: "ack", id: socket().take()[0].id, offset: 1});
  socket().say(own(1, "same"));
  await first;
  lose();
  const sent = letIn({session: "s2", resumes: false, recovered: true, offset: 1});
  assert.deepEqual(texts(sent), ["same"]);
  assert.equal(await state(second), "waits");
});

test("with the room's log lost, what is in doubt is sent at once", async () => {
  const {room, letIn, lose, socket} = await withLobby();
  letIn({offset: 40});
  room.publish("seen");
  room.publish("not seen");
  socket().say(own(41, "seen"));
  lose();
  const sent = letIn({session: "s2", resumes: false, epoch: "e2"});
  assert.deepEqual(texts(sent), ["not seen"]);
});

test("the queue has a bound, and at most 128 are in doubt", async () => {
  const {room, letIn, socket} = await withLobby({mostPublishes: 200});
  for (let n = 0; n < 200; ++n) room.publish(`${n}`);
  await assert.rejects(room.publish("one more"), {code: "queue_full"});
  const frames = letIn();
  assert.equal(frames.length, 128);
  socket().say({type: "ack", id: frames[0].id, offset: 1});
  assert.deepEqual(texts(socket().take()), ["128"]);
});

test("a frame that the server does not take is not sent for ever", async () => {
  const {room, letIn, lose, socket} = await withLobby();
  letIn();
  const small = room.publish("small");
  const large = room.publish("large".repeat(1000));
  lose(1009);
  await assert.rejects(large, {code: "too_large"});
  const sent = letIn({session: "s2", recovered: true});
  assert.deepEqual(texts(sent), ["small"]);
  socket().say({type: "ack", id: sent[0].id, offset: 1});
  assert.equal((await small).offset, 1);
});

test("one room does not wait for another", async () => {
  const {client, room, letIn} = await withLobby();
  const other = client.join("other");
  other.publish("waits");
  room.publish("goes");
  assert.deepEqual(texts(letIn()), ["goes"]);
});

test("requests wait for the room; of those in doubt, some are sent again", async () => {
  const {room, letIn, lose, socket} = await withLobby();
  const early = room.edit(1, "edited");
  const [edit] = letIn();
  assert.deepEqual(edit, {type: "edit", id: edit.id, room: "lobby", target: 1, text: "edited"});
  socket().say({type: "ack", id: edit.id, room: "lobby", offset: 7});
  assert.equal((await early).offset, 7);

  const deletion = room.delete(1);
  const reaction = room.react(1, "👍");
  const history = room.history({before: 5, limit: 2});
  await settled();
  assert.deepEqual(socket().take().map(({type}) => type), ["delete", "react", "history"]);
  lose();
  await assert.rejects(deletion, {code: "disconnected"});
  const again = letIn({session: "s2", recovered: true});
  assert.deepEqual(again.map(({type}) => type), ["react", "history"]);
  socket().say({type: "error", id: again[0].id, code: "no_such_message", message: "deleted"});
  await assert.rejects(reaction, {code: "no_such_message"});
  const events = [message(3), message(4)];
  socket().say({type: "events", id: again[1].id, room: "lobby", epoch: "e1", first: 1, events});
  assert.deepEqual(await history, {events, first: 1, hasMore: true});
});

test("a request that is not answered fails, and there is a bound", async () => {
  const {client, clock, letIn, socket} = await withLobby({mostRequests: 2});
  letIn();
  const requests = [client.direct({session: "x"}, "a"), client.direct({session: "x"}, "b")];
  await assert.rejects(client.direct({session: "x"}, "c"), {code: "queue_full"});
  socket().say({type: "ack", id: socket().take()[0].id});
  await requests[0];
  const late = assert.rejects(requests[1], {code: "timeout"});
  clock.pass(15_000);
  await late;
});

test("at the end, everything fails", async () => {
  const {client, clock, room, letIn} = await withLobby();
  letIn();
  const all = [room.publish("x"), room.edit(1, "y"), client.direct({session: "x"}, "z")];
  client.close();
  for (const promise of all) await assert.rejects(promise, {code: "closed"});
  assert.deepEqual([client.pending, clock.size], [0, 0]);
});
