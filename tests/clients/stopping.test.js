// An orderly stop, as a deployment does it: quick, without a complaint, and nobody is left behind in the database.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ChatClient } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { DOORS, Registered } from './support/device.js';
import { ReactAuthHub } from './support/react-auth-hub.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { TRANSPORTS } from './support/signalr-link.js';
import { ENGINES } from './support/socketio-link.js';
import { UsersClient } from './support/users-client.js';

const settings = { Gatehouse__Room__Open: 'true' };

/** Clients of every protocol and transport, each in the middle of something. */
async function connectEverybody(service) {
  const room = newRoom();
  for (const transport of TRANSPORTS) await (await service.connect({ transport })).becomeGuest();
  for (const engine of Object.keys(ENGINES)) {
    await (await service.connect({ generation: '4', engine })).becomeGuest();
    await (await service.connect({ generation: '1', engine })).becomeGuest();
  }
  for (const [number, options] of [{}, { generation: 4 }, { generation: 1 }, { transport: 'LongPolling' }].entries()) {
    await (await ChatClient.connect(service, options)).enter({ username: `talker ${number}`, password: '' }, room);
  }
  for (const door of ['/users/', 'SignalR']) {
    const person = account();
    const client = await UsersClient.connect(service, door);
    await client.register(person);
    await client.logIn(person);
  }
  for (const door of Object.values(DOORS)) await (await Registered.node(service, 'QmNode', door)).connect();
  await ReactAuthHub.connect(service);
}

const leftBehind = (service) => service.database.rows(`
  SELECT (SELECT count(*) FROM gateways WHERE lease_until > now()) AS leases,
    (SELECT count(*) FROM client_sockets WHERE left_at IS NULL) AS sockets,
    (SELECT count(*) FROM grain_state WHERE state_name = 'session' AND state -> 'Connections' <> '{}') AS connected,
    (SELECT count(*) FROM OrleansMembershipTable WHERE Status <> 6) AS silos`);

test('a service that starts, serves and stops says no bad word, and does not wait for a request that comes byte by byte', async () => {
  const service = await Service.start();
  const socket = connect(service.port, '127.0.0.1').on('error', () => {});
  const trickle = setInterval(() => socket.write('x'.repeat(50)), 100);
  try {
    await once(socket, 'connect');
    socket.write(`POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`);
    await service.briefly((client) => client.becomeGuest());
    await service.terminate();
    assert.deepEqual(service.complaints(), []);
    assert.deepEqual(await leftBehind(service), [{ leases: 0, sockets: 0, connected: 0, silos: 0 }]);
  } finally {
    clearInterval(trickle);
    socket.destroy();
    await service.dispose();
  }
});

test('two processes with clients of every kind stop one after the other: neither says a bad word, and all have left', async () => {
  const first = await Service.start({ settings });
  const second = await Service.start({ settings, beside: first });
  try {
    for (const service of [first, second]) await connectEverybody(service);
    const before = [first.log.length, second.log.length];
    await first.terminate();
    await (await second.connect()).becomeGuest();
    await second.terminate();
    assert.deepEqual([first.complaints(before[0]), second.complaints(before[1])], [[], []]);
    assert.deepEqual(await leftBehind(second), [{ leases: 0, sockets: 0, connected: 0, silos: 0 }]);
  } finally {
    await second.dispose();
    await first.dispose();
  }
});
