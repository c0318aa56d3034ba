/** The page for operators: what it shows, and what can be done from it. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {axe, enter, message, picture, say, until, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

const PHONE = {viewport: {width: 360, height: 720}, hasTouch: true, isMobile: true, deviceScaleFactor: 2};
const LOOKS = {
  light: {colorScheme: "light"},
  dark: {colorScheme: "dark"},
  phone: {colorScheme: "light", ...PHONE},
};

async function findings(page) {
  await page.evaluate(axe);
  const {violations, passes} = await page.evaluate(() => window.axe.run());
  assert.ok(passes.some(({id}) => id === "color-contrast"), "axe looked at nothing");
  return violations.map(({id, impact, nodes}) =>
    `${impact} ${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join("\n")}`);
}

/** The row of the session with this path. */
function rowOf(page, path) {
  return page.locator("#session-rows tr", {has: page.getByRole("cell", {name: path, exact: true})});
}

/** A socket of the page's own, in a room of the plain chat; what it hears is in window.heard. */
async function connect(page, room) {
  await page.evaluate((room) => new Promise((resolve, reject) => {
    window.heard = [];
    window.ended = null;
    const socket = new WebSocket(`ws://${location.host}/chat/${room}`);
    socket.onopen = resolve;
    socket.onerror = reject;
    socket.onmessage = ({data}) => window.heard.push(data);
    socket.onclose = ({code, reason}) => { window.ended = {code, reason}; };
    window.socket = socket;
  }), room);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`it shows who is there, and axe finds nothing: ${look}`, async () => {
    const room = `operators-${look}`;
    const ada = await enter(server.url, "Ada", room);
    await say(ada, "hello");
    await message(ada, "hello").waitFor();
    const plain = await visit(server.url);
    await connect(plain, room);
    const operator = await visit(server.adminUrl, options);
    await operator.locator("#state", {hasText: "Serving"}).waitFor();
    await rowOf(operator, `/chat/${room}`).waitFor();
    await operator.locator("#gauges dd", {hasText: "/s"}).first().waitFor();
    assert.match(await operator.locator("#facts").textContent(), /up \d+ s · \d+ shards? · (io_uring|syscalls)/);
    const roomRow = operator.locator("#room-rows tr", {hasText: room});
    await roomRow.waitFor();
    assert.match(await roomRow.textContent(), /1 plain, 1 json/);
    assert.deepEqual(await findings(operator), []);
    assert.equal(await operator.evaluate(() => document.documentElement.scrollWidth - visualViewport.width), 0);
    await picture(operator, `operators-${look}`);
    // With what can be opened.
    await rowOf(operator, `/chat/${room}`).getByRole("button", {name: /^Close session/}).click();
    assert.deepEqual(await findings(operator), []);
    await picture(operator, `operators-close-${look}`);
    await operator.keyboard.press("Escape");
    await rowOf(operator, `/chat/${room}`).getByRole("button", {name: /^Message session/}).click();
    assert.deepEqual(await findings(operator), []);
    assert.deepEqual(operator.problems, []);
    assert.deepEqual(await operator.evaluate(() => window.violations), []);
    for (const page of [operator, plain, ada]) await page.context().close();
  });
}

test("a session is told something, and closed, and goes", async () => {
  const client = await visit(server.url);
  await connect(client, "to-be-closed");
  const operator = await visit(server.adminUrl);
  const row = rowOf(operator, "/chat/to-be-closed");
  await row.getByRole("button", {name: /^Message session \d+$/}).click();
  await operator.getByLabel("Text").fill("The server moves at noon.");
  await operator.getByRole("button", {name: "Send", exact: true}).click();
  await operator.locator("#message-dialog").waitFor({state: "hidden"});
  await until(() => client.evaluate(() => window.heard.includes("The server moves at noon.")), "it hears it");
  // With the keyboard alone.
  await row.getByRole("button", {name: /^Close session \d+$/}).focus();
  await operator.keyboard.press("Enter");
  await operator.getByRole("heading", {name: /^Close session \d+\?$/}).waitFor();
  await operator.getByLabel("Close code").fill("4000");
  await operator.getByLabel("Reason").fill("no longer needed");
  await operator.keyboard.press("Enter");
  await row.waitFor({state: "detached"});
  await until(() => client.evaluate(() => window.ended !== null), "it is closed");
  assert.deepEqual(await client.evaluate(() => window.ended), {code: 4000, reason: "no longer needed"});
  assert.match(await operator.locator("#announcer").textContent(), /^Session \d+ is being closed\.$/);
  assert.deepEqual(operator.problems, []);
  for (const page of [operator, client]) await page.context().close();
});

