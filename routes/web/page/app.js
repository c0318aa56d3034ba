/** The page: a name and a room are chosen, then there is the room. The room stands in the address. */

import {ChatView} from "./chat_view.js";
import {byId} from "./dom.js";
import {remember, remembered} from "./storage.js";

/** Of the chat route, beside this page. */
const CHAT = new URL("chat", location.href).href;
const ROOM = /^[A-Za-z0-9._~:@-]{1,128}$/;

/** @type {ChatView | null} */
let view = null;

/** What the address asks for, which may be no room's name; empty if it asks for none. */
function asked() {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

/** The room that the address names; empty if it names none. */
function addressedRoom() {
  const room = asked();
  return ROOM.test(room) ? room : "";
}

/** Says what is wrong with a field; empty clears it. @param {"name" | "room"} field @param {string} problem */
function tellProblem(field, problem) {
  const line = byId(`${field}-problem`);
  line.textContent = problem;
  line.hidden = problem === "";
  if (problem) {
    byId(field).setAttribute("aria-invalid", "true");
  } else {
    byId(field).removeAttribute("aria-invalid");
  }
}

/** Whether it can be a room; says so if not. @param {string} room */
function checkRoom(room) {
  const isRoom = ROOM.test(room);
  tellProblem("room", isRoom ? "" : room.length > 128 ?
      "This is too long for a room's name: 128 characters are allowed." : `No room can be called “${room}”.`);
  return isRoom;
}

/** @param {string} problem */
function showWelcome(problem = "") {
  view?.close();
  view = null;
  byId("chat").hidden = true;
  byId("skip").hidden = true;
  byId("welcome").hidden = false;
  byId("name").value = remembered("name");
  byId("room").value = asked() || remembered("room") || "lobby";
  tellProblem("name", "");
  // What was asked for is to be corrected, not replaced.
  checkRoom(byId("room").value);
  byId("join-problem").textContent = problem;
  byId("join-problem").hidden = problem === "";
  document.title = "Fanfare";
  byId(byId("name").value ? "room" : "name").focus();
}

/** @param {string} name @param {string} room */
function enter(name, room) {
  view?.close();
  remember("name", name);
  remember("room", room);
  if (addressedRoom() !== room) history.pushState(null, "", `#${room}`);
  byId("welcome").hidden = true;
  byId("skip").hidden = false;
  byId("chat").hidden = false;
  view = new ChatView(CHAT, name, room, {
    onRefused: showWelcome,
    onAgain: () => enter(name, room),
  });
  view.composer.focus();
}

async function share() {
  const label = byId("share-label");
  try {
    await navigator.clipboard.writeText(location.href);
    label.textContent = "Copied";
  } catch {
    // Without https there is no clipboard; the address is where it always is.
    label.textContent = "See the address";
  }
  setTimeout(() => { label.textContent = "Copy link"; }, 2000);
}

byId("join").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  const name = byId("name").value.trim();
  const room = byId("room").value;
  if (!name) {
    tellProblem("name", "A name of blanks can not be seen: choose another.");
    byId("name").focus();
  } else if (checkRoom(room)) {
    enter(name, room);
  } else {
    byId("room").focus();
  }
});
for (const field of /** @type {const} */ (["name", "room"])) {
  byId(field).addEventListener("input", () => tellProblem(field, ""));
}
byId("leave").addEventListener("click", () => {
  history.pushState(null, "", location.pathname);
  showWelcome();
});
byId("share").addEventListener("click", share);
// Not by the browser: what stands behind # is the room.
byId("skip").addEventListener("click", (/** @type {Event} */ event) => {
  event.preventDefault();
  byId("text").focus();
});

// The address was changed, or the browser went back.
addEventListener("popstate", () => {
  const room = addressedRoom();
  const name = remembered("name");
  if (!room || !name) {
    showWelcome();
  } else if (room !== view?.room.id) {
    enter(name, room);
  }
});

if (addressedRoom() && remembered("name")) {
  enter(remembered("name"), addressedRoom());
} else {
  showWelcome();
}
