// What lets somebody into a session does so at the protocol that gave it, and at no other.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { PlainSocket } from '../support/plain-socket.js';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { OF_THE_WEB } from '../support/settings.js';

const NOTICE = { type: TYPES.close, data: { type: TYPES.close } };

let service;
before(async () => { service = await sharedService(OF_THE_WEB); });

/** Asks to go on with a session; what the session protocol says to that. */
async function resume(client, ticket) {
  await client.send('resume', ticket);
  return (await client.expect('resumed'))[0];
}

test('a react-auth ticket opens no session of the session protocol, and its sockets still hear of their end', async () => {
  const person = account();
  await service.briefly((client) => client.register(person));
  const { body } = await post(service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(body.session);
  const [session, secret] = body.session.split('.');
  const [mine, closing] = [await PlainSocket.connect(service, '/auth/socket'), await PlainSocket.connect(service, '/auth/socket')];
  for (const socket of [mine, closing]) assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session: body.session }), { success: true });

  for (const options of [{}, { generation: '4' }]) {
    const thief = await service.connect(options);
    const resumed = await resume(thief, { session, secret, sequence: 0 });
    assert.deepEqual([resumed.recovered, resumed.state], [false, 'undefined']);
    await thief.expectNothingMore();
    await thief.close();
  }

  const notice = mine.next('the notice');
  assert.deepEqual(await closing.ask({ type: TYPES.close, session: body.session }), { success: true });
  assert.deepEqual(await notice, NOTICE);
  await Promise.all([mine.closing(), closing.close()]);
});

test('the secret of the session protocol is no react-auth ticket, on the socket or over HTTP', async () => {
  const client = await service.connect();
  const { session, secret } = await resume(client);
  service.secrets.add(secret);
  await client.ask(['register', account()], ['register_success', 'token_change', 'user_change', ['state_change', 'user'], ['sequence', 1]]);
  const ticket = `${session}.${secret}`;
  const socket = await PlainSocket.connect(service, '/auth/socket');
  for (const type of [TYPES.socketResume, TYPES.close]) assert.deepEqual(await socket.ask({ type, session: ticket }), { success: false });
  assert.deepEqual((await post(service, { type: TYPES.resume }, { cookie: cookieOf(ticket) })).body, REFUSED);
  await client.expectNothingMore();
  await Promise.all([client.close(), socket.close()]);
});
