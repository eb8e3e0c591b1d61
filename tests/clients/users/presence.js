// Who is online is true: across connections, gateways that vanish, and restarts. By leases, never by counting.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { STRICT } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';
import { eventually } from '../support/waiting.js';

const DOOR = 'SignalR';

let service;
let watcher;
before(async () => {
  service = await sharedService(STRICT);
  watcher = await UsersClient.connect(service, DOOR);
});

const shown = async (username) => {
  const { is_online: isOnline, status } = await watcher.look(username);
  return { isOnline, status: status.type };
};
const becomes = (username, isOnline) => eventually(
  `waiting for ${username} to be ${isOnline ? 'online' : 'offline'}`,
  async () => (await shown(username)).isOnline === isOnline);

describe('somebody', () => {
  test('who has only registered was never online', async () => {
    const person = account();
    await watcher.register(person);
    const { is_online: isOnline, last_online: lastOnline, status } = await watcher.look(person.username);
    assert.deepEqual([isOnline, lastOnline, status], [false, null, { type: 0, text: '' }]);
  });

  test('is online while a connection is logged in, and offline after it', async () => {
    const person = account();
    await watcher.register(person);
    const client = await UsersClient.connect(service, DOOR);
    assert.deepEqual(await shown(person.username), { isOnline: false, status: 0 });
    await client.logIn(person);
    assert.deepEqual(await shown(person.username), { isOnline: true, status: 1 });
    const closedAt = Date.now();
    await client.close();
    await becomes(person.username, false);
    const { last_online: lastOnline, status } = await watcher.look(person.username);
    assert.equal(status.type, 0);
    assert.ok(Math.abs(Date.parse(lastOnline) - closedAt) < 10_000, `last online at ${lastOnline}`);
  });

  test('is offline when the connection is cut without a close', async () => {
    const person = account();
    await watcher.register(person);
    const client = await UsersClient.connect(service, DOOR);
    await client.logIn(person);
    await client.drop();
    await becomes(person.username, false);
  });

  test('is offline after a logout, whatever is still connected', async () => {
    const person = account();
    await watcher.register(person);
    const client = await UsersClient.connect(service, DOOR);
    const token = await client.logIn(person);
    await client.get('logout', { token });
    await becomes(person.username, false);
    await client.close();
  });

  test('stays online as long as the last of many connections', async () => {
    const person = account();
    await watcher.register(person);
    const tabs = await Promise.all(Array.from({ length: 5 }, () => service.connect()));
    await Promise.all(tabs.map((tab) => tab.logIn(person)));
    const client = await UsersClient.connect(service, DOOR);
    await client.logIn(person);
    for (const tab of tabs) {
      await tab.close();
      assert.deepEqual(await shown(person.username), { isOnline: true, status: 1 });
    }
    await client.close();
    await becomes(person.username, false);
  });

  test('shows the status they chose while online, and offline otherwise', async () => {
    const person = account();
    await watcher.register(person);
    const client = await UsersClient.connect(service, DOOR);
    await client.logIn(person);
    for (const type of [1, 2, 3, 4, 5, 6]) {
      await client.get('edit', { status: { type, text: `status ${type}` } });
      assert.deepEqual((await watcher.look(person.username)).status, { type, text: `status ${type}` });
    }
    await client.close();
    await becomes(person.username, false);
    assert.equal((await shown(person.username)).status, 0);
    await UsersClient.briefly(service, async (again) => {
      await again.logIn(person);
      assert.equal((await shown(person.username)).status, 6);
    }, DOOR);
  });
});

test('a hundred connections that come and go at once leave everybody offline', async () => {
  const people = Array.from({ length: 5 }, () => account());
  for (const person of people) await watcher.register(person);
  const tokens = await Promise.all(people.map((person) =>
    UsersClient.briefly(service, (client) => client.logIn(person), DOOR)));
  const tabs = await Promise.all(Array.from({ length: 100 }, () => service.connect()));
  await Promise.all(tabs.map((tab, index) => tab.logInWith(tokens[index % people.length])));
  for (const { username } of people) assert.equal((await shown(username)).isOnline, true);
  await Promise.all(tabs.map((tab, index) => (index % 2 ? tab.close() : tab.drop())));
  for (const { username } of people) await becomes(username, false);
});

test('after kill -9 nobody stays online', async () => {
  const people = [account(), account()];
  for (const person of people) await watcher.register(person);
  const tab = await service.connect();
  await tab.logIn(people[0]);
  const client = await UsersClient.connect(service, DOOR);
  await client.logIn(people[1]);
  for (const { username } of people) assert.equal((await shown(username)).isOnline, true);
  await service.kill9();
  for (const gone of [...service.clients]) await gone.close();
  await service.start();
  watcher = await UsersClient.connect(service, DOOR);
  for (const { username } of people) await becomes(username, false);

  await UsersClient.briefly(service, async (again) => {
    await again.logIn(people[1]);
    assert.deepEqual(await shown(people[1].username), { isOnline: true, status: 1 });
  }, DOOR);
  await becomes(people[1].username, false);
});
