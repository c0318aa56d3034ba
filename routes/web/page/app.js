/** The page: a name and a room are chosen, then there is the room. The room stands in the address. */

import {ChatView} from "./chat_view.js";
import {byId} from "./dom.js";
import {remember, remembered} from "./storage.js";

/** Of the chat route, beside this page. */
const CHAT = new URL("chat", location.href).href;
const ROOM = /^[A-Za-z0-9._~:@-]{1,128}$/;

/** @type {ChatView | null} */
let view = null;

/** The room that the address names; empty if it names none. */
function addressedRoom() {
  try {
    const room = decodeURIComponent(location.hash.slice(1));
    return ROOM.test(room) ? room : "";
  } catch {
    return "";
  }
}

/** @param {string} problem */
function showWelcome(problem = "") {
  view?.close();
  view = null;
  byId("chat").hidden = true;
  byId("skip").hidden = true;
  byId("welcome").hidden = false;
  byId("name").value = remembered("name");
  byId("room").value = addressedRoom() || remembered("room") || "lobby";
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
  if (name) enter(name, byId("room").value);
});
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
