// The scenarios of the session protocol, over whatever transport: every client event in every login state, which server
// events come, in which order, with what.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { account } from './connection.js';
import { opened } from './tokens.js';

const LOGIN = ['login_success', 'token_change', 'user_change', ['state_change', 'user']];

let margarets = 0;

/**
 * Declares the tests of one transport.
 * @param service Tells the service, once it has been started.
 * @param options How a client connects.
 */
export function sessionScenarios(service, options) {
  const connected = (act) => () => service().briefly(act, options);

  /** Somebody who has an account, and a token of it. */
  const known = async () => {
    const person = account();
    const token = await service().briefly((client) => client.register(person));
    return { person, token };
  };

  describe('undefined', () => {
    test('register logs in: success, token, name, state', connected(async (client) => {
      const person = account({ username: `Margaret Müller ${++margarets}` });
      const [, token, name] = await client.ask(
        ['register', person], ['register_success', 'token_change', 'user_change', ['state_change', 'user']]);
      assert.equal(name, person.username);
      assert.equal(token.split('.').length, 3, 'the token is a JWT');
    }));

    test('register with a taken name or address fails and says which', connected(async (client) => {
      const { person } = await known();
      await client.ask(['register', account({ username: person.username })], [['register_error', 'username']]);
      await client.ask(['register', account({ email: person.email })], [['register_error', 'email']]);
      await client.ask(['register', account({ password: 'short' })], [['register_error', 'password']]);
      await client.register(account());
    }));

    test('login_credentials logs in: success, token, name, state', connected(async (client) => {
      const { person } = await known();
      const [, , name] = await client.ask(['login_credentials', person], LOGIN);
      assert.equal(name, person.username);
    }));

    test('login_credentials with a wrong name or password fails and says which', connected(async (client) => {
      const { person } = await known();
      const { username, password } = account();
      await client.ask(['login_credentials', { username, password }], [['login_error', 'username']]);
      await client.ask(
        ['login_credentials', { username: person.username, password }], [['login_error', 'password']]);
      await client.logIn(person);
    }));

    test('login_token logs in and hands out a new token', connected(async (client) => {
      const { person, token } = await known();
      const [, next, name] = await client.ask(['login_token', token], LOGIN);
      assert.equal(name, person.username);
      assert.notEqual(next, token);
      assert.equal(opened(next).claims.sub, opened(token).claims.sub);
    }));

    test('login_token with no good token fails', connected(async (client) => {
      await client.ask(['login_token', 'no token'], [['login_error', 'token']]);
      await client.logInWith((await known()).token);
    }));

    test('login_guest makes a guest: token, name, state, and no success event', connected(async (client) => {
      const { name } = await client.becomeGuest();
      assert.ok(name.length > 0);
      await client.expectNothingMore();
    }));

    test('upgrade and logout are not allowed', connected(async (client) => {
      await client.ask(['upgrade', account()], [['event_error', 'upgrade']]);
      await client.ask('logout', [['event_error', 'logout']]);
    }));
  });

  describe('guest', () => {
    const asGuest = (act) => connected(async (client) => act(client, await client.becomeGuest()));

    test('upgrade makes a user: success and state, and no token', asGuest(async (client, { token }) => {
      const person = account();
      await client.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
      await client.ask(['upgrade', account()], [['event_error', 'upgrade']]);
      await service().briefly((other) => other.logIn(person));
      await service().briefly(async (other) => {
        const [, , name] = await other.ask(['login_token', token], LOGIN);
        assert.equal(name, person.username);
      });
    }));

    test('upgrade with a taken name or address fails, says which, and leaves a guest', asGuest(async (client) => {
      const { person } = await known();
      await client.ask(['upgrade', account({ username: person.username })], [['upgrade_error', 'username']]);
      await client.ask(['upgrade', account({ email: person.email })], [['upgrade_error', 'email']]);
      await client.ask(['upgrade', account({ password: 'short' })], [['upgrade_error', 'password']]);
      await client.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user']]);
    }));

    test('a guest comes back by its token as the same guest', asGuest(async (client, { token, name }) => {
      await service().briefly((other) => other.ask(
        ['login_token', token], ['login_success', 'token_change', ['user_change', name], ['state_change', 'guest']]));
    }));

    test('logging in and registering are not allowed', asGuest(async (client, { token }) => {
      await client.ask(['login_credentials', account()], [['event_error', 'login_credentials']]);
      await client.ask(['login_token', token], [['event_error', 'login_token']]);
      await client.ask('login_guest', [['event_error', 'login_guest']]);
      await client.ask(['register', account()], [['event_error', 'register']]);
      await client.ask('logout', [['state_change', 'undefined']]);
    }));

    test('logout leads back to undefined', asGuest(async (client) => {
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.ask('logout', [['event_error', 'logout']]);
      await client.becomeGuest();
    }));
  });

  describe('user', () => {
    const asUser = (act) => connected(async (client) => {
      const person = account();
      await act(client, person, await client.register(person));
    });

    test('everything but logout is not allowed', asUser(async (client, person, token) => {
      await client.ask(['login_credentials', person], [['event_error', 'login_credentials']]);
      await client.ask(['login_token', token], [['event_error', 'login_token']]);
      await client.ask('login_guest', [['event_error', 'login_guest']]);
      await client.ask(['register', account()], [['event_error', 'register']]);
      await client.ask(['upgrade', account()], [['event_error', 'upgrade']]);
      await client.ask('logout', [['state_change', 'undefined']]);
    }));

    test('logout leads back to undefined, where one can log in again', asUser(async (client, person) => {
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.logIn(person);
    }));
  });

  test('an unknown event is answered by event_error with its name, in every state', connected(async (client) => {
    const ask = (name) => client.ask(name, [['event_error', name]]);
    await ask('dance');
    await client.becomeGuest();
    await ask('Dance the night away');
    await client.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user']]);
    await client.ask(['dance', { wildly: true }], [['event_error', 'dance']]);
  }));

  test('events sent without waiting are answered in their order', connected(async (client) => {
    const person = account();
    await Promise.all([
      client.send('logout'), client.send('register', person), client.send('login_guest'), client.send('logout'),
      client.send('login_token', 'no token'), client.send('login_guest'), client.send('register', person),
    ]);
    await client.expect(
      ['event_error', 'logout'],
      'register_success', 'token_change', ['user_change', person.username], ['state_change', 'user'],
      ['event_error', 'login_guest'],
      ['state_change', 'undefined'],
      ['login_error', 'token'],
      'token_change', 'user_change', ['state_change', 'guest'],
      ['event_error', 'register'],
    );
    await client.expectNothingMore();
  }));
}
