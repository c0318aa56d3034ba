// A WebSocket client made of Node's `ws`. It is told what to do on stdin and says on stdout what
// happens, one JSON array a line.
//
//   in:  ["text", "hello"]  ["binary", BASE64]  ["fragments", ["he", "llo"]]  ["raw_text", BASE64]
//        ["ping", "data"]  ["close", 4000, "reason"]  ["close"]  ["terminate"]
//   out: ["open", {protocol, extensions}]  ["text", "hello"]  ["binary", BASE64]  ["ping", "data"]
//        ["pong", "data"]  ["close", 1000, "reason"]  ["refused", 404]  ["error", "message"]
//
// node node_client.js URL OPTIONS, where OPTIONS is JSON: the options of `ws`, and `protocols`.
'use strict';

const readline = require('readline');

let WebSocket;
try {
  WebSocket = require('ws');
} catch (error) {
  console.error('the tests need a WebSocket client that is not ours: apt-get install node-ws');
  process.exit(1);
}

function say(...event) {
  process.stdout.write(JSON.stringify(event) + '\n');
}

const url = process.argv[2];
const {protocols = [], ...options} = JSON.parse(process.argv[3]);
const ws = new WebSocket(url, protocols, options);

ws.on('open', () => say('open', {protocol: ws.protocol, extensions: ws.extensions}));
ws.on('message', (data, isBinary) => {
  if (isBinary) {
    say('binary', data.toString('base64'));
  } else {
    say('text', data.toString());
  }
});
ws.on('ping', (data) => say('ping', data.toString()));
ws.on('pong', (data) => say('pong', data.toString()));
ws.on('unexpected-response', (request, response) => {
  say('refused', response.statusCode);
  process.exit(0);
});
ws.on('error', (error) => say('error', error.message));
// The process ends by itself: stdin is the last thing it waits for.
ws.on('close', (code, reason) => {
  say('close', code, reason.toString());
  commands.close();
  process.stdin.destroy();
});

const DO = {
  text: (text) => ws.send(text),
  binary: (base64) => ws.send(Buffer.from(base64, 'base64')),
  fragments: (parts) => parts.forEach(
      (part, i) => ws.send(part, {fin: i === parts.length - 1})),
  // A text frame of any bytes, UTF-8 or not.
  raw_text: (base64) => ws.send(Buffer.from(base64, 'base64'), {binary: false}),
  ping: (data) => ws.ping(data),
  close: (...args) => ws.close(...args),
  terminate: () => ws.terminate(),
};

const commands = readline.createInterface({input: process.stdin});
commands.on('line', (line) => {
  const [name, ...args] = JSON.parse(line);
  DO[name](...args);
});
