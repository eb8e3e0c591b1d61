// The users API: what everybody may do, by each door, with the exact answers.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { opened } from '../support/tokens.js';
import { UsersClient } from '../support/users-client.js';

const HUGE = 'x'.repeat(900_000);
const NOT_LOGGED_IN = 'Not logged in.';
const NOBODY = '01900000-0000-7000-8000-000000000000';
const PUBLIC = [
  'bio', 'created_at', 'icon', 'id', 'is_banned', 'is_guest', 'is_online', 'is_verified', 'last_online', 'status',
  'user_id', 'username',
];
const PRIVATE = [...PUBLIC, 'email', 'permissions'].sort();
const NO_USER = 'User does not exist.';
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const keys = (value) => Object.keys(value).sort();

let service;
before(async () => { service = await sharedService(ADMINISTERED); });

const refusesToken = (token) => service.briefly(
  (client) => client.ask(['login_token', token], [['login_error', 'token']]));

const door = '/users/';

describe(`by ${door}`, () => {
  const connected = (act) => () => UsersClient.briefly(service, act, door);

  /** Somebody who has registered, and is logged in on a connection. */
  const asUser = (act) => connected(async (client) => {
    const person = account();
    const { id } = await client.register(person);
    await act(client, { ...person, id }, await client.logIn(person));
  });

  describe('ping', () => {
    test('is answered by pong', connected(async (client) => {
      assert.deepEqual(await client.ask('ping'), { action: 'pong' });
      assert.deepEqual(await client.ask('ping', { anything: 1 }), { action: 'pong' });
    }));
  });

  describe('new', () => {
    test('makes a user and tells all about it', connected(async (client) => {
      const person = account({ username: `Zoe\u0308 ${door}` });
      const user = await client.register(person);
      assert.deepEqual(keys(user), PRIVATE);
      assert.match(user.user_id, ID);
      assert.ok(Math.abs(Date.parse(user.created_at) - Date.now()) < 60_000);
      assert.deepEqual(user, {
        ...user,
        id: user.user_id,
        username: person.username.normalize('NFC'),
        email: person.email,
        icon: null,
        bio: null,
        status: { type: 0, text: '' },
        last_online: null,
        is_online: false,
        is_banned: false,
        is_verified: false,
        is_guest: false,
        permissions: [],
      });
    }));

    test('does not log in', connected(async (client) => {
      await client.register(account());
      await client.fails('me', undefined, NOT_LOGGED_IN);
    }));

    test('with a taken name: user_exists', connected(async (client) => {
      const person = account();
      await client.register(person);
      await client.fails('new', account({ username: person.username.toUpperCase() }), 'user_exists');
    }));

    test('with a taken address: email_exists', connected(async (client) => {
      const person = account();
      await client.register(person);
      await client.fails('new', account({ email: person.email.toUpperCase() }), 'email_exists');
    }));

    test('with no good address: invalid_email', connected(async (client) => {
      for (const email of ['', 'plain', 'nobody@', 'a b@example.org', HUGE, 7, null, undefined]) {
        await client.fails('new', account({ email }), 'invalid_email');
      }
    }));

    test('with a password of a wrong length: password_length_invalid and the limits', connected(async (client) => {
      for (const password of ['', '1234567', 'p'.repeat(129), HUGE, 12345678, ['12345678'], undefined]) {
        const limits = { min_len: 8, max_len: 128 };
        await client.fails('new', account({ password }), 'password_length_invalid', limits);
      }
    }));

    test('with no good name: invalid_username', connected(async (client) => {
      for (const username of ['', ' ', 'x'.repeat(33), 'two\nlines', HUGE, 7, { a: 1 }, undefined]) {
        await client.fails('new', account({ username }), 'invalid_username');
      }
    }));

    test('without anything: invalid_username', connected(async (client) => {
      for (const data of [undefined, null, [], 'text', 5, true, {}]) {
        await client.fails('new', data, 'invalid_username');
      }
    }));

    test('passes over what nobody asked for', connected(async (client) => {
      const person = account({ permissions: ['admin'], is_verified: true, user_id: NOBODY, kind: 'admin' });
      const user = await client.get('new', person);
      assert.notEqual(user.user_id, NOBODY);
      assert.deepEqual([user.permissions, user.is_verified], [[], false]);
    }));

    test('twenty at once with one name: one is made, nineteen are told user_exists', async () => {
      const username = `Everybody ${door}`;
      const clients = await Promise.all(Array.from({ length: 20 }, () => UsersClient.connect(service, door)));
      const answers = await Promise.all(clients.map((client) => client.ask('new', account({ username }))));
      await Promise.all(clients.map((client) => client.close()));
      assert.equal(answers.filter(({ data }) => data?.username === username).length, 1);
      assert.equal(answers.filter(({ error }) => error === 'user_exists').length, 19);
    });
  });

  describe('login', () => {
    test('by name or by address brings a token of seven days', connected(async (client) => {
      const person = account();
      const { id } = await client.register(person);
      for (const who of [{ username: person.username }, { email: person.email.toUpperCase() }]) {
        const data = await client.get('login', { ...who, password: person.password });
        assert.deepEqual(keys(data), ['token']);
        const { header, claims } = opened(data.token);
        assert.equal(header.alg, 'HS256');
        assert.deepEqual(keys(claims), ['exp', 'iat', 'jti', 'sub']);
        assert.equal(claims.sub, id);
        assert.equal(claims.exp - claims.iat, 7 * 24 * 3600);
      }
    }));

    test('with a wrong name, address or password fails and does not tell which', connected(async (client) => {
      const person = account();
      await client.register(person);
      const { username, email, password } = account();
      for (const data of [
        { username, password }, { email, password },
        { username: person.username, password }, { email: person.email, password },
        { username: person.email, password: person.password }, { email: person.username, password: person.password },
        { username: '', password }, { username: HUGE, password }, { username: person.username, password: HUGE },
        { username: 'nul\u0000l', password },
      ]) {
        await client.fails('login', data, 'Invalid username or password.');
      }
      await client.fails('me', undefined, NOT_LOGGED_IN);
      await client.logIn(person);
    }));

    test('with something missing, of a wrong type, or both name and address is refused', connected(async (client) => {
      const { username, email, password } = account();
      for (const data of [
        undefined, null, [], 'text', 7, {}, { username }, { password }, { email }, { username, email, password },
        { username: 7, password }, { username, password: 7 }, { username: null, email: null, password },
      ]) {
        await client.fails('login', data, 'Invalid data.');
      }
    }));

    test('a second one takes the place of the first; its token stays good', asUser(async (client, person, token) => {
      const other = account();
      await client.register(other);
      await client.logIn(other);
      assert.equal((await client.get('me')).username, other.username);
      await client.fails('logout', { token }, 'Token does not exist.');
      await service.briefly((tab) => tab.logInWith(token));
      await client.fails(
        'login', { ...other, email: undefined, password: 'not the password' }, 'Invalid username or password.');
      await client.fails('me', undefined, NOT_LOGGED_IN);
    }));

    test('too many wrong passwords lock the account, even for the right one', connected(async (client) => {
      const person = account();
      await client.register(person);
      const { username } = person;
      for (let i = 0; i < 10; i++) {
        await client.fails('login', { username, password: 'not the password' }, 'Invalid username or password.');
      }
      await client.fails('login', { username, password: person.password }, 'Too many attempts. Try again later.');
    }));
  });

  describe('logout', () => {
    test('of this connection’s own token makes it nobody', asUser(async (client, person, token) => {
      assert.deepEqual(await client.get('logout', { token }), { success: true });
      await client.fails('me', undefined, NOT_LOGGED_IN);
      await client.fails('logout', { token }, NOT_LOGGED_IN);
      await refusesToken(token);
      await client.logIn(person);
    }));

    test('takes away the token of another device, and nothing else', asUser(async (client, person, token) => {
      const phone = await UsersClient.connect(service, door);
      const phoneToken = await phone.logIn(person);
      assert.deepEqual(await client.get('logout', { token: phoneToken }), { success: true });
      await phone.fails('me', undefined, NOT_LOGGED_IN);
      await phone.close();
      await refusesToken(phoneToken);
      assert.equal((await client.get('me')).username, person.username);
      await service.briefly((tab) => tab.logInWith(token));
    }));

    test('without being logged in is refused', connected(async (client) => {
      for (const data of [undefined, {}, { token: 'x' }]) await client.fails('logout', data, NOT_LOGGED_IN);
    }));

    test('with a token that is none, or somebody else’s, is refused', asUser(async (client, person, token) => {
      const other = account();
      await client.register(other);
      const othersToken = await UsersClient.briefly(service, (stranger) => stranger.logIn(other), door);
      const cut = token.split('.').slice(0, 2).join('.');
      for (const data of [
        undefined, null, [], {}, { token: '' }, { token: 7 }, { token: cut }, { token: `${token}x` },
        { token: HUGE }, { token: othersToken },
      ]) {
        await client.fails('logout', data, 'Token does not exist.');
      }
      await service.briefly((tab) => tab.logInWith(othersToken));
      assert.equal((await client.get('me')).username, person.username);
    }));
  });

  describe('me', () => {
    test('is all about oneself, the address included', asUser(async (client, person) => {
      const me = await client.get('me');
      assert.deepEqual(keys(me), PRIVATE);
      assert.deepEqual([me.id, me.username, me.email], [person.id, person.username, person.email]);
      assert.deepEqual([me.is_online, me.status], [true, { type: 1, text: '' }]);
      assert.ok(Math.abs(Date.parse(me.last_online) - Date.now()) < 60_000);
    }));

    test('without being logged in is refused', connected((client) => client.fails('me', undefined, NOT_LOGGED_IN)));
  });

  describe('details', () => {
    test('by id or by name shows what is public, to anybody', asUser(async (client, person) => {
      const { id, username } = person;
      const wanted = [{ user_id: id }, { username }, { username: ` ${username.toUpperCase()}` }];
      for (const data of wanted) {
        const seen = await UsersClient.briefly(service, (stranger) => stranger.get('details', data), door);
        assert.deepEqual(keys(seen), PUBLIC);
        assert.deepEqual([seen.id, seen.username], [person.id, person.username]);
        assert.deepEqual(keys(await client.get('details', data)), PUBLIC, 'of oneself too');
      }
    }));

    test('of nobody, or by an id that is no id, is refused', connected(async (client) => {
      for (const data of [
        undefined, null, [], 'text', 7, {}, { user_id: NOBODY }, { user_id: '' }, { user_id: 7 }, { user_id: null },
        { user_id: [NOBODY] }, { user_id: '../../me' }, { user_id: "' OR 1=1 --" }, { user_id: `{${NOBODY}}` },
        { user_id: HUGE }, { username: 'nobody at all' }, { username: '' }, { username: 7 }, { username: HUGE },
        { username: 'half\ud83d' }, { user_id: -1 }, { user_id: 1e300 },
      ]) {
        await client.fails('details', data, NO_USER);
      }
    }));
  });

  describe('edit', () => {
    test('changes what was given and leaves the rest', asUser(async (client, person) => {
      const shown = async () => {
        const { icon, bio, status } = await client.look(person.username);
        return { icon, bio, status };
      };
      const status = { type: 3, text: 'not now' };
      const first = { icon: 'https://example.org/a.png', bio: 'Ünïcödé \u{1f600}', status };
      const edited = await client.get('edit', first);
      assert.deepEqual(keys(edited), PRIVATE);
      assert.deepEqual(edited, { ...edited, ...first });
      assert.deepEqual(await shown(), first);
      await client.get('edit', { bio: 'another' });
      await client.get('edit', { status: { type: 6 } });
      assert.deepEqual(await shown(), { icon: first.icon, bio: 'another', status: { type: 6, text: 'not now' } });
      await client.get('edit', { icon: '', bio: '', status: { text: '' } });
      assert.deepEqual(await shown(), { icon: null, bio: null, status: { type: 6, text: '' } });
    }));

    test('with nothing to change changes nothing', asUser(async (client) => {
      const before = await client.get('me');
      const after = await client.get(
        'edit', { username: 'somebody else', email: 'else@example.org', permissions: ['admin'] });
      assert.deepEqual({ ...after, last_online: 0 }, { ...before, last_online: 0 });
    }));

    test('with anything that is not acceptable changes nothing', asUser(async (client) => {
      for (const data of [
        undefined, null, [], 'text', 7,
        { icon: 7 }, { icon: null }, { icon: 'javascript:alert(1)' }, { icon: 'data:image/png;base64,AAAA' },
        { icon: 'file:///etc/passwd' }, { icon: '//example.org/a.png' },
        { icon: `https://example.org/${'a'.repeat(2048)}` },
        { icon: 'nul\u0000l' }, { bio: 7 }, { bio: 'x'.repeat(2001) }, { bio: 'nul\u0000l' }, { bio: 'half\ud83d' },
        { bio: HUGE },
        { status: 'online' }, { status: null }, { status: {} }, { status: { type: 0 } }, { status: { type: 7 } },
        { status: { type: -1 } }, { status: { type: 1.5 } }, { status: { type: '1' } },
        { status: { type: 2, text: 'x'.repeat(129) } }, { status: { type: 2, text: 7 } },
        { status: { type: '2', text: 'away' } }, { status: { type: null, text: 'away' } },
        { bio: 'this would do', status: { type: 99 } },
      ]) {
        await client.fails('edit', data, 'Invalid data.');
      }
      const me = await client.get('me');
      assert.deepEqual([me.icon, me.bio, me.status], [null, null, { type: 1, text: '' }]);
    }));

    test('without being logged in is refused',
      connected((client) => client.fails('edit', { bio: 'x' }, NOT_LOGGED_IN)));
  });

  test('guests of the session protocol are seen as what they are, until they upgrade', connected(async (client) => {
    const guest = await service.connect();
    const { name } = await guest.becomeGuest();
    const seen = await client.look(name);
    assert.deepEqual(keys(seen), PUBLIC);
    assert.deepEqual([seen.is_guest, seen.is_online, seen.status.type], [true, true, 1]);
    await client.fails('login', { username: name, password: 'a guess at it' }, 'Invalid username or password.');
    const person = account();
    await guest.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
    const upgraded = await client.look(person.username);
    assert.deepEqual([upgraded.is_guest, upgraded.id], [false, seen.id]);
    await client.fails('details', { username: name }, NO_USER);
    await guest.close();
  }));

  test('an unknown action is answered by its name', connected(async (client) => {
    for (const action of [
      'dance', 'Dance the night away', 'toString', 'state_change', 'get_user', 'π', '\u{1f600}',
    ]) {
      await client.fails(action, {}, 'Invalid action.');
    }
  }));

  test('an account of the session protocol logs in here, and the other way round', connected(async (client) => {
    const [one, other] = [account(), account()];
    const token = await service.briefly((tab) => tab.register(one));
    await client.logIn(one);
    assert.deepEqual(await client.get('logout', { token }), { success: true });
    await refusesToken(token);
    await client.register(other);
    const own = await client.logIn(other);
    await service.briefly((tab) => tab.logIn(other));
    await service.briefly((tab) => tab.logInWith(own));
  }));
});

