// Clients and nodes of the clients protocol, by every door, with the real libraries.
import assert from 'node:assert/strict';
import { Connection } from './connection.js';
import { LIMIT, eventually, within } from './waiting.js';

export const CLIENT_EVENTS = ['instance.to.client', 'instace.to.client'];
const EVENTS = [...CLIENT_EVENTS, 'instance.to.node', 'client.to.node', 'node.to.client', 'event_error'];

/** What comes unasked, and so at any time. */
const UNASKED = ['updateOnlineNodes', 'queue'];

export const DOORS = {
  'socket.io 1.7.4, /clients': { generation: 1, namespace: '/clients', engine: 'WebSocket only' },
  'socket.io 1.7.4, /': { generation: 1, namespace: '/', engine: 'WebSocket only' },
  'socket.io 2.1.1, /clients': { generation: 2, namespace: '/clients', engine: 'WebSocket only' },
  'socket.io 4.8, /clients': { generation: 4, namespace: '/clients', engine: 'WebSocket only' },
  'socket.io 4.8, /': { generation: 4, namespace: '/', engine: 'polling only' },
  'SignalR': {},
};

/** Those that every scenario runs over; each other has a whole life. */
export const MAIN_DOORS = Object.fromEntries(['socket.io 4.8, /clients', 'SignalR'].map((name) => [name, DOORS[name]]));

export class Device extends Connection {
  #queues = new Map();
  #waiting = new Map();

  static connect(service, door = DOORS['socket.io 4.8, /clients']) {
    const device = new Device();
    device.door = door;
    return device.open(service, { hub: 'clients', events: EVENTS }, door);
  }

  /** Everything that came, as {name, payload}. */
  get heard() {
    return this.events.map(([name, payload]) => ({ name, payload }));
  }

  /** The connection's id, as others know it. The older libraries do not tell; a login does. */
  get id() {
    return this.logged?.ws_id ?? (this.door.generation < 4 ? undefined : this.link.id);
  }

  /** Sends without waiting. A protocol's error is an event; what fails is the server, or a connection that ends. */
  emit(name, ...payload) {
    this.#keepSecrets(payload[0]);
    this.perform(name, ...payload).catch(() => {});
  }

  /** Sends a message as a client; returns the answer's parameters, whose action must be this. */
  async client(message, action) {
    this.emit('client.to.instance', message);
    return this.#answered('instance.to.client', message, action);
  }

  /** Sends a message as a node. */
  async node(message, action) {
    this.emit('node.to.instance', message);
    return this.#answered('instance.to.node', message, action);
  }

  /** The next event of a name that was not looked at, apart from those that come unasked. */
  next(name, unasked = '') {
    const key = name + unasked;
    const queue = this.#queue(key);
    if (queue.length > 0) return Promise.resolve(queue.shift());
    const coming = new Promise((resolve, reject) => {
      this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), { resolve, reject }]);
    });
    return within(LIMIT, `waiting for ${name} ${unasked}`, coming, () => `Heard: ${JSON.stringify(this.heard).slice(0, 5000)}. ${this.service.tail()}`);
  }

  /** Waits for a list of nodes that fits, and returns it. */
  async nodes(fits) {
    for (;;) {
      const { parameters } = await this.next('instance.to.client', 'updateOnlineNodes');
      if (fits(parameters.onlineNodes)) return parameters.onlineNodes;
    }
  }

  /** The rows that are delivered live next. */
  async rows(name = 'instance.to.client') {
    return (await this.next(name, 'queue')).parameters.queue;
  }

  async close() {
    await super.close();
    for (const { reject } of [...this.#waiting.values()].flat()) reject(new Error('The connection was closed.'));
  }

  async #answered(name, message, action) {
    const answer = await this.next(name);
    assert.equal(answer.action, action, `to ${JSON.stringify(message).slice(0, 300)}: ${JSON.stringify(answer)}`);
    return answer.parameters;
  }

  #queue(key) {
    if (!this.#queues.has(key)) this.#queues.set(key, []);
    return this.#queues.get(key);
  }

  received(name, [payload]) {
    this.#keepSecrets(payload);
    super.received(name, [payload]);
    const key = name + (UNASKED.includes(payload?.action) ? payload.action : '');
    const waiting = this.#waiting.get(key)?.shift();
    if (waiting) waiting.resolve(payload);
    else this.#queue(key).push(payload);
  }

  #keepSecrets(message) {
    for (const token of [message?.token, message?.parameters?.token]) {
      if (typeof token === 'string' && token.length > 40) this.service.secrets.add(token.split('.').at(-1));
    }
  }
}

/** A client or node that has registered, and can connect any number of times. */
export class Registered {
  static async client(service, information = { name: 'phone' }, door) {
    return new Registered(service, 'client', await briefly(service, (device) =>
      device.client({ action: 'register', parameters: { information } }, 'registered')), door);
  }

  static async node(service, hash = 'QmNode', door) {
    return new Registered(service, 'node', await briefly(service, (device) =>
      device.node({ action: 'register', parameters: { hash, information: { name: 'lamp' } } }, 'registered')), door);
  }

  constructor(service, kind, { token, id }, door) {
    Object.assign(this, { service, kind, token, id, door });
  }

  /** Logs in on a new connection, whose `logged` has the answer's parameters. */
  async connect(door = this.door) {
    const device = await Device.connect(this.service, door);
    device.logged = await device[this.kind]({ action: 'login', parameters: { token: this.token } }, 'logged');
    return device;
  }

  /** What waits in the mailbox. */
  async queue() {
    const device = await this.connect();
    await device.close();
    return device.logged.queue;
  }

  /** Waits until a mailbox holds so many rows. */
  queued(count) {
    return eventually(`waiting for ${count} rows`, async () => {
      const queue = await this.queue();
      return queue.length === count && queue;
    });
  }
}

/** Connects, does something, and disconnects. */
export const briefly = (service, act, door) => Device.briefly(service, act, door);
