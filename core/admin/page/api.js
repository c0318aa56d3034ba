/** What the server is asked; see core/admin/README.md. */

const TIMEOUT_MS = 5000;

/** The server said no; the message says why. */
export class Refused extends Error {}

/** @param {string} path beside the page @param {RequestInit} init */
async function ask(path, init = {}) {
  const response = await fetch(path, {...init, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS)});
  const body = await response.json();
  if (!response.ok) throw new Refused(body.error);
  return body;
}

/** @param {string} method @param {string} path @param {object} body */
function change(method, path, body) {
  return ask(path, {method, headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
}

/** Without what is empty. @param {string} path @param {Record<string, string>} query */
function withQuery(path, query) {
  const entries = Object.entries(query).filter(([, value]) => value !== "");
  return entries.length === 0 ? path : `${path}?${new URLSearchParams(entries)}`;
}

export const readServer = () => ask("server");
export const readRoutes = () => ask("routes");
export const readLogLevel = () => ask("log_level");
export const readSessions = (query) => ask(withQuery("sessions", query));
export const readRooms = (query) => ask(withQuery("rooms", query));
export const setLogLevel = (level) => change("PUT", "log_level", {level});
export const closeSession = (id, code, reason) => change("POST", `sessions/${id}/close`, {code, reason});
export const sendMessage = (id, text) => change("POST", `sessions/${id}/message`, {text});
