/** The server as a process, on a free port. */

import {spawn} from "node:child_process";
import {createInterface} from "node:readline";

const LISTENING = /listening on http:\/\/127\.0\.0\.1:(\d+)\//;
// Comes after it.
const FOR_OPERATORS = /for operators: http:\/\/127\.0\.0\.1:(\d+)\//;
const DEADLINE_MS = 60_000;

export class Server {
  /**
   * @param {import("node:child_process").ChildProcess} process
   * @param {number} port
   * @param {number} adminPort
   */
  constructor(process, port, adminPort) {
    this.process = process;
    this.port = port;
    this.adminPort = adminPort;
  }

  /** Starts the program that $SERVER names. @param {number} port 0 for any @param {string[]} flags */
  static async start(port = 0, flags = []) {
    const child = spawn(process.env.SERVER, [`--listen=127.0.0.1:${port}`, ...flags],
        {stdio: ["ignore", "pipe", "inherit"]});
    const lines = [];
    let listens = 0;
    const listening = new Promise((resolve, reject) => {
      createInterface({input: child.stdout}).on("line", (line) => {
        lines.push(line);
        listens ||= Number(LISTENING.exec(line)?.[1] ?? 0);
        const match = FOR_OPERATORS.exec(line);
        if (match) resolve([listens, Number(match[1])]);
      });
      child.on("error", reject);
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${lines.join("\n")}`)));
      setTimeout(() => reject(new Error("the server did not start")), DEADLINE_MS).unref();
    });
    try {
      return new Server(child, ...await listening);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  get url() {
    return `http://127.0.0.1:${this.port}/`;
  }

  get adminUrl() {
    return `http://127.0.0.1:${this.adminPort}/`;
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), DEADLINE_MS);
    await ended;
    clearTimeout(timer);
  }
}
