/** What is done to a session is asked for in a dialog, which is also where it is confirmed. */

import {closeSession, sendMessage} from "./api.js";
import {announce, byId, setText} from "./dom.js";

class SessionDialog {
  #dialog;
  #problem;
  #form;
  #act;
  #session = null;

  /**
   * @param {string} id
   * @param {(session: object) => Promise<string>} act does it, and says what was done
   */
  constructor(id, act) {
    this.#dialog = byId(id);
    this.#form = this.#dialog.querySelector("form");
    this.#problem = this.#dialog.querySelector(".problem");
    this.#act = act;
    this.#dialog.querySelector("[data-cancel]").addEventListener("click", () => this.#dialog.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  /** @param {object} session @param {string} title */
  open(session, title) {
    this.#session = session;
    this.#form.reset();
    this.#problem.hidden = true;
    setText(this.#dialog.querySelector("h2"), title);
    setText(this.#dialog.querySelector(".hint"), `${session.peer}, at ${session.path}`);
    this.#dialog.showModal();
  }

  async #submit() {
    const button = this.#form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      announce(await this.#act(this.#session));
      this.#dialog.close();
    } catch (error) {
      setText(this.#problem, error.message);
      this.#problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
}

/** @param {() => void} onDone */
export function makeDialogs(onDone) {
  const close = new SessionDialog("close-dialog", async ({id}) => {
    await closeSession(id, Number(byId("close-code").value), byId("close-reason").value);
    onDone();
    return `Session ${id} is being closed.`;
  });
  const message = new SessionDialog("message-dialog", async ({id}) => {
    await sendMessage(id, byId("message-text").value);
    return `Session ${id} was sent the message.`;
  });
  return {
    close: (session) => close.open(session, `Close session ${session.id}?`),
    message: (session) => message.open(session, `Message to session ${session.id}`),
  };
}
