// Recovery gives everything from the first event that a client has not seen, once, in order; or it is none, and the client knows.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { ChatClient, COMPLETE, INVALID, REQUIRED } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Service } from './support/service.js';
import { OPEN_ROOMS } from './support/settings.js';

let service;
before(async () => { service = await Service.start({ settings: { ...OPEN_ROOMS, Gatehouse__Room__Ephemeral__0: 'live-*' } }); });
after(() => service?.dispose());

const guest = (username) => ({ username, password: '' });
const talkerIn = async (room) => (await ChatClient.connect(service)).enter(guest('talker'), room);

/** How often a client has come back since. */
function countingReturns(client) {
  const returns = { count: 0 };
  client.socket.on('connect', () => { returns.count++; });
  return returns;
}

async function comeBack(client) {
  client.socket.connect();
  await client.returned();
}

async function residentBytes() {
  const status = await readFile(`/proc/${service.child.pid}/status`, 'utf8');
  return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
}

/** Says large messages, a few at a time; each is told by its number. */
async function saysLarge(talker, count) {
  const padding = 'x'.repeat(60_000);
  for (let number = 0; number < count; number++) {
    await talker.send('message', { content: `${number}`, padding });
    if (number % 20 === 19) await talker.until(`the echo of ${number}`, () => talker.heard.length > number);
  }
  await talker.until('the last echo', () => talker.heard.length === count);
  return Array.from({ length: count }, (_, number) => `${number}`);
}

describe('what was missed is more than the send queue holds', () => {
  for (const engine of ['WebSocket only', 'polling only']) {
    test(`${engine}: it comes in pieces, once, in order, and what is said meanwhile after it`, async () => {
      const room = newRoom();
      const clients = await Promise.all(['one', 'two', 'three'].map(async (name) =>
        (await ChatClient.connect(service, { generation: 4, engine, returning: true })).enter(guest(name), room)));
      const talker = await talkerIn(room);
      for (const client of clients) {
        client.socket.io.reconnection(false);
        await client.drop();
      }
      const said = await saysLarge(talker, 200);
      const before = await residentBytes();
      const returns = clients.map(countingReturns);
      for (const client of clients) {
        client.socket.io.reconnection(true);
        client.socket.connect();
      }
      await Promise.all(clients.map((client) => client.returned()));
      await talker.send('message', { content: 'meanwhile' });
      for (const [index, client] of clients.entries()) {
        await client.hearsAll([...said, 'meanwhile']);
        assert.deepEqual([client.socket.recovered, returns[index].count], [true, 1]);
        await client.say(`here is ${index}`);
        client.skip();
      }
      const grown = await residentBytes() - before;
      assert.ok(grown < 100_000_000, `the process has grown by ${grown} bytes`);
      await Promise.all([talker, ...clients].map((client) => client.close()));
    });
  }

  test('beyond 32 MiB it begins anew, and is told', async () => {
    const room = newRoom();
    const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest('one'), room);
    const talker = await talkerIn(room);
    await client.drop();
    await saysLarge(talker, 600);
    const returns = countingReturns(client);
    await comeBack(client);
    await client.expect(['cerror', REQUIRED]);
    assert.deepEqual([client.socket.recovered, returns.count], [false, 1]);
    await client.enter(guest('one'), room);
    await client.say('anew');
    await client.expectNothingMore();
    await Promise.all([client, talker].map((each) => each.close()));
  });
});

/** From now on the client does not see what the service sends, as if the connection had broken before it came. */
const goDeaf = (client) => { client.socket.onevent = () => {}; };
const hearAgain = (client) => { delete client.socket.onevent; };

/** Sends an event whose answer the client does not see, and loses the connection when the service has handled it. */
async function losesAnswer(client, event, isHandled) {
  goDeaf(client);
  await client.send(...event);
  await isHandled();
  await client.drop();
  hearAgain(client);
}

