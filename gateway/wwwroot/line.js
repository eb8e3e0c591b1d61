// A channel that is kept up: it comes back by itself, and goes over to another transport when it is told to.
import { openChannel } from './transports.js';

const OFFLINE_AFTER = 5;

/** Milliseconds before the next try. Half of it is chance, so that not everybody meets a restarted service at once. */
export function backoff(failures, random = Math.random) {
  const ceiling = Math.min(30_000, 500 * 2 ** failures);
  return Math.round(ceiling / 2 + random() * ceiling / 2);
}

/** What is said about a line while it has no connection. */
export function awayStatus(failures, everOnline, networkUp) {
  if (!networkUp || failures >= OFFLINE_AFTER) return 'offline';
  return everOnline ? 'reconnecting' : 'connecting';
}

export class Line {
  /** Undefined before the first use. */
  channel;
  #wanted; // the transport's name; undefined when the line is to be down
  #running = false;
  #everOnline = false;
  #retry = () => {};

  /**
   * @param {string} protocol
   * @param listener what hears of everything:
   *   receive(event, data)        a server event
   *   arrive(recovered, closed)   the first words on a new connection, which may go on with the session of the last one, and a
   *                               promise of its end; throws when it is of no use
   *   status(status)              connecting, online, reconnecting, offline, or down: nobody wants it any more
   */
  constructor(protocol, listener) {
    Object.assign(this, { protocol, listener });
    addEventListener('online', () => this.retry());
  }

  get connected() {
    return this.channel?.connected ?? false;
  }

  /** Comes in by this transport, and leaves by the one before; undefined: only leaves. */
  use(transport) {
    if (this.#wanted === transport) return;
    this.#wanted = transport;
    this.channel?.close();
    this.retry();
    if (!this.#running) this.#run();
  }

  send(event, payload) {
    return this.channel.send(event, payload);
  }

  drop() {
    if (this.connected) this.channel.drop();
  }

  /** Closes and comes in anew: nothing goes on. */
  again() {
    this.channel?.close();
  }

  /** Tries again at once, if it is waiting to. */
  retry() {
    this.#retry();
  }

  async #run() {
    this.#running = true;
    for (let failures = 0; this.#wanted; failures++) {
      const transport = this.#wanted;
      // What connects again by the same transport may go on where it was.
      if (this.channel?.name !== transport) this.channel = openChannel(transport, this.protocol, this.listener);
      if (await this.#connectOnce()) failures = 0;
      const changed = this.#wanted !== transport;
      if (!this.#wanted) break;
      this.listener.status(changed ? 'connecting' : awayStatus(failures, this.#everOnline, navigator.onLine));
      if (changed) failures = -1;
      else await this.#pause(backoff(failures));
    }
    this.#running = false;
    this.channel = undefined;
    this.listener.status('down');
  }

  /** One connection from its beginning to its end; false when it did not get far enough to be of use. */
  async #connectOnce() {
    const { channel } = this;
    try {
      const { recovered, closed } = await channel.connect();
      await this.listener.arrive(recovered, closed);
      this.#everOnline = true;
      if (channel.connected) this.listener.status('online');
      await closed;
      channel.note(this.#wanted === channel.name ? 'connection lost' : 'disconnected');
      return true;
    } catch {
      await channel.close();
      return false;
    }
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#retry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
