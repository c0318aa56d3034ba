/** The table of rooms, page by page. */

import {byId, element, setText} from "./dom.js";
import {bytes, duration, whole} from "./format.js";
import {Rows} from "./rows.js";

const PAGE = "25";

export class RoomsView {
  #after = "";
  #next = null;
  #rows = new Rows(byId("room-rows"), () => {
    const cells = ["room", "", "", "number", "number", "number"].map((className) => element("td", className));
    return {row: element("tr", "", ...cells), update: (room) => this.#update(room, cells)};
  });

  /** @param {() => void} onChange when another page is to be shown */
  constructor(onChange) {
    byId("rooms-first").addEventListener("click", () => {
      this.#after = "";
      onChange();
    });
    byId("rooms-next").addEventListener("click", () => {
      this.#after = this.#next;
      onChange();
    });
  }

  /** What to ask /rooms for. */
  get query() {
    return {limit: PAGE, after: this.#after};
  }

  /** @param {object} page the answer of /rooms */
  show(page) {
    this.#rows.show(page.rooms, ({pattern, name}) => `${pattern} ${name}`);
    this.#next = page.next;
    byId("no-rooms").hidden = page.rooms.length > 0;
    byId("rooms-first").disabled = this.#after === "";
    byId("rooms-next").disabled = page.next === null;
    byId("rooms-pager").hidden = this.#after === "" && page.next === null;
  }

  #update(room, cells) {
    const members = Object.entries(room.members).filter(([, count]) => count > 0)
      .map(([kind, count]) => `${whole(count)} ${kind}`);
    const age = (Date.now() - Date.parse(room.created)) / 1000;
    const texts = [
      room.name, room.route, members.join(", ") || "nobody", whole(room.kept_messages), bytes(room.log_bytes),
      duration(Math.max(0, age)),
    ];
    cells.forEach((cell, at) => setText(cell, texts[at]));
    cells[0].title = room.name;
  }
}
