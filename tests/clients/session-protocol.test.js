// The session protocol over every transport of SignalR.
import { after, before, describe } from 'node:test';
import { Service } from './support/service.js';
import { TRANSPORTS } from './support/session-client.js';
import { sessionScenarios } from './support/session-scenarios.js';

let service;
before(async () => { service = await Service.start(); });
after(() => service?.dispose());

for (const transport of TRANSPORTS) {
  describe(`over ${transport}`, () => sessionScenarios(() => service, { transport }));
}
