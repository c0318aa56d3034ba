/** The program in README.md does what it says. */

import assert from "node:assert/strict";
import {spawn} from "node:child_process";
import {readFile, mkdtemp, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {test} from "node:test";
import {pathToFileURL} from "node:url";

import {DEADLINE_MS, enter, message, say} from "./browser.mjs";
import {server} from "./with_server.mjs";

// Node 22 has a WebSocket; for an older one, Debian's.
const WITH_WEBSOCKET = `globalThis.WebSocket ??=
  (await import("node:module")).createRequire("/")("/usr/share/nodejs/ws").WebSocket;\n`;

test("the program of ten lines", async (t) => {
  const readme = await readFile("README.md", "utf8");
  const [, program] = /```js\n(import \{ChatClient\}.*?)```/s.exec(readme);
  assert.ok(program.trim().split("\n").length <= 10, program);
  const client = pathToFileURL("routes/web/client/chat_client.js").href;
  const here = program.replace("./routes/web/client/chat_client.js", client)
      .replace("localhost:8080", `127.0.0.1:${server.port}`);
  assert.ok(here.includes(client) && here.includes(String(server.port)), "README.md has changed");

  const folder = await mkdtemp(join(tmpdir(), "readme-"));
  t.after(() => rm(folder, {recursive: true}));
  await writeFile(join(folder, "socket.mjs"), WITH_WEBSOCKET);
  await writeFile(join(folder, "bot.mjs"), `import "./socket.mjs";\n${here}`);
  const ada = await enter(server.url, "Ada", "lobby");
  const bot = spawn(process.execPath, [join(folder, "bot.mjs")], {stdio: ["ignore", "pipe", "inherit"]});
  t.after(() => bot.kill());
  const heard = new Promise((resolve, reject) => {
    createInterface({input: bot.stdout}).on("line", (line) => {
      if (line === "Ada: ping") resolve();
    });
    bot.on("exit", (code) => reject(new Error(`it ended with ${code}`)));
    setTimeout(() => reject(new Error("it heard nothing")), DEADLINE_MS).unref();
  });
  // Waits for what is awaited below, too, if it fails before that.
  heard.catch(() => {});
  await message(ada, "hello from a program").waitFor();
  await say(ada, "ping");
  await message(ada, "pong").waitFor();
  await heard;
  await ada.context().close();
});
