/** Tokens: how they are shown, renewed, and asked for again. */

import assert from "node:assert/strict";
import test from "node:test";

import {fakeClient, joined, record, settled} from "./fakes.js";

const EXPIRING = {type: "token_expiring", expires_in: 29};

/** Gives "t1", "t2" and so on; `asked` counts. */
function source() {
  const tokens = {asked: 0, next: async () => `t${++tokens.asked}`};
  return tokens;
}

test("a token is shown before the protocol", async () => {
  const {socket} = await fakeClient({token: "a.b.c"});
  assert.deepEqual(socket().protocol, ["bearer.a.b.c", "fanfare.chat.v1"]);
});

test("each connection asks for its own", async () => {
  const tokens = source();
  const {clock, sockets, socket} = await fakeClient({token: tokens.next});
  assert.deepEqual(socket().protocol, ["bearer.t1", "fanfare.chat.v1"]);
  socket().welcome("s1");
  socket().lose();
  clock.pass(500);
  assert.equal(sockets.length, 1);
  await settled();
  assert.deepEqual(socket().protocol, ["bearer.t2", "fanfare.chat.v1"]);
});

test("before it expires, another one is sent", async () => {
  const tokens = source();
  const {socket} = await fakeClient({token: tokens.next});
  socket().welcome("s1");
  socket().say(EXPIRING);
  await settled();
  assert.deepEqual(socket().take(), [{type: "renew", token: "t2"}]);
  socket().say({type: "renewed", expires_in: 3600});
  socket().say({type: "error", code: "unauthorized", message: "no"});
  assert.equal(socket().closedWith, null);
});

test("one that does not come is not missed until it expires", async () => {
  let fails = false;
  const token = async () => {
    if (fails) throw new Error("signed out");
    return "t1";
  };
  const {client, clock, sockets, states, socket} = await fakeClient({token});
  socket().welcome("s1");
  fails = true;
  socket().say(EXPIRING);
  await settled();
  assert.deepEqual(socket().take(), []);
  socket().lose(4401, "the token has expired");
  assert.equal(states.at(-1).reason, "the token has expired");
  clock.pass(500);
  await settled();
  assert.equal(client.state, "waiting");
  assert.match(states.at(-1).reason, /^there is no token: Error: signed out$/);
  assert.equal(sockets.length, 1);
  fails = false;
  client.retry();
  await settled();
  assert.equal(sockets.length, 2);
});

test("after 4401 it comes back with another one, if there may be one", async () => {
  const tokens = source();
  const again = await fakeClient({token: tokens.next});
  again.socket().welcome("s1");
  again.socket().lose(4401, "the token has expired");
  again.clock.pass(500);
  await settled();
  assert.deepEqual(again.socket().protocol, ["bearer.t2", "fanfare.chat.v1"]);

  const {client, states, socket} = await fakeClient({token: "t1"});
  socket().welcome("s1");
  socket().say(EXPIRING);
  await settled();
  assert.deepEqual(socket().take(), []);
  socket().lose(4401, "the token has expired");
  assert.equal(client.state, "closed");
  assert.equal(states.at(-1).reason, "the token has expired");
});

test("what is no token is not shown, and not repeated", async () => {
  for (const token of ["", "a b", "a,b", 5, null]) {
    const {sockets, states} = await fakeClient({token: () => /** @type {any} */ (token)});
    assert.equal(sockets.length, 0);
    assert.equal(states.at(-1).reason, "there is no token: TypeError: it is no token");
  }
});

test("a token that is waited for can be given up", async () => {
  const never = await fakeClient({token: () => new Promise(() => {})});
  never.clock.pass(15_000);
  assert.equal(never.client.state, "waiting");
  assert.equal(never.states.at(-1).reason, "the server does not answer");

  /** @type {(token: string) => void} */
  let give = () => {};
  const late = await fakeClient({token: () => new Promise((resolve) => { give = resolve; })});
  late.client.close();
  give("t1");
  await settled();
  assert.equal(late.sockets.length, 0);
});

test("a handshake that fails does not tell why", async () => {
  const {states, socket} = await fakeClient();
  socket().lose(1006);
  assert.equal(states.at(-1).reason, "the server is not there, or does not let this client in");
});

test("a room that a renewed token is not for has ended", async () => {
  const {client, socket} = await fakeClient({token: "t1"});
  const room = client.join("lobby");
  const refused = record(room, "refused");
  socket().welcome("s1");
  const [{id}] = socket().take();
  socket().say(joined({id}));
  socket().say({type: "error", code: "forbidden", message: "not for you", room: "lobby"});
  assert.equal(refused[0].error.code, "forbidden");
  assert.equal(client.rooms.size, 0);
});
