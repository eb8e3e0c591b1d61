// The users API: what administrators may do, and where the first of them comes from.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { administrator, administratorSettings, asAdministrator } from '../support/administrator.js';
import { Service } from '../support/service.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { ADMIN_DOORS, DOORS, UsersClient } from '../support/users-client.js';
import { eventually } from '../support/waiting.js';

const NOBODY = '01900000-0000-7000-8000-000000000000';
const NOT_LOGGED_IN = 'Not logged in.';
const DENIED = 'Permission denied.';
const NO_USER = 'User does not exist.';

describe('an administrator', () => {
  let service;
  before(async () => {
    service = await sharedService(ADMINISTERED);
    await (await asAdministrator(service)).close();
  });

  const door = '/admin/';

  describe(`by ${door}`, () => {
    const connected = (act) => () => UsersClient.briefly(service, act, door);
    const administering = (act) => async () => {
      const admin = await asAdministrator(service, door);
      try {
        await act(admin);
      } finally {
        await admin.close();
      }
    };
    const register = (person) => UsersClient.briefly(service, (client) => client.register(person), DOORS.at(-1));

    test('answers ping, login, me and logout', connected(async (client) => {
      assert.deepEqual(await client.ask('ping'), { action: 'pong' });
      const token = await client.logIn(administrator);
      assert.deepEqual((await client.get('me')).permissions, ['admin']);
      assert.deepEqual(await client.get('logout', { token }), { success: true });
      await client.fails('get_users', {}, NOT_LOGGED_IN);
    }));

    test('nobody and whoever has no permission is refused', connected(async (client) => {
      const person = account();
      const { id } = await register(person);
      await client.fails('get_users', {}, NOT_LOGGED_IN);
      await client.fails('delete_user', { id }, NOT_LOGGED_IN);
      await client.logIn(person);
      for (const data of [undefined, {}, { page: 1, page_size: 10 }, { page: -1 }]) {
        await client.fails('get_users', data, DENIED);
      }
      for (const data of [undefined, { id }, { id: NOBODY }, { id: 'no id' }]) {
        await client.fails('delete_user', data, DENIED);
      }
      assert.equal((await client.get('me')).id, id);
    }));

    test('a permission that is taken away is gone at once', async () => {
      const person = account();
      const { id } = await register(person);
      await service.database.sql(`UPDATE users SET permissions = '{admin}' WHERE id = '${id}'`);
      await UsersClient.briefly(service, async (client) => {
        await client.logIn(person);
        await client.get('get_users', { page_size: 1 });
        await service.database.sql(`UPDATE users SET permissions = '{}' WHERE id = '${id}'`);
        await client.fails('get_users', { page_size: 1 }, DENIED);
      }, door);
    });

    test('a login that has ended is over at once, for administrators too', administering(async (admin) => {
      const { id } = await register(account());
      await service.database.sql(
        `DELETE FROM user_sessions s USING users u WHERE u.id = s.user_id AND 'admin' = ANY (u.permissions)`);
      await admin.fails('delete_user', { id }, NOT_LOGGED_IN);
      await admin.fails('get_users', {}, NOT_LOGGED_IN);
    }));

    describe('get_users', () => {
      test('lists everybody, page by page, each once, in the order of their making', administering(async (admin) => {
        const people = [];
        for (let i = 0; i < 7; i++) people.push(await register(account()));
        const guest = await service.connect();
        const { name } = await guest.becomeGuest();
        const all = await admin.get('get_users', { page: 1, page_size: 1000 });
        const times = all.map((user) => Date.parse(user.created_at));
        assert.deepEqual(times, times.toSorted((a, b) => a - b));
        assert.equal(new Set(all.map(({ id }) => id)).size, all.length);
        assert.deepEqual(all.slice(-8, -1).map(({ id }) => id), people.map(({ id }) => id));
        const last = all.at(-1);
        assert.deepEqual([last.username, last.is_guest, last.email, last.is_online], [name, true, null, true]);

        for (const size of [1, 3, all.length, all.length + 5]) {
          const paged = [];
          for (let page = 1; ; page++) {
            const users = await admin.get('get_users', { page, page_size: size });
            assert.ok(users.length <= size);
            paged.push(...users);
            if (users.length < size) break;
          }
          assert.deepEqual(paged.map(({ id }) => id), all.map(({ id }) => id), `in pages of ${size}`);
        }
        await guest.close();
      }));

      test('keeps its order when somebody changes their profile', administering(async (admin) => {
        const ids = async () => (await admin.get('get_users', { page_size: 1000 })).map(({ id }) => id);
        const person = account();
        await register(person);
        await register(account());
        const before = await ids();
        await UsersClient.briefly(service, async (client) => {
          await client.logIn(person);
          await client.get('edit', { bio: 'changed' });
        }, DOORS.at(-1));
        assert.deepEqual(await ids(), before);
      }));

      test('shows administrators the address and the permissions', administering(async (admin) => {
        const person = account();
        const { id } = await register(person);
        const listed = (await admin.get('get_users', { page_size: 1000 })).find((user) => user.id === id);
        assert.deepEqual([listed.email, listed.permissions, listed.user_id], [person.email, [], id]);
        assert.ok(!JSON.stringify(listed).includes('password'));
      }));

      test('without pages gives the first fifty', administering(async (admin) => {
        const first = await admin.get('get_users', { page: 1, page_size: 50 });
        const ids = (users) => users.map(({ id }) => id);
        for (const data of [undefined, null, [], {}]) {
          assert.deepEqual(ids(await admin.get('get_users', data)), ids(first));
        }
      }));

      test('beyond the last page is empty', administering(async (admin) => {
        for (const data of [
          { page: 1000, page_size: 1000 }, { page: 2147483647, page_size: 1000 }, { page: 2147483647 },
        ]) {
          assert.deepEqual(await admin.get('get_users', data), []);
        }
      }));

      test('with a page that is negative, huge or none is refused', administering(async (admin) => {
        for (const wrong of [0, -1, 1.5, '1', null, true, [1], {}, 2147483648, 9007199254740993, 1e300, -1e300]) {
          await admin.fails('get_users', { page: wrong }, 'Invalid page.');
          await admin.fails('get_users', { page_size: wrong }, 'Invalid page.');
        }
        await admin.fails('get_users', { page: 1, page_size: 1001 }, 'Invalid page.');
      }));
    });

    describe('delete_user', () => {
      test('ends every session and token at once, and frees the names', administering(async (admin) => {
        const person = account();
        const { id } = await register(person);
        const [tab, phone] = [await service.connect(), await service.connect()];
        const users = await UsersClient.connect(service, DOORS.at(-1));
        const token = await tab.logIn(person);
        await phone.logIn(person);
        const usersToken = await users.logIn(person);

        assert.deepEqual(await admin.get('delete_user', { id }), { success: true });
        await tab.expect(['state_change', 'undefined']);
        await phone.expect(['state_change', 'undefined']);
        await users.fails('me', undefined, NOT_LOGGED_IN);
        for (const gone of [token, usersToken]) {
          await service.briefly((client) => client.ask(['login_token', gone], [['login_error', 'token']]));
        }
        await tab.ask(['login_credentials', person], [['login_error', 'username']]);
        await users.fails(
          'login', { email: person.email, password: person.password }, 'Invalid username or password.');
        await users.fails('details', { user_id: id }, NO_USER);
        await users.fails('details', { username: person.username }, NO_USER);
        await admin.fails('delete_user', { id }, NO_USER);

        const again = await users.register(person);
        assert.notEqual(again.id, id);
        await tab.logIn(person);
        await Promise.all([tab, phone, users].map((client) => client.close()));
      }));

      test('of a guest works alike', administering(async (admin) => {
        const guest = await service.connect();
        const { token, name } = await guest.becomeGuest();
        const { id } = (await admin.get('get_users', { page_size: 1000 })).find((user) => user.username === name);
        await admin.get('delete_user', { id });
        await guest.expect(['state_change', 'undefined']);
        await guest.ask(['login_token', token], [['login_error', 'token']]);
        await guest.close();
      }));

      test('of nobody, or by an id that is no id, is refused', administering(async (admin) => {
        for (const data of [
          undefined, null, [], 'text', 7, {}, { id: NOBODY }, { id: '' }, { id: 7 }, { id: null }, { id: [NOBODY] },
          { id: `{${NOBODY}}` }, { id: NOBODY.replaceAll('-', '') }, { id: "' OR 1=1 --" },
          { id: 'x'.repeat(900_000) },
          { user_id: NOBODY },
        ]) {
          await admin.fails('delete_user', data, NO_USER);
        }
      }));

      test('of oneself ends this login too', async () => {
        const person = account();
        const { id } = await register(person);
        await service.database.sql(`UPDATE users SET permissions = '{admin}' WHERE id = '${id}'`);
        await UsersClient.briefly(service, async (client) => {
          await client.logIn(person);
          assert.deepEqual(await client.get('delete_user', { id }), { success: true });
          await client.fails('get_users', {}, NOT_LOGGED_IN);
        }, door);
      });
    });
  });

  test('a whole life over SignalR: log in, look, delete, drop, come back, log out', async () => {
    const person = account();
    const { id } = await UsersClient.briefly(service, (client) => client.register(person));
    const admin = await asAdministrator(service, 'SignalR');
    assert.ok((await admin.get('get_users', { page_size: 1000 })).some((user) => user.id === id));
    assert.deepEqual(await admin.get('delete_user', { id }), { success: true });
    await admin.drop();
    const back = await asAdministrator(service, 'SignalR');
    assert.ok(!(await back.get('get_users', { page_size: 1000 })).some((user) => user.id === id));
    await back.get('logout', { token: await back.logIn(administrator) });
    await back.fails('get_users', {}, NOT_LOGGED_IN);
    await back.close();
  });

  test('at /admin/ the actions of everybody else are none', () => UsersClient.briefly(service, async (client) => {
    for (const action of ['new', 'details', 'edit', 'sessions', 'end_session', 'change_password', 'dance']) {
      await client.fails(action, {}, 'Invalid action.');
    }
  }, '/admin/'));

  test('at /users/ the actions of administrators are none, even to them', async () => {
    const admin = await asAdministrator(service, '/users/');
    await admin.fails('get_users', {}, 'Invalid action.');
    await admin.fails('delete_user', { id: NOBODY }, 'Invalid action.');
    await admin.close();
  });

  test('a login in the middle of its deletion leaves no session behind', async () => {
    const admin = await asAdministrator(service, ADMIN_DOORS.at(-1));
    for (let round = 0; round < 5; round++) {
      const person = account();
      const { id } = await UsersClient.briefly(service, (client) => client.register(person), DOORS.at(-1));
      const tabs = await Promise.all(Array.from({ length: 4 }, () => service.connect()));
      const logins = tabs.map((tab) => tab.send('login_credentials', person));
      await logins[0];
      await admin.get('delete_user', { id });
      await Promise.all(logins);
      for (const tab of tabs) {
        await tab.send('anything_else');
        await eventually('waiting for the end of the session', () => {
          const state = tab.events.findLast(([name]) => name === 'state_change');
          return state === undefined || state[1] === 'undefined';
        });
        await tab.close();
      }
      assert.equal(await service.database.sql(`SELECT count(*) FROM tokens WHERE user_id = '${id}'`), '0');
    }
    await admin.close();
  });
});

