/** What happened between two looks at the server's counters. */

/** Sums over the shards: how often, and for how long. @param {object[]} shards @param {string} name */
function total(shards, name) {
  return shards.reduce((sum, shard) => ({
    count: sum.count + shard[name].count,
    seconds: sum.seconds + shard[name].seconds,
  }), {count: 0, seconds: 0});
}

/** What one took on average; null if there was none. */
function mean(now, before) {
  const count = now.count - before.count;
  return count > 0 ? (now.seconds - before.seconds) / count : null;
}

export class Rates {
  #before = null;

  /**
   * Null at the first look at a server, and at the first after it was started again.
   *
   * @param {object} server the answer of /server
   * @param {number} time of the look, in milliseconds
   */
  update(server, time) {
    const now = {
      started: server.started,
      time,
      counters: server.counters,
      turns: total(server.shards, "turns"),
      delays: total(server.shards, "loop_delays"),
    };
    const before = this.#before;
    if (before?.started === now.started && before.time === now.time) return null;
    this.#before = now;
    if (before?.started !== now.started) return null;
    const perSecond = (name) =>
      Math.max(0, now.counters[name] - before.counters[name]) * 1000 / (now.time - before.time);
    return {
      messagesIn: perSecond("messages_received"),
      messagesOut: perSecond("messages_sent"),
      bytesIn: perSecond("bytes_received"),
      bytesOut: perSecond("bytes_sent"),
      turn: mean(now.turns, before.turns),
      delay: mean(now.delays, before.delays),
    };
  }
}
