/** The table of sessions: a page of them, in an order, of a route or of some peers. */

import {byId, element, setText} from "./dom.js";
import {bytes, duration, whole} from "./format.js";
import {Rows} from "./rows.js";

const PAGE = "50";

/** How the orders are shown, by the names that the server has for them. */
const DIRECTIONS = {id: "descending", newest: "ascending"};

/** @param {string} name @param {string} label @param {() => void} onClick */
function action(name, label, onClick) {
  const button = element("button", "quiet", name);
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", label);
  button.addEventListener("click", onClick);
  return button;
}

/** @param {{messages: number, bytes: number}} tally */
function traffic({messages, bytes: count}) {
  return `${whole(messages)} · ${bytes(count)}`;
}

export class SessionsView {
  #sort = "id";
  #after = "";
  #next = null;
  #rows;

  /**
   * @param {() => void} onChange when something else is to be shown
   * @param {(session: object) => void} onClose
   * @param {(session: object) => void} onMessage
   */
  constructor(onChange, onClose, onMessage) {
    this.#rows = new Rows(byId("session-rows"), (session) => {
      const cells = ["", "", "path", "number", "number", "number", "number", "number"]
        .map((className) => element("td", className));
      const buttons = [
        action("Message", `Message session ${session.id}`, () => onMessage(session)),
        action("Close", `Close session ${session.id}`, () => onClose(session)),
      ];
      const row = element("tr", "", ...cells, element("td", "", ...buttons));
      return {row, update: (now) => this.#update(now, row, cells, buttons)};
    });
    const restart = () => {
      this.#after = "";
      onChange();
    };
    for (const header of document.querySelectorAll("th[data-sort]")) {
      const orders = header.dataset.sort.split(" ");
      header.querySelector("button").addEventListener("click", () => {
        this.#sort = orders[(orders.indexOf(this.#sort) + 1) % orders.length];
        this.#showOrder();
        restart();
      });
    }
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("route").addEventListener("change", restart);
    byId("peer").addEventListener("input", restart);
    byId("sessions-first").addEventListener("click", restart);
    byId("sessions-next").addEventListener("click", () => {
      this.#after = String(this.#next);
      onChange();
    });
    this.#showOrder();
  }

  /** @param {object[]} routes of /routes */
  setRoutes(routes) {
    const select = byId("route");
    const names = [...new Set(routes.map(({name}) => name))].sort();
    if ([...select.options].slice(1).map(({value}) => value).join() === names.join()) return;
    const chosen = select.value;
    select.replaceChildren(select.options[0], ...names.map((name) => new Option(name, name)));
    // What is no more is not filtered for.
    select.value = names.includes(chosen) ? chosen : "";
  }

  /** What to ask /sessions for. */
  get query() {
    return {route: byId("route").value, peer: byId("peer").value.trim(), sort: this.#sort, limit: PAGE, after: this.#after};
  }

  /** @param {object} page the answer of /sessions */
  show(page) {
    this.#rows.show(page.sessions, ({id}) => String(id));
    this.#next = page.next;
    const shown = page.sessions.length;
    setText(byId("sessions-count"), shown < page.total ? `${whole(shown)} of ${whole(page.total)}` : whole(page.total));
    byId("no-sessions").hidden = shown > 0;
    byId("sessions-first").disabled = this.#after === "";
    byId("sessions-next").disabled = page.next === null;
    byId("sessions-pager").hidden = this.#after === "" && page.next === null;
  }

  #update(session, row, cells, buttons) {
    const texts = [
      String(session.id), session.user === null ? session.peer : `${session.peer} (${session.user})`, session.path,
      duration(session.age_seconds), bytes(session.lag_bytes), bytes(session.outbox_bytes),
      traffic(session.received), traffic(session.sent),
    ];
    cells.forEach((cell, at) => setText(cell, texts[at]));
    cells[2].title = `${session.path} (${session.route}, ${session.protocol}, shard ${session.shard})`;
    cells[4].classList.toggle("behind", session.lag_bytes > 0);
    const isClosing = session.state === "closing";
    row.classList.toggle("closing", isClosing);
    for (const button of buttons) button.disabled = isClosing;
  }

  #showOrder() {
    for (const header of document.querySelectorAll("th[data-sort]")) {
      if (header.dataset.sort.split(" ").includes(this.#sort)) {
        header.setAttribute("aria-sort", DIRECTIONS[this.#sort] ?? "descending");
      } else {
        header.removeAttribute("aria-sort");
      }
    }
  }
}
