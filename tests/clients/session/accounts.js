// Who may have which name and address, and who may keep trying passwords.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await sharedService(); });

const connected = (act) => () => service.briefly(act);

describe('names', () => {
  test('two spellings of one name are one, and its owner logs in by either', connected(async (client) => {
    const person = account({ username: 'Jos\u00e9 Stra\u00dfe' });
    const same = 'jOSE\u0301 STRA\u1e9eE';
    await service.briefly((other) => other.register(person));
    await client.ask(['register', account({ username: same })], [['register_error', 'username']]);
    const [, , name] = await client.ask(
      ['login_credentials', { username: same, password: person.password }],
      ['login_success', 'token_change', 'user_change', ['state_change', 'user']]);
    assert.equal(name, person.username);
  }));

  test('a name is shown composed and without spaces around it', connected(async (client) => {
    const events = ['register_success', 'token_change', ['user_change', 'Zo\u00eb'], ['state_change', 'user']];
    await client.ask(['register', account({ username: ' Zoe\u0308  ' })], events);
  }));

  test('a name of 32 characters, each composed of two, is allowed', connected(
    (client) => client.register(account({ username: `${'\u00e9'.repeat(31)}\u{1d11e}` }))));

  for (const [what, username] of [
    ['of a million characters', 'c'.repeat(1_000_000)],
    ['with a line break', 'two\nlines'],
    ['with half a surrogate pair', 'half\ud83d'],
  ]) {
    test(`a name ${what} is not allowed`, connected(async (client) => {
      await client.ask(['register', account({ username })], [['register_error', 'username']]);
      await client.ask(['login_credentials', { ...account(), username }], [['login_error', 'username']]);
      await client.becomeGuest();
      await client.ask(['upgrade', account({ username })], [['upgrade_error', 'username']]);
    }));
  }
});

describe('addresses', () => {
  test('j\u00f6rg@b\u00fccher.example is accepted', connected((client) => client.register(account({ email: 'j\u00f6rg@b\u00fccher.example' }))));

  for (const email of ['', 'nobody@', 'a@example.org\r\nBcc: b@example.org', `${'x'.repeat(1_000_000)}@e.org`]) {
    test(`${JSON.stringify(email.slice(0, 40))} is refused`, connected(async (client) => {
      await client.ask(['register', account({ email })], [['register_error', 'email']]);
    }));
  }

  test('two addresses that differ only in case or composition are one', connected(async (client) => {
    await service.briefly((other) => other.register(account({ email: 'Ren\u00e9e@Example.org' })));
    await client.ask(['register', account({ email: 'rene\u0301e@example.ORG' })], [['register_error', 'email']]);
    await client.becomeGuest();
    await client.ask(['upgrade', account({ email: 'REN\u00c9E@EXAMPLE.ORG' })], [['upgrade_error', 'email']]);
  }));
});

describe('passwords', () => {
  test('from 8 to 128 characters, of any kind', connected(async (client) => {
    for (const password of ['p'.repeat(128), 'nul\u0000 key \u{1f511}']) {
      const person = account({ password });
      await client.register(person);
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.logIn(person);
      await client.ask('logout', [['state_change', 'undefined']]);
    }
    for (const password of ['', '1234567', 'p'.repeat(129), 'p'.repeat(1_000_000)]) {
      await client.ask(['register', account({ password })], [['register_error', 'password']]);
    }
  }));

  test('a password is compared to its last character', connected(async (client) => {
    const person = account({ password: 'q'.repeat(128) });
    await service.briefly((other) => other.register(person));
    for (const password of ['q'.repeat(129), `${'q'.repeat(127)}r`]) {
      await client.ask(['login_credentials', { ...person, password }], [['login_error', 'password']]);
    }
  }));

  test('a guest cannot be logged in by any password', connected(async (client) => {
    const { name } = await service.briefly((other) => other.becomeGuest());
    for (const password of ['', 'a guess at it']) {
      await client.ask(['login_credentials', { username: name, password }], [['login_error', 'password']]);
    }
  }));
});

test('of twenty who register one name at once one succeeds, and nineteen are refused the name', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => service.connect()));
  await Promise.all(clients.map((client) => client.send('register', account({ username: 'Everybody' }))));
  const answers = clients.map((client) => client.events[0].join(' '));
  await Promise.all(clients.map((client) => client.close()));
  assert.deepEqual(answers.sort(), [...Array(19).fill('register_error username'), 'register_success']);
  assert.equal(await service.database.sql("SELECT count(*) FROM users WHERE name_key = 'everybody'"), '1');
});

describe('too many wrong passwords', () => {
  let strict;
  before(async () => {
    strict = await sharedService({ Gatehouse__Login__AccountFailures: '3', Gatehouse__Login__AddressFailures: '8' });
  });

  const guess = (client, person, answer) =>
    client.ask(['login_credentials', { ...person, password: 'not the password' }], [answer]);

  test('lock the account, even for the right password, and do not tell why', () => strict.briefly(async (client) => {
    const person = account();
    await strict.briefly((other) => other.register(person));
    for (let i = 0; i < 3; i++) await guess(client, person, ['login_error', 'password']);
    await client.ask(['login_credentials', person], [['login_error', undefined]]);
    await guess(client, person, ['login_error', undefined]);
  }));

  test('from one address shut the address out, but not its tokens, its guests and its registrations', () =>
    strict.briefly(async (client) => {
      const person = account();
      const token = await strict.briefly((other) => other.register(person));
      await eventually('guessing names until the address is shut', async () => {
        client.skip();
        await client.send('login_credentials', account());
        return client.events.slice(client.read)[0].length === 1;
      }, { every: 0 });
      await strict.briefly((other) => other.ask(['login_credentials', person], [['login_error', undefined]]));
      await strict.briefly((other) => other.logInWith(token));
      await strict.briefly((other) => other.becomeGuest());
      await strict.briefly((other) => other.register(account()));
    }));
});
