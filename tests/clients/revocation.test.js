// A login that has ended acts no more, whatever the database is busy with; and whoever only lost a lease goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administratorSettings, asAdministrator } from './support/administrator.js';
import { BANNED, ChatClient, COMPLETE, INTERNAL, REQUIRED } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Database } from './support/postgres.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { whileLocked } from './support/table-lock.js';
import { UsersClient } from './support/users-client.js';
import { eventually } from './support/waiting.js';

const LEASE = 4000;
/** How long a statement waits for a lock, in seconds: so that a test need not wait for ten. */
const PATIENCE = 2;

const settings = {
  ...administratorSettings(),
  Gatehouse__Room__Open: 'true',
  Gatehouse__Login__AddressFailures: '100000',
  Gatehouse__Gateway__Lease: `00:00:0${LEASE / 1000}`,
};

let database;
let service;
before(async () => {
  database = await Database.create();
  database.connectionString += `;Command Timeout=${PATIENCE}`;
  service = await Service.start({ settings, database });
});
after(async () => {
  await service?.dispose();
  await database?.drop();
});

/** A login with a session connection and a chat connection in one room, and a guest there who listens. */
async function loggedIn() {
  const [room, person] = [newRoom(), account()];
  const session = await service.connect();
  const token = await session.register(person);
  const chat = await ChatClient.connect(service);
  await chat.ask(['Auth', { token, room }], ['token_change', ['Auth', { ...COMPLETE, accessLevel: 3 }]]);
  chat.isIn = true;
  const witness = await (await ChatClient.connect(service)).enter({ username: `witness of ${room}`, password: '' }, room);
  await chat.say('alive');
  await witness.hears('alive');
  return { session, chat, witness, person };
}

/** Says something that nobody must hear; returns how it was refused. */
async function saysInVain(chat) {
  const before = chat.events.length;
  await chat.send('message', { content: 'from beyond' });
  await chat.until('an answer to the message', () => chat.events.length > before);
  return chat.events.slice(before).map(([name, payload]) => {
    assert.equal(name, 'cerror');
    return payload.code;
  });
}

/** What the witness has heard from others when its own word has come back. */
async function heardBy(witness) {
  await witness.say('a mark');
  return witness.heard.filter((text) => text !== 'a mark');
}

const ready = () => service.probe('ready');

test('a login whose look fails, because a table is held, says no more from the moment of its logout', async () => {
  const { session, chat, witness } = await loggedIn();
  await whileLocked(database, 'users', 'SHARE', async () => {
    await session.ask('logout', [['state_change', 'undefined']]);
    assert.deepEqual(await saysInVain(chat), [INTERNAL.code]);
    assert.deepEqual(await saysInVain(chat), [INTERNAL.code]);
  });
  // Nobody wakes it again: the look that failed is repeated.
  await chat.next('cerror').then(() => chat.until('the logout', () => chat.events.some(([, { code }]) => code === REQUIRED.code)));
  assert.deepEqual(await saysInVain(chat), [REQUIRED.code]);
  assert.deepEqual(await heardBy(witness), ['alive']);
  await eventually('acknowledging the wake-ups', async () => (await database.sql('SELECT count(*) FROM session_wakes')) === '0');
});

test('a login that cannot be looked after can say goodbye', async () => {
  const { session, chat } = await loggedIn();
  await whileLocked(database, 'users', 'SHARE', async () => {
    await session.ask('logout', [['state_change', 'undefined']]);
    // The library gives up waiting for the answer, because the connection ends first.
    await Promise.allSettled([chat.send('disconnect')]);
    await chat.closed();
  });
});

test('a logout that fails, because a table is held, can be repeated', async () => {
  const { session, chat, witness } = await loggedIn();
  await whileLocked(database, 'users', 'ACCESS EXCLUSIVE', () => session.ask('logout', [['event_error', 'logout']]));
  await session.ask('logout', [['state_change', 'undefined']]);
  await chat.next('cerror');
  assert.deepEqual(await heardBy(witness), ['alive']);
});

test('a deletion that fails, because a table is held, can be repeated, and reaches whoever is logged in', async () => {
  const { chat, witness, person } = await loggedIn();
  const root = await asAdministrator(service);
  const { id } = await UsersClient.briefly(service, (client) => client.look(person.username));
  await whileLocked(database, 'tokens', 'SHARE', () => root.fails('delete_user', { id }, 'Internal error.'));
  await chat.say('still here');
  await root.get('delete_user', { id });
  await chat.next('cerror');
  assert.deepEqual(await saysInVain(chat), [REQUIRED.code]);
  assert.deepEqual(await heardBy(witness), ['alive', 'still here']);
});

test('disconnects that cannot be told to the database do not cost the lease', async () => {
  const leavers = await Promise.all(Array.from({ length: 8 }, () => service.connect()));
  await Promise.all(leavers.map((leaver) => leaver.register(account())));
  const before = service.log.length;
  await whileLocked(database, 'users', 'SHARE', async () => {
    await Promise.all(leavers.map((leaver) => leaver.close()));
    const until = Date.now() + 3 * LEASE;
    await eventually('three leases', async () => {
      assert.equal(await ready(), 200);
      return Date.now() > until;
    });
  });
  assert.match(service.log.slice(before), /Nobody could be told that a connection is gone/);
  assert.doesNotMatch(service.log.slice(before), /lease was not renewed|lease had run out/);
  await eventually('telling it after all', async () =>
    (await database.sql(`SELECT count(*) FROM user_sessions WHERE cardinality(gateway_ids) > 0 AND protocol = 'session'`)) <= '2');
});

for (const [name, told, change] of [
  ['banned', BANNED, (id) => `UPDATE users SET is_banned = true WHERE id = '${id}'`],
  ['deleted', REQUIRED, (id) => `DELETE FROM users WHERE id = '${id}'`],
  ['revoked', REQUIRED, (id) => `UPDATE tokens SET revoked_at = now() WHERE user_id = '${id}'`],
]) {
  test(`a login that is ${name} by hand in SQL is ended within a lease, and told why where there is a word for it`, async () => {
    const { session, chat, witness, person } = await loggedIn();
    const id = await database.sql(`SELECT id FROM users WHERE name = '${person.username}'`);
    const began = Date.now();
    await database.sql(change(id));
    await session.expect(['state_change', 'undefined']);
    assert.deepEqual(await chat.next('cerror'), told);
    assert.ok(Date.now() - began < LEASE, `after ${Date.now() - began} ms`);
    assert.deepEqual(await saysInVain(chat), [REQUIRED.code]);
    assert.deepEqual(await heardBy(witness), ['alive']);
  });
}

test('a gateway that cannot renew its lease asks before each login acts, and lets the living go on', async () => {
  const { chat, witness, person } = await loggedIn();
  const living = await loggedIn();
  const id = await database.sql(`SELECT id FROM users WHERE name = '${person.username}'`);
  await whileLocked(database, 'gateways', 'ACCESS EXCLUSIVE', async () => {
    await eventually('the end of the lease', async () => (await ready()) === 503);
    await database.sql(`UPDATE tokens SET revoked_at = now() WHERE user_id = '${id}'`);
    assert.deepEqual(await saysInVain(chat), [REQUIRED.code, REQUIRED.code]);
    await living.chat.say('alive too');
    assert.deepEqual(await heardBy(witness), ['alive']);
  });
  await eventually('the next lease', async () => (await ready()) === 200);
  await living.chat.say('and still');
});
