/** What becomes of a page whose network goes away, and comes back. */

import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {closeBrowser, enter, message, openBrowser, picture, say, texts, until} from "./browser.mjs";
import {Proxy} from "./proxy.mjs";
import {Server} from "./server.mjs";

const COUNT = 25;

before(openBrowser);
after(closeBrowser);

const isAway = (page) => page.locator("#banner", {hasText: "No connection."}).waitFor();
const isBack = async (page) => {
  await until(async () => {
    const retry = page.getByRole("button", {name: "Try now"});
    if (await retry.isVisible()) await retry.click().catch(() => {});
    return await page.locator("#state").textContent() === "Connected";
  }, "the page is connected again");
  assert.equal(await page.locator("#banner").isVisible(), false);
};

test("who loses the network comes back and has missed nothing, once and in order", async (t) => {
  const server = await Server.start();
  t.after(() => server.stop());
  const network = await Proxy.start(server.port);
  t.after(() => network.stop());
  const ada = await enter(network.url, "Ada", "storm");
  const grace = await enter(server.url, "Grace", "storm");
  await say(ada, "before");
  await message(grace, "before").waitFor();

  await ada.evaluate(() => {
    window.spoken = [];
    const announcer = document.getElementById("announcer");
    new MutationObserver(() => window.spoken.push(announcer.firstElementChild?.textContent))
        .observe(announcer, {childList: true});
    // Seen for a moment only, which a busy machine may let pass.
    window.shown = [];
    const back = document.getElementById("back");
    new MutationObserver(() => back.hidden || window.shown.push(back.textContent))
        .observe(back, {attributeFilter: ["hidden"]});
  });
  const said = ["before"];
  for (let round = 1; round <= 2; ++round) {
    network.cut();
    await isAway(ada);
    assert.match(await ada.locator("#state").textContent(), /Offline|Connecting/);
    for (let i = 1; i <= COUNT; ++i) said.push(`round ${round}, ${i}`);
    for (const text of said.slice(-COUNT)) await say(grace, text);
    await message(grace, said.at(-1)).waitFor();
    // What is written meanwhile waits in sight.
    for (const text of [`away ${round}, one`, `away ${round}, two`]) await say(ada, text);
    await ada.locator("#outbox .message", {hasText: `away ${round}, two`}).getByText("Sending…").waitFor();
    assert.equal(await ada.locator("#outbox li").count(), 2);
    assert.equal((await texts(ada)).length, said.length - COUNT);
    await picture(ada, "offline");

    network.mend();
    await isBack(ada);
    await picture(ada, "back");
    await until(async () => (await ada.evaluate(() => window.shown))
        .filter((line) => line === "Back again. Nothing was missed.").length === round, "it is shown");
    // Read out, too, however much came with it; and not for long.
    await until(async () => (await ada.evaluate(() => window.spoken))
        .filter((line) => line === "Back again. Nothing was missed.").length === round, "it is read out");
    await ada.locator("#back").waitFor({state: "hidden"});
    said.push(`away ${round}, one`, `away ${round}, two`);
    for (const page of [ada, grace]) {
      await message(page, said.at(-1)).waitFor();
      assert.deepEqual(await texts(page), said);
    }
    await until(async () => await ada.locator("#outbox li").count() === 0, "nothing waits any more");
    assert.equal(await ada.locator(".marker", {hasText: "Nothing was missed."}).count(), round);
    assert.equal(await ada.locator(".marker[data-kind=gap]").count(), 0);
  }
  assert.equal(await grace.locator(".marker").count(), 0);
  // Still the same person: what was said before the loss can be edited.
  await message(ada, "before").hover();
  await ada.getByRole("button", {name: "Edit"}).click();
  await say(ada, "long before");
  await message(grace, "long before").waitFor();
  for (const page of [ada, grace]) {
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    await page.context().close();
  }
});

test("a direct message that can not be sent comes back into the box, and stays one", async (t) => {
  const server = await Server.start();
  t.after(() => server.stop());
  const network = await Proxy.start(server.port);
  t.after(() => network.stop());
  const ada = await enter(network.url, "Ada", "psst");
  const grace = await enter(server.url, "Grace", "psst");
  await ada.getByRole("button", {name: "Write to Grace alone"}).click();
  network.cut();
  await isAway(ada);
  await say(ada, "psst");
  const box = ada.getByLabel("Message", {exact: true});
  await box.fill("and more");
  await ada.getByRole("button", {name: "Cancel"}).click();
  await ada.getByRole("alert").filter({hasText: "Whether Grace got this is not known"}).waitFor();
  // Never to everybody.
  assert.equal(await box.inputValue(), "psst\nand more");
  await ada.locator("#mode", {hasText: "To Grace alone"}).waitFor();
  network.mend();
  await isBack(ada);
  await box.press("Enter");
  await message(grace, "psst\nand more").getByText("to you alone").waitFor();
  for (const page of [ada, grace]) await page.context().close();
});

test("after a restart of the server the page says that something may be missing", async (t) => {
  let server = await Server.start();
  t.after(() => server.stop());
  const ada = await enter(server.url, "Ada", "restart");
  await say(ada, "before");
  await message(ada, "before").waitFor();
  const {port} = server;
  await server.stop();
  await isAway(ada);
  server = await Server.start(port);
  await isBack(ada);
  await ada.locator(".marker[data-kind=gap]", {hasText: "Messages may be missing here."}).waitFor();
  assert.equal(await ada.locator("#back").isVisible(), false);
  await say(ada, "after");
  await message(ada, "after").waitFor();
  assert.deepEqual(await texts(ada), ["before", "after"]);
  // What the server does not know any more can not be changed.
  await message(ada, "after").hover();
  await ada.getByRole("button", {name: "Edit"}).waitFor();
  await message(ada, "before").hover();
  await ada.getByRole("button", {name: "Edit"}).waitFor({state: "detached"});
  await ada.context().close();
});
