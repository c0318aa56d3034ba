/** Asks the server once a second, while somebody looks, and shows what it says. */

import {Refused, readLogLevel, readRooms, readRoutes, readServer, readSessions, setLogLevel} from "./api.js";
import {makeDialogs} from "./dialogs.js";
import {announce, byId, setText} from "./dom.js";
import {duration} from "./format.js";
import {Gauges} from "./gauges.js";
import {Rates} from "./rates.js";
import {RoomsView} from "./rooms_view.js";
import {SessionsView} from "./sessions_view.js";

const PERIOD_MS = 1000;

const STATES = {serving: "Serving", draining: "Stopping", lost: "Not reachable"};

const gauges = new Gauges();
const rates = new Rates();
const dialogs = makeDialogs(() => askSoon());
const sessions = new SessionsView(() => askSoon(), dialogs.close, dialogs.message);
const rooms = new RoomsView(() => askSoon());
const logLevel = byId("log-level");

let timer = 0;
let isAsking = false;
// Something else is to be shown than what is being asked for.
let isStale = false;

/** @param {keyof STATES} state */
function showState(state) {
  byId("state").dataset.state = state;
  setText(byId("state"), STATES[state]);
}

/** @param {string} text empty if there is none */
function showProblem(text) {
  setText(byId("problem"), text);
  byId("problem").hidden = text === "";
}

function showServer(server) {
  showState(server.draining ? "draining" : "serving");
  const shards = server.shards.length === 1 ? "1 shard" : `${server.shards.length} shards`;
  setText(byId("facts"), `${server.version} · up ${duration(server.uptime_seconds)} · ${shards} · ${server.egress} · ` +
    server.listen.join(", "));
  gauges.show(server, rates.update(server, performance.now()));
}

async function askOnce() {
  // First: a route that is no more can not be asked for.
  sessions.setRoutes((await readRoutes()).routes);
  const [server, level, sessionPage, roomPage] = await Promise.all(
    [readServer(), readLogLevel(), readSessions(sessions.query), readRooms(rooms.query)]);
  showServer(server);
  if (document.activeElement !== logLevel) logLevel.value = level.level;
  if (isStale) return;
  sessions.show(sessionPage);
  rooms.show(roomPage);
  const silent = sessionPage.unanswered_shards;
  showProblem(silent.length === 0 ? "" : `Shard ${silent.join(", ")} does not answer: its sessions are missing here.`);
}

async function ask() {
  clearTimeout(timer);
  if (document.hidden || isAsking) return;
  isAsking = true;
  isStale = false;
  try {
    await askOnce();
  } catch (error) {
    if (!(error instanceof Refused)) showState("lost");
    showProblem(error instanceof Refused ? error.message : "The server does not answer. Asking again…");
  }
  isAsking = false;
  timer = setTimeout(ask, isStale ? 0 : PERIOD_MS);
}

/** Something else is to be shown now. */
function askSoon() {
  isStale = true;
  if (!isAsking) ask();
}

logLevel.addEventListener("change", async () => {
  try {
    const {level} = await setLogLevel(logLevel.value);
    announce(`The log's level is ${level}.`);
  } catch (error) {
    showProblem(`The log's level stays as it was: ${error.message}`);
  }
});
document.addEventListener("visibilitychange", ask);
ask();
