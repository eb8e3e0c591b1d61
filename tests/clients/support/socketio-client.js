// The real socket.io-client, of every generation.
import { once } from 'node:events';
import io1 from 'socket.io-client-1';
import io2 from 'socket.io-client-2';
import { io as io4 } from 'socket.io-client-4';
import { LIMIT, RememberingClient } from './remembering-client.js';
import { SERVER_EVENTS } from './session-client.js';
import { within } from './waiting.js';

const LIBRARIES = { 1: io1, 2: io2, 4: io4 };

export const GENERATIONS = Object.keys(LIBRARIES);

export const ENGINES = {
  'polling only': ['polling'],
  'WebSocket only': ['websocket'],
  'upgrading': ['polling', 'websocket'],
};

let markers = 0;

export class SocketIoClient extends RememberingClient {
  #marks = new Map();

  /**
   * @param {{generation: string, engine?: keyof ENGINES, namespace?: string, returning?: boolean}} options `returning`
   * clients connect again by themselves.
   */
  static async connect(
    service, { generation, engine = 'upgrading', namespace = '/session', returning = false, ...more } = {}) {
    const client = new SocketIoClient();
    client.service = service;
    client.socket = LIBRARIES[generation](service.url + namespace, {
      transports: ENGINES[engine],
      forceNew: true,
      reconnection: returning,
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
      ...more,
    });
    for (const name of SERVER_EVENTS) client.socket.on(name, (...payload) => client.#heard(name, payload));
    client.socket.on('connect', () => client.changed());
    client.socket.on('disconnect', (reason) => {
      client.reason = reason;
      client.changed();
      client.#abandon();
    });
    const opened = new Promise((resolve, reject) => {
      client.socket.once('connect', resolve);
      for (const failure of ['connect_error', 'error']) client.socket.once(failure, reject);
    });
    await within(LIMIT, `connecting with generation ${generation}, ${engine}`, opened, () => service.tail());
    return client;
  }

  get connected() {
    return this.socket.connected;
  }

  /** What carries the packets at the moment. */
  get carrier() {
    return this.socket.io.engine.transport.name;
  }

  /** Nothing tells a Socket.IO client that its event was handled; the answer to the next one, which nobody knows, does. */
  perform(name, ...payload) {
    const mark = `marker ${++markers}`;
    const answered = new Promise((resolve, reject) => { this.#marks.set(mark, { resolve, reject }); });
    this.socket.emit(name, ...payload);
    this.socket.emit(mark);
    return answered;
  }

  /** Waits for the client to come back by itself. */
  returned() {
    return this.until('waiting for the connection to come back', () => this.connected);
  }

  /** Loses the connection below Socket.IO, as a bad network does. */
  sever() {
    this.socket.io.engine.close();
  }

  async disconnect() {
    if (!this.connected) return this.socket.close();
    const { engine } = this.socket.io;
    const closed = once(engine, 'close');
    this.socket.close();
    await closed;
  }

  #heard(name, payload) {
    // Behind each event of a connection that can be recovered comes its offset, which the client remembers, and before that null
    // where there is no payload.
    if (this.socket._pid && payload.splice(-1) && payload[0] === null) payload.pop();
    const mark = name === 'event_error' && this.#marks.get(payload[0]);
    if (!mark) return this.received(name, payload);
    this.#marks.delete(payload[0]);
    mark.resolve();
  }

  #abandon() {
    for (const { reject } of this.#marks.values()) reject(new Error(`The connection ended: ${this.reason}.`));
    this.#marks.clear();
  }
}
