/** A page whose server asks for a token: it is told so, and comes in when its cookie is right. */

import {createHmac} from "node:crypto";
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {after, before, test} from "node:test";

import {closeBrowser, message, openBrowser, say, visit} from "./browser.mjs";
import {Server} from "./server.mjs";

const SECRET = "a secret that is long enough: 32";

before(openBrowser);
after(closeBrowser);

/** @param {object} claims */
function token(claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const text = `${encode({alg: "HS256"})}.${encode(claims)}`;
  return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
}

/** A server that takes tokens in a cookie. */
async function start(t) {
  const folder = mkdtempSync(join(tmpdir(), "fanfare-"));
  t.after(() => rmSync(folder, {recursive: true}));
  const key = join(folder, "key");
  writeFileSync(key, SECRET);
  chmodSync(key, 0o600);
  const jwt = {algorithm: "HS256", key_file: key, cookie: "token"};
  writeFileSync(join(folder, "config"), JSON.stringify({routes: [{route: "chat", auth: {jwt}}]}));
  const server = await Server.start(0, [`--config=${join(folder, "config")}`]);
  t.after(() => server.stop());
  return server;
}

test("who is not known is told, and comes in with a cookie", async (t) => {
  const server = await start(t);
  const page = await visit(server.url);
  await page.getByLabel("Your name").fill("Grace");
  await page.getByLabel("Room").fill("hall");
  await page.getByRole("button", {name: "Enter the room"}).click();
  await page.locator("#banner", {hasText: "The server does not know who you are"}).waitFor();
  const claims = {sub: "ada", name: "Ada", exp: Math.floor(Date.now() / 1000) + 1000};
  await page.context().addCookies([{name: "token", value: token(claims), url: server.url}]);
  await page.getByRole("button", {name: "Try now"}).click();
  await page.locator("#state", {hasText: "Connected"}).waitFor();
  await say(page, "hello");
  await message(page, "hello").getByText("Ada").waitFor();
});
