// What the clients of every transport have in common: a memory of the server events, in the order in which they came.
import assert from 'node:assert/strict';
import { within } from './waiting.js';

export const LIMIT = 30_000;

let accounts = 0;

/** Somebody who does not exist yet. */
export function account(changes = {}) {
  const number = ++accounts;
  return {
    username: `person${number}`,
    email: `person${number}@example.org`,
    password: `secret-${number}-${Math.random().toString(36).slice(2)}`,
    ...changes,
  };
}

const asPair = (entry) => (Array.isArray(entry) ? entry : [entry]);
const show = (events) => JSON.stringify(events.map((event) => (event[1] === undefined ? event[0] : event)));

/** Over one transport a class of its own: it has `service`, `connected`, `perform`, `sever` and `disconnect`. */
export class RememberingClient {
  /** Every event since the connection began, as [name, payload]. */
  events = [];
  /** How many of them have been looked at. */
  read = 0;
  #waiting = new Set();

  /** Sends a client event; resolves when it has been handled, and what answers it has come. */
  async send(name, ...payload) {
    for (const value of payload) this.#keepSecrets(name, value);
    try {
      await within(LIMIT, `sending ${name}`, this.perform(name, ...payload));
    } catch (failure) {
      throw new Error(`${failure.message} ${this.#story()}`, { cause: failure });
    }
  }

  /**
   * Sends a client event; when it has completed, exactly these server events have come, in this order.
   * @param event The name, or [name, payload].
   * @param expected For each server event its name, or [name, payload].
   * @returns The payloads of the server events.
   */
  async ask(event, expected) {
    const [name, ...payload] = asPair(event);
    await this.send(name, ...payload);
    return this.#take(name, expected, this.events.length - this.read);
  }

  /** Waits for the next server events, which must be these. Returns their payloads. */
  async expect(...expected) {
    const phase = `waiting for ${show(expected.map(asPair))}`;
    await this.until(phase, () => this.events.length - this.read >= expected.length);
    return this.#take('afterwards', expected, expected.length);
  }

  /** Nothing but what was read has come: an event that must be answered is answered next. */
  async expectNothingMore() {
    await this.ask('anything_else', [['event_error', 'anything_else']]);
  }

  /** Forgets what has come so far. */
  skip() {
    this.read = this.events.length;
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

  /** Waits until the connection is gone. */
  async closed() {
    await this.until('waiting for the connection to end', () => !this.connected);
  }

  /** Cuts the socket, without a farewell. */
  async drop() {
    this.sever();
    await this.closed();
  }

  async close() {
    this.service.clients.delete(this);
    await within(LIMIT, 'disconnecting', this.disconnect());
  }

  received(name, payload) {
    assert.ok(payload.length <= 1, `${name} came with ${payload.length} payloads`);
    this.events.push(payload.length === 0 ? [name] : [name, payload[0]]);
    this.#keepSecrets(name, payload[0]);
    this.changed();
  }

  changed() {
    for (const look of this.#waiting) look();
  }

  async until(phase, isSo) {
    let look;
    const soon = new Promise((resolve) => {
      look = () => isSo() && resolve();
    });
    this.#waiting.add(look);
    look();
    try {
      await within(LIMIT, phase, soon, () => this.#story());
    } finally {
      this.#waiting.delete(look);
    }
  }

  #take(phase, expected, count) {
    const actual = this.events.slice(this.read, this.read + count);
    this.read += count;
    const pairs = expected.map(asPair);
    // Where a payload is not given, any payload will do.
    const fits = actual.length === pairs.length && pairs.every(([name, ...payload], index) => {
      const [actualName, ...actualPayload] = actual[index];
      return name === actualName && (payload.length === 0 || isSame(payload, actualPayload));
    });
    if (!fits) assert.fail(`${phase}: expected ${show(pairs)}, actual ${show(actual)}. ${this.service.tail()}`);
    return actual.map(([, payload]) => payload);
  }

  #keepSecrets(name, value) {
    const found = name === 'login_token' || name === 'token_change' ? [value] : [value?.password, value?.secret];
    for (const secret of found) {
      if (typeof secret === 'string' && secret.length >= 8) this.service.secrets.add(secret.slice(0, 1000));
    }
  }

  #story() {
    return `Received so far: ${show(this.events)}. ${this.service.tail()}`;
  }
}

/** An expected payload of undefined means: none at all. */
function isSame(expected, actual) {
  if (expected[0] === undefined) return actual.length === 0;
  return JSON.stringify(expected) === JSON.stringify(actual);
}
