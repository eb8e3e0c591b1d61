// One account, one set of sessions, whichever door they came by.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asAdministrator } from '../support/administrator.js';
import { PlainSocket } from '../support/plain-socket.js';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { ReactAuthHub } from '../support/react-auth-hub.js';
import { OF_THE_WEB } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { opened } from '../support/tokens.js';
import { UsersClient } from '../support/users-client.js';
import { within } from '../support/waiting.js';

const SOON = 1000;
const NOT_LOGGED_IN = 'Not logged in.';

let service;
before(async () => {
  service = await sharedService(OF_THE_WEB);
});

const resumes = async (session) =>
  (await post(service, { type: TYPES.resume }, { cookie: cookieOf(session) })).body;

/** The users API has no message for it: the next action finds out. */
const loggedOut = (client) => client.fails('me', undefined, NOT_LOGGED_IN);

const ended = (clients) => Promise.all(clients.map((client) => client.expect(['state_change', 'undefined'])));

/** One person who came in by every door: registered by the users API, and one login that several clients share. */
async function everywhere() {
  const person = account();
  const users = await UsersClient.connect(service, '/users/');
  const { id } = await users.register(person);
  const usersToken = await users.logIn(person);
  const usersHub = await UsersClient.connect(service, 'SignalR');
  await usersHub.logIn(person);

  // Logged in by Socket.IO; older Socket.IO and SignalR then show the token.
  const newSocketIo = await service.connect({ generation: '4' });
  const token = await newSocketIo.logIn(person);
  const oldSocketIo = await service.connect({ generation: '1' });
  const signalR = await service.connect();
  const nextToken = await signalR.logInWith(await oldSocketIo.logInWith(token));
  const shared = [newSocketIo, oldSocketIo, signalR];
  const alone = await service.connect();
  await alone.logIn(person);

  const { body: { session, user } } = await post(
    service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(session);
  const socket = await PlainSocket.connect(service, '/auth/socket');
  assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session }), { success: true });
  const hub = await ReactAuthHub.connect(service);
  assert.deepEqual(await hub.ask(TYPES.socketResume, { session }), { success: true });

  return {
    person, id, users, usersToken, usersHub, shared, token, nextToken, alone, session, user, socket, hub,
    leave: () => Promise.all([users, usersHub, ...shared, alone, socket, hub].map((client) => client.close())),
  };
}

test('whoever registered by one door is the same user at all of them', async () => {
  const one = await everywhere();
  const { id, person } = one;
  assert.equal((await one.users.get('me')).id, id);
  assert.equal((await one.usersHub.get('me')).id, id);
  assert.equal(opened(one.token).claims.sub, id);
  assert.equal(opened(one.usersToken).claims.sub, id);
  assert.deepEqual([one.user.id, one.user.username], [id, person.username]);
  const logins = await one.users.get('sessions');
  assert.deepEqual(
    logins.map(({ protocol }) => protocol).sort(), ['react-auth', 'session', 'session', 'users', 'users']);
  assert.ok(logins.every((login) => login.is_online));
  assert.deepEqual(logins.filter((login) => login.is_current).length, 1);
  await one.leave();
});

test('a token of the users API logs in at the session protocol, and logs out by the users API', async () => {
  const one = await everywhere();
  await service.briefly((client) => client.logInWith(one.usersToken));
  assert.deepEqual(await one.usersHub.get('logout', { token: one.usersToken }), { success: true });
  await service.briefly((client) => client.ask(['login_token', one.usersToken], [['login_error', 'token']]));
  await one.leave();
});

describe('logout of a token by the users API', () => {
  test('ends within a second every live session that came from its login, and leaves the other logins', async () => {
    const one = await everywhere();
    const gone = ended(one.shared);
    assert.deepEqual(await one.users.get('logout', { token: one.nextToken }), { success: true });
    await within(SOON, 'the end of the sessions', gone);
    for (const token of [one.token, one.nextToken]) {
      await service.briefly((client) => client.ask(['login_token', token], [['login_error', 'token']]));
    }
    assert.deepEqual(
      (await one.users.get('sessions')).map(({ protocol }) => protocol).sort(),
      ['react-auth', 'session', 'users', 'users']);
    await one.alone.expectNothingMore();
    assert.equal((await one.usersHub.get('me')).id, one.id);
    assert.equal((await resumes(one.session)).success, true);
    assert.deepEqual(await one.socket.ask({ type: TYPES.socketResume, session: one.session }), { success: true });
    await one.leave();
  });

  test('by the token that was rotated away does the same', async () => {
    const one = await everywhere();
    assert.deepEqual(await one.usersHub.get('logout', { token: one.token }), { success: true });
    await within(SOON, 'the end of the sessions', ended(one.shared));
    await one.leave();
  });

  test('ends a connection of the users API itself', async () => {
    const one = await everywhere();
    assert.deepEqual(await one.usersHub.get('logout', { token: one.usersToken }), { success: true });
    for (const client of one.shared) await client.expectNothingMore();
    await loggedOut(one.users);
    await one.leave();
  });
});

test('logout at the session protocol leaves the logins of the other doors', async () => {
  const one = await everywhere();
  const [first, ...others] = one.shared;
  await first.ask('logout', [['state_change', 'undefined']]);
  await within(SOON, 'the end of the sessions', ended(others));
  await one.alone.expectNothingMore();
  assert.equal((await one.users.get('me')).id, one.id);
  assert.equal((await resumes(one.session)).success, true);
  await one.leave();
});

