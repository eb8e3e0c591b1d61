// Payloads and names that are not what the session protocol asks for, over whatever transport.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { account } from './connection.js';

const NOTHING = Symbol('no payload');
const sent = (name, payload) => (payload === NOTHING ? [name] : [name, payload]);

const notEvenAnObject = {
  'no payload': NOTHING,
  'null': null,
  'text': 'username',
  'a number': 42,
  'true': true,
  'an array': [{ username: 'a' }],
  'an array of a thousand': Array(1000).fill(0),
  'an empty object': {},
};

const wrongTypes = [null, 42, false, ['text'], { text: 'text' }];

/**
 * Declares the tests of one transport.
 * @param service Tells the service, once it has been started.
 * @param options How a client connects.
 * @param much A text about as long as the transport carries at once.
 */
export function badPayloads(service, options, much) {
  const connected = (act) => () => service().briefly(act, options);

  describe('payloads', () => {
    for (const [what, payload] of Object.entries(notEvenAnObject)) {
      test(`${what} instead of an object`, connected(async (client) => {
        await client.ask(sent('login_credentials', payload), [['login_error', 'username']]);
        await client.ask(sent('register', payload), [['register_error', 'username']]);
        await client.becomeGuest();
        await client.ask(sent('upgrade', payload), [['upgrade_error', 'username']]);
        await client.ask(sent('upgrade', account()), ['upgrade_success', ['state_change', 'user']]);
      }));
    }

    for (const field of ['username', 'email', 'password']) {
      test(`${field} missing or of a wrong type`, connected(async (client) => {
        const wrong = wrongTypes.map((value) => account({ [field]: value }));
        const without = account();
        delete without[field];
        const payloads = [...wrong, without];
        for (const payload of payloads) await client.ask(['register', payload], [['register_error', field]]);
        if (field !== 'email') {
          for (const payload of payloads) await client.ask(['login_credentials', payload], [['login_error', field]]);
        }
        await client.becomeGuest();
        for (const payload of payloads) await client.ask(['upgrade', payload], [['upgrade_error', field]]);
      }));

      test(`a megabyte of ${field}`, connected(async (client) => {
        await client.ask(['register', account({ [field]: much })], [['register_error', field]]);
        await client.becomeGuest();
        await client.ask(['upgrade', account({ [field]: much })], [['upgrade_error', field]]);
      }));
    }

    test('a megabyte of name or password at login', connected(async (client) => {
      const person = account();
      await service().briefly((other) => other.register(person));
      await client.ask(['login_credentials', { ...person, username: much }], [['login_error', 'username']]);
      await client.ask(['login_credentials', { ...person, password: much }], [['login_error', 'password']]);
      await client.logIn(person);
    }));

    test('fields that nobody asked for are passed over', connected(async (client) => {
      const extra = { kind: 'admin', permissions: ['admin'], id: 1, constructor: {}, more: much, deep: { er: [] } };
      await client.register(account(extra));
    }));

    test('arguments that nobody asked for are passed over', connected(async (client) => {
      await client.send('login_guest', { a: 1 }, 2, [3]);
      await client.expect('token_change', 'user_change', ['state_change', 'guest']);
      await client.ask(['logout', 'please'], [['state_change', 'undefined']]);
    }));

    test('in the wrong login state the state comes first', connected(async (client) => {
      await client.ask('upgrade', [['event_error', 'upgrade']]);
      await client.becomeGuest();
      await client.ask('register', [['event_error', 'register']]);
      await client.ask(['login_credentials', null], [['event_error', 'login_credentials']]);
      await client.ask(['login_token', 42], [['event_error', 'login_token']]);
      await client.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user']]);
      await client.ask(['upgrade', {}], [['event_error', 'upgrade']]);
    }));
  });

  describe('names of events', () => {
    for (const name of [
      '', ' ', 'Receive', 'OnConnectedAsync', 'OnDisconnectedAsync', 'Dispose', 'ToString', 'constructor', '__proto__',
      'state_change', 'login-guest', 'login_guest ', 'null', 'π', '\u0000', '<script>', "'; DROP TABLE users; --",
    ]) {
      const title = `${JSON.stringify(name)} is an unknown event`;
      test(title, connected((client) => client.ask(name, [['event_error', name]])));
    }

    test('of a name without end, the beginning comes back', connected(async (client) => {
      const [echo] = await client.ask(much, ['event_error']);
      assert.ok(echo.length > 0 && echo.length <= 1000, `${echo.length} characters came back`);
      assert.ok(much.startsWith(echo));
    }));
  });
}
