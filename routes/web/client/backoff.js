/**
 * How long to wait before the next attempt: exponential back-off with full jitter, so that clients
 * who lost the same server do not come back to it at the same moment.
 */
export class Backoff {
  #firstMs;
  #mostMs;
  #random;
  #attempts = 0;

  /**
   * @param {{firstMs?: number, mostMs?: number}} limits the n-th wait is between 0 and
   *     `firstMs` * 2^(n-1), which is `mostMs` at most
   * @param {() => number} [random] a number from 0 to 1
   */
  constructor({firstMs = 500, mostMs = 30_000} = {}, random = Math.random) {
    this.#firstMs = firstMs;
    this.#mostMs = mostMs;
    this.#random = random;
  }

  /** The next wait in milliseconds. */
  next() {
    const most = Math.min(this.#mostMs, this.#firstMs * 2 ** this.#attempts);
    // From about here on, `mostMs` decides anyway; 2 ** 2000 would be no number any more.
    this.#attempts = Math.min(this.#attempts + 1, 50);
    return Math.round(most * this.#random());
  }

  /** What follows is a new trouble: begin with short waits again. */
  reset() {
    this.#attempts = 0;
  }
}

/** Longer than this nobody waits, whatever a server asks for. */
const MOST_ASKED_MS = 600_000;

/**
 * The wait in milliseconds that the reason of a close asks for; null if it asks for none.
 * @param {string} reason
 */
export function askedWait(reason) {
  const asked = /retry in (\d{1,9}) ms/.exec(reason);
  return asked && Math.min(Number(asked[1]), MOST_ASKED_MS);
}
