// Who may have which name and address, and who may keep trying passwords.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

let service;
before(async () => { service = await Service.start({ settings: { Gatehouse__Login__AddressFailures: '100000' } }); });
after(() => service?.dispose());

const connected = (act) => () => service.briefly(act);

describe('names', () => {
  for (const [what, taken, same] of [
    ['case', 'Ada Lovelace', 'aDA lOVELACE'],
    ['composition', 'Jos\u00e9', 'Jose\u0301'],
    ['compatibility: the Kelvin sign', 'Kelvin', '\u212aelvin'],
    ['compatibility: full-width letters', 'wide', '\uff57\uff49\uff44\uff45'],
    ['compatibility: a ligature', 'fish', '\ufb01sh'],
    ['the capital sharp s', 'stra\u00dfe', 'STRA\u1e9eE'],
    ['the final sigma', '\u03bf\u03b4\u03bf\u03c2', '\u039f\u0394\u039f\u03a3'],
    ['spaces around it', 'Grace', '  Grace '],
    ['Cyrillic case', '\u0416\u0443\u043a', '\u0436\u0443\u043a'],
  ]) {
    test(`two names that differ only in ${what} are one`, connected(async (client) => {
      const person = account({ username: taken });
      await service.briefly((other) => other.register(person));
      await client.ask(['register', account({ username: same })], [['register_error', 'username']]);
      const [, , name] = await client.ask(
        ['login_credentials', { username: same, password: person.password }],
        ['login_success', 'token_change', 'user_change', ['state_change', 'user']]);
      assert.equal(name, taken.normalize('NFC'));
    }));
  }

  test('a name is shown composed and without spaces around it', connected(async (client) => {
    const events = ['register_success', 'token_change', ['user_change', 'Zo\u00eb'], ['state_change', 'user']];
    await client.ask(['register', account({ username: ' Zoe\u0308  ' })], events);
  }));

  for (const [what, username] of [
    ['of 32 characters', 'a'.repeat(32)],
    ['of 32 characters that are composed of two each', 'e\u0301'.repeat(32)],
    ['of 32 emoji', '\u{1f600}'.repeat(32)],
    ['of one character', '\u{1d11e}'],
    ['with quotes and markup', `<b>'";--`],
    ['with spaces inside', 'Jean Luc'],
    ['in Arabic', '\u0645\u0631\u062d\u0628\u0627'],
  ]) {
    test(`a name ${what} is allowed`, connected((client) => client.register(
      account({ username: username.normalize('NFC') }))));
  }

  for (const [what, username] of [
    ['that is empty', ''],
    ['of spaces', '   '],
    ['of 33 characters', 'b'.repeat(33)],
    ['of a million characters', 'c'.repeat(1_000_000)],
    ['of one character under a thousand accents', `x${'\u0301'.repeat(1000)}`],
    ['with a null character', 'nu\u0000ll'],
    ['with a line break', 'two\nlines'],
    ['with an escape character', 'red\u001b[31m'],
    ['with a zero-width space', 'zero\u200bwidth'],
    ['that turns the writing around', 'abc\u202ecba'],
    ['with half a surrogate pair', 'half\ud83d'],
    ['with a character of private use', 'mine\ue000'],
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
  for (const email of [
    'plain@example.org', 'plus+tag@example.org', 'dots.in.it@sub.domain.example.org', "o'brien@example.org",
    'j\u00f6rg@b\u00fccher.example', `${'l'.repeat(64)}@example.org`, `l@${'d'.repeat(60)}.${'d'.repeat(60)}.example`,
    '_@example.org', '1234567890@example.org', 'UPPER@EXAMPLE.ORG',
  ]) {
    test(`${email.slice(0, 40)} is accepted`, connected((client) => client.register(account({ email }))));
  }

  for (const email of [
    '', ' ', 'plain', '@', '@example.org', 'nobody@', 'two@at@example.org', 'nobody@localhost', 'a b@example.org',
    'Somebody <somebody@example.org>', 'a@example.org, b@example.org', 'a@b..example', '.@', 'a@.example.org',
    'a@example.org.', 'line\nbreak@example.org', 'null\u0000@example.org', 'a@example.org\r\nBcc: b@example.org',
    'zero\u200b@example.org', `${'l'.repeat(65)}@example.org`, `a@${'d'.repeat(64)}.example`,
    `a@${'d.'.repeat(150)}example`, `${'x'.repeat(1_000_000)}@e.org`,
  ]) {
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
    for (const password of ['12345678', 'p'.repeat(128), '\u{1f511}'.repeat(4), ' 8 spaces', 'nul\u0000inside']) {
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
    for (const password of ['q'.repeat(127), 'q'.repeat(129), `${'q'.repeat(127)}r`]) {
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

describe('at the same time', () => {
  /** Twenty connections do the same; counts the first event of each answer. */
  async function twenty(event, payloads, prepare = () => {}) {
    const clients = await Promise.all(payloads.map(() => service.connect()));
    await Promise.all(clients.map(prepare));
    clients.forEach((client) => client.skip());
    await Promise.all(clients.map((client, index) => client.send(event, payloads[index])));
    const answers = clients.map((client) => client.events.slice(client.read)[0].join(' '));
    await Promise.all(clients.map((client) => client.close()));
    return answers.sort();
  }

  const people = (changes) => Array.from({ length: 20 }, () => account(changes));
  const onceThen = (success, failure) => [...Array(19).fill(failure), success].sort();

  test('twenty registrations of one name: one success, nineteen refusals of the name', async () => {
    const answers = await twenty('register', people({ username: 'Everybody' }));
    assert.deepEqual(answers, onceThen('register_success', 'register_error username'));
    assert.equal(await service.database.sql("SELECT count(*) FROM users WHERE name_key = 'everybody'"), '1');
  });

  test('twenty registrations of one address: one success, nineteen refusals of the address', async () => {
    const answers = await twenty('register', people({ email: 'everybody@example.org' }));
    assert.deepEqual(answers, onceThen('register_success', 'register_error email'));
  });

  test('twenty guests who upgrade to one name: one success, nineteen refusals of the name', async () => {
    const answers = await twenty('upgrade', people({ username: 'Every Guest' }), (client) => client.becomeGuest());
    assert.deepEqual(answers, onceThen('upgrade_success', 'upgrade_error username'));
  });

  test('one account logs in on twenty devices', async () => {
    const person = account();
    await service.briefly((client) => client.register(person));
    const devices = await Promise.all(Array.from({ length: 20 }, () => service.connect()));
    const tokens = await Promise.all(devices.map((device) => device.logIn(person)));
    assert.equal(new Set(tokens).size, 20);
    await devices[0].ask('logout', [['state_change', 'undefined']]);
    await Promise.all(devices.slice(1).map((device) => device.expectNothingMore()));
    await Promise.all(devices.map((device) => device.close()));
  });
});

describe('too many wrong passwords', () => {
  let strict;
  before(async () => {
    strict = await Service.start({
      settings: {
        Gatehouse__Login__AccountFailures: '3',
        Gatehouse__Login__AddressFailures: '8',
        Gatehouse__Login__Window: '00:10:00',
        Gatehouse__Login__LockDuration: '00:00:02',
      },
    });
  });
  after(() => strict?.dispose());

  const guess = (client, person, answer) =>
    client.ask(['login_credentials', { ...person, password: 'not the password' }], [answer]);

  /** Tries until the lock is over; a lock has no event. */
  const afterTheLock = (client, person) => eventually('waiting for the lock to end', async () => {
    client.skip();
    await client.send('login_credentials', person);
    const [answer] = client.events.slice(client.read);
    client.skip();
    return answer[0] === 'login_success';
  });

  test('lock the account, even for the right password, and do not tell why', () => strict.briefly(async (client) => {
    const person = account();
    await strict.briefly((other) => other.register(person));
    for (let i = 0; i < 3; i++) await guess(client, person, ['login_error', 'password']);
    await client.ask(['login_credentials', person], [['login_error', undefined]]);
    await guess(client, person, ['login_error', undefined]);
    await afterTheLock(client, person);
  }));

  test('are forgotten after a right one', () => strict.briefly(async (client) => {
    const person = account();
    await strict.briefly((other) => other.register(person));
    for (let i = 0; i < 2; i++) {
      for (let j = 0; j < 2; j++) await guess(client, person, ['login_error', 'password']);
      await client.logIn(person);
      await client.ask('logout', [['state_change', 'undefined']]);
    }
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
      client.skip();
      await strict.briefly((other) => other.ask(['login_credentials', person], [['login_error', undefined]]));
      await strict.briefly((other) => other.logInWith(token));
      await strict.briefly((other) => other.becomeGuest());
      await strict.briefly((other) => other.register(account()));
      await strict.briefly((other) => afterTheLock(other, person));
    }));
});
