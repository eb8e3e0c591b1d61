// The users API's raw frames: whatever comes, each has one answer, in order, and the connection lives.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PlainSocket } from '../support/plain-socket.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';

const INVALID = { error: 'Invalid data.' };
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

let service;
let bystander;
before(async () => {
  service = await sharedService(ADMINISTERED);
  bystander = await UsersClient.connect(service);
});
after(async () => {
  if (bystander) assert.deepEqual(await bystander.ask('ping'), { action: 'pong' });
});

for (const path of ['/users/', '/users', '/admin/', '/admin']) {
  describe(`at ${path}`, () => {
    /** Sends something on a new connection, which must get this answer, and be none the worse for it. */
    const answers = (send, expected) => async () => {
      const socket = await PlainSocket.connect(service, path);
      await send(socket);
      assert.deepEqual(await socket.next(), expected);
      assert.deepEqual(await socket.ask({ action: 'ping' }), { action: 'pong' });
      await socket.close();
    };

    for (const [what, frame] of Object.entries({
      'nothing': '',
      'text that is no JSON': 'hello',
      'half an object': '{"action":"ping"',
      'two objects in one frame': '{"action":"ping"}{"action":"ping"}',
      'something behind the object': '{"action":"ping"} x',
      'single quotes': "{'action':'ping'}",
      'a comment': '{"action":"ping"/*!*/}',
      'a byte order mark': '\ufeff{"action":"ping"}',
      'null': 'null',
      'a number': '7',
      'a text': '"ping"',
      'an array': '[{"action":"ping"}]',
      'half a surrogate pair as the action': '{"action":"\\ud83d"}',
      'ten thousand arrays within each other': nested(10_000),
      'arrays within each other in the data': `{"action":"ping","data":${nested(1000)}}`,
    })) {
      test(`${what} is no valid data`, answers((socket) => socket.send(frame), INVALID));
    }

    test('a binary frame is no valid data, even if it holds an action', answers(
      (socket) => socket.send(Buffer.from('{"action":"ping"}')), INVALID));
    test('a binary frame of anything is no valid data',
      answers((socket) => socket.send(Buffer.from([0, 255, 1, 254])), INVALID));
    test('an empty binary frame is no valid data', answers((socket) => socket.send(Buffer.alloc(0)), INVALID));

    for (const frame of ['{}', '{"Action":"ping"}', '{"data":{"action":"ping"}}', '{"action":""}']) {
      test(`${frame} has no action`, answers((socket) => socket.send(frame), { error: 'No action provided.' }));
    }

    for (const action of ['null', '7', 'true', '["ping"]', '{"ping":1}']) {
      test(`${action} is no type for an action`, answers(
        (socket) => socket.send(`{"action":${action}}`), { error: 'Invalid action type.' }));
    }

    for (const action of [
      'dance', 'PING', 'Me', 'ME', 'Login', ' ping', 'ping ', '__proto__', 'constructor', 'Receive', 'pong', 'users',
      '\u0000', 'π\u{1f600}',
      '<b>"\\',
    ]) {
      test(`${JSON.stringify(action)} is no action`, answers(
        (socket) => socket.send({ action, data: {} }), { action, error: 'Invalid action.' }));
    }

    test('an endless action is no action, and not sent back whole', async () => {
      for (const action of ['x'.repeat(900_000), `${'x'.repeat(255)}${'\u{1f600}'.repeat(1000)}`]) {
        const socket = await PlainSocket.connect(service, path);
        const answer = await socket.ask({ action });
        assert.equal(answer.error, 'Invalid action.');
        assert.ok(
          action.startsWith(answer.action) && answer.action.length >= 255 && answer.action.length <= 256,
          answer.action);
        assert.deepEqual(await socket.ask({ action: 'ping' }), { action: 'pong' });
        await socket.close();
      }
    });

    test('the last of an action that is said twice counts', answers(
      (socket) => socket.send('{"action":"dance","action":"ping"}'), { action: 'pong' }));

    test('what nobody asked for is passed over', answers(
      (socket) =>
        socket.send({ action: 'ping', id: 7, type: 'x', data: { a: [1, 2, { b: null }] } }), { action: 'pong' }));

    test('a frame in many pieces is one frame', answers(
      (socket) => socket.sendPieces([...JSON.stringify({ action: 'ping' })]), { action: 'pong' }));

    test('a frame of 900 kB is one frame', answers(
      (socket) => socket.send({ action: 'ping', data: 'x'.repeat(900_000) }), { action: 'pong' }));

    test('text that is no UTF-8 ends that connection, as the WebSocket standard demands', async () => {
      const socket = await PlainSocket.connect(service, path);
      socket.sendAsText(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
      const code = await socket.closing();
      assert.ok([1006, 1007].includes(code), `closed with ${code}`);
    });

    test('a frame over the limit ends that connection', async () => {
      const socket = await PlainSocket.connect(service, path);
      socket.send({ action: 'ping', data: 'x'.repeat(3 << 20) });
      const code = await socket.closing();
      assert.ok([1006, 1009].includes(code), `closed with ${code}`);
      assert.deepEqual(socket.frames, []);
    });

    test('a frame of 100 MB in pieces ends that connection and no other', async () => {
      const socket = await PlainSocket.connect(service, path);
      const code = await socket.flood(100 << 20);
      assert.ok([1006, 1009].includes(code), `closed with ${code}`);
      assert.deepEqual(await bystander.ask('ping'), { action: 'pong' });
    });

    test('something that is no WebSocket is told so', async () => {
      const response = await service.get(path);
      await response.text();
      assert.ok(response.status >= 400 && response.status < 500, `status ${response.status}`);
    });

    test('300 requests in one burst are answered in their order', async () => {
      const socket = await PlainSocket.connect(service, path);
      const kinds = [
        [{ action: 'ping' }, { action: 'pong' }],
        [{ action: 'me' }, { action: 'me', error: 'Not logged in.' }],
        ['nonsense', INVALID],
        [{ action: 'login', data: {} }, { action: 'login', error: 'Invalid data.' }],
        [Buffer.from('binary'), INVALID],
        [{ action: 'logout' }, { action: 'logout', error: 'Not logged in.' }],
        [{}, { error: 'No action provided.' }],
        [{ action: 7 }, { error: 'Invalid action type.' }],
      ];
      const numbered = (number) =>
        [{ action: `burst ${number}` }, { action: `burst ${number}`, error: 'Invalid action.' }];
      const burst = Array.from({ length: 300 }, (_, number) =>
        (number % 3 === 0 ? numbered(number) : kinds[number % kinds.length]));
      for (const [frame] of burst) socket.send(frame);
      for (const [index, [, expected]] of burst.entries()) {
        assert.deepEqual(await socket.next(`answer ${index}`), expected, `answer ${index}`);
      }
      await socket.close();
    });
  });
}

test('300 requests in one burst that depend on each other are answered in order, and nobody else waits', async () => {
  const person = account();
  service.secrets.add(person.password);
  const socket = await PlainSocket.connect(service, '/users/');
  const { username, email, password } = person;
  socket.send({ action: 'details', data: { username } });
  socket.send({ action: 'new', data: { username, email, password } });
  socket.send({ action: 'login', data: { username, password } });
  for (let number = 0; number < 149; number++) {
    socket.send({ action: 'edit', data: { bio: `bio ${number}` } });
    if (number < 148) socket.send({ action: 'me' });
  }
  assert.deepEqual(await bystander.ask('ping'), { action: 'pong' });
  assert.deepEqual(await socket.next(), { action: 'details', error: 'User does not exist.' });
  assert.equal((await socket.next()).data.username, username);
  service.secrets.add((await socket.next()).data.token);
  for (let number = 0; number < 149; number++) {
    assert.equal((await socket.next(`edit ${number}`)).data.bio, `bio ${number}`);
    if (number < 148) {
      const me = await socket.next(`me ${number}`);
      assert.deepEqual([me.action, me.data.bio], ['me', `bio ${number}`]);
    }
  }
  assert.equal(socket.frames.length, 300);
  await socket.close();
});

test('over SignalR 300 requests in one burst are answered in their order', async () => {
  const client = await UsersClient.connect(service, 'SignalR');
  const { connection } = client.link;
  const events = [];
  for (let number = 0; number < 300; number++) {
    connection.on(`burst ${number}`, (reply) => events.push([number, reply]));
  }
  await Promise.all(Array.from({ length: 300 }, (_, number) => connection.invoke(`burst ${number}`, {})));
  assert.deepEqual(events, Array.from({ length: 300 }, (_, number) => [number, { error: 'Invalid action.' }]));
  await client.close();
});

test('over SignalR, which compares names so, an action may be spelled in any case', async () => {
  const client = await UsersClient.connect(service, 'SignalR');
  for (const action of ['ME', 'Me', 'me']) await client.link.perform(action);
  assert.deepEqual(client.events, Array(3).fill(['me', { error: 'Not logged in.' }]));
  await client.close();
});

test('an answer that was asked for before the connection went does no harm', async () => {
  for (let i = 0; i < 20; i++) {
    const socket = await PlainSocket.connect(service, '/users/');
    for (let number = 0; number < 10; number++) socket.send({ action: 'details', data: { username: 'nobody' } });
    await socket.drop();
    service.clients.delete(socket);
  }
  assert.deepEqual(await bystander.ask('ping'), { action: 'pong' });
});