test("what can not be done is said, and the dialog stays", async () => {
  const client = await visit(server.url);
  await connect(client, "refused");
  const operator = await visit(server.adminUrl);
  await rowOf(operator, "/chat/refused").getByRole("button", {name: /^Close/}).click();
  await operator.getByLabel("Close code").fill("1005");
  await operator.getByRole("button", {name: "Close the session"}).click();
  await operator.locator("#close-dialog .problem", {hasText: "code: no server may send this one"}).waitFor();
  await operator.getByRole("button", {name: "Cancel"}).click();
  await operator.locator("#close-dialog").waitFor({state: "hidden"});
  assert.equal(await client.evaluate(() => window.ended), null);
  for (const page of [operator, client]) await page.context().close();
});

test("what peers send is text", async () => {
  const client = await visit(server.url);
  const attack = "<img src=x onerror=window.hacked=1>";
  await connect(client, encodeURIComponent(attack));
  const operator = await visit(server.adminUrl);
  await operator.locator("#room-rows td", {hasText: attack}).waitFor();
  assert.equal(await operator.evaluate(() => window.hacked), undefined);
  assert.equal(await operator.locator("main img").count(), 0);
  assert.deepEqual(operator.problems, []);
  for (const page of [operator, client]) await page.context().close();
});

test("sessions are ordered, filtered and shown page by page", async () => {
  const client = await visit(server.url);
  await client.evaluate(() => Promise.all(Array.from({length: 60}, () => new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${location.host}/echo`);
    socket.onopen = resolve;
    socket.onerror = reject;
    (window.sockets ??= []).push(socket);
  }))));
  const operator = await visit(server.adminUrl);
  const rows = operator.locator("#session-rows tr");
  const ids = async () => (await operator.locator("#session-rows td:first-child").allTextContents()).map(Number);
  await operator.getByLabel("Route").selectOption("echo");
  await operator.locator("#sessions-count", {hasText: "50 of 60"}).waitFor();
  const first = await ids();
  assert.deepEqual(first, first.toSorted((a, b) => a - b));
  await operator.locator("#sessions-next").click();
  await until(async () => await rows.count() === 10, "the second page");
  assert.ok((await ids())[0] > first.at(-1));
  await operator.locator("#sessions-first").click();
  await until(async () => await rows.count() === 50, "the first page");
  // The newest first.
  await operator.getByRole("button", {name: "Age", exact: true}).click();
  await until(async () => (await ids())[0] > first.at(-1), "the newest first");
  assert.equal(await operator.locator("th[data-sort='id newest']").getAttribute("aria-sort"), "ascending");
  // The busiest first.
  await client.evaluate(() => window.sockets[30].send("x".repeat(5000)));
  await operator.getByRole("button", {name: "Received", exact: true}).click();
  await until(async () => /4\.89 KiB/.test(await rows.first().textContent()), "the busiest first");
  assert.equal(await operator.locator("th[aria-sort]").count(), 1);
  await operator.getByLabel("Peer").fill("192.0.2.");
  await operator.getByText("Nobody is here.").waitFor();
  assert.deepEqual(operator.problems, []);
  for (const page of [operator, client]) await page.context().close();
});

test("the log's level is chosen", async () => {
  const operator = await visit(server.adminUrl);
  const level = operator.getByLabel("Log level");
  await until(async () => await level.inputValue() === "info", "the level is shown");
  await level.selectOption("warn");
  await operator.locator("#announcer", {hasText: "The log's level is warn."}).waitFor();
  const other = await visit(server.adminUrl);
  await until(async () => await other.getByLabel("Log level").inputValue() === "warn", "others see it");
  await other.getByLabel("Log level").selectOption("info");
  await other.locator("#announcer", {hasText: "is info."}).waitFor();
  for (const page of [operator, other]) await page.context().close();
});

test("nothing is asked while nobody looks, and the focus stays while it is", async () => {
  const client = await visit(server.url);
  await connect(client, "focus");
  const operator = await visit(server.adminUrl);
  const button = rowOf(operator, "/chat/focus").getByRole("button", {name: /^Message/});
  await button.focus();
  let asked = 0;
  operator.on("request", (request) => { asked += /\/sessions/.test(request.url()) ? 1 : 0; });
  await until(async () => asked >= 2, "it asks again and again");
  assert.ok(await button.evaluate((element) => element === document.activeElement));
  await operator.evaluate(() => {
    Object.defineProperty(document, "hidden", {get: () => window.isHidden, configurable: true});
    window.isHidden = true;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  // What was asked for before comes to its end.
  await operator.waitForLoadState("networkidle");
  const before = asked;
  await operator.waitForTimeout(2500);
  assert.equal(asked, before);
  await operator.evaluate(() => {
    window.isHidden = false;
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await until(async () => asked > before, "it asks again at once");
  for (const page of [operator, client]) await page.context().close();
});
