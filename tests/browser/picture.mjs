/**
 * Makes the picture of the page for README.md:
 *
 *   SCREENSHOTS=routes/web tools/browser tests/browser/picture.mjs
 */

import {closeBrowser, enter, message, openBrowser, picture, say, until} from "./browser.mjs";
import {Proxy} from "./proxy.mjs";
import {Server} from "./server.mjs";

const server = await Server.start();
const network = await Proxy.start(server.port);
await openBrowser();
try {
  const grace = await enter(server.url, "Grace", "launch");
  const kurt = await enter(server.url, "Kurt", "launch");
  const ada = await enter(network.url, "Ada", "launch", {viewport: {width: 1120, height: 672}});
  await say(grace, "Good morning! The new build is out on all twelve machines.");
  await message(kurt, "Good morning! The new build is out on all twelve machines.").waitFor();
  await say(kurt, "I have watched the graphs since nine: no errors, and the queue is empty.");
  await say(kurt, "Shall we open it to everybody at ten?");
  await message(ada, "Shall we open it to everybody at ten?").hover();
  await ada.getByRole("button", {name: "React with thumbs up"}).click();
  await message(grace, "Shall we open it to everybody at ten?").locator(".reaction").click();
  await message(grace, "Shall we open it to everybody at ten?").hover();
  await grace.getByRole("button", {name: "More reactions"}).click();
  await grace.getByRole("button", {name: "React with party"}).click();
  await say(ada, "Yes. I am on the train and will be in a tunnel for a while.");
  await message(grace, "Yes. I am on the train and will be in a tunnel for a while.").waitFor();

  network.cut();
  await ada.locator("#banner").waitFor();
  await say(grace, "No matter, you will get all of it afterwards.");
  await message(kurt, "No matter, you will get all of it afterwards.").waitFor();
  network.mend();
  await until(async () => {
    await ada.getByRole("button", {name: "Try now"}).click({timeout: 500}).catch(() => {});
    return await ada.locator("#state").textContent() === "Connected";
  }, "Ada is back");
  await message(ada, "No matter, you will get all of it afterwards.").waitFor();
  await say(ada, "So I did, every word.");
  await message(kurt, "So I did, every word.").waitFor();
  await kurt.getByLabel("Message", {exact: true}).pressSequentially("Then at ten it is", {delay: 200});
  await ada.locator("#typing", {hasText: "Kurt is typing…"}).waitFor();
  await ada.mouse.move(600, 662);
  await picture(ada, "page");
} finally {
  await closeBrowser();
  await network.stop();
  await server.stop();
}
