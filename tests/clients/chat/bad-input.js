// Whatever a chat client sends, it gets the protocol's own error, and nobody else notices.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { COMPLETE, ChatClient, FAILED, INCOMPLETE, INVALID, NOT_ALLOWED, TOO_LONG, UNKNOWN } from '../support/chat-client.js';
import { newRoom } from '../support/chat-scenarios.js';
import { RawSocketIo } from '../support/raw-socketio.js';
import { OPEN_ROOMS } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';

const MEGABYTE = 'x'.repeat(990_000);
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const ada = { username: 'Ada', password: '' };
const grace = { username: 'Grace', password: '' };

let service;
let bystander;
before(async () => {
  service = await sharedService(OPEN_ROOMS);
  bystander = await (await ChatClient.connect(service)).enter(grace, 'the quiet room');
});

for (const [door, options] of Object.entries({
  'SignalR': {}, 'socket.io-client 4': { generation: 4, namespace: '/' },
})) {
  const connected = (act) => () => ChatClient.briefly(service, act, options);

  describe(`over ${door}`, () => {
    describe('names of rooms', () => {
      for (const [what, room] of Object.entries({
        'empty': '',
        'of 10 kB': 'r'.repeat(10_000),
        'one too long': 'r'.repeat(129),
        'a space': ' ',
        'a space before': ' room',
        'a space behind': 'room\u3000',
        'U+0000': 'ro\u0000om',
        'a line feed': 'ro\nom',
        'an escape': '\u001b[2J',
        'a zero-width space': 'ro\u200bom',
        'the other direction': 'ro\u202eom',
        'half a surrogate pair': 'ro\ud83dom',
        'private use': '\ue000',
        'no character': '\uffff',
      })) {
        test(`${what}: refused`, connected(async (client) => {
          await client.ask(['Auth', { user: 'Ada', password: '', room }], [['cerror', INCOMPLETE]]);
          await client.enter(ada, newRoom());
        }));
      }

      for (const room of [
        'r'.repeat(128), '.', '..', '/', 'a/b', 'room/room', "'; DROP TABLE room_messages; --", '%', '*', '\\', '"', '{}',
        'null', '0', '__proto__', 'constructor', '日本語', '😀', 'e\u0301',
      ]) {
        test(`${JSON.stringify(room).slice(0, 40)} is a room`, connected(async (client) => {
          await client.enter(ada, room);
          const text = `in ${client.constructor.name} ${Math.random()}`;
          await client.say(text);
          const [{ messages }] = await client.ask(['history', { limit: 1 }], ['history']);
          assert.equal(messages[0].raw_content, text);
        }));
      }
    });

    describe('messages', () => {
      test('of a megabyte are refused, and the connection goes on', connected(async (client) => {
        await client.enter(ada, newRoom());
        await client.ask(['message', { content: MEGABYTE }], [['cerror', TOO_LONG]]);
        await client.ask(['message', { content: 'a', [MEGABYTE]: 1 }], [['cerror', TOO_LONG]]);
        await client.ask([MEGABYTE, { content: 'a' }], [['cerror', UNKNOWN]]);
        await client.say('still here');
      }));

      test('with half a surrogate pair reach everybody as they are', connected(async (client) => {
        const room = newRoom();
        await client.enter(ada, room);
        const others = [await ChatClient.connect(service), await ChatClient.connect(service, { generation: 1 })];
        for (const other of others) await other.enter(grace, room);
        const sent = { content: 'half \ud83d', '\udc00': ['\ud83d'] };
        await client.ask(['message', sent], ['message']);
        for (const other of others) assert.equal((await other.expect('message'))[0].user, 'Ada');
        await client.say('whole');
        for (const other of others) await other.hears('whole');
        await client.ask('history', ['history']);
        await Promise.all(others.map((other) => other.close()));
      }));

      test('with arguments that nobody asked for', connected(async (client) => {
        await client.enter(ada, newRoom());
        await client.send('message', { content: 'a' }, { content: 'b' }, 3);
        await client.hears('a');
        await client.expectNothingMore();
      }));
    });

    test('names that are none', connected(async (client) => {
      for (const user of ['', ' ', 'x'.repeat(33), 'x\u0000', 'x\u200b', '\ud83d', MEGABYTE]) {
        const answer = await client.ask(['Auth', { user, password: 'p', room: 'r' }], ['cerror']);
        assert.ok([FAILED, INCOMPLETE].some((expected) => JSON.stringify(expected) === JSON.stringify(answer[0])));
      }
      await client.ask(['Auth', { user: '\ud83d', password: 'p', room: 'r' }], [['cerror', INCOMPLETE]]);
    }));

    test('names of moderation that are none', connected(async (client) => {
      await client.enter(ada, newRoom());
      await client.ask(['ban', { username: 'Ada' }], [['cerror', NOT_ALLOWED]]);
      await client.ask(['ban', { username: MEGABYTE }], [['cerror', NOT_ALLOWED]]);
      await client.ask(['ban', { username: '\ud83d' }], [['cerror', INVALID]]);
      await client.ask(['deleteMessage', { id: 2 ** 60 }], [['cerror', NOT_ALLOWED]]);
    }));

    test('100 rooms from one connection: it is in the last', connected(async (client) => {
      const room = newRoom();
      for (let number = 0; number < 100; number++) await client.enter(ada, `${room} ${number}`);
      await client.say('where?');
      const other = await (await ChatClient.connect(service)).enter(grace, `${room} 98`);
      await other.findsHere('Grace');
      await other.enter(grace, `${room} 99`);
      await other.say('here');
      await client.hears('here');
      await other.close();
    }));
  });
}

