// The socket part of react-auth over SignalR.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { TYPES } from './react-auth.js';
import { within } from './waiting.js';

const LIMIT = 15_000;

export class ReactAuthHub {
  /** The end notices that have come. */
  notices = [];
  #read = 0;
  #told = () => {};

  static async connect(service) {
    const hub = new ReactAuthHub();
    hub.service = service;
    hub.connection = new HubConnectionBuilder()
      .withUrl(`${service.url}/hubs/react-auth`, { transport: HttpTransportType.WebSockets, WebSocket })
      .configureLogging(LogLevel.None)
      .build();
    hub.ended = new Promise((resolve) => { hub.connection.onclose(resolve); });
    hub.connection.on(TYPES.close, (notice) => {
      hub.notices.push(notice);
      hub.#told();
    });
    await within(LIMIT, 'connecting to the hub', hub.connection.start(), () => service.tail());
    service.clients.add(hub);
    return hub;
  }

  /** Sends a request; returns its answer. */
  ask(type, payload) {
    const payloads = payload === undefined ? [] : [payload];
    return within(LIMIT, `sending ${type}`, this.connection.invoke(type, ...payloads), () => this.service.tail());
  }

  /** The next end notice. */
  async notice() {
    if (this.#read === this.notices.length) {
      const soon = new Promise((resolve) => { this.#told = resolve; });
      await within(LIMIT, 'waiting for the notice', soon, () => this.service.tail());
    }
    return this.notices[this.#read++];
  }

  /** Waits until the server has closed the connection. */
  closed() {
    return within(LIMIT, 'waiting for the end of the connection', this.ended, () => this.service.tail());
  }

  async close() {
    this.service.clients.delete(this);
    await within(LIMIT, 'disconnecting', this.connection.stop());
  }
}