test('a whole life over SignalR: make an account, log in, edit, drop, come back, log out', async () => {
  const person = account();
  const client = await UsersClient.connect(service, 'SignalR');
  assert.deepEqual(await client.ask('ping'), { action: 'pong' });
  await client.fails('dance', undefined, 'Invalid action.');
  await client.fails('new', { ...person, email: 'nobody@' }, 'invalid_email');
  await client.fails('new', { ...person, password: 'short' }, 'password_length_invalid', { min_len: 8, max_len: 128 });
  assert.deepEqual(keys(await client.register(person)), PRIVATE);
  await client.fails('me', undefined, NOT_LOGGED_IN);
  await client.fails('login', { username: person.username, password: 'wrong password' }, 'Invalid username or password.');
  const token = await client.logIn(person);
  assert.equal((await client.get('edit', { bio: 'all my life' })).bio, 'all my life');
  assert.equal((await client.get('sessions')).length, 1);
  await client.drop();

  const back = await UsersClient.connect(service, 'SignalR');
  assert.deepEqual(keys(await back.look(person.username)), PUBLIC);
  await back.logIn(person);
  assert.equal((await back.get('me')).bio, 'all my life');
  assert.deepEqual(await back.get('logout', { token }), { success: true });
  await refusesToken(token);
  const change = { password: person.password, new_password: 'another secret altogether' };
  assert.deepEqual(await back.get('change_password', change), { success: true });
  await back.get('end_session', { others: true });
  await back.close();
});