describe('rooms that look alike are different rooms', () => {
  for (const [one, other] of [
    ['a1d2ab29', 'A1D2AB29'], ['a1d2ab29', '0xa1d2ab29'], ['11', '١١'], ['room', 'rооm'], ['room', 'room.'], ['ſ', 's'], ['ı', 'i'],
    ['1', '01'], ['3F2504E0-4F89-11D3-9A0C-0305E82C3301', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
  ]) {
    test(`${one} and ${other}`, async () => {
      const clients = [await ChatClient.connect(service), await ChatClient.connect(service, { generation: 4 })];
      await clients[0].enter(ada, one);
      await clients[1].enter(grace, other);
      await clients[0].say(one);
      await clients[1].say(other);
      for (const [index, name] of [one, other].entries()) {
        const [{ messages }] = await clients[index].ask('history', ['history']);
        assert.ok(messages.some(({ raw_content: raw }) => raw === name));
        await clients[index].findsHere(['Ada', 'Grace'][index]);
        assert.deepEqual(clients[index].heard, [name]);
      }
      await Promise.all(clients.map((client) => client.close()));
    });
  }

  test('but how an accent was typed makes no difference', async () => {
    const clients = [await ChatClient.connect(service), await ChatClient.connect(service)];
    await clients[0].enter(ada, 'Caf\u00e9');
    await clients[1].enter(grace, 'Cafe\u0301');
    await clients[0].say('bonjour');
    await clients[1].hears('bonjour');
    await Promise.all(clients.map((client) => client.close()));
  });
});

describe('frames by hand', () => {
  const inRoom = (act) => async () => {
    const room = newRoom();
    const raw = await RawSocketIo.connect(service, '/chat');
    const listener = await (await ChatClient.connect(service)).enter(grace, room);
    raw.emit(`["Auth",${JSON.stringify({ user: 'Ada', password: '', room })}]`);
    assert.deepEqual(await raw.event('the way in'), ['Auth', COMPLETE]);
    await act(raw, listener);
    raw.emit('["message",{"content":"after"}]');
    await listener.hears('after');
    raw.close();
    await listener.close();
  };

  test('the sender\'s name cannot be forged, however it is spelled', inRoom(async (raw, listener) => {
    for (const forged of [
      '{"user":"Eve","content":"a"}',
      '{"\\u0075ser":"Eve","content":"a"}',
      '{"content":"a","\\u0075\\u0073\\u0065\\u0072":"Eve"}',
      '{"user":{"toString":"Eve"},"content":"a","user":"Eve"}',
      '{"content":"a","__proto__":{"user":"Eve"}}',
    ]) {
      raw.emit(`["message",${forged}]`);
      const [message] = await listener.expect('message');
      assert.equal(message.user, 'Ada');
      const [, own] = await raw.event('the echo');
      assert.equal(own.user, 'Ada');
    }
  }));

  test('a payload nested deep comes through, and one too deep ends that connection', inRoom(async (raw, listener) => {
    raw.emit(`["message",{"content":${nested(1000)}}]`);
    assert.equal((await raw.event('the echo'))[0], 'message');
    await listener.expect('message');
    raw.emit(`["Auth",{"user":${nested(1000)},"password":"","room":"r"}]`);
    assert.deepEqual(await raw.event('the answer'), ['cerror', INCOMPLETE]);
    const other = await RawSocketIo.connect(service, '/chat');
    other.emit(`["message",{"content":${nested(100_000)}}]`);
    await other.ended('too deep a message');
    await listener.ask('history', ['history']);
  }));

  test('numbers and spellings come through as they were written', inRoom(async (raw, listener) => {
    raw.emit('["message",{"content":1e2,"big":123456789012345678901234567890,"text":"\\u0041\\/"}]');
    const frame = await raw.next('the echo');
    assert.ok(frame.includes('"content":1e2,"big":123456789012345678901234567890,"text":"\\u0041\\/"'), frame);
    await listener.expect('message');
  }));

  test('an attachment in place of an object is refused', inRoom(async (raw) => {
    raw.text('451-/chat,["message",{"_placeholder":true,"num":0}]');
    raw.text(Buffer.from([1, 2, 3]));
    assert.deepEqual(await raw.event('the answer'), ['cerror', INVALID]);
  }));

  test('a thousand messages of every kind of wrong, in one burst', inRoom(async (raw) => {
    const kinds = [['["message"]', INVALID], ['["message",[]]', INVALID], ['["dance",1]', UNKNOWN], ['["mute",{}]', INVALID]];
    // As many as may wait at once.
    for (let round = 0; round < 25; round++) {
      for (let number = 0; number < 40; number++) raw.emit(kinds[number % kinds.length][0]);
      for (let number = 0; number < 40; number++) {
        assert.deepEqual(await raw.event(`answer ${number}`), ['cerror', kinds[number % kinds.length][1]]);
      }
    }
  }));
});

describe('a member that stops reading', () => {
  for (const [door, options] of Object.entries({
    'SignalR': {},
    'socket.io-client 4': { generation: 4, engine: 'WebSocket only' },
  })) {
    test(`over ${door} is disconnected, and slows nobody`, async () => {
      const room = newRoom();
      const deaf = await (await ChatClient.connect(service, options)).enter(ada, room);
      const [sender, member] = [await ChatClient.connect(service), await ChatClient.connect(service, { generation: 4 })];
      await sender.enter(grace, room);
      await member.enter({ username: 'Edith', password: '' }, room);
      await sender.findsHere('Ada', 'Edith', 'Grace');
      deaf.link.stopReading();
      const padding = 'x'.repeat(60_000);
      let said = 0;
      while (sender.lists.at(-1).total === 3) {
        const texts = Array.from({ length: 50 }, () => `${said++}`);
        await Promise.all(texts.map((content) => sender.send('message', { content, padding })));
        await sender.hearsAll(texts);
        assert.ok(said < 20_000, 'It is still there.');
      }
      await sender.findsHere('Edith', 'Grace');
      await sender.ask(['message', { content: 'the end' }], ['message']);
      await member.until('hearing the end', () => member.events.at(-1)[1].content === 'the end');
      assert.deepEqual(member.heard, [...Array.from({ length: said }, (_, number) => `${number}`), 'the end']);
      deaf.link.sever();
      await Promise.all([deaf, sender, member].map((client) => client.close()));
    });
  }
});

test('somebody who was there all the time has noticed nothing', async () => {
  await bystander.expectNothingMore();
  await bystander.say('peace');
});
