// The cookie, which no script can read, has a secret of its own: what scripts see opens sockets, and never stands for it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { PlainSocket } from '../support/plain-socket.js';
import { COOKIE, REFUSED, TYPES, post } from '../support/react-auth.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { OF_THE_WEB } from '../support/settings.js';

let service;
before(async () => { service = await sharedService(OF_THE_WEB); });

/** Logs somebody in; what their page sees, and what only their browser does. */
async function logIn() {
  const person = account();
  await service.briefly((client) => client.register(person));
  const { body, cookies } = await post(service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(body.session);
  return { session: body.session, cookie: cookies[0].split(';')[0].slice(COOKIE.length + 1) };
}

const resume = async (value) => post(service, { type: TYPES.resume }, { cookie: `${COOKIE}=${value}` });

async function opens(session) {
  const socket = await PlainSocket.connect(service, '/auth/socket');
  const { success } = await socket.ask({ type: TYPES.socketResume, session });
  await socket.close();
  return success;
}

test('what a page sees opens a socket, and resumes nothing in the cookie’s place', async () => {
  const { session, cookie } = await logIn();
  assert.ok(await opens(session));
  assert.notEqual(session.split('.')[1], cookie.split('.')[1]);
  const { body, cookies } = await resume(session);
  assert.deepEqual([body, cookies], [REFUSED, []]);
});

test('the cookie resumes, brings the same session to every tab and is the same afterwards, and opens no socket', async () => {
  const { session, cookie } = await logIn();
  for (let tab = 0; tab < 2; tab++) {
    const { body, cookies } = await resume(cookie);
    assert.deepEqual([body.success, body.session], [true, session]);
    assert.equal(cookies[0].split(';')[0], `${COOKIE}=${cookie}`);
  }
  assert.equal(await opens(cookie), false);
  assert.ok(await opens(session));
});
