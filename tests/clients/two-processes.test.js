// Two processes on one database are one service: whoever is connected to the one hears of what happens at the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ChatClient } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { guest, sideBySide } from './support/side-by-side.js';
import { eventually } from './support/waiting.js';

/** A hang's guard only: how soon a dead process is known to be dead is measured elsewhere. */
const RECOVERY = { limit: 90_000, every: 500 };

const settings = { Gatehouse__Room__Open: 'true', Gatehouse__Login__AddressFailures: '100000' };

let first;
let second;
before(async () => {
  first = await Service.start({ settings });
  second = await Service.start({ settings, beside: first });
});
after(async () => {
  await second?.dispose();
  await first?.dispose();
});

const active = () => first.database.rows('SELECT address, port FROM OrleansMembershipTable WHERE Status = 3');

test('both are active in one cluster, on ports of their own', async () => {
  const silos = await active();
  assert.equal(silos.length, 2);
  assert.equal(new Set(silos.map(({ port }) => port)).size, 2);
});

sideBySide(() => [first, second]);

test('kill -9 of one leaves the other working: its clients go on, and the grains of the dead live again', async () => {
  const rooms = [newRoom(), newRoom(), newRoom(), newRoom()];
  const survivors = await Promise.all(rooms.map(() => ChatClient.connect(first)));
  for (const [number, room] of rooms.entries()) {
    await survivors[number].enter(guest(number), room);
    await (await ChatClient.connect(second)).enter(guest(10 + number), room);
    await survivors[number].say('before');
  }
  const began = Date.now();
  await second.kill9();
  await eventually('being one silo', async () => (await active()).length === 1, RECOVERY);
  await eventually('working again', () => first.briefly((client) => client.register(account()).then(() => true, () => false)), RECOVERY);
  for (const [number, room] of rooms.entries()) {
    await eventually('hearing the echo', async () => {
      const words = `after ${Date.now()}`;
      await survivors[number].send('message', { content: words });
      return eventually('the answer', () => survivors[number].heard.includes(words), { limit: 5000 }).catch(() => false);
    }, RECOVERY);
    await ChatClient.briefly(first, (client) => client.enter(guest(20 + number), room));
  }
  console.log(`# working again ${Date.now() - began} ms after kill -9`);
  await second.start();
  assert.equal((await active()).length, 2);
  const [one, other] = [await ChatClient.connect(first), await ChatClient.connect(second)];
  const room = newRoom();
  await one.enter(guest(30), room);
  await other.enter(guest(31), room);
  await other.say('together again');
  await one.hears('together again');
});

test('a start after everybody was killed waits for nobody, on other ports or on the same', async () => {
  await Promise.all([first.kill9(), second.kill9()]);
  const before = first.log.length;
  await first.start();
  assert.deepEqual(await active().then((silos) => silos.length), 1);
  assert.equal(first.log.slice(before).match(/ended without saying so; it is declared dead/g).length, 2);
  assert.doesNotMatch(first.log.slice(before), /waiting for a sign of life|Participant check thread/);

  const [{ port }] = await active();
  await first.kill9();
  first.settings.Gatehouse__Silo__SiloPort = `${port}`;
  const again = first.log.length;
  await first.start();
  assert.deepEqual((await active()).map((silo) => silo.port), [port]);
  assert.deepEqual(first.complaints(again).filter((entry) => !entry.includes('Note: ')), []);
});
