// Names of events that the session protocol does not know: they come back, but not in any length.
import { before, describe, test } from 'node:test';
import { sharedService } from '../support/shared-service.js';

let service;
before(async () => { service = await sharedService(); });

describe('an unknown name comes back, cut to 256', () => {
  for (const [door, options] of Object.entries({ 'SignalR': {}, 'socket.io-client 4': { generation: 4 } })) {
    test(`over ${door}`, async () => {
      const client = await service.connect(options);
      for (const name of ['x'.repeat(256), 'x'.repeat(257), 'x'.repeat(60_000)]) {
        await client.ask(name, [['event_error', name.slice(0, 256)]]);
      }
      await client.close();
    });
  }
});
