// The users API: one's logins, how they end, and the password.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ADMINISTERED, STRICT } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { DOORS, UsersClient } from '../support/users-client.js';
import { eventually } from '../support/waiting.js';

const NOT_LOGGED_IN = 'Not logged in.';
const HUGE = 'x'.repeat(900_000);
const NOBODY = '01900000-0000-7000-8000-000000000000';

let service;
before(async () => { service = await sharedService(ADMINISTERED); });

const refusesToken = (token) => service.briefly(
  (client) => client.ask(['login_token', token], [['login_error', 'token']]));

const connected = (act) => () => UsersClient.briefly(service, act, '/users/');

/** Somebody who has registered, and is logged in on a connection. */
const asUser = (act) => connected(async (client) => {
  const person = account();
  const { id } = await client.register(person);
  await act(client, { ...person, id }, await client.logIn(person));
});

test('a login that has ended is over at once, told or not', asUser(async (client, person, token) => {
  // As another process does it, before the wake-up has come.
  await service.database.sql(`DELETE FROM user_sessions WHERE user_id = '${person.id}'`);
  for (const [action, data] of Object.entries({
    edit: { bio: 'too late' },
    sessions: undefined,
    end_session: { others: true },
    change_password: { password: person.password, new_password: 'another secret altogether' },
    logout: { token },
    me: undefined,
  })) {
    await client.fails(action, data, NOT_LOGGED_IN);
  }
  assert.equal((await client.look(person.username)).bio, null);
  await client.logIn(person);
  assert.equal((await client.get('me')).username, person.username);
}));

describe('login by a token', () => {
  const REFUSED = 'Invalid token.';

  for (const door of [...DOORS, '/admin/']) {
    test(`comes back to the same login, by ${door}`, asUser(async (client, person, token) => {
      const successor = await UsersClient.briefly(service, async (again) => {
        const next = await again.logInWith(token);
        assert.equal((await again.get('me')).user_id, person.id);
        return next;
      }, door);
      assert.notEqual(successor, token);
      const logins = await client.get('sessions');
      assert.deepEqual(logins.map(({ is_current: isCurrent }) => isCurrent), [true]);
    }));
  }

  test('is this one among the logins, and keeps itself when the others end', asUser(async (client, person) => {
    const token = await UsersClient.briefly(service, (other) => other.logIn(person), '/users/');
    const back = await UsersClient.connect(service, '/users/');
    await back.logInWith(token);
    assert.deepEqual((await back.get('sessions')).map(({ is_current: isCurrent }) => isCurrent).sort(), [false, true]);
    await back.get('end_session', { others: true });
    assert.equal((await back.get('me')).username, person.username);
    await client.fails('me', undefined, NOT_LOGGED_IN);
    await back.close();
  }));

  test('takes one of the session protocol, and that one takes its successor', asUser(async (client, person) => {
    const tab = await service.connect();
    const successor = await client.logInWith(await tab.logIn(person));
    await service.briefly((other) => other.logInWith(successor));
    await tab.close();
  }));

  test('of a guest is the guest’s', connected(async (client) => {
    const guest = await service.connect();
    await client.logInWith((await guest.becomeGuest()).token);
    assert.equal((await client.get('me')).is_guest, true);
    await guest.close();
  }));

  test('of a login that has ended is refused, and ends the connection’s former one', asUser(async (client, person) => {
    const ended = await UsersClient.briefly(service, async (other) => {
      const token = await other.logIn(person);
      await other.get('logout', { token });
      return token;
    }, '/users/');
    await client.fails('login', { token: ended }, REFUSED);
    await client.fails('me', undefined, NOT_LOGGED_IN);
  }));

  test('that is none, or comes with a part of something else, is refused', connected(async (client) => {
    for (const token of ['', 'x', 'a.b.c', HUGE]) await client.fails('login', { token }, REFUSED);
    for (const data of [{ token: 7 }, { token: null }, { token: 'x', password: 'y' }]) await client.fails('login', data, 'Invalid data.');
  }));
});

describe('sessions', () => {
  test('lists one’s logins by every door, and says which is this one', asUser(async (client, person) => {
    const tab = await service.connect();
    await tab.logIn(person);
    const list = await client.get('sessions');
    assert.equal(list.length, 2);
    for (const login of list) {
      assert.deepEqual(Object.keys(login).sort(), ['created_at', 'id', 'is_current', 'is_online', 'last_used_at', 'protocol']);
      assert.ok(Math.abs(Date.parse(login.created_at) - Date.now()) < 60_000);
    }
    const by = (protocol) => list.find((login) => login.protocol === protocol);
    assert.deepEqual([by('users').is_current, by('users').is_online], [true, true]);
    assert.deepEqual([by('session').is_current, by('session').is_online], [false, true]);
    await tab.close();
    await eventually('waiting for the tab to be offline', async () =>
      (await client.get('sessions')).find(({ protocol }) => protocol === 'session').is_online === false);
  }));

  test('without being logged in is refused',
    connected((client) => client.fails('sessions', undefined, NOT_LOGGED_IN)));
});

