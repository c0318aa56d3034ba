/** The page without a mouse, without sight, in light and dark, and on a phone. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {axe, enter, message, picture, say, texts, until, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

const PHONE = {viewport: {width: 360, height: 720}, hasTouch: true, isMobile: true, deviceScaleFactor: 2};
const LOOKS = {
  light: {colorScheme: "light"},
  dark: {colorScheme: "dark"},
  phone: {colorScheme: "light", ...PHONE},
  "phone-dark": {colorScheme: "dark", ...PHONE},
};

/** What axe finds wrong: WCAG 2.2 A and AA, and its best practices. */
async function findings(page) {
  await page.evaluate(axe);
  const {violations, passes} = await page.evaluate(() => window.axe.run());
  assert.ok(passes.some(({id}) => id === "color-contrast"), "axe looked at nothing");
  return violations.map(({id, impact, nodes}) =>
    `${impact} ${id}: ${nodes.map(({html, failureSummary}) => `${html} ${failureSummary}`).join("\n")}`);
}

for (const [look, options] of Object.entries(LOOKS)) {
  test(`axe finds nothing: ${look}`, async () => {
    const welcome = await visit(server.url, options);
    assert.deepEqual(await findings(welcome), []);
    await picture(welcome, `welcome-${look}`);
    await welcome.context().close();

    const room = `a11y-${look}`;
    const grace = await enter(server.url, "Grace", room);
    const ada = await enter(server.url, "Ada", room, options);
    await say(grace, "Good morning! The release went out at nine, and so far everything is quiet.");
    await say(ada, "I watched the graphs for a while: no errors at all.");
    await say(ada, "Who looks after the queue today?");
    await message(grace, "Who looks after the queue today?").hover();
    await grace.getByRole("button", {name: "React with thumbs up"}).click();
    await say(grace, "Me. What is left to do before Thursday is on the list, with everything that we found last week.");
    await message(ada, "Who looks after the queue today?").locator(".reaction").click();
    await ada.getByLabel("Message", {exact: true}).focus();
    await until(async () => await ada.locator("#roster li").count() === 2, "both are there");
    await grace.getByLabel("Message", {exact: true}).pressSequentially("And then there is ", {delay: 300});
    await ada.locator("#typing", {hasText: "Grace is typing…"}).waitFor();
    await picture(ada, look);
    assert.deepEqual(await findings(ada), []);
    assert.equal(await ada.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    // With all that can be opened.
    await message(ada, "Who looks after the queue today?").focus();
    await ada.getByRole("button", {name: "More reactions"}).click();
    assert.deepEqual(await findings(ada), []);
    if (options.hasTouch) {
      await ada.getByRole("button", {name: "People: 2"}).click();
      assert.deepEqual(await findings(ada), []);
      await picture(ada, `people-${look}`);
      await ada.keyboard.press("Escape");
      assert.equal(await ada.locator("#people").isVisible(), false);
    }
    for (const page of [ada, grace]) await page.context().close();
  });
}

test("everything can be done with the keyboard alone, and the focus is seen", async () => {
  const page = await visit(server.url);
  const {keyboard} = page;
  const focused = () => page.evaluate(() => {
    const element = document.activeElement;
    const {outlineStyle, outlineWidth} = getComputedStyle(element);
    return {
      what: element.id || element.getAttribute("aria-label") || element.textContent,
      isSeen: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1,
    };
  });
  const press = async (key, expected) => {
    await keyboard.press(key);
    const {what, isSeen} = await focused();
    assert.ok(what.startsWith(expected), `${what} instead of ${expected}`);
    assert.ok(isSeen, `${what} shows no focus`);
  };
  await keyboard.type("Ada");
  await press("Tab", "room");
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("keyboard");
  await keyboard.press("Enter");
  await page.locator("#state", {hasText: "Connected"}).waitFor();
  assert.equal((await focused()).what, "text");
  for (const text of ["one", "two"]) {
    await keyboard.type(text);
    await keyboard.press("Enter");
    await message(page, text).waitFor();
  }
  // Edits the last one.
  await keyboard.press("ArrowUp");
  await keyboard.type(" more");
  await keyboard.press("Enter");
  await message(page, "two more").waitFor();
  // Reacts to the first.
  await press("Shift+Tab", "log");
  await press("ArrowUp", "Ada, ");
  await press("ArrowUp", "Ada, ");
  await press("Enter", "React with thumbs up");
  await press("Tab", "React with heart");
  await keyboard.press("Enter");
  await message(page, "one").locator(".reaction", {hasText: "❤️"}).waitFor();
  await press("Tab", "React with laughing");
  await press("Tab", "More reactions");
  await press("Enter", "React with party");
  await press("Escape", "text");
  // Deletes the last.
  await keyboard.press("Shift+Tab");
  await press("ArrowUp", "Ada, ");
  await press("Enter", "React with thumbs up");
  for (const next of ["React with heart", "React with laughing", "More reactions", "Edit", "Delete"]) {
    await press("Tab", next);
  }
  await press("Enter", "Really delete?");
  await keyboard.press("Enter");
  await message(page, "This message was deleted.").waitFor();
  assert.deepEqual(await texts(page), ["one", "This message was deleted."]);
  assert.equal((await focused()).what, "text");
  // The first stop of the page leads back to the box; and the theme is a stop like others.
  await page.locator("body").evaluate(() => document.activeElement.blur());
  await page.locator("#skip").focus();
  await press("Enter", "text");
  await page.locator("#theme").focus();
  await keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.equal(await page.locator("#theme").getAttribute("aria-pressed"), "true");
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("who takes the last reaction back with the keyboard stays at the message", async () => {
  const page = await enter(server.url, "Ada", "focus");
  await say(page, "cake?");
  await message(page, "cake?").focus();
  await page.getByRole("button", {name: "React with heart"}).press("Enter");
  const chip = message(page, "cake?").locator(".reaction");
  await chip.focus();
  await chip.press("Enter");
  await chip.waitFor({state: "detached"});
  assert.ok(await message(page, "cake?").evaluate((row) => row === document.activeElement));
  // And can go on from there.
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "React with thumbs up");
  await page.context().close();
});

test("what is new is read out; history and one's own messages are not", async () => {
  const grace = await enter(server.url, "Grace", "spoken");
  await say(grace, "long ago");
  await message(grace, "long ago").waitFor();
  const ada = await enter(server.url, "Ada", "spoken");
  await message(ada, "long ago").waitFor();
  await ada.evaluate(() => {
    window.spoken = [];
    new MutationObserver(() => window.spoken.push(document.getElementById("announcer").innerText))
        .observe(document.getElementById("announcer"), {childList: true});
  });
  await say(ada, "my own");
  await say(grace, "just now");
  await until(async () => (await ada.evaluate(() => window.spoken)).length > 0, "something is read out");
  assert.deepEqual(await ada.evaluate(() => window.spoken), ["Grace: just now"]);
  assert.equal(await ada.locator("#announcer").getAttribute("aria-live"), "polite");
  assert.equal(await ada.getByRole("log", {name: "Messages"}).getAttribute("aria-live"), "off");
  for (const page of [ada, grace]) await page.context().close();
});

test("who wants less motion has none", async () => {
  const page = await visit(server.url, {reducedMotion: "reduce"});
  assert.equal(await page.locator("#state").evaluate((state) =>
    getComputedStyle(state, "::before").animationName), "none");
  assert.equal(await page.locator("button").first().evaluate((button) =>
    getComputedStyle(button).transitionDuration.split(",").every((each) => each === "0s")), true);
  await page.context().close();
});
