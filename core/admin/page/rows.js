/**
 * The body of a table that is shown again and again: rows stay the elements that they are, so that the
 * focus and what is selected stay, too.
 */
export class Rows {
  #body;
  #make;
  /** @type {Map<string, {row: HTMLElement, update: (item: object) => void}>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} body
   * @param {(item: object) => {row: HTMLElement, update: (item: object) => void}} make
   */
  constructor(body, make) {
    this.#body = body;
    this.#make = make;
  }

  /** @param {object[]} items in their order @param {(item: object) => string} keyOf */
  show(items, keyOf) {
    const keys = new Set(items.map(keyOf));
    for (const [key, {row}] of this.#shown) {
      if (keys.has(key)) continue;
      row.remove();
      this.#shown.delete(key);
    }
    const focused = document.activeElement;
    items.forEach((item, at) => {
      const key = keyOf(item);
      let shown = this.#shown.get(key);
      if (!shown) this.#shown.set(key, shown = this.#make(item));
      shown.update(item);
      const there = this.#body.children[at];
      if (there !== shown.row) this.#body.insertBefore(shown.row, there ?? null);
    });
    // A row that was moved has lost it.
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) {
      focused.focus({preventScroll: true});
    }
  }
}
