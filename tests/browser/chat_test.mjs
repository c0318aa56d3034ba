/** What people do in a room, in two pages or more. */

import assert from "node:assert/strict";
import {afterEach, test} from "node:test";

import {DEADLINE_MS, enter, message, picture, publish, say, texts, until, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

/** @type {import("playwright-core").Page[]} */
let pages = [];
const join = async (name, room, options) => {
  const page = await enter(server.url, name, room, options);
  pages.push(page);
  return page;
};

// Nothing of all that may break the page's policy, or throw.
afterEach(async () => {
  const all = pages;
  pages = [];
  for (const page of all) {
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
});

test("two pages chat", async () => {
  const ada = await join("Ada", "chat");
  const grace = await join("Grace", "chat");
  await say(ada, "hello");
  await message(grace, "hello").waitFor();
  await say(grace, "hello yourself\nin two lines");
  await message(ada, "hello yourself\nin two lines").waitFor();
  for (const page of pages) {
    assert.deepEqual(await texts(page), ["hello", "hello yourself\nin two lines"]);
    assert.deepEqual(await page.locator("#messages .author").allTextContents(), ["Ada", "Grace"]);
    assert.equal(await page.locator("#outbox li").count(), 0);
  }
});

test("the name and the room are remembered, and the address is the room's", async () => {
  const ada = await join("Ada", "remembered");
  assert.equal(new URL(ada.url()).hash, "#remembered");
  await say(ada, "before");
  await message(ada, "before").waitFor();
  await ada.reload();
  await message(ada, "before").waitFor();
  assert.equal(await ada.locator("#room-name").textContent(), "remembered");

  const grace = await visit(`${server.url}#remembered`);
  pages.push(grace);
  assert.equal(await grace.getByLabel("Room").inputValue(), "remembered");
  await grace.getByLabel("Your name").fill("Grace");
  await grace.keyboard.press("Enter");
  await message(grace, "before").waitFor();

  await ada.evaluate(() => { location.hash = "another"; });
  await ada.locator("#room-name", {hasText: "another"}).waitFor();
  await ada.locator("#state", {hasText: "Connected"}).waitFor();
  assert.deepEqual(await texts(ada), []);
  await ada.goBack();
  await message(ada, "before").waitFor();
  await ada.getByRole("button", {name: "Leave"}).click();
  assert.equal(await ada.getByLabel("Your name").inputValue(), "Ada");
  await grace.locator("#count", {hasText: "1"}).waitFor({state: "attached"});
});

test("the roster has who is there", async () => {
  const ada = await join("Ada", "roster");
  const grace = await join("Grace", "roster");
  const people = (page) => page.locator(".person-name").allTextContents();
  await until(async () => (await people(ada)).length === 2, "Ada sees two people");
  assert.deepEqual(await people(ada), ["Ada", "Grace"]);
  // Oneself comes first.
  await until(async () => (await people(grace))[0] === "Grace", "Grace sees herself first");
  await grace.getByRole("button", {name: "Leave"}).click();
  await until(async () => (await people(ada)).length === 1, "Ada is alone");
});

test("who types is shown, until they have", async () => {
  const ada = await join("Ada", "typing");
  const grace = await join("Grace", "typing");
  await grace.getByLabel("Message", {exact: true}).pressSequentially("hm");
  await ada.locator("#typing", {hasText: "Grace is typing…"}).waitFor();
  await grace.keyboard.press("Enter");
  await message(ada, "hm").waitFor();
  await ada.locator("#typing:empty").waitFor({state: "attached"});
});

test("reactions are added and taken back", async () => {
  const ada = await join("Ada", "reactions");
  const grace = await join("Grace", "reactions");
  await say(ada, "cake?");
  await message(grace, "cake?").hover();
  await grace.getByRole("button", {name: "React with thumbs up"}).click();
  const chip = (page) => message(page, "cake?").locator(".reaction");
  await chip(ada).waitFor();
  assert.equal(await chip(ada).textContent(), "👍1");
  assert.equal(await chip(ada).getAttribute("aria-pressed"), "false");
  assert.equal(await chip(grace).getAttribute("aria-pressed"), "true");
  await chip(ada).click();
  await chip(grace).filter({hasText: "2"}).waitFor();
  assert.match(await chip(grace).getAttribute("aria-label"), /Grace, Ada$/);
  await chip(ada).click();
  await chip(grace).click();
  await chip(ada).waitFor({state: "detached"});
  await message(ada, "cake?").hover();
  await ada.getByRole("button", {name: "More reactions"}).click();
  await ada.getByRole("button", {name: "React with party"}).click();
  await chip(grace).filter({hasText: "🎉"}).waitFor();
});

test("one's own messages are edited and deleted", async () => {
  const ada = await join("Ada", "changes");
  const grace = await join("Grace", "changes");
  await say(ada, "teh first");
  await say(ada, "the second");
  await message(grace, "the second").waitFor();
  await message(ada, "teh first").hover();
  await ada.getByRole("button", {name: "Edit"}).click();
  await say(ada, "the first");
  await message(grace, "the first").getByText("(edited)").waitFor();
  await message(ada, "the second").hover();
  await ada.getByRole("button", {name: "Delete"}).click();
  await ada.getByRole("button", {name: "Really delete?"}).click();
  await message(grace, "This message was deleted.").waitFor();
  assert.deepEqual(await texts(grace), ["the first", "This message was deleted."]);
  // Not those of others.
  await message(grace, "the first").hover();
  await grace.getByRole("button", {name: "React with heart"}).waitFor();
  assert.equal(await grace.getByRole("button", {name: "Edit"}).count(), 0);
  // Who comes later sees the same.
  const kurt = await join("Kurt", "changes");
  await message(kurt, "the first").getByText("(edited)").waitFor();
  assert.deepEqual(await texts(kurt), ["the first", "This message was deleted."]);
});

test("a direct message is seen by one person alone", async () => {
  const ada = await join("Ada", "direct");
  const grace = await join("Grace", "direct");
  const kurt = await join("Kurt", "direct");
  await ada.getByRole("button", {name: "Write to Grace alone"}).click();
  await say(ada, "psst");
  await message(grace, "psst").waitFor();
  assert.match(await message(grace, "psst").textContent(), /to you alone/);
  await message(ada, "psst").waitFor();
  await ada.getByRole("button", {name: "Cancel"}).click();
  await say(ada, "to all");
  await message(kurt, "to all").waitFor();
  assert.deepEqual(await texts(kurt), ["to all"]);
});

test("a direct message to somebody who has gone comes back into the box", async () => {
  const ada = await join("Ada", "gone");
  const grace = await join("Grace", "gone");
  await ada.getByRole("button", {name: "Write to Grace alone"}).click();
  await grace.getByRole("button", {name: "Leave"}).click();
  await ada.locator("#count", {hasText: "1"}).waitFor({state: "attached"});
  await say(ada, "psst");
  await ada.getByRole("alert").filter({hasText: "Grace is not here any more, and did not get this."}).waitFor();
  const box = ada.getByLabel("Message", {exact: true});
  assert.equal(await box.inputValue(), "psst");
  assert.equal(await ada.locator("#mode").isVisible(), false);
  assert.deepEqual(await texts(ada), []);
  await picture(ada, "gone");
  await box.press("Enter");
  await message(ada, "psst").waitFor();
  assert.equal(await ada.locator("#composer-problem").isVisible(), false);
});

test("older history comes with scrolling, without a jump", async () => {
  const filler = await visit(server.url);
  pages.push(filler);
  await publish(filler, "history", 350);
  const ada = await join("Ada", "history");
  await message(ada, "message 350").waitFor();
  // The newest is in sight at first.
  assert.ok(await message(ada, "message 350").evaluate((row) =>
    row.getBoundingClientRect().bottom <= document.getElementById("log").getBoundingClientRect().bottom + 1));
  const log = ada.locator("#log");
  await log.hover();
  await until(async () => {
    await ada.mouse.wheel(0, -400);
    return await message(ada, "message 1").count() === 1;
  }, "the first message is loaded");
  await log.evaluate((box) => { box.scrollTop = 0; });
  await ada.getByText("This is where the room's history begins.").waitFor();
  const shown = await texts(ada);
  assert.deepEqual(shown, shown.map((_, at) => `message ${at + 1}`));
  assert.ok(shown.length <= 200, `${shown.length} rows`);

  await publish(filler, "history", 1, "news");
  await ada.getByRole("button", {name: "1 new, show"}).click();
  await message(ada, "news 1").waitFor();
  await until(() => message(ada, "news 1").isVisible(), "the newest is in sight");
  assert.equal((await texts(ada)).at(-2), "message 350");
});

test("a room with thousands of messages stays small in the page", {timeout: 5 * DEADLINE_MS}, async () => {
  const ada = await join("Ada", "many");
  const filler = await visit(server.url);
  pages.push(filler);
  await publish(filler, "many", 6000);
  await message(ada, "message 6000").waitFor();
  assert.ok(await ada.locator("#messages li").count() <= 200);
  // And is still usable.
  await say(ada, "still here");
  await message(filler, "still here").count();
  await message(ada, "still here").waitFor();
});

test("a message that is too long is not sent, and is not lost", async () => {
  const ada = await join("Ada", "long");
  const long = "ä".repeat(9000);
  await say(ada, long);
  await ada.getByText("This is too long: 18000 bytes, and 16384 are allowed.").waitFor();
  assert.equal(await ada.getByLabel("Message", {exact: true}).inputValue(), long);
});

test("what is not a room's name is refused in place", async () => {
  const page = await visit(server.url);
  pages.push(page);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Room").fill("no spaces");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#chat").isVisible(), false);
  assert.equal(await page.getByLabel("Room").evaluate((box) => box.validity.patternMismatch), true);
});