describe('end_session', () => {
  const idOf = async (client, protocol) =>
    (await client.get('sessions')).find((login) => login.protocol === protocol).id;

  test('ends one login at once, its token and its live sessions', asUser(async (client, person) => {
    const tab = await service.connect();
    const token = await tab.logIn(person);
    const id = await idOf(client, 'session');
    assert.deepEqual(await client.get('end_session', { id }), { success: true });
    await tab.expect(['state_change', 'undefined']);
    await refusesToken(token);
    assert.equal((await client.get('sessions')).length, 1);
    await client.fails('end_session', { id: 'x'.repeat(22) }, 'Session does not exist.');
    await tab.close();
  }));

  test('ends this very login', asUser(async (client, person, token) => {
    assert.deepEqual(await client.get('end_session', { id: await idOf(client, 'users') }), { success: true });
    await client.fails('me', undefined, NOT_LOGGED_IN);
    await refusesToken(token);
  }));

  test('with others ends all but this', asUser(async (client, person, token) => {
    const tabs = await Promise.all(Array.from({ length: 3 }, () => service.connect()));
    const tokens = await Promise.all(tabs.map((tab) => tab.logIn(person)));
    assert.deepEqual(await client.get('end_session', { others: true }), { success: true });
    for (const tab of tabs) await tab.expect(['state_change', 'undefined']);
    for (const other of tokens) await refusesToken(other);
    assert.deepEqual((await client.get('sessions')).map(({ is_current: isCurrent }) => isCurrent), [true]);
    await service.briefly((tab) => tab.logInWith(token));
    await Promise.all(tabs.map((tab) => tab.close()));
  }));

  test('of a login that is somebody else’s, or none, is refused', asUser(async (client) => {
    const other = account();
    await client.register(other);
    const stranger = await UsersClient.connect(service, '/users/');
    await stranger.logIn(other);
    const theirs = await idOf(stranger, 'users');
    for (const data of [
      undefined, null, [], 7, {}, { id: '' }, { id: 7 }, { id: null }, { id: NOBODY }, { id: HUGE },
      { id: "' OR 1=1 --" }, { others: false }, { others: 'true' }, { others: 1 }, { id: theirs },
    ]) {
      await client.fails('end_session', data, 'Session does not exist.');
    }
    assert.equal((await stranger.get('me')).username, other.username);
    assert.equal((await client.get('sessions')).length, 1);
    await stranger.close();
  }));

  test('without being logged in is refused', connected(
    (client) => client.fails('end_session', { others: true }, NOT_LOGGED_IN)));
});

describe('change_password', () => {
  const wanted = 'another secret altogether';

  test('revokes every other login and keeps this one', asUser(async (client, person, token) => {
    const tab = await service.connect();
    const tabToken = await tab.logIn(person);
    const change = { password: person.password, new_password: wanted };
    assert.deepEqual(await client.get('change_password', change), { success: true });
    await tab.expect(['state_change', 'undefined']);
    await refusesToken(tabToken);
    await tab.ask(['login_credentials', person], [['login_error', 'password']]);
    await tab.logIn({ ...person, password: wanted });
    assert.equal((await client.get('me')).username, person.username);
    await service.briefly((other) => other.logInWith(token));
    await tab.close();
  }));

  test('with a wrong password changes nothing', asUser(async (client, person) => {
    const change = { password: 'not the password', new_password: wanted };
    await client.fails('change_password', change, 'Invalid password.');
    await client.logIn(person);
  }));

  test('to one that is too short or too long tells the limits', asUser(async (client, person) => {
    for (const short of ['', '1234567', 'p'.repeat(129)]) {
      const change = { password: person.password, new_password: short };
      await client.fails('change_password', change, 'password_length_invalid', { min_len: 8, max_len: 128 });
    }
    await client.logIn(person);
  }));

  test('with something missing or of a wrong type is refused', asUser(async (client, { password }) => {
    for (const data of [
      undefined, null, [], {}, { password }, { new_password: wanted }, { password: 7, new_password: wanted },
      { password, new_password: null },
    ]) {
      await client.fails('change_password', data, 'Invalid data.');
    }
  }));

  test('without being logged in is refused', connected((client) => client.fails(
    'change_password', { password: 'x'.repeat(8), new_password: wanted }, NOT_LOGGED_IN)));
});

describe('a password of few different characters, where more are asked for', () => {
  let strict;
  before(async () => {
    strict = await sharedService(STRICT);
  });

  for (const door of DOORS) {
    test(`password_complexity_invalid, by ${door}`, () => UsersClient.briefly(strict, async (client) => {
      const condition = { condition: 'unique_characters', minimum_value: 5 };
      await client.fails('new', account({ password: 'abcdabcd' }), 'password_complexity_invalid', condition);
      const person = account({ password: 'abcdeabcde' });
      await client.register(person);
      await client.logIn(person);
      const change = { password: person.password, new_password: 'aaaaaaaa' };
      await client.fails('change_password', change, 'password_complexity_invalid', condition);
    }, door));
  }
});