test('close of react-auth ends its own login at every door of it, and no other', async () => {
  const one = await everywhere();
  const notice = one.hub.notice();
  assert.deepEqual(await one.socket.ask({ type: TYPES.close, session: one.session }), { success: true });
  assert.deepEqual(await within(SOON, 'the notice', notice), { type: TYPES.close });
  assert.deepEqual(await resumes(one.session), REFUSED);
  for (const client of [...one.shared, one.alone]) await client.expectNothingMore();
  assert.deepEqual(
    (await one.users.get('sessions')).map(({ protocol }) => protocol).sort(), ['session', 'session', 'users', 'users']);
  await one.leave();
});

for (const [what, end] of Object.entries({
  'all others are ended': (one) => one.users.get('end_session', { others: true }),
  'the password is changed': ({ users, person }) =>
    users.get('change_password', { password: person.password, new_password: 'another secret altogether' }),
})) {
  test(`when ${what}, every door but this connection is shut within a second`, async () => {
    const one = await everywhere();
    const gone = Promise.all([
      ended([...one.shared, one.alone]), one.hub.notice(), one.hub.closed(),
      one.socket.next('the notice'), one.socket.closing(),
    ]);
    assert.deepEqual(await end(one), { success: true });
    await within(SOON, 'the end of the sessions', gone);
    assert.deepEqual(await resumes(one.session), REFUSED);
    await loggedOut(one.usersHub);
    await service.briefly((client) => client.ask(['login_token', one.nextToken], [['login_error', 'token']]));
    assert.equal((await one.users.get('me')).id, one.id);
    await one.leave();
  });
}

test('the deletion of the user ends everything at every door within a second', async () => {
  const one = await everywhere();
  const admin = await asAdministrator(service);
  const gone = Promise.all([
    ended([...one.shared, one.alone]), one.hub.notice(), one.hub.closed(),
    one.socket.next('the notice').then((notice) => assert.equal(notice.type, TYPES.close)), one.socket.closing(),
  ]);
  assert.deepEqual(await admin.get('delete_user', { id: one.id }), { success: true });
  await within(SOON, 'the end of everything', gone);
  for (const client of [one.users, one.usersHub]) await loggedOut(client);
  assert.deepEqual(await resumes(one.session), REFUSED);
  const [socket, hub] = [await PlainSocket.connect(service, '/auth/socket'), await ReactAuthHub.connect(service)];
  assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session: one.session }), { success: false });
  assert.deepEqual(await hub.ask(TYPES.socketResume, { session: one.session }), { success: false });
  for (const client of one.shared) {
    for (const token of [one.token, one.nextToken, one.usersToken]) {
      await client.ask(['login_token', token], [['login_error', 'token']]);
    }
    await client.ask(['login_credentials', one.person], [['login_error', 'username']]);
  }
  const { username, password } = one.person;
  assert.deepEqual((await post(service, { type: TYPES.authenticate, username, password })).body, REFUSED);
  const { id } = one;
  for (const table of ['users WHERE id', 'tokens WHERE user_id', 'user_sessions WHERE user_id']) {
    assert.equal(await service.database.sql(`SELECT count(*) FROM ${table} = '${id}'`), '0', table);
  }
  assert.notEqual((await one.users.register(one.person)).id, id, 'the names are free');
  await Promise.all([one.leave(), admin.close(), socket.close(), hub.close()]);
});

test('every session of a guest becomes user when one of them upgrades, whatever its client', async () => {
  const guest = await service.connect({ generation: '4' });
  let { token } = await guest.becomeGuest();
  const others = [];
  for (const options of [{ generation: '1' }, { generation: '2' }, { generation: '4' }, {}]) {
    others.push(await service.connect(options));
    token = await others.at(-1).logInWith(token, 'guest');
  }
  const person = account();
  const news = [['user_change', person.username], ['state_change', 'user']];
  const told = Promise.all(others.map((other) => other.expect(...news)));
  await guest.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
  await within(SOON, 'the news', told);
  for (const client of [guest, ...others]) {
    await client.ask(['upgrade', account()], [['event_error', 'upgrade']]);
  }
  await others[0].ask('logout', [['state_change', 'undefined']]);
  await within(SOON, 'the end of the sessions', ended([guest, ...others.slice(1)]));
  await Promise.all([guest, ...others].map((client) => client.close()));
});

test('a guest is one and the same too: seen by the users API, and by every door after the upgrade', async () => {
  const guest = await service.connect();
  const { token, name } = await guest.becomeGuest();
  const { sub } = opened(token).claims;
  await UsersClient.briefly(service, async (client) => {
    const seen = await client.look(name);
    assert.deepEqual([seen.id, seen.is_guest, seen.is_online], [sub, true, true]);
    const person = account();
    await guest.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
    await client.logIn(person);
    assert.equal((await client.get('me')).id, sub);
    const { body } = await post(
      service, { type: TYPES.authenticate, username: person.username, password: person.password });
    service.secrets.add(body.session);
    assert.equal(body.user.id, sub);
    assert.deepEqual(await client.get('logout', { token }), { success: true });
    await guest.expect(['state_change', 'undefined']);
  }, 'SignalR');
  await guest.close();
});
