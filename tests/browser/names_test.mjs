/** Names: those that several people have, and those of which nothing is to be seen. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {axe, enter, message, picture, say, until, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

const hue = (avatar) => avatar.evaluate((element) => element.className);

for (const colorScheme of ["light", "dark"]) {
  test(`two people of one name are told apart wherever they are named: ${colorScheme}`, async () => {
    const room = `namesakes-${colorScheme}`;
    const bob = await enter(server.url, "Bob", room, {colorScheme});
    const ada = await enter(server.url, "Ada", room);
    await say(ada, "from the first");
    await message(bob, "from the first").waitFor();
    assert.equal(await bob.locator(".tag:visible").count(), 0);

    const other = await enter(server.url, "Ada", room);
    const write = bob.getByRole("button", {name: /^Write to Ada ·\S{6} alone$/});
    await until(async () => await write.count() === 2, "both have a piece of their ids");
    // Also the one who was there, in what was shown before.
    const sessions = await write.evaluateAll((all) => all.map((each) => each.dataset.session));
    const own = await message(bob, "from the first").locator(".tag").textContent();
    const first = sessions.find((session) => own === ` ·${session.slice(0, 6)}`);
    assert.ok(first, `${own} of ${sessions}`);
    const second = sessions.find((session) => session !== first);
    await say(other, "from the second");
    await message(bob, "from the second").waitFor();
    for (const [text, session] of [["from the first", first], ["from the second", second]]) {
      const tag = `·${session.slice(0, 6)}`;
      const shown = message(bob, text);
      assert.equal(await shown.locator(".tag").textContent(), ` ${tag}`);
      assert.ok((await shown.getAttribute("aria-label")).startsWith(`Ada ${tag}, `));
      assert.equal(await hue(shown.locator(".avatar")), await hue(bob.locator(`[data-session="${session}"] .avatar`)));
    }
    await message(other, "from the first").hover();
    await other.getByRole("button", {name: "React with heart"}).click();
    const chip = message(bob, "from the first").locator(".reaction");
    await chip.waitFor();
    assert.ok((await chip.getAttribute("aria-label")).endsWith(`Ada ·${second.slice(0, 6)}`));
    await other.getByLabel("Message", {exact: true}).pressSequentially("and so on and on", {delay: 300});
    await bob.locator("#typing", {hasText: `Ada ·${second.slice(0, 6)} is typing…`}).waitFor();
    await bob.getByRole("button", {name: `Write to Ada ·${second.slice(0, 6)} alone`}).click();
    await bob.locator("#mode", {hasText: `To Ada ·${second.slice(0, 6)} alone`}).waitFor();
    await picture(bob, `names-${colorScheme}`);
    await bob.evaluate(axe);
    assert.deepEqual((await bob.evaluate(() => window.axe.run())).violations.map(({id}) => id), []);
    // It gets to the one who was meant.
    await say(bob, "only the second");
    await message(other, "only the second").waitFor();
    assert.equal(await message(ada, "only the second").count(), 0);
    for (const page of [ada, bob, other]) {
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  });
}

test("a name is told plain again when the other one has gone and left nothing", async () => {
  const bob = await enter(server.url, "Bob", "alone-again");
  const ada = await enter(server.url, "Ada", "alone-again");
  await say(ada, "hello");
  const other = await enter(server.url, "Ada", "alone-again");
  await message(bob, "hello").locator(".tag:visible").waitFor();
  await other.getByRole("button", {name: "Leave"}).click();
  await message(bob, "hello").locator(".tag").waitFor({state: "hidden"});
  await bob.getByRole("button", {name: "Write to Ada alone", exact: true}).waitFor();
  for (const page of [ada, bob, other]) await page.context().close();
});

test("who has a name of blanks is a guest, and data without text is shown as it is", async () => {
  const ada = await enter(server.url, "Ada", "quiet");
  const visitor = await visit(server.url);
  await visitor.evaluate(async () => {
    const {ChatClient} = await import("/web/client/chat_client.js");
    const client = window.client = new ChatClient("/chat", {name: "\u00a0 "});
    const room = client.join("quiet");
    await room.publish("", {data: {temperature: 21.5, html: "<b>bold</b>"}});
    await room.publish("", {data: "x".repeat(2000)});
    await room.publish("with text", {data: {unseen: true}});
  });
  await message(ada, "with text").waitFor();
  const json = "{\"temperature\":21.5,\"html\":\"<b>bold</b>\"}";
  await message(ada, json).locator(".is-data").waitFor();
  assert.match(await message(ada, json).getAttribute("aria-label"), /^guest, /);
  assert.equal(await message(ada, json).locator(".author").textContent(), "guest");
  assert.equal(await message(ada, json).locator("b").count(), 0);
  const long = await ada.locator(".is-data").nth(1).textContent();
  assert.equal(long, `"${"x".repeat(299)}…`);
  assert.equal(await message(ada, "with text").locator(".is-data").count(), 0);
  await ada.getByRole("button", {name: "Write to guest alone"}).waitFor();
  await until(async () => /guest: \{"temperature/.test(await ada.locator("#announcer").textContent()), "it is read out");
  await picture(ada, "data");
  for (const page of [ada, visitor]) await page.context().close();
});
