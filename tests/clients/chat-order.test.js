// One order for all, nothing lost, nothing twice: with every kind of client in one room, over lost connections, and over the
// death of the service.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ChatClient, REQUIRED } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Service } from './support/service.js';

const settings = {
  Gatehouse__Room__Open: 'true', Gatehouse__Room__Ephemeral__0: 'live-*', Gatehouse__Login__AddressFailures: '100000',
};

let service;
before(async () => { service = await Service.start({ settings }); });
after(() => service?.dispose());

const KINDS = [
  {}, { generation: 1 }, { generation: 4 }, { generation: 1, engine: 'polling only', namespace: '/' },
  {}, { generation: 2, engine: 'WebSocket only' }, { generation: 4, engine: 'WebSocket only', namespace: '/' }, { transport: 'ServerSentEvents' },
];

/** Messages of each sender: all together are more than an ephemeral room remembers. */
const EACH = 100;

const guest = (number) => ({ username: `talker ${number}`, password: '' });

/** The whole history of a room, oldest first. */
async function historyOf(client) {
  const texts = [];
  let after = 0;
  for (;;) {
    const [{ messages, hasMore }] = await client.ask(['history', { after, limit: 200 }], ['history']);
    texts.push(...messages.map(({ content }) => content));
    if (!hasMore) return texts;
    after = messages.at(-1).id;
  }
}

for (const kind of ['a durable room', 'an ephemeral room']) {
  test(`8 senders of every kind, ${EACH} messages each, in ${kind}: all members see the same, none lost, none twice`, async () => {
    const room = kind === 'a durable room' ? newRoom() : `live-${newRoom()}`;
    const clients = await Promise.all(KINDS.map((options) => ChatClient.connect(service, options)));
    await Promise.all(clients.map((client, number) => client.enter(guest(number), room)));
    const total = EACH * clients.length;
    await Promise.all(clients.map(async (client, number) => {
      for (let message = 0; message < EACH; message++) {
        await client.send('message', { content: `${number}:${message}` });
        // In bursts of 50.
        const echoed = () => client.heard.filter((text) => text.startsWith(`${number}:`)).length;
        if (message % 50 === 49) await client.until(`hearing ${message}`, () => echoed() > message);
      }
    }));
    for (const client of clients) await client.until('hearing all', () => client.events.length >= total + 1);
    const { heard } = clients[0];
    assert.equal(new Set(heard).size, total);
    for (const client of clients) assert.deepEqual(client.heard, heard);
    for (const number of clients.keys()) {
      const own = heard.filter((text) => text.startsWith(`${number}:`));
      assert.deepEqual(own, Array.from({ length: EACH }, (_, message) => `${number}:${message}`));
    }
    for (const client of clients) {
      client.skip();
      await client.expectNothingMore();
    }
    assert.deepEqual(await historyOf(clients[0]), kind === 'a durable room' ? heard : heard.slice(-512));
    await Promise.all(clients.map((client) => client.close()));
  });
}