for (const namespace of ['/', '/chat']) {
  describe(`in ${namespace}, an answer to Auth that did not arrive is no recovery`, () => {
    const connect = () => ChatClient.connect(service, { generation: 4, namespace });

    /** It knows that it begins anew, its question is answered, and all that is said from its next Auth on it hears. */
    async function beginsAnew(client, room, talker) {
      await comeBack(client);
      assert.equal(client.socket.recovered, false);
      await client.expect(['cerror', REQUIRED]);
      await client.enter(guest('one'), room);
      await talker.send('message', { content: 'welcome' });
      await client.hears('welcome');
      await client.expectNothingMore();
      await Promise.all([client, talker].map((each) => each.close()));
    }

    const auth = (room) => ['Auth', { user: 'one', password: '', room }];
    const five = async (talker) => { for (const text of ['a', 'b', 'c', 'd', 'e']) await talker.say(text); };

    test('the first', async () => {
      const room = newRoom();
      const [client, talker] = [await connect(), await talkerIn(room)];
      await losesAnswer(client, auth(room), () => talker.findsHere('one', 'talker'));
      await five(talker);
      await beginsAnew(client, room, talker);
    });

    test('one after a refusal, which gave the client an offset', async () => {
      const room = newRoom();
      const [client, talker] = [await connect(), await talkerIn(room)];
      await client.ask(['Auth', { user: 'one' }], ['cerror']);
      await losesAnswer(client, auth(room), () => talker.findsHere('one', 'talker'));
      await five(talker);
      await beginsAnew(client, room, talker);
    });

    test('one into another room, with fewer messages', async () => {
      const room = newRoom();
      const [client, talker] = [await connect(), await talkerIn(room)];
      await client.enter(guest('one'), newRoom());
      for (const text of ['1', '2', '3']) await client.say(text);
      await losesAnswer(client, auth(room), () => talker.findsHere('one', 'talker'));
      await five(talker);
      await beginsAnew(client, room, talker);
    });

    test('one back into the room that one had left', async () => {
      const room = newRoom();
      const [client, talker] = [await connect(), await talkerIn(room)];
      await client.enter(guest('one'), room);
      await talker.say('hello');
      await client.hears('hello');
      await client.ask('leave', ['leave']);
      await talker.findsHere('talker');
      await losesAnswer(client, auth(room), () => talker.findsHere('one', 'talker'));
      await five(talker);
      await beginsAnew(client, room, talker);
    });
  });
}

describe('an offset that is none of ours is no recovery, and every request after it is answered', () => {
  const offsets = {
    'missing': undefined, 'empty': '', 'é': 'é', 'a quote': '"', 'NUL': '\0', 'a sentence': 'I have seen it all.',
    'of before the first event': '0.0', 'of a session event': '1.0', 'cut short': (offset) => offset.slice(0, -1),
    'from the future': (offset) => `${offset}000`, 'a number': 42, 'of another room': (offset) => offset.replace(/r.{8}/, 'rAAAAAAAA'),
    'a long one': '9'.repeat(100_000),
  };
  for (const [what, offset] of Object.entries(offsets)) {
    test(what, async () => {
      const room = newRoom();
      const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest('one'), room);
      const talker = await talkerIn(room);
      await talker.say('seen');
      await client.hears('seen');
      await client.drop();
      for (const text of ['a', 'b', 'c', 'd', 'e']) await talker.say(text);
      client.socket._lastOffset = typeof offset === 'function' ? offset(client.socket._lastOffset) : offset;
      await comeBack(client);
      assert.equal(client.socket.recovered, false);
      await client.expect(['cerror', REQUIRED]);
      for (let time = 0; time < 2; time++) await client.ask(['message', 'nothing'], [['cerror', REQUIRED]]);
      await client.enter(guest('one'), room);
      await client.ask(['message', 'nothing'], [['cerror', INVALID]]);
      await client.say('here');
      await Promise.all([client, talker].map((each) => each.close()));
    });
  }

  for (const offset of ['é', '"', '\0', 'I have seen it all.', '1.7', '0.1']) {
    test(`in the session protocol: ${JSON.stringify(offset)}`, async () => {
      const client = await service.connect({ generation: 4 });
      await client.becomeGuest();
      await client.drop();
      client.socket._lastOffset = offset;
      await comeBack(client);
      assert.equal(client.socket.recovered, false);
      await client.ask('logout', [['event_error', 'logout']]);
      await client.becomeGuest();
      await client.close();
    });
  }
});

test('an answer comes after each of several recoveries, by offsets that do not grow', async () => {
  const room = newRoom();
  const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest('one'), room);
  const talker = await talkerIn(room);
  const lengths = [];
  for (let round = 0; round < 4; round++) {
    await client.drop();
    await talker.say(`${round}`);
    await comeBack(client);
    assert.equal(client.socket.recovered, true);
    await client.hears(`${round}`);
    await client.ask(['message', 'nothing'], [['cerror', INVALID]]);
    lengths.push(client.socket._lastOffset.length);
  }
  assert.deepEqual(lengths, lengths.map(() => lengths[0]));
  await Promise.all([client, talker].map((each) => each.close()));
});

test('an ephemeral room that has forgotten what was missed is begun anew', async () => {
  const room = `live-${newRoom()}`;
  const client = await (await ChatClient.connect(service, { generation: 4 })).enter(guest('one'), room);
  const talker = await talkerIn(room);
  await client.drop();
  for (let number = 0; number < 600; number++) await talker.send('message', { content: `${number}` });
  await talker.until('the last echo', () => talker.heard.length === 600);
  await comeBack(client);
  assert.equal(client.socket.recovered, false);
  await client.expect(['cerror', REQUIRED]);
  await client.ask(['Auth', { user: 'one', password: '', room }], [['Auth', COMPLETE]]);
  await client.say('anew');
  await Promise.all([client, talker].map((each) => each.close()));
});
