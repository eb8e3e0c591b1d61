// SignalR's JSON framing by hand, for what no client library would send.
import { once } from 'node:events';
import WebSocket from 'ws';
import { within } from './waiting.js';

const END = '\u001e';

export class RawSocket {
  #frames = [];
  #waiting = [];

  static async connect(service, { handshake = '{"protocol":"json","version":1}' } = {}) {
    const raw = new RawSocket();
    raw.service = service;
    raw.socket = new WebSocket(`${service.url.replace('http', 'ws')}/hubs/session`);
    raw.socket.on('message', (data) => {
      for (const text of data.toString().split(END).filter(Boolean)) raw.#received(text);
    });
    raw.socket.on('error', () => {});
    raw.closed = once(raw.socket, 'close');
    await within(10_000, 'opening a raw socket', once(raw.socket, 'open'));
    raw.text(handshake + END);
    const answer = await raw.next('the handshake');
    if (answer.error) throw new Error(answer.error);
    return raw;
  }

  /** Sends text as it is. */
  text(text) {
    this.socket.send(text);
  }

  /** Sends bytes as one text frame, whether or not they are UTF-8. */
  bytes(bytes) {
    this.socket.send(bytes, { binary: false });
  }

  /** Sends a client event as JSON text, which need not be valid. */
  invoke(target, argumentsText = '', id = undefined) {
    const invocation = id === undefined ? '' : `"invocationId":${JSON.stringify(id)},`;
    this.text(`{"type":1,${invocation}"target":${JSON.stringify(target)},"arguments":[${argumentsText}]}${END}`);
  }

  /** The next message that is no ping. */
  next(phase = 'a message') {
    if (this.#frames.length > 0) return Promise.resolve(this.#frames.shift());
    const frame = new Promise((resolve) => { this.#waiting.push(resolve); });
    return within(15_000, `waiting for ${phase}`, frame, () => this.service.tail());
  }

  /** The next server event as [name, payload]. */
  async event(phase) {
    for (;;) {
      const frame = await this.next(phase);
      if (frame.type === 1) return [frame.target, ...frame.arguments];
      if (frame.type === 7) throw new Error(`${phase}: the service closed the connection: ${frame.error}`);
    }
  }

  close() {
    this.socket.terminate();
  }

  #received(text) {
    const frame = JSON.parse(text);
    if (frame.type === 6) return;
    if (this.#waiting.length > 0) this.#waiting.shift()(frame);
    else this.#frames.push(frame);
  }
}

export { END };
