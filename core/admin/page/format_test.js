import assert from "node:assert/strict";
import {test} from "node:test";

import {bytes, duration, rate, shortTime, whole} from "./format.js";

test("bytes", () => {
  assert.equal(bytes(0), "0 B");
  assert.equal(bytes(1023), "1023 B");
  assert.equal(bytes(1024), "1 KiB");
  assert.equal(bytes(1536), "1.5 KiB");
  assert.equal(bytes(123.4 * 1024 * 1024), "123 MiB");
  assert.equal(bytes(5 * 1024 ** 5), "5,120 TiB");
});

test("rates and numbers", () => {
  assert.equal(rate(0), "0/s");
  assert.equal(rate(0.333), "0.33/s");
  assert.equal(rate(2_400_000), "2,400,000/s");
  assert.equal(whole(1234.4), "1,234");
});

test("times", () => {
  assert.equal(duration(0.9), "0 s");
  assert.equal(duration(61), "1 min 1 s");
  assert.equal(duration(3600), "1 h 0 min");
  assert.equal(duration(90_000), "1 d 1 h");
  assert.equal(shortTime(0.0000021), "2.1 µs");
  assert.equal(shortTime(0.0123), "12.3 ms");
  assert.equal(shortTime(2), "2 s");
});
