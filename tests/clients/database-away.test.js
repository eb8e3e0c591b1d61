// The database goes away: requests fail at once in the protocol's own words, the probes tell, and all heals by itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PrivatePostgres } from './support/postgres.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

const FAST = 5_000;

let postgres;
let service;
before(async () => {
  postgres = await PrivatePostgres.start();
  service = await Service.start({ database: postgres.database });
});
after(async () => {
  await service?.dispose();
  await postgres?.dispose();
});

const ready = (status) => eventually(
  `waiting for /healthz/ready to say ${status}`, async () => (await service.probe('ready')) === status,
  { describe: () => service.tail() });

async function fast(what, act) {
  const began = Date.now();
  await act();
  const took = Date.now() - began;
  assert.ok(took < FAST, `${what} took ${took} ms`);
}

describe('while the database is away', () => {
  const person = account();
  let token;
  let stranger;
  let guest;
  let user;
  before(async () => {
    [stranger, guest, user] = [await service.connect(), await service.connect(), await service.connect()];
    await guest.becomeGuest();
    token = await user.register(person);
    await postgres.vanish();
  });

  for (const [name, client, event, answer] of [
    ['login_credentials', () => stranger, () => ['login_credentials', person], ['login_error', undefined]],
    ['login_token', () => stranger, () => ['login_token', token], ['login_error', undefined]],
    ['login_guest', () => stranger, () => ['login_guest'], ['login_error', undefined]],
    ['register', () => stranger, () => ['register', account()], ['register_error', undefined]],
    ['upgrade', () => guest, () => ['upgrade', account()], ['upgrade_error', undefined]],
    ['logout', () => user, () => ['logout'], ['event_error', 'logout']],
  ]) {
    test(`${name} fails fast, with the protocol's own error`, () => fast(name, () => client().ask(event(), [answer])));
  }

  test('what needs no database is answered as ever', async () => {
    await stranger.ask('dance', [['event_error', 'dance']]);
    await stranger.ask(['login_token', 'no token'], ['login_error']);
    await user.ask(['nothing', 1], [['event_error', 'nothing']]);
  });

  test('new connections come in', () => service.briefly(
    (client) => client.ask('login_guest', [['login_error', undefined]])));

  test('/healthz/ready says 503, the others 200, and the page is there', async () => {
    await ready(503);
    assert.equal(await service.probe('live'), 200);
    assert.equal(await service.probe('startup'), 200);
    assert.equal((await service.get('/')).status, 200);
    assert.equal((await service.get('/metrics')).status, 200);
  });

  test('when it is back, everything works again on the same connections', async () => {
    await postgres.resume();
    await ready(200);
    await stranger.logIn(person);
    await guest.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user']]);
    await user.ask('logout', [['state_change', 'undefined']]);
    await user.logIn(person);
    await service.briefly((client) => client.register(account()));
  });

  test('a short absence that no probe noticed heals as well', async () => {
    await postgres.vanish();
    await postgres.resume();
    await eventually('registering again', () => service.briefly(async (client) => {
      await client.send('register', account());
      return client.events[0][0] === 'register_success';
    }));
    await stranger.ask('logout', [['state_change', 'undefined']]);
  });
});

test('a service that starts before its database waits for it', async () => {
  await service.stop();
  await postgres.vanish();
  const starting = service.start();
  await eventually('seeing it wait', () => /waiting for the database/i.test(service.log));
  await postgres.resume();
  await starting;
  await service.briefly((client) => client.becomeGuest());
});
