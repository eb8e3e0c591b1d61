// Two services on one database that do not know of each other, as the two halves of a cluster that fell apart: what an account is now is
// what its row says, whichever of them has changed it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { UsersClient } from './support/users-client.js';

const NEW_PASSWORD = 'another horse battery';
const settings = { Gatehouse__Login__AddressFailures: '100000' };

let first;
let second;
before(async () => {
  first = await Service.start({ settings });
  second = await Service.start({ settings: { ...settings, Gatehouse__Cluster__ClusterId: 'the other half' }, beside: first });
});
after(async () => {
  await second?.dispose();
  await first?.dispose();
});

/** Somebody whom both services have logged in already. */
async function known() {
  const person = account();
  await first.briefly((client) => client.register(person));
  for (const service of [first, second]) await service.briefly((client) => client.logIn(person));
  return person;
}

const refused = (service, person) => service.briefly((client) => client.ask(['login_credentials', person], ['login_error']));

test('a password that was changed at one is refused at the other from then on, and the new one is taken', async () => {
  const person = await known();
  const client = await UsersClient.connect(first);
  await client.logIn(person);
  await client.get('change_password', { password: person.password, new_password: NEW_PASSWORD });
  for (const service of [first, second]) {
    assert.deepEqual(await refused(service, person), ['password']);
    await service.briefly((other) => other.logIn({ ...person, password: NEW_PASSWORD }));
  }
});

test('whoever is banned by hand in SQL comes in at neither, by password or token', async () => {
  const person = await known();
  const token = await second.briefly((client) => client.logIn(person));
  await first.database.sql(`UPDATE users SET is_banned = true WHERE name = '${person.username}'`);
  for (const service of [first, second]) {
    assert.deepEqual(await refused(service, person), [undefined]);
    await service.briefly((client) => client.ask(['login_token', token], [['login_error', 'token']]));
  }
});