describe('coming back', () => {
  for (const [engine, namespace] of [['polling only', '/'], ['WebSocket only', '/chat'], ['upgrading', '/chat']]) {
    test(`${engine}, in ${namespace}: what was said meanwhile comes, in order, once, in the dialect of before`, async () => {
      const room = newRoom();
      const options = { generation: 4, engine, namespace };
      const [first, later, fresh] = await Promise.all([1, 2, 3].map(() => ChatClient.connect(service, options)));
      const talker = await (await ChatClient.connect(service)).enter(guest(0), room);
      await first.enter(guest(1), room);
      await later.enterLater(guest(2), room);
      await talker.say('before');
      await fresh.enterLater(guest(3), room);
      await first.hears('before');
      await later.hears('before');
      const away = [first, later, fresh];
      for (let round = 0; round < 2; round++) {
        for (const client of away) await client.drop();
        const said = Array.from({ length: 250 }, (_, number) => `${round}:${number}`);
        await Promise.all(said.map((content) => talker.send('message', { content })));
        await talker.hearsAll(said);
        for (const client of away) {
          client.socket.connect();
          await client.returned();
          assert.equal(client.socket.recovered, true);
          const messages = await client.hearsAll(said);
          for (const message of messages) assert.equal('id' in message, client !== first);
        }
        await talker.ask(['message', { content: 'welcome' }], ['message']);
        for (const client of away) {
          assert.equal('id' in (await client.hears('welcome'))[0], client !== first);
          await client.expectNothingMore();
        }
      }
      await first.ask(['message', { content: 'here I am' }], ['message']);
      await talker.hears('here I am');
      await Promise.all([talker, ...away].map((client) => client.close()));
    });
  }

  test('into the room that one had moved to', async () => {
    const [one, other] = [newRoom(), newRoom()];
    const client = await ChatClient.connect(service, { generation: 4 });
    const talker = await ChatClient.connect(service);
    await client.enter(guest(1), one);
    for (const text of ['a', 'b', 'c']) await client.say(text);
    await client.enter(guest(1), other);
    await talker.enter(guest(2), other);
    await client.drop();
    await talker.say('d');
    client.socket.connect();
    await client.returned();
    await client.hears('d');
    await client.say('e');
    await client.enter(guest(1), other);
    await talker.say('f');
    await client.hears('f');
    await Promise.all([client, talker].map((each) => each.close()));
  });

  test('after leaving: connected, and in no room', async () => {
    const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest(1), newRoom());
    await client.ask('leave', ['leave']);
    await client.drop();
    client.socket.connect();
    await client.returned();
    await client.ask(['message', { content: 'a' }], [['cerror', REQUIRED]]);
    await client.close();
  });

  test('after having missed too much: it is told to begin anew', async () => {
    const room = newRoom();
    const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest(1), room);
    const talker = await (await ChatClient.connect(service)).enter(guest(2), room);
    await client.drop();
    for (let round = 0; round < 11; round++) {
      const said = Array.from({ length: 500 }, (_, number) => `${round}:${number}`);
      await Promise.all(said.map((content) => talker.send('message', { content })));
    }
    client.socket.connect();
    await client.returned();
    await client.expect(['cerror', REQUIRED]);
    await client.enter(guest(1), room);
    await client.say('anew');
    await Promise.all([client, talker].map((each) => each.close()));
  });

  test('after kill -9 and restart', async () => {
    const room = newRoom();
    const client = await (await ChatClient.connect(service, { generation: 4 })).enterLater(guest(1), room);
    await client.ask(['message', { content: 'seen' }], ['message']);
    const talker = await (await ChatClient.connect(service, { generation: 1 })).enter(guest(2), room);
    await client.drop();
    await talker.say('missed before');
    await service.kill9();
    await talker.close();
    await service.start();
    const next = await (await ChatClient.connect(service)).enter(guest(3), room);
    await next.say('missed after');
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, true);
    const missed = await client.hears('missed before', 'missed after');
    assert.ok(missed.every(({ id }) => id > 0));
    await next.say('now');
    await client.hears('now');
    await Promise.all([client, next].map((each) => each.close()));
  });
});

test('kill -9 while 50 senders talk: what was echoed is in the history, in order, once', async (t) => {
  const rooms = [newRoom(), newRoom()];
  const clients = await Promise.all(Array.from({ length: 50 }, (_, number) => ChatClient.connect(service, KINDS[number % KINDS.length])));
  await Promise.all(clients.map((client, number) => client.enter(guest(number), rooms[number % 2])));
  const heardIn = (room) => clients.filter((_, number) => number % 2 === room).map((client) => client.heard);
  const enough = clients[0].until('a lot to be said', () => clients[0].events.length > 1000);
  const talking = clients.map(async (client, number) => {
    const closed = client.closed();
    for (let message = 0; client.connected; message++) {
      await Promise.race([closed, client.send('message', { content: `${number}:${message}` }).catch(() => {})]);
      const echoed = client.until('the echo', () => !client.connected || client.heard.includes(`${number}:${message}`));
      await Promise.race([closed, echoed.catch(() => {})]);
    }
    await closed;
  });
  await enough;
  await service.kill9();
  await Promise.all(talking);
  await Promise.all(clients.map((client) => client.close()));
  await service.start();

  for (const room of [0, 1]) {
    const reader = await (await ChatClient.connect(service)).enter(guest(99), rooms[room]);
    const history = await historyOf(reader);
    assert.equal(new Set(history).size, history.length, 'Nothing is there twice.');
    for (const heard of heardIn(room)) assert.deepEqual(history.slice(0, heard.length), heard);
    t.diagnostic(`${history.length} messages are stored; ${heardIn(room)[0].length} were heard by the first member`);
    await reader.ask(['message', { content: 'goes on' }], ['message']);
    await reader.close();
  }
});

test('an ephemeral room has no history, and its numbers go on after a restart', async () => {
  const room = `live-${newRoom()}`;
  const client = await (await ChatClient.connect(service, { generation: 4 })).enterLater(guest(1), room);
  const [{ id }] = await client.ask(['message', { content: 'gone' }], ['message']);
  assert.deepEqual(await client.ask('history', ['history']), [{ messages: [], hasMore: false }]);
  assert.equal(await service.database.sql(`SELECT count(*) FROM room_messages WHERE room = '${room}'`), '0');
  await client.drop();
  await service.stop();
  await service.start();
  const next = await (await ChatClient.connect(service)).enterLater(guest(2), room);
  const [message] = await next.ask(['message', { content: 'new' }], ['message']);
  assert.ok(message.id > id && Number.isSafeInteger(message.id));
  client.socket.connect();
  await client.returned();
  // What was said before the end nobody knows, so that this is no recovery.
  assert.equal(client.socket.recovered, false);
  await client.expect(['cerror', REQUIRED]);
  await Promise.all([client, next].map((each) => each.close()));
});
