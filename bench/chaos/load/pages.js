// Pages of react-auth, by its own client: who logs out in one tab is logged out in the other, and the cookie brings nobody back.
import { account } from '../../../tests/clients/support/connection.js';
import { COOKIE, TYPES, post } from '../../../tests/clients/support/react-auth.js';
import { Browser } from '../../../tests/clients/support/react-auth-tab.js';
import { signUp } from './profiles.js';
import { LIMIT, within } from '../../../tests/clients/support/waiting.js';
import { Failed, persist, rest } from './trying.js';

/** The page waits for ever for an answer that was lost; its reader, who is as patient as everybody, reloads it. */
const soon = (something) => within(LIMIT, 'the page', something);
/** A button that did nothing is pressed again sooner than a page is reloaded. */
const AGAIN = 2000;

/** A browser has two tabs, each of which has a connection. */
export const open = (trial, connections) => Array.from({ length: Math.ceil(connections / 2) }, (_, number) => new Person(trial, number));

class Person {
  constructor(trial, number) {
    // Other threads count people for themselves.
    const username = `reader${number}`;
    Object.assign(this, { trial, name: `person ${number} with a browser`, account: account({ username, email: `${username}@example.org` }) });
  }

  async run() {
    const { trial, name } = this;
    await persist(trial, name, () => signUp(trial, this.account));
    while (!trial.isOver) {
      const tabs = await persist(trial, `${name}, logging in`, () => this.#logIn());
      // A page costs its thread, which is why it has one, a quarter of a second.
      await rest(trial, 20_000);
      const cookie = this.browser.ticket();
      await this.#logOut(tabs);
      await persist(trial, `${name}, showing the cookie`, () => this.#isRefused(cookie));
      await rest(trial);
    }
  }

  async judge() {}

  async #logIn() {
    this.browser = new Browser(this.trial.door);
    try {
      const one = await soon(this.browser.open());
      one.submit(this.account);
      if (!JSON.parse((await soon(one.answered)).text).success) throw new Failed('the login was refused');
      await soon(one.confirmed());
      const other = await soon(this.browser.open());
      await soon(other.confirmed());
      return [one, other];
    } catch (failure) {
      this.browser.abandon();
      throw failure;
    }
  }

  /** The page presses its button again until it is out. */
  async #logOut([one, other]) {
    try {
      await persist(this.trial, `${this.name}, logging out`, () => within(AGAIN, 'the page', one.logOut()));
      const ended = Date.now();
      await other.until('logged out too', ({ session }) => session === '');
      this.trial.recorder.revocations.push(Date.now() - ended);
    } catch (failure) {
      if (this.trial.isAborted) throw failure;
    } finally {
      this.browser.abandon();
    }
  }

  async #isRefused(ticket) {
    const { body } = await post(this.trial.door, { type: TYPES.resume }, { path: '/auth/resume', cookie: `${COOKIE}=${ticket}` });
    if (body.success) this.trial.recorder.violation('acted after revocation', `${this.name} was let in by the cookie of an ended session`);
    if (typeof body.success !== 'boolean') throw new Failed('no answer');
  }
}
