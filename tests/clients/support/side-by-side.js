// What holds wherever two clients are connected to two processes of one cluster, whichever processes these are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient } from './chat-client.js';
import { newRoom } from './chat-scenarios.js';
import { account } from './session-client.js';

const MESSAGES = 100;
const KINDS = [{}, { generation: 4 }, { generation: 1 }];

export const guest = (number) => ({ username: `talker ${number}`, password: '' });

/** @param both Gives the two services. */
export function sideBySide(both) {
  test('a room has one order for the senders and members of both', async () => {
    // Several, so that each process has some.
    for (const room of [newRoom(), newRoom(), newRoom()]) {
      const clients = await meet(both(), room);
      await Promise.all(clients.map(async (client, number) => {
        for (let message = 0; message < MESSAGES; message++) await client.send('message', { content: `${number}:${message}` });
      }));
      const total = MESSAGES * clients.length;
      for (const client of clients) await client.until('hearing all', () => client.heard.length >= total);
      const { heard } = clients[0];
      assert.equal(new Set(heard).size, total);
      for (const client of clients) assert.deepEqual(client.heard, heard);
      for (const number of clients.keys()) {
        assert.deepEqual(heard.filter((text) => text.startsWith(`${number}:`)), Array.from({ length: MESSAGES }, (_, message) => `${number}:${message}`));
      }
      await Promise.all(clients.map((client) => client.close()));
    }
  });

  test('a message that is said again by its nonce, on the other process, is said once', async () => {
    const [[one, other], room] = [both(), newRoom()];
    const bystander = await ChatClient.connect(one);
    await bystander.enter(guest(1), room);
    const say = async (service, kind, content, nonce) => {
      const speaker = await ChatClient.connect(service, kind);
      await speaker.enter(guest(2), room);
      await speaker.send('message', { content, nonce });
      await speaker.send('message', { content: `after ${content}` });
      await speaker.until('the echo', () => speaker.heard.includes(`after ${content}`));
      await speaker.close();
    };
    await say(one, {}, 'once', 'n-1');
    await say(other, { generation: 4 }, 'again', 'n-1');
    await say(other, {}, 'another', 'n-2');
    const said = await bystander.hears('once', 'after once', 'after again', 'another', 'after another');
    assert.equal(said[0].nonce, 'n-1');
  });

  for (const [here, there] of [['first', 'second'], ['second', 'first']]) {
    test(`a logout at the ${here} ends the login's socket at the ${there}`, async () => {
      const [one, other] = here === 'first' ? both() : both().reverse();
      const person = account();
      const leaver = await one.connect();
      const token = await leaver.register(person);
      const stayers = await Promise.all([other.connect(), other.connect({ generation: '4' })]);
      await stayers[0].logInWith(token);
      const alone = await other.connect();
      await alone.logIn(person);

      await stayers[1].logInWith(token);
      await leaver.ask('logout', [['state_change', 'undefined']]);
      for (const stayer of stayers) await stayer.expect(['state_change', 'undefined']);
      await alone.expectNothingMore();
    });
  }
}

/** One client of each kind on each process, all in one room. */
async function meet(services, room) {
  const clients = await Promise.all(services.flatMap((service) => KINDS.map((kind) => ChatClient.connect(service, kind))));
  await Promise.all(clients.map((client, number) => client.enter(guest(number), room)));
  return clients;
}
