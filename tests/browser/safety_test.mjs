/** What people send is text, whatever it looks like; and the page's policy holds if it were not. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {enter, message, say, until, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

const ATTACKS = [
  "<script>window.hacked = 1</script>",
  "<img src=x onerror=\"window.hacked = 1\">",
  "\"><svg/onload=window.hacked=1>",
  "<iframe srcdoc=\"<script>parent.hacked = 1</script>\"></iframe>",
  "javascript:window.hacked=1",
  "<style>body { display: none }</style>",
  "<a href=\"javascript:window.hacked=1\" autofocus onfocus=window.hacked=1>x</a>",
  "{{constructor.constructor('window.hacked=1')()}}",
  "&lt;b&gt; &amp;amp; \u202e\u0000 <b>",
];

test("markup in texts, names, reactions and data is shown as it was written", async () => {
  const ada = await enter(server.url, "Ada", "markup");
  for (const attack of ATTACKS) {
    // The client itself, for what the page would not send.
    await ada.evaluate(async (attack) => {
      const {ChatClient} = await import("/web/client/chat_client.js");
      const name = attack.replace(/[^\x20-\x7e]/g, "").slice(0, 64);
      const client = new ChatClient("/chat", {name});
      window.clients = [...window.clients ?? [], client];
      const room = client.join("markup");
      const {offset} = await room.publish(attack, {data: {html: attack, text: attack}});
      await room.react(offset, attack.slice(0, 32).replace(/[^\x20-\x7e]/g, ""));
      room.typing(true);
      const to = [...room.members.values()].find((member) => member.name === "Ada");
      if (to) await client.direct({session: to.session}, attack);
    }, attack);
    const shown = ada.locator("#messages .message-text > span:first-child");
    await until(async () => (await shown.allTextContents()).includes(attack), attack);
  }
  // By the page's own box, too; and a name of one's own.
  const grace = await enter(server.url, ATTACKS[1], "markup");
  await say(grace, ATTACKS[0]);
  await ada.locator("#messages .author", {hasText: ATTACKS[1]}).last().waitFor();
  await until(async () => await ada.locator(".person-name", {hasText: "<script>"}).count() === 2, "the roster");
  for (const page of [ada, grace]) {
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("#chat :is(script, iframe, style, a, img[src=x], svg[onload], b)").count(), 0);
    assert.equal(await page.locator("#messages *").evaluateAll((all) =>
      all.filter((element) => element.getAttributeNames().some((name) => name.startsWith("on"))).length), 0);
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  }
});

test("markup in the room's name is none, and such a room is not entered", async () => {
  const attack = "<img src=x onerror=window.hacked=1>";
  const page = await visit(`${server.url}#${encodeURIComponent(attack)}`);
  assert.equal(await page.getByLabel("Room").inputValue(), attack);
  await page.getByText(`No room can be called “${attack}”.`, {exact: true}).waitFor();
  await page.getByLabel("Your name").fill("Ada");
  await page.getByLabel("Room").fill("<b>");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#chat").isVisible(), false);
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("the policy stops what would get into the page nevertheless", async () => {
  const page = await enter(server.url, "Ada", "policy");
  const outcomes = await page.evaluate(async () => {
    // Not within the call of the test's own tool, which the policy lets do more.
    await new Promise((resolve) => setTimeout(resolve));
    const outcomes = {};
    const attempt = (name, run) => {
      try {
        run();
        outcomes[name] = "allowed";
      } catch (error) {
        outcomes[name] = error.name;
      }
    };
    attempt("innerHTML", () => { document.body.innerHTML = "<b>x</b>"; });
    attempt("eval", () => Function("window.hacked = 1")());
    attempt("handler", () => {
      const button = document.createElement("button");
      button.setAttribute("onclick", "window.hacked = 1");
      document.body.append(button);
      button.click();
      button.remove();
    });
    const load = (tag, url) => new Promise((resolve) => {
      const element = document.createElement(tag);
      element.onload = () => resolve("allowed");
      element.onerror = () => resolve("refused");
      try {
        element.src = url;
      } catch (error) {
        resolve(error.name);
      }
      document.body.append(element);
    });
    outcomes.script = await load("script", "data:text/javascript,window.hacked=1");
    outcomes.image = await load("img", "http://127.0.0.1:9/x.png");
    outcomes.fetch = await fetch("http://127.0.0.1:9/").then(() => "allowed", () => "refused");
    return outcomes;
  });
  assert.equal(outcomes.innerHTML, "TypeError");
  assert.notEqual(outcomes.eval, "allowed");
  assert.notEqual(outcomes.script, "allowed");
  assert.equal(outcomes.image, "refused");
  assert.equal(outcomes.fetch, "refused");
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  const violated = new Set((await page.evaluate(() => window.violations)).map((each) => each.split(":")[0]));
  for (const directive of ["require-trusted-types-for", "img-src", "connect-src"]) {
    assert.ok(violated.has(directive), `${directive} of ${[...violated]}`);
  }
  await page.context().close();
});
