// A session of react-auth ends when nobody has used it for long, and after its lifetime in any case.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PlainSocket } from '../support/plain-socket.js';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { ReactAuthHub } from '../support/react-auth-hub.js';
import { Service } from '../support/service.js';
import { account } from '../support/session-client.js';
import { eventually } from '../support/waiting.js';

/** Somebody who has just logged in; returns the session. */
async function logIn(service) {
  const person = account();
  await service.briefly((client) => client.register(person));
  const { body } = await post(
    service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(body.session);
  return body.session;
}

const resume = async (service, session) =>
  (await post(service, { type: TYPES.resume }, { cookie: cookieOf(session) })).body;
const row = (session) => `FROM user_sessions WHERE session_id = '${session.split('.')[0]}'`;

/** Asks the database, because asking the service would prolong the session. */
const timeIsOver = (service, session) => eventually('waiting for the session’s time to be over', async () =>
  (await service.database.sql(`SELECT count(*) ${row(session)} AND expires_at > now() - interval '50 ms'`)) === '0');

describe('a session that nobody uses', () => {
  let service;
  before(async () => { service = await Service.start({ settings: { Gatehouse__Session__CookieIdle: '00:00:05' } }); });
  after(() => service?.dispose());

  test('is over after the idle time', async () => {
    const session = await logIn(service);
    assert.equal((await resume(service, session)).success, true);
    await timeIsOver(service, session);
    assert.deepEqual(await resume(service, session), REFUSED);
    const hub = await ReactAuthHub.connect(service);
    assert.deepEqual(await hub.ask(TYPES.socketResume, { session }), { success: false });
    await hub.close();
  });

  test('is prolonged by each resume', async () => {
    const session = await logIn(service);
    const expiry = async () =>
      Date.parse((await service.database.rows(`SELECT expires_at ${row(session)}`))[0].expires_at);
    const first = await expiry();
    assert.equal((await resume(service, session)).success, true);
    assert.ok(await expiry() > first);
  });

  test('is not over while a socket is open, and the idle time begins when the last has gone', async () => {
    const [used, unused] = [await logIn(service), await logIn(service)];
    const [one, other] = [await ReactAuthHub.connect(service), await ReactAuthHub.connect(service)];
    for (const hub of [one, other]) {
      assert.deepEqual(await hub.ask(TYPES.socketResume, { session: used }), { success: true });
    }
    await one.close();
    await timeIsOver(service, unused);
    assert.deepEqual(await resume(service, unused), REFUSED);
    assert.equal((await resume(service, used)).success, true);
    assert.deepEqual(await other.ask(TYPES.socketResume, { session: used }), { success: true });
    await other.close();
    await eventually('waiting for the idle time to begin', async () =>
      (await service.database.sql(`SELECT count(*) ${row(used)} AND cardinality(gateway_ids) = 0`)) === '1');
    await timeIsOver(service, used);
    assert.deepEqual(await resume(service, used), REFUSED);
  });

  test('is over after a restart too', async () => {
    const session = await logIn(service);
    await service.kill9();
    await service.start();
    await timeIsOver(service, session);
    assert.deepEqual(await resume(service, session), REFUSED);
  });
});

describe('a session that is used', () => {
  let service;
  before(
    async () => { service = await Service.start({ settings: { Gatehouse__Session__CookieLifetime: '00:00:08' } }); });
  after(() => service?.dispose());

  test('is over after its lifetime all the same, by cookie and by socket', async () => {
    const session = await logIn(service);
    const hub = await ReactAuthHub.connect(service);
    assert.equal((await resume(service, session)).success, true);
    await timeIsOver(service, session);
    assert.deepEqual(await resume(service, session), REFUSED);
    assert.deepEqual(await hub.ask(TYPES.socketResume, { session }), { success: false });
    await hub.close();
  });

  test('is over after its lifetime for the sockets that are open: they are told', async () => {
    const session = await logIn(service);
    const hub = await ReactAuthHub.connect(service);
    const socket = await PlainSocket.connect(service, '/auth/socket');
    assert.deepEqual(await hub.ask(TYPES.socketResume, { session }), { success: true });
    assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session }), { success: true });
    // Housekeeping, every half minute, ends it.
    await eventually(
      'waiting for the notices', () => hub.notices.length === 1 && socket.frames.length === 2, { limit: 60_000 });
    assert.deepEqual(await hub.notice(), { type: TYPES.close });
    assert.deepEqual(await socket.next(), { type: TYPES.close, data: { type: TYPES.close } });
    await hub.closed();
    assert.equal(await socket.closing(), 1000);
    const again = await ReactAuthHub.connect(service);
    assert.deepEqual(await again.ask(TYPES.socketResume, { session }), { success: false });
    await Promise.all([hub, socket, again].map((client) => client.close()));
  });
});
