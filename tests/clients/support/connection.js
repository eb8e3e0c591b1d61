// A connection by whatever link, which remembers every server event, in the order in which they came.
import assert from 'node:assert/strict';
import { SignalRLink } from './signalr-link.js';
import { SocketIoLink } from './socketio-link.js';
import { LIMIT, within } from './waiting.js';

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

/** What each protocol's client is. Its link is a SignalRLink, a SocketIoLink or a PlainSocket. */
export class Connection {
  /** Every event since the connection began, as [name, payload]. */
  events = [];
  /** How many of them have been looked at. */
  read = 0;
  #waiting = new Set();

  /**
   * Opens the connection: over Socket.IO if the options name a generation, or else over SignalR.
   * @param {{hub: string, namespace: string, events: string[]}} where
   */
  async open(service, { hub, namespace, events }, options = {}) {
    this.service = service;
    const on = { event: (name, payload) => this.received(name, payload), changed: () => this.changed() };
    const { namespace: place = namespace, ...more } = options;
    this.link = options.generation
      ? await SocketIoLink.open(service, place, events, on, more)
      : await SignalRLink.open(service, hub, events, on, more);
    service.clients.add(this);
    return this;
  }

  /** Connects, does something, and disconnects. */
  static async briefly(service, act, options) {
    const client = await this.connect(service, options);
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  }

  /** The library's own. */
  get socket() {
    return this.link.socket;
  }

  get connected() {
    return this.link.connected;
  }

  /** Resolves when the event has been handled, if the link tells. */
  perform(name, ...payload) {
    return this.link.perform(name, ...payload);
  }

  /** Sends a client event; resolves when it has been handled, and what answers it has come. Returns what the link returns. */
  async send(name, ...payload) {
    for (const value of payload) this.#keepSecrets(name, value);
    try {
      return await within(LIMIT, `sending ${name}`, this.perform(name, ...payload));
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
    return this.take(name, expected, this.events.length - this.read);
  }

  /** Waits for the next server events, which must be these. Returns their payloads. */
  async expect(...expected) {
    const phase = `waiting for ${show(expected.map(asPair))}`;
    await this.until(phase, () => this.events.length - this.read >= expected.length);
    return this.take('afterwards', expected, expected.length);
  }

  /** Forgets what has come so far. */
  skip() {
    this.read = this.events.length;
  }

  /** Waits until the connection is gone. */
  async closed() {
    await this.until('waiting for the connection to end', () => !this.connected);
  }

  /** Cuts the socket, without a close. */
  async drop() {
    this.link.sever();
    await this.closed();
  }

  /** Waits for the client to come back by itself. */
  returned() {
    return this.until('waiting for the connection to come back', () => this.connected);
  }

  async close() {
    this.service.clients.delete(this);
    await within(LIMIT, 'disconnecting', this.link.disconnect());
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

  /** The next events, which must be these. Returns their payloads. */
  take(phase, expected, count = expected.length) {
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
