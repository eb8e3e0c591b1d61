// The real socket.io-client, of every generation.
import { once } from 'node:events';
import io1 from 'socket.io-client-1';
import io2 from 'socket.io-client-2';
import { io as io4 } from 'socket.io-client-4';
import { LIMIT, within } from './waiting.js';

const LIBRARIES = { 1: io1, 2: io2, 4: io4 };

export const GENERATIONS = Object.keys(LIBRARIES);

export const ENGINES = {
  'polling only': ['polling'],
  'WebSocket only': ['websocket'],
  'upgrading': ['polling', 'websocket'],
};

export class SocketIoLink {
  /** Nothing tells a Socket.IO client that its event was handled. */
  tellsWhenHandled = false;

  /**
   * Connects to a namespace and listens to these events.
   * @param on `event` is told each that comes, by name and payloads; `changed` that the connection has.
   * @param {{generation: string, engine?: keyof ENGINES, returning?: boolean}} options `returning` clients connect again by
   * themselves.
   */
  static async open(service, namespace, names, on, { generation, engine = 'upgrading', returning = false, ...more }) {
    const link = new SocketIoLink();
    const { socket } = Object.assign(link, {
      socket: LIBRARIES[generation](service.url + namespace, {
        transports: ENGINES[engine],
        forceNew: true,
        reconnection: returning,
        reconnectionDelay: 100,
        reconnectionDelayMax: 500,
        ...more,
      }),
    });
    for (const name of names) socket.on(name, (...payload) => on.event(name, link.#withoutOffset(payload)));
    socket.on('connect', () => on.changed());
    socket.on('disconnect', (reason) => {
      link.reason = reason;
      on.changed();
    });
    const opened = new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      for (const failure of ['connect_error', 'error']) socket.once(failure, reject);
    });
    try {
      await within(LIMIT, `connecting with generation ${generation}, ${engine}`, opened, () => service.tail());
    } catch (failure) {
      socket.close();
      throw failure;
    }
    return link;
  }

  get connected() {
    return this.socket.connected;
  }

  get id() {
    return this.socket.id;
  }

  /** What carries the packets at the moment. */
  get carrier() {
    return this.socket.io.engine.transport.name;
  }

  async perform(name, ...payload) {
    this.socket.emit(name, ...payload);
  }

  stopReading() {
    this.socket.io.engine.transport.ws._socket.pause();
  }

  goOnReading() {
    this.socket.io.engine.transport.ws._socket.resume();
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

  /**
   * Behind each event of a connection that can be recovered comes its offset, which the client remembers, and before that null
   * where there is no payload.
   */
  #withoutOffset(payload) {
    if (!this.socket._pid || payload.length < 2) return payload;
    return payload.slice(0, payload[0] === null ? 0 : -1);
  }
}
