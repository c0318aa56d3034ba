/** For a file of tests that shares one server and one browser: it has them by importing this. */

import {after, before} from "node:test";

import {closeBrowser, openBrowser} from "./browser.mjs";
import {Server} from "./server.mjs";

/** @type {Server} from before the first test to after the last */
export let server;

before(async () => {
  server = await Server.start();
  await openBrowser();
});
after(async () => {
  await closeBrowser();
  await server?.stop();
});
