// What was acknowledged is there after a kill -9; nothing is half there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const PEOPLE = 200;
const ENOUGH = 40;

let service;
before(async () => { service = await Service.start({ settings: { Gatehouse__Login__AddressFailures: '100000' } }); });
after(() => service?.dispose());

const tokenOf = (client) => client.events.find(([name]) => name === 'token_change')?.[1];

test('kill -9 during 200 concurrent registrations', async (t) => {
  const people = Array.from({ length: PEOPLE }, () => account());
  const clients = await Promise.all(people.map(() => service.connect()));
  let answered = 0;
  const crash = new Promise((resolve) => {
    for (const client of clients) {
      client.link.connection.on('state_change', () => ++answered === ENOUGH && resolve(service.kill9()));
    }
  });
  const requests = Promise.allSettled(clients.map((client, index) => client.send('register', people[index])));
  await crash;
  const outcomes = await requests;
  assert.ok(outcomes.some(({ status }) => status === 'rejected'), 'The crash came after everything was done.');
  await Promise.all(clients.map((client) => client.close()));
  await service.start();

  const acknowledged = people
    .map((person, index) => ({ person, token: tokenOf(clients[index]) }))
    .filter(({ token }) => token);
  assert.ok(acknowledged.length >= ENOUGH);
  t.diagnostic(`${acknowledged.length} of ${PEOPLE} registrations were acknowledged before the crash`);

  await t.test('each acknowledged one is there, with its token valid', async () => {
    for (const { token } of acknowledged) await service.briefly((client) => client.logInWith(token));
  });

  await t.test('its password is valid too', async () => {
    for (const { person } of acknowledged.slice(0, 5)) await service.briefly((client) => client.logIn(person));
  });

  await t.test('none is half there', async () => {
    const count = (query) => service.database.sql(`SELECT count(*) FROM ${query}`).then(Number);
    assert.equal(await count('users WHERE NOT EXISTS (SELECT FROM tokens WHERE user_id = users.id)'), 0);
    assert.equal(await count('tokens WHERE NOT EXISTS (SELECT FROM users WHERE id = tokens.user_id)'), 0);
    assert.equal(await count('users WHERE email IS NULL OR password_hash IS NULL'), 0);
    assert.ok(await count('users') >= acknowledged.length);
  });

  await t.test('whoever got no answer can register, or is registered', async () => {
    const unanswered = people.filter((_, index) => !tokenOf(clients[index]));
    for (const person of unanswered.slice(0, 20)) {
      await service.briefly(async (client) => {
        await client.send('register', person);
        const [answer] = client.events;
        assert.ok(['register_success', 'register_error'].includes(answer[0]), answer.join(' '));
        client.skip();
        if (answer[0] === 'register_error') await client.logIn(person);
      });
    }
  });
});
