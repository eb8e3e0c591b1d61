// The session protocol.
import { Connection } from './connection.js';

export { account } from './connection.js';

const EVENTS = [
  'state_change', 'token_change', 'user_change', 'login_success', 'register_success', 'upgrade_success',
  'login_error', 'register_error', 'upgrade_error', 'event_error', 'resumed', 'sequence',
];

let markers = 0;

export class SessionClient extends Connection {
  #marks = new Map();

  static connect(service, options) {
    return new SessionClient().open(service, { hub: 'session', namespace: '/session', events: EVENTS }, options);
  }

  /** Where nothing tells that an event was handled, the answer to the next one, which nobody knows, does. */
  perform(name, ...payload) {
    const sent = super.perform(name, ...payload);
    if (this.link.tellsWhenHandled) return sent;
    const mark = `marker ${++markers}`;
    const answered = new Promise((resolve, reject) => { this.#marks.set(mark, { resolve, reject }); });
    super.perform(mark);
    return answered;
  }

  received(name, payload) {
    const mark = name === 'event_error' && this.#marks.get(payload[0]);
    if (!mark) return super.received(name, payload);
    this.#marks.delete(payload[0]);
    mark.resolve();
  }

  changed() {
    super.changed();
    if (!this.link || this.connected) return;
    for (const { reject } of this.#marks.values()) reject(new Error(`The connection ended: ${this.link.reason}.`));
    this.#marks.clear();
  }

  /** Nothing but what was read has come: an event that must be answered is answered next. */
  async expectNothingMore() {
    await this.ask('anything_else', [['event_error', 'anything_else']]);
  }

  /** Registers and logs in; returns the token. */
  async register(person) {
    const { username } = person;
    const events = ['register_success', 'token_change', ['user_change', username], ['state_change', 'user']];
    return (await this.ask(['register', person], events))[1];
  }

  async logIn({ username, password }) {
    const events = ['login_success', 'token_change', 'user_change', ['state_change', 'user']];
    return (await this.ask(['login_credentials', { username, password }], events))[1];
  }

  /** Logs in with a token; returns its successor. */
  async logInWith(token, state = 'user') {
    const events = ['login_success', 'token_change', 'user_change', ['state_change', state]];
    return (await this.ask(['login_token', token], events))[1];
  }

  /** Becomes a guest; returns the token and the name. */
  async becomeGuest() {
    const [token, name] = await this.ask('login_guest', ['token_change', 'user_change', ['state_change', 'guest']]);
    return { token, name };
  }
}
