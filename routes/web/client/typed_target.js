/**
 * An EventTarget whose events have types, for those who check types.
 *
 * @template {Record<keyof Events, Event>} Events name to class
 */
export class TypedTarget extends EventTarget {
  /**
   * @template {keyof Events & string} Name
   * @param {Name} type
   * @param {((event: Events[Name]) => void) | EventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   * @override
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, /** @type {any} */ (listener), options);
  }
}
