/** The numbers at the top. */

import {byId, element, setText} from "./dom.js";
import {bytes, rate, shortTime, whole} from "./format.js";

const GAUGES = [
  ["Sessions", ({sessions}) => whole(sessions)],
  ["Connections", ({connections}) => whole(connections)],
  ["Messages in", ({rates}) => rates && rate(rates.messagesIn)],
  ["Messages out", ({rates}) => rates && rate(rates.messagesOut)],
  ["Bytes in", ({rates}) => rates && `${bytes(rates.bytesIn)}/s`],
  ["Bytes out", ({rates}) => rates && `${bytes(rates.bytesOut)}/s`],
  ["Sending, each turn", ({rates}) => rates && (rates.turn === null ? "idle" : shortTime(rates.turn))],
  ["Loop delay", ({rates}) => rates && (rates.delay === null ? "—" : shortTime(rates.delay))],
];

export class Gauges {
  #values;

  constructor() {
    this.#values = GAUGES.map(([name]) => {
      const value = element("dd", "", "…");
      byId("gauges").append(element("div", "", element("dt", "", name), value));
      return value;
    });
  }

  /** @param {object} server the answer of /server @param {object | null} rates see rates.js */
  show(server, rates) {
    const sum = (name) => server.shards.reduce((all, shard) => all + shard[name], 0);
    const facts = {rates, sessions: sum("sessions"), connections: sum("connections")};
    GAUGES.forEach(([, text], at) => setText(this.#values[at], text(facts) ?? "…"));
  }
}
