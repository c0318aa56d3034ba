// The client of routes/web/client, which is told what to do on stdin and says on stdout what
// happens, one JSON array a line.
//
//   in:  ["join", "lobby", {history}]  ["publish", "lobby", "text"]  ["leave", "lobby"]  ["close"]
//        ["edit", "lobby", 1, "text"]  ["direct", {session}, "text"]  ["members", "lobby"]
//   out: ["state", "open", {reason, session}]  ["published", "text", {offset}]  ["done", COMMAND]
//        ["failed", COMMAND, code]  ["members", [name...]]; and events: ["message", frame],
//        ["joined", frame], ["gap", gap], ["presence", change] ...
//
// node web_client.mjs URL OPTIONS, where OPTIONS is JSON: those of ChatClient; and `tokens`, which
// are given one after the other, the last one for ever.

import {createRequire} from "node:module";
import {createInterface} from "node:readline";

import {ChatClient} from "../../routes/web/client/chat_client.js";

const {WebSocket} = createRequire(import.meta.url)("ws");

function say(...event) {
  process.stdout.write(JSON.stringify(event) + "\n");
}

const {tokens, ...options} = JSON.parse(process.argv[3]);
const client = new ChatClient(process.argv[2], {
  // Otherwise it waits for 30 s for the end of a connection that is dead.
  WebSocket: class extends WebSocket {
    close(...args) {
      super.close(...args);
      if (args[0] === 4000) this.terminate();
    }
  },
  ...(tokens && {token: async () => tokens.length > 1 ? tokens.shift() : tokens[0]}),
  ...options,
});
client.addEventListener("state", ({state, reason}) => {
  say("state", state, {reason, session: client.session});
  if (state !== "closed") return;
  // The process ends by itself: stdin is the last thing it waits for.
  commands.close();
  process.stdin.destroy();
});
client.addEventListener("direct", ({event}) => say("direct", event));
client.addEventListener("malformed", ({data}) => say("malformed", String(data)));

const EVENTS = ["message", "edit", "delete", "reaction", "typing", "presence", "joined", "gap"];

const DO = {
  join: (id, options) => {
    const room = client.join(id, options);
    for (const type of EVENTS) room.addEventListener(type, ({event}) => say(type, event));
  },
  publish: async (id, text) => say("published", text, await client.rooms.get(id).publish(text)),
  edit: (id, target, text) => client.rooms.get(id).edit(target, text),
  members: (id) => {
    const {members, count} = client.rooms.get(id);
    say("members", [...members.values()].map(({name}) => name).sort(), count);
  },
  direct: (to, text) => client.direct(to, text),
  leave: (id) => client.rooms.get(id).leave(),
  close: () => client.close(),
};

const commands = createInterface({input: process.stdin});
commands.on("line", async (line) => {
  const [name, ...args] = JSON.parse(line);
  try {
    await DO[name](...args);
    say("done", name);
  } catch (error) {
    say("failed", name, error.code ?? String(error));
  }
});
