/** When a connection is replaced, and when it is not. */

import assert from "node:assert/strict";
import test from "node:test";

import {fakeClient, joined} from "./fakes.js";

test("it asks for the protocol, and is open after the welcome", async () => {
  const {client, sockets, states, socket} = await fakeClient();
  assert.deepEqual([socket().url, socket().protocol], ["ws://server/chat", "fanfare.chat.v1"]);
  assert.equal(client.state, "connecting");
  assert.equal(client.session, null);
  socket().welcome("s1");
  assert.equal(client.session, "s1");
  assert.deepEqual(states.map(({state}) => state), ["connecting", "open"]);
  assert.equal(sockets.length, 1);
});

test("it comes back after every loss but 4001", async () => {
  for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 1013]) {
    const {client, clock, sockets, socket} = await fakeClient();
    socket().welcome("s1");
    socket().lose(code);
    assert.equal(client.state, "waiting");
    clock.pass(500);
    assert.equal(sockets.length, 2);
  }
  const {client, clock, states, socket} = await fakeClient();
  socket().welcome("s1");
  socket().lose(4001, "resumed");
  clock.pass(1_000_000);
  assert.deepEqual([client.state, clock.size], ["closed", 0]);
  assert.deepEqual(states.at(-1), {state: "closed", reason: "resumed", retryInMs: 0});
});

test("it waits longer each time, until a connection held", async () => {
  const {clock, states, socket} = await fakeClient({backoff: {firstMs: 100, mostMs: 500}});
  const waits = () => states.filter(({state}) => state === "waiting").map((e) => e.retryInMs);
  for (const wait of [100, 200, 400, 500, 500]) {
    socket().lose();
    clock.pass(wait);
  }
  // Not long enough.
  socket().welcome("s1");
  clock.pass(9_999);
  socket().lose();
  clock.pass(500);
  socket().welcome("s2");
  clock.pass(10_000);
  socket().lose();
  assert.deepEqual(waits(), [100, 200, 400, 500, 500, 500, 100]);
});

test("a retry ends the wait", async () => {
  const {client, sockets, socket} = await fakeClient();
  socket().welcome("s1");
  client.retry();
  assert.equal(sockets.length, 1);
  socket().lose();
  assert.equal(client.state, "waiting");
  client.retry();
  assert.deepEqual([client.state, sockets.length], ["connecting", 2]);
});

test("the server may say when", async () => {
  const {clock, sockets, states, socket} = await fakeClient();
  socket().welcome("s1");
  socket().lose(1012, "restart; retry in 1234 ms");
  assert.equal(states.at(-1).retryInMs, 1234);
  clock.pass(1233);
  assert.equal(sockets.length, 1);
  clock.pass(1);
  assert.equal(sockets.length, 2);
});

test("a server that does not answer is given up", async () => {
  const {client, clock, sockets, socket} = await fakeClient();
  clock.pass(14_999);
  assert.equal(socket().closedWith, null);
  clock.pass(1);
  assert.equal(socket().closedWith, 4000);
  assert.equal(client.state, "waiting");
  // Nobody listens to it any more.
  sockets[0].welcome("s1");
  assert.equal(client.session, null);
  clock.pass(500);
  socket().welcome("s2");
  assert.equal(client.session, "s2");
});

test("a connection that is silent is asked, and replaced if it stays so", async () => {
  const {client, clock, sockets, socket} = await fakeClient();
  socket().welcome("s1");
  clock.pass(20_000);
  socket().say({type: "pong"});
  clock.pass(24_999);
  assert.deepEqual(socket().take(), []);
  clock.pass(1);
  assert.deepEqual(socket().take(), [{type: "ping", id: "alive"}]);
  socket().say({type: "pong", id: "alive"});
  clock.pass(25_000);
  assert.equal(socket().take().length, 1);
  clock.pass(10_000);
  assert.equal(client.state, "waiting");
  clock.pass(500);
  assert.equal(sockets.length, 2);
});

test("a room that is not joined in time is a connection that is dead", async () => {
  const {client, clock, sockets, socket} = await fakeClient({idleMs: 1_000_000});
  client.join("lobby");
  socket().welcome("s1");
  clock.pass(15_000);
  assert.equal(client.state, "waiting");
  clock.pass(500);
  socket().welcome("s2");
  socket().say({type: "ack", id: "resume", session: "s1"}, joined({id: socket().sent[1].id}));
  clock.pass(14_999);
  client.join("other");
  clock.pass(14_999);
  assert.deepEqual([client.state, sockets.length], ["open", 2]);
  clock.pass(1);
  assert.equal(client.state, "waiting");
});

test("so is one that does not say whether the session goes on", async () => {
  const {client, clock, socket} = await fakeClient({idleMs: 1_000_000});
  socket().welcome("s1");
  socket().lose();
  clock.pass(500);
  socket().welcome("s2");
  assert.equal(client.state, "connecting");
  clock.pass(15_000);
  assert.equal(client.state, "waiting");
});

test("the page tells of its network, and of its end", async () => {
  const page = new EventTarget();
  const {client, clock, sockets, socket} = await fakeClient({page});
  socket().welcome("s1");
  page.dispatchEvent(new Event("offline"));
  assert.equal(socket().take()[0].type, "ping");
  socket().lose();
  assert.equal(sockets.length, 1);
  page.dispatchEvent(new Event("online"));
  assert.equal(sockets.length, 2);
  socket().welcome("s2");

  page.dispatchEvent(new Event("pagehide"));
  assert.deepEqual([socket().closedWith, client.state], [1000, "waiting"]);
  clock.pass(1_000_000);
  assert.equal(sockets.length, 2);
  page.dispatchEvent(Object.assign(new Event("pageshow"), {persisted: true}));
  assert.equal(sockets.length, 3);
});

test("closed is closed", async () => {
  const page = new EventTarget();
  /** @type {string[]} */
  const heard = [];
  page.addEventListener = (type) => heard.push(type);
  page.removeEventListener = (type) => heard.splice(heard.indexOf(type), 1);
  const {client, clock, sockets, socket} = await fakeClient({page});
  socket().welcome("s1");
  assert.equal(heard.length, 4);
  client.close();
  client.close();
  assert.deepEqual(heard, []);
  clock.pass(1_000_000);
  assert.deepEqual([socket().closedWith, client.state, sockets.length], [1000, "closed", 1]);
  const room = client.join("lobby");
  await assert.rejects(room.joined, {code: "closed"});
  await assert.rejects(room.publish("hello"), {code: "closed"});
  await assert.rejects(client.direct({session: "x"}, "hello"), {code: "closed"});
});

test("closed while it waits, and before it began", async () => {
  const {client, clock, sockets, socket} = await fakeClient();
  socket().lose();
  client.close();
  clock.pass(1_000_000);
  assert.deepEqual([sockets.length, clock.size], [1, 0]);
});
