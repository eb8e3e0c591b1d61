// What Socket.IO clients in the field do beyond their own library's ways: other languages, small boards, retries, pictures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { io } from 'socket.io-client-4';
import WebSocket from 'ws';
import { ChatClient, COMPLETE, INVALID } from './support/chat-client.js';
import { RawSocketIo } from './support/raw-socketio.js';
import { Service } from './support/service.js';
import { within } from './support/waiting.js';

let service;
before(async () => {
  service = await Service.start({ settings: { Gatehouse__Room__Open: 'true', Gatehouse__SocketIo__PingInterval: '00:00:11' } });
});
after(() => service?.dispose());

let rooms = 0;

/** Somebody in a room by hand, and a bystander there. */
const inRoom = (act) => async () => {
  const room = `field ${++rooms}`;
  const bystander = await ChatClient.connect(service);
  await bystander.ask(['Auth', { user: 'Grace', password: '', room }], [['Auth', COMPLETE]]);
  const raw = await RawSocketIo.connect(service, '/chat');
  raw.emit(`["Auth",${JSON.stringify({ user: 'Ada', password: '', room })}]`);
  assert.deepEqual(await raw.event('the way in'), ['Auth', COMPLETE]);
  try {
    await act(raw, bystander, room);
  } finally {
    raw.close();
    await bystander.close();
  }
};

/** The next frame that is no event. */
async function nextPacket(raw, phase) {
  while (true) {
    const frame = await raw.next(phase);
    if (!frame.startsWith('42')) return frame;
  }
}

describe('an event without a payload', () => {
  const register = (raw, name) => {
    raw.emit(`["register",{"username":"${name}","email":"${name}@example.org","password":"correct horse"}]`);
    return raw.next('the answer');
  };

  test('has null before its offset', async () => {
    const raw = await RawSocketIo.connect(service, '/session');
    assert.equal(await register(raw, 'offsetta'), '42/session,["register_success",null,"1.0"]');
    raw.close();
  });

  test('comes bare to a client that declined recovery', async () => {
    const raw = await RawSocketIo.connect(service);
    raw.prefix = '/session,';
    raw.text('40/session,{"recovery":false}');
    assert.doesNotMatch(await raw.next('the connection to the namespace'), /pid/);
    assert.equal(await register(raw, 'declina'), '42/session,["register_success"]');
    raw.close();
  });
});

describe('disconnect as an event', () => {
  test('ends the connection, and the member leaves', inRoom(async (raw, bystander) => {
    raw.emit('["disconnect"]');
    assert.equal(await nextPacket(raw, 'the answer'), '41/chat,');
    await raw.ended('disconnect');
    await bystander.findsHere('Grace');
  }));

  test('ends one namespace where another is in use', async () => {
    const raw = await RawSocketIo.connect(service, '/session');
    raw.text('40/chat,');
    await raw.next('the connection to the other namespace');
    raw.text('42/chat,["disconnect"]');
    assert.equal(await raw.next('the answer'), '41/chat,');
    raw.emit('["still_here"]');
    assert.deepEqual(await raw.event('the answer'), ['event_error', 'still_here']);
    raw.close();
  });
});

describe('acknowledgements', () => {
  test('whoever asks for one gets it after the answer', async () => {
    const raw = await RawSocketIo.connect(service, '/session');
    raw.text('42/session,7["dance"]');
    assert.deepEqual(await raw.event('the answer'), ['event_error', 'dance']);
    assert.equal(await raw.next('the acknowledgement'), '43/session,7[]');
    raw.close();
  });

  test('an identical event with the same number is acknowledged again and done once', inRoom(async (raw, bystander) => {
    for (let copy = 0; copy < 3; copy++) raw.text('42/chat,5["message",{"content":"once"}]');
    for (let copy = 0; copy < 3; copy++) assert.equal(await nextPacket(raw, 'an acknowledgement'), '43/chat,5[]');
    raw.text('42/chat,5["message",{"content":"another"}]');
    raw.text('42/chat,6["message",{"content":"another"}]');
    for (const content of ['once', 'another', 'another']) {
      const [message] = await bystander.expect('message');
      assert.equal(message.content, content);
    }
  }));

  test('a message with retries is said once', inRoom(async (raw, bystander, room) => {
    const socket = io(`${service.url}/chat`, { forceNew: true, retries: 3, ackTimeout: 1000 });
    await within(15_000, 'the way in', new Promise((resolve) => {
      socket.once('Auth', resolve);
      socket.emit('Auth', { user: 'Eve', password: '', room });
    }));
    const echoes = [];
    socket.on('message', (message) => echoes.push(message.content));
    const emit = (content) => new Promise((resolve, reject) => {
      socket.emit('message', { content }, (failure) => (failure ? reject(failure) : resolve()));
    });
    // One after another, so that each of them had the time for its retries.
    for (const content of ['one', 'two', 'three']) await within(15_000, 'the acknowledgement', emit(content));
    for (const content of ['one', 'two', 'three']) assert.equal((await bystander.expect('message'))[0].content, content);
    socket.close();
  }));
});

