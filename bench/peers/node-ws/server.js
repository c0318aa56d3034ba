// Node's ws: the "Server broadcast" of its README, for each path. ws sets TCP_NODELAY itself.
//
// node server.js PORT
'use strict';

const {WebSocket, WebSocketServer} = require('ws');

const rooms = new Map();

function enter(path, client) {
  const room = rooms.get(path) || new Set();
  rooms.set(path, room.add(client));
  return room;
}

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  perMessageDeflate: false,
  maxPayload: 2 ** 20,
  // The rooms know the clients.
  clientTracking: false,
});
server.on('listening', () => console.log('listening'));
server.on('connection', (client, request) => {
  const room = enter(request.url, client);
  // A client that went without a close frame; 'close' follows.
  client.on('error', () => {});
  client.on('close', () => room.delete(client));
  client.on('message', (data, isBinary) => {
    for (const other of room) {
      if (other.readyState === WebSocket.OPEN) {
        other.send(data, {binary: isBinary});
      }
    }
  });
});
