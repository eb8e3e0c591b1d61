// Whoever no longer waits for a password to be hashed is not hashed for, and neither registered nor logged in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

const FEW = 5;

let service;
before(async () => {
  service = await Service.start({
    settings: {
      // One hash at a time, each slow enough that the others come while they have to wait for it.
      Gatehouse__Password__Iterations: '2000000', Gatehouse__Password__Parallelism: '1',
      // None waits for its turn before that.
      Gatehouse__Limits__RegistrationsAtOnce: '0',
    },
  });
});
after(() => service?.dispose());

const connect = (options) => async () => {
  const person = account();
  const client = await service.connect(options);
  service.secrets.add(person.password);
  return { person, client };
};
const connected = (count, options) => Promise.all(Array.from({ length: count }, connect(options)));

/** Resolves when it is answered; whether it succeeded. */
async function register({ client, person }) {
  const before = client.events.length;
  await client.perform('register', person);
  return client.events[before]?.[0] === 'register_success';
}

/** A registration that succeeds is hashed after all that came before it. */
const allAreHashed = async () => {
  const last = await connect()();
  await eventually('waiting for the hashes', () => register(last), { limit: 180_000 });
  await last.client.close();
};

const isThere = async ({ person }) =>
  (await service.database.sql(`SELECT count(*) FROM users WHERE name = '${person.username}'`)) === '1';

const waiting = async () => Number((await (await service.get('/metrics')).text()).match(/^gatehouse_password_waiting\S* (\d+)/m)?.[1] ?? 0);

for (const [link, options] of Object.entries({ SignalR: {}, 'Socket.IO': { generation: '4', engine: 'WebSocket only' } })) {
  test(`whoever breaks off while they wait is not registered, over ${link}`, async () => {
    const [first, ...gone] = await connected(1 + FEW, options);
    const registering = register(first);
    await eventually('waiting for its hash to begin', async () => await waiting() === 1);
    for (const { client, person } of gone) client.perform('register', person).catch(() => {});
    await eventually('waiting for them to wait', async () => await waiting() === 1 + FEW);
    await Promise.all(gone.map(({ client }) => client.drop()));
    assert.ok(await registering);
    await allAreHashed();
    for (const one of gone) assert.equal(await isThere(one), false, one.person.username);
    await first.client.close();
  });
}
