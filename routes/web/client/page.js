/**
 * What a page knows of its network and of itself, told to a connection. Outside of a browser there
 * is no page, and nothing happens.
 *
 * @param {EventTarget | null} page `window`, as a rule
 * @param {import("./connection.js").Connection} connection
 * @returns {() => void} no longer
 */
export function watchPage(page, connection) {
  if (page === null) return () => {};
  /** @type {Record<string, (event: any) => void>} */
  const listeners = {
    online: () => connection.hurry(),
    // What the browser calls offline may have other ways to the server: only look.
    offline: () => connection.check(),
    // The user goes elsewhere. Others should see that at once, not after the server's grace.
    pagehide: () => connection.suspend("the page was left"),
    // It was kept, and the user came back to it.
    pageshow: (event) => event.persisted && connection.open(),
  };
  for (const [type, listener] of Object.entries(listeners)) page.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of Object.entries(listeners)) {
      page.removeEventListener(type, listener);
    }
  };
}

/** The page that this script runs in; null if there is none, as in Node and in workers. */
export function thisPage() {
  return typeof window === "undefined" ? null : window;
}
