// The socket part of react-auth over SignalR.
import { Connection } from './connection.js';
import { TYPES } from './react-auth.js';

export class ReactAuthHub extends Connection {
  static connect(service) {
    return new ReactAuthHub().open(service, { hub: 'react-auth', events: [TYPES.close] });
  }

  /** The end notices that have come. */
  get notices() {
    return this.events.map(([, notice]) => notice);
  }

  /** Sends a request; returns its answer. */
  ask(type, payload) {
    return this.send(type, ...(payload === undefined ? [] : [payload]));
  }

  /** The next end notice. */
  async notice() {
    return (await this.expect(TYPES.close))[0];
  }
}
