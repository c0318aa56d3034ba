import assert from "node:assert/strict";
import test from "node:test";

import {Backoff} from "./backoff.js";

test("the longest wait doubles, up to a bound, and begins anew after a reset", () => {
  const backoff = new Backoff({firstMs: 100, mostMs: 1000}, () => 1);
  const waits = () => Array.from({length: 6}, () => backoff.next());
  assert.deepEqual(waits(), [100, 200, 400, 800, 1000, 1000]);
  backoff.reset();
  assert.deepEqual(waits(), [100, 200, 400, 800, 1000, 1000]);
});

test("the wait is anything from nothing to that", () => {
  let random = 0;
  const backoff = new Backoff({firstMs: 100, mostMs: 1000}, () => random);
  assert.equal(backoff.next(), 0);
  random = 0.5;
  assert.equal(backoff.next(), 100);
});

test("the bound holds after any number of attempts", () => {
  const backoff = new Backoff({firstMs: 100, mostMs: 1000}, () => 1);
  for (let attempt = 0; attempt < 5000; ++attempt) backoff.next();
  assert.equal(backoff.next(), 1000);
});
