/** What is said where a name and a room are chosen, when they can not be. */

import assert from "node:assert/strict";
import {test} from "node:test";

import {axe, picture, visit} from "./browser.mjs";
import {server} from "./with_server.mjs";

const focused = (page) => page.evaluate(() => document.activeElement.id);
const problemsOf = async (page) => {
  await page.evaluate(axe);
  return (await page.evaluate(() => window.axe.run())).violations.map(({id}) => id);
};

for (const colorScheme of ["light", "dark"]) {
  test(`a name of blanks is refused with a reason: ${colorScheme}`, async () => {
    const page = await visit(server.url, {colorScheme});
    const name = page.getByLabel("Your name");
    await name.fill("   ");
    await page.getByRole("button", {name: "Enter the room"}).click();
    const problem = page.getByRole("alert").filter({hasText: "A name of blanks can not be seen"});
    await problem.waitFor();
    assert.equal(await focused(page), "name");
    assert.equal(await name.getAttribute("aria-invalid"), "true");
    assert.equal(await name.getAttribute("aria-describedby"), await problem.getAttribute("id"));
    assert.equal(await page.locator("#chat").isVisible(), false);
    await picture(page, `blanks-${colorScheme}`);
    assert.deepEqual(await problemsOf(page), []);
    await name.fill("Ada");
    await problem.waitFor({state: "hidden"});
    assert.equal(await name.getAttribute("aria-invalid"), null);
    await page.keyboard.press("Enter");
    await page.locator("#state", {hasText: "Connected"}).waitFor();
    await page.context().close();
  });

  test(`a link to what can not be a room says so, and can be corrected: ${colorScheme}`, async () => {
    const page = await visit(`${server.url}#bad%20room`, {colorScheme});
    const room = page.getByLabel("Room");
    assert.equal(await room.inputValue(), "bad room");
    const problem = page.getByRole("alert").filter({hasText: "No room can be called “bad room”."});
    await problem.waitFor();
    assert.ok((await room.getAttribute("aria-describedby")).split(" ").includes(await problem.getAttribute("id")));
    await picture(page, `bad-room-${colorScheme}`);
    assert.deepEqual(await problemsOf(page), []);
    await page.getByLabel("Your name").fill("Ada");
    await room.fill("bad-room");
    await problem.waitFor({state: "hidden"});
    await page.keyboard.press("Enter");
    await page.locator("#room-name", {hasText: "bad-room"}).waitFor();
    await page.locator("#state", {hasText: "Connected"}).waitFor();
    // Also where the page is open already, and the name is known.
    await page.evaluate(() => { location.hash = "x".repeat(129); });
    await page.getByText("This is too long for a room's name").waitFor();
    assert.equal(await room.inputValue(), "x".repeat(129));
    await page.keyboard.press("Enter");
    assert.equal(await focused(page), "room");
    assert.equal(await page.locator("#chat").isVisible(), false);
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}
