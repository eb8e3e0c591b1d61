// Every event in every state, over SignalR and the newest Socket.IO client. What other doors there are is in doors.js.
import { before, describe } from 'node:test';
import { sessionScenarios } from '../support/session-scenarios.js';
import { sharedService } from '../support/shared-service.js';

let service;
before(async () => { service = await sharedService(); });

describe('over SignalR', () => sessionScenarios(() => service, {}));
describe('over socket.io-client 4', () => sessionScenarios(() => service, { generation: 4 }));
