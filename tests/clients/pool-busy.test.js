// Every connection of the pool waits for one table: that is load. The database is there, and says so on a connection of its own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PlainSocket } from './support/plain-socket.js';
import { Service } from './support/service.js';
import { whileLocked } from './support/table-lock.js';
import { delay } from './support/waiting.js';

const POOL = 10;

/** Longer than an attempt to reach the database may take: it must not count for the pool. */
const LOCKED_FOR = 5_000;

const LONGER_THAN_A_LEASE = 20_000;
const AGAIN = 5;

let service;
before(async () => { service = await Service.start({ settings: { Gatehouse__Database__MaxPoolSize: String(POOL), Gatehouse__Gateway__Lease: '00:00:10' } }); });
after(() => service?.dispose());

const register = async () => {
  const response = await service.get('/node/to/instance', {
    method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"parameters":{"hash":"QmOne"}}', signal: undefined,
  });
  const { token } = await response.json();
  if (token) service.secrets.add(token.split('.')[1]);
  return response.status;
};

test('strangers who wait for a locked table delay those who need another one, and fail nobody', async () => {
  const strangers = await Promise.all(Array.from({ length: POOL + 5 }, () => PlainSocket.connect(service, '/users/')));
  const { answers, registered, probes } = await whileLocked(service.database, 'users', 'ACCESS EXCLUSIVE', async () => {
    const answers = Promise.all(strangers.map((socket, number) => socket.ask(
      { action: 'details', data: { username: `nobody ${number}` } })));
    const registered = Promise.all(Array.from({ length: 3 }, register));
    const probes = [];
    for (const until = Date.now() + LOCKED_FOR; Date.now() < until; await delay(100)) probes.push(await service.probe('ready'));
    return { answers, registered, probes };
  });
  assert.deepEqual(await registered, [200, 200, 200]);
  for (const answer of await answers) assert.deepEqual(answer, { action: 'details', error: 'User does not exist.' });
  assert.deepEqual(new Set(probes), new Set([200]), 'the service stays ready');
  assert.doesNotMatch(service.log, /database is away/);
});

test('strangers who keep the whole pool waiting for longer than a lease do not end the lease', async () => {
  const strangers = await Promise.all(Array.from({ length: 3 * POOL }, () => PlainSocket.connect(service, '/users/')));
  const leases = new Set();
  await whileLocked(service.database, 'users', 'ACCESS EXCLUSIVE', async () => {
    for (const socket of strangers) {
      for (let times = 0; times < AGAIN; times++) socket.send({ action: 'details', data: { username: 'nobody' } });
    }
    for (const until = Date.now() + LONGER_THAN_A_LEASE; Date.now() < until; await delay(500)) {
      leases.add((await (await service.get('/healthz/ready')).json()).details.lease);
    }
  });
  await Promise.all(strangers.map((socket) => socket.close()));
  assert.deepEqual([...leases], ['held']);
});
