// The real @microsoft/signalr client.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { LIMIT, RememberingClient } from './remembering-client.js';
import { within } from './waiting.js';

export { account } from './remembering-client.js';

export const SERVER_EVENTS = [
  'state_change', 'token_change', 'user_change', 'login_success', 'register_success', 'upgrade_success',
  'login_error', 'register_error', 'upgrade_error', 'event_error', 'resumed', 'sequence',
];

export const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];

export class SessionClient extends RememberingClient {
  static async connect(service, { transport = 'WebSockets', query = '', ...more } = {}) {
    const client = new SessionClient();
    client.service = service;
    class HeldWebSocket extends WebSocket {
      constructor(...address) {
        super(...address);
        client.socket = this;
      }
    }
    client.connection = new HubConnectionBuilder()
      .withUrl(`${service.url}/hubs/session${query}`, {
        transport: HttpTransportType[transport], WebSocket: HeldWebSocket, ...more,
      })
      .configureLogging(LogLevel.None)
      .build();
    for (const name of SERVER_EVENTS) client.connection.on(name, (...payload) => client.received(name, payload));
    client.connection.onclose(() => client.changed());
    await within(LIMIT, `connecting by ${transport}`, client.connection.start(), () => service.tail());
    return client;
  }

  get connected() {
    return this.connection.state === 'Connected';
  }

  /** The invocation completes when its events have been sent. */
  perform(name, ...payload) {
    return this.connection.invoke(name, ...payload);
  }

  sever() {
    this.socket.terminate();
  }

  disconnect() {
    return this.connection.stop();
  }
}
