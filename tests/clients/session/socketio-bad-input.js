// Whatever comes over Socket.IO, the protocol's own error answers it, or that connection ends; nobody else notices.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { badPayloads } from '../support/bad-payloads.js';
import { RawSocketIo } from '../support/raw-socketio.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';

let service;
let bystander;
before(async () => {
  service = await sharedService();
  bystander = await service.connect({ generation: 4 });
  await bystander.register(account());
});

/** What one message carries is a million bytes, and the rest of the event needs some of them. */
const MUCH = 'x'.repeat(999_000);
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

badPayloads(() => service, { generation: 4, engine: 'WebSocket only' }, MUCH);

/** Connects to a namespace by hand, does something, and is served as before. */
const survives = (act, expected, namespace = '/session') => async () => {
  const raw = await RawSocketIo.connect(service, namespace);
  try {
    await act(raw);
    if (expected) assert.deepEqual(await raw.event('the answer'), expected);
    raw.emit('["still_here"]');
    assert.deepEqual(await raw.event('the answer to what came after'), ['event_error', 'still_here']);
    raw.emit('["login_guest"]');
    assert.equal((await raw.event('a token'))[0], 'token_change');
  } finally {
    raw.close();
  }
};

/** Does something that ends the connection; another one is served. */
const ends = (act, namespace = '/session') => async () => {
  const raw = await RawSocketIo.connect(service, namespace);
  await act(raw);
  await raw.ended('bad input');
  await service.briefly((client) => client.becomeGuest(), { generation: 4 });
};

describe('events', () => {
  test('a payload nested 2,000 deep', survives(async (raw) => {
    raw.emit(`["register",${nested(2000)}]`);
    assert.deepEqual(await raw.event(), ['register_error', 'username']);
    raw.emit(`["login_token",${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}]`);
    assert.deepEqual(await raw.event(), ['login_error', 'token']);
  }));

  test('half a surrogate pair in a payload', survives(
    (raw) => raw.emit('["register",{"username":"\\ud83d","email":"a@example.org","password":"12345678"}]'),
    ['register_error', 'username']));

  test('half a surrogate pair in a name', survives(
    (raw) => raw.emit('["\\ud83d"]'), ['event_error', '\ufffd']));

  test('a field given twice', survives(
    (raw) => raw.emit('["login_credentials",{"username":"a","username":7,"password":"12345678"}]'),
    ['login_error', 'username']));

  test('numbers beyond all measure', survives(
    (raw) => raw.emit(`["acknowledge",1${'0'.repeat(1000)}]`), ['event_error', 'acknowledge']));

  test('an acknowledgement that nobody asked for', survives((raw) => raw.text('43/session,7["x"]')));

  test('bytes instead of a payload', survives((raw) => {
    raw.text('451-/session,["login_token",{"_placeholder":true,"num":0}]');
    raw.text(Buffer.from([1, 2, 3]));
  }, ['event_error', 'login_token']));

  test('a placeholder where nothing is attached', survives(
    (raw) => raw.emit('["login_token",{"_placeholder":true,"num":7}]'), ['login_error', 'token']));
});

describe('what ends the connection', () => {
  for (const [what, text] of Object.entries({
    'a packet type that is none': '9',
    'a Socket.IO type that is none': '49',
    'JSON that breaks off': '42/session,["login_token","x',
    'no JSON': '42/session,hello',
    'no arguments': '42/session,[]',
    'no event at all': '42/session,',
    'an object for arguments': '42/session,{"0":"login_guest"}',
    'a name that is an object': '42/session,[{}]',
    'a name that is null': '42/session,[null]',
    'nesting of 2,100': `42/session,["register",${nested(2100)}]`,
    'nesting of 100,000': `42/session,["register",${nested(100_000)}]`,
    'an event larger than the limit': `42/session,["register",{"username":"${'x'.repeat(1_000_000)}"}]`,
    'an attachment that was not announced': Buffer.from([1, 2, 3]),
    'an event of a namespace that was not joined': '42/nowhere,["login_guest"]',
    'more attachments than anybody sends': '4599999999-/session,["login_token"]',
    'invalid UTF-8 in a text frame': null,
  })) {
    test(what, ends((raw) => {
      if (text !== null) raw.text(text);
      else raw.socket.send(Buffer.from([0x34, 0x32, 0xff, 0xfe]), { binary: false });
    }));
  }
});

test('a placeholder that names no attachment ends the connection', ends((raw) => {
  raw.text('451-/session,["login_token",{"_placeholder":true,"num":7}]');
  raw.text(Buffer.from([1]));
}));

describe('bursts', () => {
  test('1,000 events in one breath are answered in their order, and others are served meanwhile', async () => {
    const raw = await RawSocketIo.connect(service, '/');
    const kinds = [
      ['["login_token",null]', ['login_error', 'token']],
      ['["register",{}]', ['register_error', 'username']],
      ['["upgrade"]', ['event_error', 'upgrade']],
      ['["nobody",1,2,3]', ['event_error', 'nobody']],
    ];
    for (let number = 0; number < 1000; number++) raw.emit(kinds[number % kinds.length][0]);
    await service.briefly((client) => client.becomeGuest(), { generation: 2 });
    for (let number = 0; number < 1000; number++) {
      assert.deepEqual(await raw.event(`answer ${number}`), kinds[number % kinds.length][1]);
    }
    raw.close();
  });

  test('connections that come and go at once leave nothing behind', async () => {
    const connect = () => service.connect({ generation: 4, engine: 'WebSocket only' });
    const clients = await Promise.all(Array.from({ length: 50 }, connect));
    await Promise.all(clients.map((client) => client.becomeGuest()));
    await Promise.all(clients.map((client) => client.close()));
    await service.briefly((client) => client.becomeGuest(), { generation: 4 });
  });
});

test('somebody who was connected all the time has noticed nothing', () => bystander.expectNothingMore());
