// Clients and nodes of the clients protocol, by every door, with the real libraries.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import io1 from 'socket.io-client-1';
import io2 from 'socket.io-client-2';
import { io as io4 } from 'socket.io-client-4';
import WebSocket from 'ws';
import { eventually, within } from './waiting.js';

const LIBRARIES = { 1: io1, 2: io2, 4: io4 };
const LIMIT = 30_000;

export const CLIENT_EVENTS = ['instance.to.client', 'instace.to.client'];
const EVENTS = [...CLIENT_EVENTS, 'instance.to.node', 'client.to.node', 'node.to.client', 'event_error'];

/** What comes unasked, and so at any time. */
const UNASKED = ['updateOnlineNodes', 'queue'];

export const DOORS = {
  'socket.io 1.7.4, /clients': { generation: 1, namespace: '/clients' },
  'socket.io 1.7.4, /': { generation: 1, namespace: '/' },
  'socket.io 2.1.1, /clients': { generation: 2, namespace: '/clients' },
  'socket.io 4.8, /clients': { generation: 4, namespace: '/clients' },
  'socket.io 4.8, /': { generation: 4, namespace: '/', transports: ['polling'] },
  'SignalR': {},
};

/** Those that every scenario runs over; each other has a whole life. */
export const MAIN_DOORS = Object.fromEntries(['socket.io 4.8, /clients', 'SignalR'].map((name) => [name, DOORS[name]]));

export class Device {
  /** Everything that came, as {name, payload}. */
  heard = [];
  #queues = new Map();
  #waiting = new Map();

  static async connect(service, door = DOORS['socket.io 4.8, /clients']) {
    const device = new Device();
    Object.assign(device, { service, door });
    device.link = await (door.generation ? SocketIoLink : HubLink).connect(service, door, (name, payload) => device.#heard(name, payload));
    service.clients.add(device);
    return device;
  }

  /** The connection's id, as others know it. The older libraries do not tell; a login does. */
  get id() {
    return this.logged?.ws_id ?? (this.door.generation < 4 ? undefined : this.link.id);
  }

  emit(name, ...payload) {
    this.#keepSecrets(payload[0]);
    return this.link.emit(name, ...payload);
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

  /** Loses the connection, as a bad network does. */
  async drop() {
    this.link.sever();
    await this.close();
  }

  async close() {
    this.service.clients.delete(this);
    await within(LIMIT, 'disconnecting', this.link.close());
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

  #heard(name, payload) {
    this.#keepSecrets(payload);
    this.heard.push({ name, payload });
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

class SocketIoLink {
  static async connect(service, { generation, namespace, transports = ['websocket'] }, heard) {
    const link = new SocketIoLink();
    link.socket = LIBRARIES[generation](service.url + namespace, { transports, forceNew: true, reconnection: false });
    for (const name of EVENTS) link.socket.on(name, (payload) => heard(name, payload));
    const opened = new Promise((resolve, reject) => {
      link.socket.once('connect', resolve);
      for (const failure of ['connect_error', 'error']) link.socket.once(failure, reject);
    });
    await within(LIMIT, 'connecting by Socket.IO', opened, () => service.tail());
    return link;
  }

  get id() {
    return this.socket.id;
  }

  emit(name, ...payload) {
    this.socket.emit(name, ...payload);
  }

  sever() {
    this.socket.io.engine.close();
  }

  async close() {
    if (!this.socket.connected) return this.socket.close();
    const closed = once(this.socket.io.engine, 'close');
    this.socket.close();
    await closed;
  }
}

class HubLink {
  static async connect(service, door, heard) {
    const link = new HubLink();
    class HeldWebSocket extends WebSocket {
      constructor(...address) {
        super(...address);
        link.socket = this;
      }
    }
    link.connection = new HubConnectionBuilder()
      .withUrl(`${service.url}/hubs/clients`, { transport: HttpTransportType.WebSockets, WebSocket: HeldWebSocket })
      .configureLogging(LogLevel.None)
      .build();
    for (const name of EVENTS) link.connection.on(name, (payload) => heard(name, payload));
    await within(LIMIT, 'connecting by SignalR', link.connection.start(), () => service.tail());
    return link;
  }

  get id() {
    return this.connection.connectionId;
  }

  emit(name, ...payload) {
    // A protocol's error is an event; an invocation that fails is a fault of the server, or of a connection that ends.
    this.connection.invoke(name, ...payload).catch(() => {});
  }

  sever() {
    this.socket.terminate();
  }

  close() {
    return this.connection.stop();
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
export async function briefly(service, act, door) {
  const device = await Device.connect(service, door);
  try {
    return await act(device);
  } finally {
    await device.close();
  }
}