describe('the first administrator', () => {
  const count = (service) => service.database.sql("SELECT count(*) FROM users WHERE permissions <> '{}'");
  const everybody = (service) => service.database.sql('SELECT count(*) FROM users');

  test('is made once, of what the settings say in full, and not changed by other settings at a later start', async () => {
    const { Gatehouse__Admin__Password: password, ...without } = administratorSettings();
    const service = await Service.start({ settings: without });
    const restart = async (settings) => {
      await service.stop();
      service.settings = settings;
      await service.start();
    };
    await UsersClient.briefly(service, async (client) => {
      for (const [name, guess] of [['admin', 'admin'], ['Admin', 'password'], ['root', 'root'], [administrator.username, password]]) {
        await client.fails('login', { username: name, password: guess }, 'Invalid username or password.');
      }
    }, ADMIN_DOORS.at(-1));
    assert.equal(await everybody(service), '0');
    await restart({ ...without, Gatehouse__Admin__Password: password.slice(0, 5) });
    await eventually('waiting for the refusal', () => service.log.includes('Gatehouse:Admin was refused'));
    assert.equal(await everybody(service), '0');

    const before = service.log.length;
    await restart(administratorSettings());
    await (await asAdministrator(service, ADMIN_DOORS.at(-1))).close();
    const other = { username: 'Second', email: 'second@example.org', password: 'another password' };
    await restart(administratorSettings(other));
    const admin = await asAdministrator(service, ADMIN_DOORS.at(-1));
    await admin.fails('login', { username: other.username, password: other.password }, 'Invalid username or password.');
    await admin.close();
    assert.deepEqual([await count(service), await everybody(service)], ['1', '1']);
    assert.doesNotMatch(service.log.slice(before), /There is no administrator/, 'a start that finds one has nothing to complain about');
    await service.dispose();
  });

  test('is an ordinary account besides: it logs in by the session protocol', async () => {
    const service = await sharedService(ADMINISTERED);
    await (await asAdministrator(service, ADMIN_DOORS.at(-1))).close();
    await service.briefly((client) => client.logIn(administrator));
  });
});
