// A raw WebSocket, frame by frame.
import { once } from 'node:events';
import WebSocket from 'ws';
import { LIMIT, within } from './waiting.js';

const open = (service, path, headers) =>
  new WebSocket(service.url.replace('http', 'ws') + path, { headers, perMessageDeflate: false });

export class PlainSocket {
  /** Every frame since the connection began, as text. */
  frames = [];
  #read = 0;
  #waiting = [];

  /** @param {{on?: object}} options What is to be told of events and of the end, when this is a connection's link. */
  static async connect(service, path, { headers = {}, on } = {}) {
    const plain = new PlainSocket();
    plain.service = service;
    plain.on = on;
    plain.socket = open(service, path, headers);
    plain.socket.on('message', (data) => plain.#received(data.toString()));
    plain.socket.on('error', () => {});
    // Not by once(), which fails when the socket does.
    plain.closed = new Promise((resolve) => { plain.socket.once('close', resolve); });
    plain.socket.once('close', () => on?.changed());
    await within(LIMIT, `opening ${path}`, once(plain.socket, 'open'), () => service.tail());
    service.clients.add(plain);
    return plain;
  }

  /** The status with which the upgrade is refused; 101 when it is not. */
  static async refusal(service, path, { headers = {} } = {}) {
    const socket = open(service, path, headers);
    const answer = new Promise((resolve, reject) => {
      socket.once('unexpected-response', (request, response) => resolve(response.statusCode));
      socket.once('open', () => resolve(101));
      socket.once('error', reject);
    });
    try {
      return await within(LIMIT, `being refused at ${path}`, answer, () => service.tail());
    } finally {
      socket.once('error', () => {});
      socket.terminate();
    }
  }

  /** Sends text or bytes as they are, anything else as JSON. */
  send(frame) {
    this.socket.send(typeof frame === 'string' || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  /** Sends bytes as a text frame, whether or not they are UTF-8. */
  sendAsText(bytes) {
    this.socket.send(bytes, { binary: false });
  }

  /** Sends one frame in pieces. */
  sendPieces(pieces) {
    pieces.forEach((piece, index) => this.socket.send(piece, { fin: index === pieces.length - 1 }));
  }

  /** Sends one frame of many bytes, piece by piece, until the server has had enough; returns how it closed. */
  async flood(bytes) {
    const piece = Buffer.alloc(64 * 1024, 0x20);
    const flushed = () => new Promise((resolve) => {
      this.socket.send(piece, { fin: false, binary: false }, resolve);
    });
    for (let sent = 0; sent < bytes && this.socket.readyState === WebSocket.OPEN; sent += piece.length) {
      await Promise.race([flushed(), this.closed]);
    }
    return this.closing();
  }

  /** The next frame, which must be JSON. */
  async next(phase = 'a frame') {
    if (this.#read === this.frames.length) {
      const frame = new Promise((resolve) => { this.#waiting.push(resolve); });
      await within(LIMIT, `waiting for ${phase}`, frame, () => this.service.tail());
    }
    return JSON.parse(this.frames[this.#read++]);
  }

  /** Sends a frame and takes the next one that comes. */
  ask(frame) {
    this.send(frame);
    return this.next(
      `the answer to ${String(typeof frame === 'string' ? frame : JSON.stringify(frame)).slice(0, 200)}`);
  }

  /** Keeps none of the frames that came. */
  forget() {
    this.frames.length = this.#read = 0;
  }

  get connected() {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** As a connection's link: a client event is a frame, and so is its answer. */
  async perform(action, data) {
    const { action: name, ...answer } = await this.ask({ action, data });
    this.on.event(name, [answer]);
    return null;
  }

  /** The code with which the server closes. */
  closing() {
    return within(LIMIT, 'waiting for the server to close', this.closed, () => this.service.tail());
  }

  sever() {
    this.socket.terminate();
  }

  /** Cuts the connection, without a close. */
  async drop() {
    this.sever();
    await this.closed;
  }

  disconnect() {
    this.service.clients.delete(this);
    this.socket.close();
    return this.closed;
  }

  async close() {
    await within(LIMIT, 'closing', this.disconnect());
  }

  #received(text) {
    this.frames.push(text);
    this.#waiting.shift()?.();
  }
}
