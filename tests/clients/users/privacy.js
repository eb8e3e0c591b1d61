// Nothing of one user's private data reaches another through any message of any door.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { administrator, asAdministrator } from '../support/administrator.js';
import { repository } from '../support/environment.js';
import { TYPES, cookieOf, post, ticketOf } from '../support/react-auth.js';
import { PlainSocket } from '../support/plain-socket.js';
import { CHATTING } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { opened } from '../support/tokens.js';
import { ACTIONS, UsersClient } from '../support/users-client.js';

const UNREADABLE = ['', 'nonsense', '[]', '{}', '{"action":7}'];

let service;
before(async () => {
  service = await sharedService(CHATTING);
});

/** Somebody with a session at each door, and all that is private about them. */
async function victim() {
  const person = account({ username: 'Victoria', email: 'very.private@victim.example' });
  const tab = await service.connect();
  const token = await tab.register(person);
  const users = await UsersClient.connect(service, 'SignalR');
  const usersToken = await users.logIn(person);
  const { id } = await users.get('me');
  const ticket = ticketOf(await post(service, { type: TYPES.authenticate, ...person }));
  service.secrets.add(ticket);
  await service.database.sql(`UPDATE users SET permissions = '{victims-own-permission}' WHERE id = '${id}'`);
  const rows = await service.database.rows(`
    SELECT id AS secret FROM tokens WHERE user_id = '${id}'
    UNION SELECT family FROM tokens WHERE user_id = '${id}'
    UNION SELECT session_id FROM user_sessions WHERE user_id = '${id}'
    UNION SELECT unnest(gateway_ids) FROM user_sessions WHERE user_id = '${id}'
    UNION SELECT password_hash FROM users WHERE id = '${id}'`);
  const logins = await users.get('sessions');
  assert.equal(logins.length, 3);
  return {
    id, tab, users, ticket, token, usersToken,
    person,
    logins: logins.map((login) => login.id),
    secrets: [
      person.email, person.password, 'victims-own-permission', token, usersToken, ticket, ...ticket.split('.'),
      opened(token).claims.jti, ...rows.map(({ secret }) => secret),
    ],
  };
}

/** Everything that a curious user may send about somebody. */
const questions = ({ id, person, logins, token, usersToken }) => {
  const { username, email } = person;
  const guess = { password: 'a guess at it' };
  return [
    undefined, {}, { user_id: id }, { id }, { username }, { username: email }, { email }, { name: username },
    { username, ...guess }, { email, ...guess }, { username, email: 'other@example.org', password: 'x'.repeat(8) },
    { username: `${username} 2`, email, password: 'x'.repeat(8) },
    { token }, { token: usersToken }, ...logins.map((login) => ({ id: login })), { id: logins, others: false },
    { user_id: id, fields: ['email', 'permissions'], email: true, private: true },
    { bio: 'mine', user_id: id, id, username, email },
    { password: 'a guess at it', new_password: 'x'.repeat(8), user_id: id }, { page: 1, page_size: 1000 },
  ];
};

test('the walk below knows every action, every type and every event', async () => {
  const source = (path) => readFile(`${repository}gateway/Protocols/${path}`, 'utf8');
  const named = (text) => [...text.matchAll(/\{ "([a-z_]+)", \(protocol/g)].map(([, name]) => name);
  assert.deepEqual(named(await source('Users/UsersProtocol.cs')).sort(), [...ACTIONS].sort());
  const types = [...(await source('ReactAuth/ReactAuthTypes.cs')).matchAll(/"(fantaptik[^"]*)"/g)].map(
    ([, type]) => type);
  assert.deepEqual(types.sort(), Object.values(TYPES).sort());
});

test('no action shows a user anything private of another', async () => {
  const alice = await victim();
  const bob = account();
  await UsersClient.briefly(service, (client) => client.register(bob), 'SignalR');
  const received = [];

  for (const door of ['/users/', '/admin/', 'SignalR']) {
    for (const isLoggedIn of [false, true]) {
      const client = await UsersClient.connect(service, door);
      for (const action of ACTIONS) {
        if (isLoggedIn) await client.logIn(bob);
        // Whoever has a token is its user, and need not guess.
        const asked = questions(alice).filter((data) => action !== 'login' || !data?.token);
        for (const data of asked) await client.ask(action, data);
      }
      if (door !== 'SignalR') for (const frame of UNREADABLE) await client.link.ask(frame);
      received.push(...client.frames);
      await client.close();
    }
  }

  await service.briefly(async (client) => {
    for (const name of ['login_credentials', 'register', 'upgrade', 'resume', 'acknowledge', 'logout', 'dance']) {
      for (const data of questions(alice)) await client.send(name, ...(data === undefined ? [] : [data]));
    }
    received.push(...client.events.map((event) => JSON.stringify(event)));
  });

  const bobs = await post(service, { type: TYPES.authenticate, username: bob.username, password: bob.password });
  received.push(JSON.stringify(bobs.body));
  const bobsTicket = ticketOf(bobs);
  service.secrets.add(bobsTicket);
  const victimsUser = { id: alice.id, username: alice.person.username };
  for (const type of Object.values(TYPES)) {
    for (const data of questions(alice)) received.push(JSON.stringify((await post(service, { ...data, type })).body));
    const cookie = cookieOf(bobsTicket);
    received.push(JSON.stringify((await post(service, { type, user: victimsUser }, { cookie })).body));
  }
  const socket = await PlainSocket.connect(service, '/auth/socket');
  const mixed = `${alice.ticket.split('.')[0]}.${bobsTicket.split('.')[1]}`;
  for (const type of Object.values(TYPES)) {
    for (const session of [undefined, '', mixed, alice.id, alice.token, 7]) {
      await socket.ask({ type, session, user: victimsUser });
      await socket.ask({ id: 'x', data: { type, session, user: victimsUser } });
    }
  }
  received.push(...socket.frames);
  await socket.close();

  assert.ok(received.length > 1000);
  for (const text of received) {
    const leaked = alice.secrets.find((secret) => text.includes(secret));
    assert.equal(leaked, undefined, `${leaked} is in ${text.slice(0, 500)}`);
  }

  // She noticed nothing, and nothing of hers has changed.
  await alice.tab.expectNothingMore();
  const me = await alice.users.get('me');
  assert.deepEqual([me.email, me.bio, me.permissions], [alice.person.email, null, ['victims-own-permission']]);
  assert.equal((await alice.users.get('sessions')).length, 3);
  const again = await post(service, { type: TYPES.resume }, { cookie: cookieOf(alice.ticket) });
  assert.equal(again.body.success, true);
});

test('what is private is there for an administrator, so the walk looked for the right thing', async () => {
  const admin = await asAdministrator(service);
  const everybody = await admin.get('get_users', { page_size: 1000 });
  assert.ok(everybody.some(({ email, permissions }) => email === administrator.email && permissions.includes('admin')));
  await admin.fails('sessions', undefined, 'Invalid action.');
  await admin.close();
});
