// A session of react-auth ends when nobody has used it for long. What prolongs it, and its lifetime, is in the tests of the grains.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { ReactAuthHub } from '../support/react-auth-hub.js';
import { Service } from '../support/service.js';
import { account } from '../support/session-client.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await Service.start({ settings: { Gatehouse__Session__CookieIdle: '00:00:03' } }); });
after(() => service?.dispose());

test('a session that nobody uses is over after the idle time, by cookie and by socket', async () => {
  const person = account();
  await service.briefly((client) => client.register(person));
  const { body: { session } } = await post(
    service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(session);
  const resume = async () => (await post(service, { type: TYPES.resume }, { cookie: cookieOf(session) })).body;
  assert.equal((await resume()).success, true);
  // The database is asked, because asking the service would prolong the session.
  await eventually('waiting for the session’s time to be over', async () => (await service.database.sql(
    `SELECT count(*) FROM user_sessions WHERE session_id = '${session.split('.')[0]}' AND expires_at > now() - interval '50 ms'`)) === '0');
  assert.deepEqual(await resume(), REFUSED);
  const hub = await ReactAuthHub.connect(service);
  assert.deepEqual(await hub.ask(TYPES.socketResume, { session }), { success: false });
  await hub.close();
});
