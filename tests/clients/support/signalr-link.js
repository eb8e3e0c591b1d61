// The real @microsoft/signalr client.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { LIMIT, within } from './waiting.js';

export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];

export class SignalRLink {
  /** An invocation completes when its events have been sent. */
  tellsWhenHandled = true;
  #listeners = new Set();

  /**
   * Connects to a hub and listens to these events.
   * @param on `event` is told each that comes, by name and payloads; `changed` that the connection has.
   */
  static async open(service, hub, names, on, { transport = 'WebSockets', query = '', ...more } = {}) {
    const link = new SignalRLink();
    link.on = on;
    class HeldWebSocket extends WebSocket {
      constructor(...address) {
        super(...address);
        link.socket = this;
      }
    }
    link.connection = new HubConnectionBuilder()
      .withUrl(`${service.url}/hubs/${hub}${query}`, {
        transport: HttpTransportType[transport], WebSocket: HeldWebSocket, ...more,
      })
      .configureLogging(LogLevel.None)
      .build();
    for (const name of names) link.listen(name);
    link.connection.onclose(() => on.changed());
    try {
      await within(LIMIT, `connecting to ${hub} by ${transport}`, link.connection.start(), () => service.tail());
    } catch (failure) {
      link.connection.stop().catch(() => {});
      throw failure;
    }
    return link;
  }

  /** The library compares names without regard to case: listening to 'Auth' is listening to 'auth'. */
  listen(name) {
    if (this.#listeners.has(name.toLowerCase())) return;
    this.#listeners.add(name.toLowerCase());
    this.connection.on(name, (...payload) => this.on.event(name, payload));
  }

  get connected() {
    return this.connection.state === 'Connected';
  }

  get id() {
    return this.connection.connectionId;
  }

  perform(name, ...payload) {
    return this.connection.invoke(name, ...payload);
  }

  /** Stops reading from the network, and does not mind the silence. */
  stopReading() {
    this.connection.serverTimeoutInMilliseconds = 600_000;
    this.connection._resetTimeoutPeriod();
    this.socket._socket.pause();
  }

  goOnReading() {
    this.socket._socket.resume();
  }

  sever() {
    this.socket.terminate();
  }

  disconnect() {
    return this.connection.stop();
  }
}
