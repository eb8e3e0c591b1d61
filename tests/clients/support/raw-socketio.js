// Engine.IO revision 4 on a WebSocket by hand, for what no client library would send.
import { once } from 'node:events';
import WebSocket from 'ws';
import { within } from './waiting.js';

export class RawSocketIo {
  #frames = [];
  #waiting = [];

  /** Connected to the service, and to a namespace if one is given. */
  static async connect(service, namespace) {
    const raw = new RawSocketIo();
    raw.service = service;
    raw.socket = new WebSocket(`${service.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    raw.socket.on('message', (data) => raw.#received(data.toString()));
    raw.socket.on('error', () => {});
    raw.closed = once(raw.socket, 'close');
    await within(10_000, 'opening a raw socket', once(raw.socket, 'open'));
    await raw.next('the handshake');
    if (namespace !== undefined) {
      raw.prefix = namespace === '/' ? '' : `${namespace},`;
      raw.text(`40${raw.prefix}`);
      await raw.next('the connection to the namespace');
    }
    return raw;
  }

  /** Sends text, or a buffer as a binary frame, as it is. */
  text(text) {
    this.socket.send(text);
  }

  /** Sends an event as JSON text, which need not be valid. */
  emit(argumentsText) {
    this.text(`42${this.prefix}${argumentsText}`);
  }

  /** The next message that is no ping. */
  next(phase = 'a message') {
    if (this.#frames.length > 0) return Promise.resolve(this.#frames.shift());
    const frame = new Promise((resolve) => { this.#waiting.push(resolve); });
    return within(15_000, `waiting for ${phase}`, frame, () => this.service.tail());
  }

  /** The next server event as [name, payload], without its offset. */
  async event(phase) {
    const frame = await this.next(phase);
    const start = `42${this.prefix}`;
    if (!frame.startsWith(start)) throw new Error(`${phase}: ${frame} is no event`);
    return JSON.parse(frame.slice(start.length)).slice(0, -1);
  }

  /** Waits for the end that the service puts to the connection. */
  ended(phase) {
    return within(15_000, `waiting for the end after ${phase}`, this.closed, () => this.service.tail());
  }

  close() {
    this.socket.terminate();
  }

  #received(frame) {
    if (frame === '2') return this.socket.send('3');
    if (this.#waiting.length > 0) this.#waiting.shift()(frame);
    else this.#frames.push(frame);
  }
}
