// The database goes away: requests fail at once in the protocol's own words, the probes tell, and all heals by itself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ChatClient, INTERNAL } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Device, Registered } from './support/device.js';
import { PlainSocket } from './support/plain-socket.js';
import { PrivatePostgres } from './support/postgres.js';
import { TYPES, post } from './support/react-auth.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

const FAST = 5_000;

let postgres;
let service;
before(async () => {
  postgres = await PrivatePostgres.start();
  service = await Service.start({ database: postgres.database, settings: { Gatehouse__Room__Open: 'true' } });
});
after(async () => {
  await service?.dispose();
  await postgres?.dispose();
});

const ready = (status) => eventually(
  `waiting for /healthz/ready to say ${status}`, async () => (await service.probe('ready')) === status,
  { describe: () => service.tail() });

async function fast(what, act) {
  const began = Date.now();
  await act();
  const took = Date.now() - began;
  assert.ok(took < FAST, `${what} took ${took} ms`);
}

describe('while the database is away', () => {
  const person = account();
  let token;
  let stranger;
  let guest;
  let user;
  let session;
  before(async () => {
    [stranger, guest, user] = [await service.connect(), await service.connect(), await service.connect()];
    await guest.becomeGuest();
    token = await user.register(person);
    ({ session } = (await post(service, { type: TYPES.authenticate, username: person.username, password: person.password })).body);
    await postgres.vanish();
  });

  for (const [name, client, event, answer] of [
    ['login_credentials', () => stranger, () => ['login_credentials', person], ['login_error', undefined]],
    ['login_token', () => stranger, () => ['login_token', token], ['login_error', undefined]],
    ['login_guest', () => stranger, () => ['login_guest'], ['login_error', undefined]],
    ['register', () => stranger, () => ['register', account()], ['register_error', undefined]],
    ['upgrade', () => guest, () => ['upgrade', account()], ['upgrade_error', undefined]],
    ['logout', () => user, () => ['logout'], ['event_error', 'logout']],
  ]) {
    test(`${name} fails fast, with the protocol's own error`, () => fast(name, () => client().ask(event(), [answer])));
  }

  test('what needs no database is answered as ever', async () => {
    await stranger.ask('dance', [['event_error', 'dance']]);
    await stranger.ask(['login_token', 'no token'], ['login_error']);
    await user.ask(['nothing', 1], [['event_error', 'nothing']]);
  });

  test('a page of react-auth is not told that its session is over: it loses its socket, and would ask again', () => fast('resume', async () => {
    const socket = await PlainSocket.connect(service, '/auth/socket');
    socket.send({ type: TYPES.socketResume, session });
    assert.equal(await socket.closed, 1012);
    assert.deepEqual(socket.frames, []);
  }));

  test('new connections come in', () => service.briefly(
    (client) => client.ask('login_guest', [['login_error', undefined]])));

  test('/healthz/ready says 503, the others 200, and the page is there', async () => {
    await ready(503);
    assert.equal(await service.probe('live'), 200);
    assert.equal(await service.probe('startup'), 200);
    assert.equal((await service.get('/')).status, 200);
    assert.equal((await service.get('/metrics')).status, 200);
  });

  test('when it is back, everything works again on the same connections', async () => {
    await postgres.resume();
    await ready(200);
    await stranger.logIn(person);
    await guest.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user']]);
    await user.ask('logout', [['state_change', 'undefined']]);
    await user.logIn(person);
    await service.briefly((client) => client.register(account()));
  });

  test('a short absence that no probe noticed heals as well', async () => {
    await postgres.vanish();
    await postgres.resume();
    await eventually('registering again', () => service.briefly(async (client) => {
      await client.send('register', account());
      return client.events[0][0] === 'register_success';
    }));
    await stranger.ask('logout', [['state_change', 'undefined']]);
  });
});

test('messages to a room are refused meanwhile; afterwards everybody is still there', async () => {
  const room = newRoom();
  const clients = await Promise.all([{}, { generation: 1 }, { generation: 4 }].map((options) => ChatClient.connect(service, options)));
  for (const [number, client] of clients.entries()) await client.enter({ username: `talker ${number}`, password: '' }, room);
  await clients[0].say('before');
  for (const client of clients.slice(1)) await client.hears('before');
  await postgres.vanish();
  for (const client of clients) await client.ask(['message', { content: 'lost' }], [['cerror', INTERNAL]]);
  await postgres.resume();
  await eventually('talking again', async () => {
    await clients[0].send('message', { content: 'after' });
    await clients[0].until('an answer', () => clients[0].events.length > clients[0].read);
    const [name] = clients[0].events.at(-1);
    clients[0].skip();
    return name === 'message';
  });
  for (const client of clients.slice(1)) await client.hears('after');
  await clients[2].say('all here');
  await clients[0].hears('all here');
  await clients[1].hears('all here');
});

test('each message of clients and nodes is answered meanwhile, and afterwards all goes on', async () => {
  const [client, node] = [await Registered.client(service), await Registered.node(service)];
  const [phone, lamp, stranger] = [await client.connect(), await node.connect(), await Device.connect(service)];
  await postgres.vanish();
  const internal = { msg: 'internal error' };
  const information = {};
  await eventually('waiting for the service to notice', async () => (await service.probe('ready')) === 503);
  assert.deepEqual(await phone.client({ action: 'queue', recipient: node.id, parameters: {} }, 'queueFailed'), internal);
  assert.deepEqual(await phone.client({ action: 'processQueue', parameters: { queue_id: 1 } }, 'processQueueFailed'), internal);
  assert.deepEqual(await phone.client({ action: 'update', parameters: { information } }, 'updateFailed'), internal);
  assert.deepEqual(await phone.client({ action: 'updateNodeList' }, 'updateNodeListFailed'), internal);
  assert.deepEqual(await lamp.node({ action: 'forward', recipient: phone.id, parameters: {} }, 'forwardFailed'), internal);
  assert.deepEqual(await stranger.client({ action: 'register', parameters: { information } }, 'registerFailed'), internal);
  assert.deepEqual(await stranger.client({ action: 'login', parameters: { token: client.token } }, 'loginFailed'), internal);
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${service.url}/node/to/instance`, { method: 'PUT', headers, body: '{"parameters":{"hash":"Qm"}}' });
  assert.deepEqual([response.status, await response.json()], [503, { action: 'registerFailed', parameters: internal }]);
  // One of them closes while nobody can hear it.
  await lamp.close();

  await postgres.resume();
  await eventually('waiting for the service to come back', async () => (await service.probe('ready')) === 200);
  await phone.client({ action: 'queue', recipient: node.id, parameters: { a: 1 } }, 'queued');
  phone.emit('client.to.instance', { action: 'updateNodeList' });
  await phone.nodes((list) => list.length === 0);
  const again = await node.connect();
  assert.deepEqual(again.logged.queue.map(({ content }) => content), [{ a: 1 }]);
  await phone.nodes((list) => list.some(({ ws_id: id }) => id === again.id));
});

test('a service that starts before its database waits for it', async () => {
  await service.stop();
  await postgres.vanish();
  const starting = service.start();
  await eventually('seeing it wait', () => /waiting for the database/i.test(service.log));
  await postgres.resume();
  await starting;
  await service.briefly((client) => client.becomeGuest());
});
