/** A network between a page and the server, which can be cut. */

import {createServer, connect} from "node:net";

export class Proxy {
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #isCut = false;
  #server;
  #target;

  /** @param {number} target the server's port */
  static async start(target) {
    const proxy = new Proxy(target);
    await new Promise((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** @param {number} target */
  constructor(target) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/`;
  }

  /** Resets every connection, and every one that comes. */
  cut() {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Lets connections through again. */
  mend() {
    this.#isCut = false;
  }

  async stop() {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {import("node:net").Socket} client */
  #join(client) {
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.#target, "127.0.0.1");
    for (const [socket, other] of [[client, server], [server, client]]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  }
}
