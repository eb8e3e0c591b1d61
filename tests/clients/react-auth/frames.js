// The raw frames of react-auth's socket: whatever comes is answered, in order, and every frame that we send is a JSON object.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TYPES, post } from '../support/react-auth.js';
import { PlainSocket } from '../support/plain-socket.js';
import { OF_THE_WEB } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';

const PATH = '/auth/socket';
const FAILED = { success: false };

let service;
let bystander;
let session;
const sockets = [];
before(async () => {
  service = await sharedService(OF_THE_WEB);
  bystander = await connect();
  session = await somebody();
});
after(async () => {
  if (bystander) assert.deepEqual(await bystander.ask({ type: 'nothing' }), FAILED);
  for (const { frames } of sockets) {
    for (const frame of frames) {
      assert.equal(Object.prototype.toString.call(JSON.parse(frame)), '[object Object]', frame);
    }
  }
});

async function connect(path = PATH) {
  const socket = await PlainSocket.connect(service, path);
  sockets.push(socket);
  return socket;
}

/** The session of somebody who has logged in over HTTP. */
async function somebody() {
  const person = account();
  await service.briefly((client) => client.register(person));
  const { body } = await post(
    service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(body.session);
  return body.session;
}

const answers = (send, expected = FAILED) => async () => {
  const socket = await connect();
  await send(socket);
  assert.deepEqual(await socket.next(), expected);
  assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session }), { success: true });
  await socket.close();
};

for (const [what, frame] of Object.entries({
  'nothing': '',
  'text that is no JSON': 'hello',
  'half an object': '{"type":',
  'two objects': '{}{}',
  'null': 'null',
  'a number': '7',
  'a text': `"${TYPES.close}"`,
  'an array': '[]',
  'an empty object': '{}',
  'ten thousand arrays within each other': '['.repeat(10_000) + ']'.repeat(10_000),
  'half a surrogate pair': '{"type":"\\ud83d","session":"\\ud83d"}',
  'an envelope with an id that is a number': '{"id":7,"data":{}}',
  'an envelope with an id that is an object': '{"id":{},"data":{}}',
  'an envelope with an endless id': `{"id":"${'x'.repeat(100_000)}","data":{}}`,
  'an envelope with half a surrogate pair for an id': '{"id":"\\ud83d","data":{}}',
  'an id without data': '{"id":"7"}',
  '900 kB of spaces': ' '.repeat(900_000),
})) {
  test(`${what} is refused, and the connection lives`, answers((socket) => socket.send(frame)));
}

for (const data of ['null', '7', '"text"', '[]', '{}', '[{"type":"x"}]']) {
  test(`an envelope around ${data} is refused as an envelope`, answers(
    (socket) => socket.send(`{"id":"7","data":${data}}`), { id: '7', ...FAILED, data: FAILED }));
}

test('binary frames are refused, even if they hold a request', async () => {
  const socket = await connect();
  for (const bytes of [JSON.stringify({ type: TYPES.socketResume, session }), '', '\u0000\u00ff']) {
    assert.deepEqual(await socket.ask(Buffer.from(bytes)), FAILED);
  }
  await socket.close();
});

test('a frame in many pieces is one frame', async () => {
  const socket = await connect();
  socket.sendPieces([...JSON.stringify({ type: TYPES.socketResume, session })]);
  assert.deepEqual(await socket.next(), { success: true });
  await socket.close();
});

test('a frame over the limit, or that is no UTF-8, ends that connection', async () => {
  for (const [send, codes] of [
    [(socket) => socket.send('x'.repeat(3 << 20)), [1006, 1009]],
    [(socket) => socket.sendAsText(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), [1006, 1007]],
  ]) {
    const socket = await connect();
    send(socket);
    const code = await socket.closing();
    assert.ok(codes.includes(code), `closed with ${code}`);
  }
});

test('a frame that says a thing twice has one answer', async () => {
  const type = JSON.stringify(TYPES.socketResume);
  const socket = await connect();
  assert.deepEqual(
    await socket.ask(`{"type":"x","type":${type},"session":"x","session":"${session}"}`), { success: true });
  assert.deepEqual(await socket.ask(`{"type":${type},"session":"${session}","session":"x"}`), FAILED);
  await socket.close();
});

test('a frame of 100 MB in pieces ends that connection and no other', async () => {
  const socket = await connect();
  const code = await socket.flood(100 << 20);
  assert.ok([1006, 1009].includes(code), `closed with ${code}`);
  assert.deepEqual(await bystander.ask({ type: 'nothing' }), FAILED);
});

test('300 requests in one burst are answered in their order', async () => {
  const socket = await connect();
  const kinds = [
    (number) => [
      { id: `${number}`, data: { type: TYPES.socketResume, session } },
      { id: `${number}`, success: true, data: { success: true } },
    ],
    () => [{ type: TYPES.socketResume, session: 'none' }, FAILED],
    (number) => [{ id: `${number}`, data: { type: 'dance' } }, { id: `${number}`, ...FAILED, data: FAILED }],
    () => [{ type: TYPES.socketResume, session }, { success: true }],
    () => ['nonsense', FAILED],
  ];
  const burst = Array.from({ length: 300 }, (_, number) => kinds[number % kinds.length](number));
  for (const [frame] of burst) socket.send(frame);
  for (const [number, [, expected]] of burst.entries()) {
    assert.deepEqual(await socket.next(), expected, `answer ${number}`);
  }
  await socket.close();
});

test('at the address with a slash behind it too', async () => {
  const socket = await connect(`${PATH}/`);
  assert.deepEqual(await socket.ask({}), FAILED);
  await socket.close();
});