describe('binary data in a payload', () => {
  const withPicture = (raw, name, payload) => {
    raw.text(`451-${raw.prefix}["${name}",${payload}]`);
    raw.text(Buffer.from([1, 2, 3]));
  };
  const placeholder = '{"_placeholder":true,"num":0}';

  test('chat refuses the message, and nobody hears of it', inRoom(async (raw, bystander) => {
    withPicture(raw, 'message', `{"content":"look","image":${placeholder}}`);
    assert.deepEqual(await raw.event('the answer'), ['cerror', INVALID]);
    raw.emit('["message",{"content":"without"}]');
    assert.equal((await bystander.expect('message'))[0].content, 'without');
  }));

  test('session refuses the event by its name', async () => {
    const raw = await RawSocketIo.connect(service, '/');
    withPicture(raw, 'login_guest', placeholder);
    assert.deepEqual(await raw.event('the answer'), ['event_error', 'login_guest']);
    raw.emit('["login_guest"]');
    assert.equal((await raw.event('a token'))[0], 'token_change');
    raw.close();
  });

  test('clients refuse the action', async () => {
    const raw = await RawSocketIo.connect(service, '/clients');
    withPicture(raw, 'node.to.instance', `{"action":"queue","recipient":1,"parameters":{"image":${placeholder}}}`);
    assert.deepEqual(
      await raw.event('the answer'),
      ['instance.to.node', { action: 'queueFailed', parameters: { msg: 'the message must not have binary data' } }]);
    raw.close();
  });
});

describe('small and old clients', () => {
  // As the boards' library sends it: the handshake by polling, then a WebSocket that says "5" at once.
  for (const eio of ['EIO=3&', 'EIO=4&']) {
    test(`a WebSocket takes over without a probe (${eio})`, async () => {
      const query = `/socket.io/?${eio}transport=`;
      const [, sid] = /"sid":"([^"]+)/.exec(await (await fetch(`${service.url}${query}polling`)).text());
      const socket = new WebSocket(`${service.url.replace('http', 'ws')}${query}websocket&sid=${sid}`);
      const answered = new Promise((resolve, reject) => {
        socket.on('error', reject).on('close', () => reject(new Error('closed')));
        socket.on('message', (data) => { if (data.toString().includes('state_change')) resolve(); });
      });
      socket.on('open', () => ['5', ...(eio === 'EIO=4&' ? ['40'] : []), '42["login_guest"]'].forEach((text) => socket.send(text)));
      await within(15_000, 'the answer', answered, () => service.tail());
      socket.terminate();
    });
  }

  for (const query of ['EIO=2&transport=polling', 'transport=polling']) {
    test(`${query} is of revision 3`, async () => {
      const answer = await fetch(`${service.url}/socket.io/?${query}`);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /^\d+:0\{/);
    });
  }
});

describe('heartbeats', () => {
  test('are told as they are set', async () => {
    const text = await (await fetch(`${service.url}/socket.io/?EIO=4&transport=polling`)).text();
    const { pingInterval, pingTimeout } = JSON.parse(text.slice(1));
    assert.deepEqual({ pingInterval, pingTimeout }, { pingInterval: 11_000, pingTimeout: 20_000 });
  });
});
