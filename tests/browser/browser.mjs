/**
 * Chromium, and pages in it that note what goes wrong in them. A page is a person: each has a storage
 * of its own.
 */

import {createRequire} from "node:module";
import {mkdirSync} from "node:fs";
import {join} from "node:path";

// tools/browser installs them there.
const require = createRequire(join(process.env.MODULES, "package.json"));
const {chromium} = require("playwright-core");
export const {source: axe} = require("axe-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];
/** Long, for machines that are slow or busy. */
export const DEADLINE_MS = 60_000;

let browser;

/** Starts the browser; call `closeBrowser` in the end. */
export async function openBrowser() {
  browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS});
}

export async function closeBrowser() {
  await browser?.close();
}

/**
 * Somebody at a page of their own.
 *
 * @param {string} url
 * @param {object} options of Playwright's newContext
 */
export async function visit(url, options = {}) {
  const context = await browser.newContext({viewport: {width: 1180, height: 760}, ...options});
  context.setDefaultTimeout(DEADLINE_MS);
  const page = await context.newPage();
  /** What no page may do in normal use. @type {string[]} */
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(`error: ${error.stack}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) page.problems.push(`console: ${message.text()}`);
  });
  page.on("dialog", (dialog) => {
    page.problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.goto(url);
  return page;
}

/** Somebody in a room. @param {string} url @param {string} name @param {string} room */
export async function enter(url, name, room, options = {}) {
  const page = await visit(url, options);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Room").fill(room);
  await page.getByRole("button", {name: "Enter the room"}).click();
  await page.locator("#state", {hasText: "Connected"}).waitFor();
  return page;
}

/** Says something as people do: typed, then Enter. */
export async function say(page, text) {
  await page.getByLabel("Message", {exact: true}).fill(text);
  await page.keyboard.press("Enter");
}

/** The texts of the messages in sight or near it, in their order. */
export function texts(page) {
  return page.locator("#messages .message-text > span:first-child").allTextContents();
}

/** The message of this text. */
export function message(page, text) {
  return page.locator("#messages .message", {has: page.getByText(text, {exact: true})});
}

/** Waits until `condition` holds. @param {() => Promise<boolean>} condition @param {string} what */
export async function until(condition, what) {
  const deadline = Date.now() + DEADLINE_MS;
  while (!await condition()) {
    if (Date.now() > deadline) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A picture for people, in the folder $SCREENSHOTS if that is set. */
export async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, {recursive: true});
  await page.screenshot({path: join(folder, `${name}.png`), animations: "disabled"});
}

/**
 * Has the page say much in a room, by the client that it would use itself, in a session of its own.
 *
 * @param {number} count @param {string} text before the number
 */
export async function publish(page, room, count, text = "message") {
  await page.evaluate(async ({room, count, text}) => {
    const {ChatClient} = await import("/web/client/chat_client.js");
    const client = new ChatClient("/chat", {name: "Crowd", mostPublishes: count});
    const joined = client.join(room);
    await Promise.all(Array.from({length: count}, (_, at) => joined.publish(`${text} ${at + 1}`)));
    client.close();
  }, {room, count, text});
}
