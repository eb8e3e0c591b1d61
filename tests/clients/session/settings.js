// Where the document and its clients disagree, a setting decides.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Service } from '../support/service.js';
import { account } from '../support/session-client.js';
import { opened } from '../support/tokens.js';

describe("the document's own words", () => {
  let service;
  before(async () => {
    service = await Service.start({
      settings: { Gatehouse__SessionProtocol__UserChange: 'id', Gatehouse__SessionProtocol__DocumentSpelling: 'true' },
    });
  });
  after(() => service?.dispose());

  test('user_change can carry the id', () => service.briefly(async (client) => {
    const [token, id] = await client.ask('login_guest', ['token_change', 'user_change', ['state_change', 'guest']]);
    assert.equal(id, opened(token).claims.sub);
    await client.ask('logout', [['state_change', 'undefined']]);
    const events = ['register_success', 'token_change', 'user_change', ['state_change', 'user']];
    const [, next, userId] = await client.ask(['register', account()], events);
    assert.equal(userId, opened(next).claims.sub);
  }));

  test("the reason can be spelled 'uesrname'", () => service.briefly(async (client) => {
    const taken = account();
    await service.briefly((other) => other.send('register', taken));
    await client.ask(['register', account({ username: taken.username })], [['register_error', 'uesrname']]);
    await client.ask(['login_credentials', account()], [['login_error', 'uesrname']]);
    await client.ask(['login_credentials', { ...taken, password: 'not the password' }], [['login_error', 'password']]);
    await client.becomeGuest();
    await client.ask(['upgrade', account({ username: taken.username })], [['upgrade_error', 'uesrname']]);
  }));
});

describe('without reasons at login', () => {
  let service;
  before(async () => {
    service = await Service.start({ settings: { Gatehouse__SessionProtocol__TellLoginReason: 'false' } });
  });
  after(() => service?.dispose());

  test('a stranger cannot tell a wrong name from a wrong password', () => service.briefly(async (client) => {
    const person = account();
    await service.briefly((other) => other.register(person));
    await client.ask(['login_credentials', account()], [['login_error', undefined]]);
    await client.ask(['login_credentials', { ...person, password: 'not the password' }], [['login_error', undefined]]);
    await client.logIn(person);
  }));
});
