// Whatever a client sends, it gets the protocol's own error, keeps its connection, and nobody else notices.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { badPayloads } from '../support/bad-payloads.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { END, RawSocket } from '../support/raw-socket.js';

let service;
let bystander;
before(async () => {
  service = await sharedService();
  bystander = await service.connect();
  await bystander.register(account());
});

const MEGABYTE = 'x'.repeat(1_000_000);
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

badPayloads(() => service, undefined, MEGABYTE);

describe('frames', () => {
  /** Sends something, expects one event (or none), and then that everything is as before. */
  const survives = (act, expected) => async () => {
    const raw = await RawSocket.connect(service);
    try {
      await act(raw);
      if (expected) assert.deepEqual(await raw.event('the answer'), expected);
      raw.invoke('still_here');
      assert.deepEqual(await raw.event('the answer to what came after'), ['event_error', 'still_here']);
      raw.invoke('login_guest');
      assert.equal((await raw.event('a token'))[0], 'token_change');
    } finally {
      raw.close();
    }
  };

  const unreadable = ['event_error', ''];

  for (const [what, text] of Object.entries({
    'JSON that breaks off': '{"type":1,"target":"logout","argum',
    'no JSON': 'hello',
    'an empty frame': '',
    'an array': '[]',
    'a number': '42',
    'a null': 'null',
    'an object without a type': '{}',
    'a type that is text': '{"type":"1","target":"logout","arguments":[]}',
    'two objects': '{"type":1,"target":"a","arguments":[]}{"type":1,"target":"b","arguments":[]}',
    'a comment': '{"type":1,/* */"target":"logout","arguments":[]}',
    'a single quote': "{'type':1,'target':'logout','arguments':[]}",
    'no target': '{"type":1,"arguments":[]}',
    'a target that is a number': '{"type":1,"target":42,"arguments":[]}',
    'a target that is half a surrogate pair': '{"type":1,"target":"\\ud83d","arguments":[]}',
    'nesting of 100,000': `{"type":1,"target":"register","arguments":[${nested(100_000)}]}`,
  })) {
    test(`${what} is answered as an event without a name`, survives((raw) => raw.text(text + END), unreadable));
  }

  test('a payload nested 1,000 deep', survives(async (raw) => {
    raw.invoke('register', nested(1000));
    assert.deepEqual(await raw.event(), ['register_error', 'username']);
    raw.invoke('login_token', '{"a":'.repeat(1000) + '1' + '}'.repeat(1000));
    assert.deepEqual(await raw.event(), ['login_error', 'token']);
    raw.invoke('register', `{"username":"deep","email":"deep@example.org","password":${nested(1000)}}`);
    assert.deepEqual(await raw.event(), ['register_error', 'password']);
  }));

  test('arguments that are no array', survives(
    (raw) => raw.text(`{"type":1,"target":"login_token","arguments":{"0":"x"}}${END}`), ['login_error', 'token']));

  test('no arguments at all', survives(
    (raw) => raw.text(`{"type":1,"target":"login_token"}${END}`), ['login_error', 'token']));

  test('arguments before the target', survives(
    (raw) => raw.text(`{"arguments":["x"],"target":"login_token","type":1}${END}`), ['login_error', 'token']));

  test('an unknown type of message is passed over', survives((raw) => raw.text(`{"type":99}${END}{"type":6}${END}`)));

  test('half a surrogate pair in a payload', survives(
    (raw) => raw.invoke('register', '{"username":"\\ud83d","email":"a@example.org","password":"12345678"}'),
    ['register_error', 'username']));

  test('a field given twice', survives(
    (raw) => raw.invoke('login_credentials', '{"username":"a","username":7,"password":"12345678"}'),
    ['login_error', 'username']));

  test('numbers beyond all measure', survives(
    (raw) => raw.invoke('acknowledge', `1${'0'.repeat(1000)}`), ['event_error', 'acknowledge']));

  test('invalid UTF-8 in a binary frame', survives((raw) => raw.socket.send(Buffer.concat([
    Buffer.from('{"type":1,"target":"login_token","arguments":["'), Buffer.from([0xc3, 0x28, 0xff, 0xed, 0xa0, 0x80]),
    Buffer.from(`"]}${END}`),
  ])), unreadable));

  test('invalid UTF-8 in a text frame ends that connection, as the WebSocket standard demands', async () => {
    const raw = await RawSocket.connect(service);
    raw.bytes(Buffer.from([0x7b, 0xff, 0xfe, 0x1e]));
    const [code] = await raw.closed;
    assert.ok([1006, 1007].includes(code), `closed with ${code}`);
  });

  test('a frame in many pieces is one frame', survives(async (raw) => {
    for (const letter of `{"type":1,"target":"piecemeal","arguments":[]}${END}`) raw.text(letter);
  }, ['event_error', 'piecemeal']));

  test('a message beyond the limit ends that connection and no other', async () => {
    const raw = await RawSocket.connect(service);
    raw.text(`{"type":1,"target":"register","arguments":["${'x'.repeat(3 << 20)}"]}${END}`);
    await raw.closed;
    await service.briefly((client) => client.becomeGuest());
  });

  test('a handshake that is none is refused', async () => {
    await assert.rejects(RawSocket.connect(service, { handshake: '{"protocol":"telepathy","version":1}' }));
    await assert.rejects(RawSocket.connect(service, { handshake: '{"protocol":"json","version":99}' }));
  });
});

describe('bursts', () => {
  test('1,000 events at once are answered in their order, and another connection is served meanwhile', async () => {
    const client = await service.connect();
    const names = Array.from({ length: 1000 }, (_, number) => `event ${number}`);
    const burst = Promise.all(names.map((name) => client.send(name)));
    await service.briefly((other) => other.becomeGuest());
    await burst;
    await client.expect(...names.map((name) => ['event_error', name]));
    await client.becomeGuest();
    await client.close();
  });

  test('1,000 events of every kind of wrong, in one piece', async () => {
    const raw = await RawSocket.connect(service);
    const kinds = [
      ['{"type":1,"target":"login_token","arguments":[null]}', ['login_error', 'token']],
      ['{"type":1,"target":"register","arguments":[{}]}', ['register_error', 'username']],
      ['{"type":1,"target":"upgrade","arguments":[]}', ['event_error', 'upgrade']],
      ['nonsense', ['event_error', '']],
      ['{"type":1,"target":"nobody","arguments":[1,2,3]}', ['event_error', 'nobody']],
    ];
    raw.text(Array.from({ length: 1000 }, (_, number) => kinds[number % kinds.length][0] + END).join(''));
    for (let number = 0; number < 1000; number++) {
      assert.deepEqual(await raw.event(`answer ${number}`), kinds[number % kinds.length][1]);
    }
    raw.close();
  });

  test('connections that come and go at once leave nothing behind', async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => service.connect()));
    await Promise.all(clients.map((client) => client.becomeGuest()));
    await Promise.all(clients.map((client) => client.close()));
    await service.briefly((client) => client.becomeGuest());
  });
});

test('somebody who was connected all the time has noticed nothing', () => bystander.expectNothingMore());
