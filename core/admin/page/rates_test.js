import assert from "node:assert/strict";
import {test} from "node:test";

import {Rates} from "./rates.js";

function server(received, turns, seconds, started = "then") {
  const shard = {turns: {count: turns, seconds}, loop_delays: {count: 0, seconds: 0}};
  return {
    started,
    counters: {messages_received: received, messages_sent: 2 * received, bytes_received: 0, bytes_sent: 0},
    shards: [shard, shard],
  };
}

test("two looks tell what happened between them", () => {
  const rates = new Rates();
  assert.equal(rates.update(server(100, 10, 1), 1000), null);
  const {messagesIn, messagesOut, turn, delay} = rates.update(server(150, 20, 2), 3000);
  assert.equal(messagesIn, 25);
  assert.equal(messagesOut, 50);
  assert.equal(turn, 0.1);
  assert.equal(delay, null, "there was none");
});

test("another server begins anew", () => {
  const rates = new Rates();
  rates.update(server(100, 10, 1), 1000);
  assert.equal(rates.update(server(5, 1, 0.1, "now"), 2000), null);
  assert.equal(rates.update(server(6, 1, 0.1, "now"), 3000).messagesIn, 1);
});
