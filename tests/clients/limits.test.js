// What one address may do is limited, each kind for itself: it is refused in the protocol's own words, its connections live, and
// others go on. The limits are low here; a proxy's header says who comes from where. FLOOD_SECONDS=60 also floods a service with the limits
// that are the default, by each kind for so long: see limits/floods.js.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { ChatClient } from './support/chat-client.js';
import { Registered } from './support/device.js';
import { PlainSocket } from './support/plain-socket.js';
import { post, REFUSED, TYPES } from './support/react-auth.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

const FLOODING = { 'X-Forwarded-For': '203.0.113.9' };
const ELSEWHERE = { 'X-Forwarded-For': '198.51.100.7' };
const FLOODERS = 30;
const OPEN = 32;
const DAY = 86_400;

if (process.env.FLOOD_SECONDS) await import('./limits/floods.js');

let service;
before(async () => {
  service = await Service.start({
    settings: {
      Gatehouse__Web__TrustedProxies: '1',
      Gatehouse__Log__Format: 'Json',
      // One hash after the other, slow enough that the flooders' would keep others waiting.
      Gatehouse__Password__Iterations: '50000',
      Gatehouse__Password__Parallelism: '1',
      Gatehouse__Room__Open: 'true',
      Gatehouse__Limits__Window: '1.00:00:00',
      Gatehouse__Limits__Handshakes: '100',
      Gatehouse__Limits__Connections: `${OPEN}`,
      Gatehouse__Limits__Registrations: '40',
      Gatehouse__Limits__RegistrationsAtOnce: '1',
      Gatehouse__Limits__Guests: '3',
      Gatehouse__Limits__Passwords: '8',
      Gatehouse__Limits__Accounts: '4',
      Gatehouse__Limits__Devices: '3',
      Gatehouse__Limits__LookUps: '3',
      Gatehouse__Limits__EventsPerSecond: '2',
      Gatehouse__Limits__BytesPerSecond: '1000',
    },
  });
});
after(() => service?.dispose());

const metric = async (name, labels = '') =>
  Number((await (await service.get('/metrics')).text()).match(new RegExp(`^${name}${labels} (\\d+)`, 'm'))?.[1] ?? 0);

const refusals = (limit) => metric('gatehouse_limit_refused_total', `{limit="${limit}"}`);

/** Does something until it is refused, which it must be within so many times; returns the refusal. */
async function untilRefused(limit, most, act, isRefusal) {
  const before = await refusals(limit);
  for (let times = 0; times <= most; times++) {
    const answer = await act(times);
    if (!isRefusal(answer)) continue;
    assert.ok(await refusals(limit) > before, `${limit} is counted`);
    return answer;
  }
  return assert.fail(`${limit}: ${most} times and one were not too many`);
}

const isHint = (seconds, most = DAY) => assert.ok(Number.isInteger(seconds) && seconds >= 1 && seconds <= most, `${seconds}`);

test('new: while one address floods it others log in, and it is refused in the end', async () => {
  const person = account();
  const friend = await PlainSocket.connect(service, '/users/', { headers: ELSEWHERE });
  const { username, password } = person;
  assert.ok((await friend.ask({ action: 'new', data: person })).data);
  const flooders = await Promise.all(Array.from({ length: FLOODERS }, () => PlainSocket.connect(service, '/users/', { headers: FLOODING })));
  for (const flooder of flooders) flooder.send({ action: 'new', data: account() });
  let answer;
  friend.ask({ action: 'login', data: { username, password } }).then((login) => { answer = login; });
  let waiting;
  do {
    waiting = await metric('gatehouse_password_waiting');
    assert.ok(waiting <= 2, `${waiting} passwords wait to be hashed, where one of the flood and the login's are enough`);
  } while (!answer);
  assert.ok(answer.data?.token);
  const [last, ...gone] = flooders;
  await Promise.all(gone.map((flooder) => flooder.drop()));
  await last.next('the answer to new');
  const { data, error } = await untilRefused(
    'registrations', 40, () => last.ask({ action: 'new', data: { username: '', password: 'x' } }), (answer) => answer.error !== 'invalid_username');
  assert.equal(error, 'Try again later.');
  isHint(data.retry_after);
  assert.deepEqual(await last.ask({ action: 'ping' }), { action: 'pong' });
  assert.equal((await friend.ask({ action: 'new', data: { username: '', password: 'x' } })).error, 'invalid_username');
  await Promise.all([last.close(), friend.close()]);
});

test('guests: refused by login_error, and the connection can do all else', async () => {
  const client = await service.connect();
  await untilRefused('guests', 3, async () => {
    await client.send('login_guest');
    const answered = client.events.at(-1)[0];
    if (answered === 'state_change') await client.perform('logout');
    client.skip();
    return answered;
  }, (answer) => answer === 'login_error');
  await client.expectNothingMore();
  await client.close();
});

test('passwords: refused over HTTP too, for an address and for an account', async () => {
  const authenticate = (username, headers) => post(service, { type: TYPES.authenticate, username, password: 'a' }, { headers });
  const tried = await untilRefused(
    'accounts', 4, (times) => authenticate('Ada', { 'X-Forwarded-For': `198.51.100.${100 + times}` }), ({ headers }) => headers.has('retry-after'));
  assert.deepEqual([tried.status, tried.body], [200, REFUSED]);
  const client = await ChatClient.connect(service);
  const refused = await untilRefused('passwords', 8, async (times) => {
    await client.send('Auth', { user: `stranger ${times}`, password: '', room: `room ${times}` });
    client.skip();
    return client.events.at(-1);
  }, ([name]) => name === 'cerror');
  assert.equal(refused[1].code, 429);
  isHint(refused[1].retryAfter);
  await client.ask(['leave'], ['leave']);
  assert.equal((await authenticate('grace', ELSEWHERE)).headers.get('retry-after'), null);
  await client.close();
});

test('devices and look-ups: refused by Failed and by 429', async () => {
  const register = (headers) => service.get('/node/to/instance', {
    method: 'PUT', headers: { 'Content-Type': 'application/json', ...headers }, body: '{"parameters":{}}',
  });
  const response = await untilRefused('devices', 3, () => register(FLOODING), ({ status }) => status === 429);
  isHint(Number(response.headers.get('retry-after')));
  const { parameters } = await response.json();
  assert.equal(parameters.msg, 'too many attempts');
  const lamp = await Registered.node(service);
  const node = await lamp.connect();
  await untilRefused('lookups', 3, async () => {
    node.emit('node.to.instance', { action: 'login', parameters: { token: lamp.token } });
    return node.next('instance.to.node');
  }, ({ action, parameters: { msg } }) => action === 'loginFailed' && msg === 'too many attempts');
  await node.close();
});

test('events and bytes of a connection: slowed down, all handled, and another one says what it likes', async () => {
  const [loud, heavy, quiet] = await Promise.all([1, 2, 3].map(() => PlainSocket.connect(service, '/users/')));
  const ping = { action: 'ping' };
  const filled = { ...ping, data: 'x'.repeat(3000) };
  for (const [limit, socket, request, times] of [['events', loud, ping, 23], ['bytes', heavy, filled, 2]]) {
    const before = await refusals(limit);
    for (let time = 0; time < times; time++) socket.send(request);
    await eventually('the first that waits', async () => await refusals(limit) > before);
    assert.deepEqual(await quiet.ask(ping), { action: 'pong' });
    for (let time = 0; time < times; time++) assert.deepEqual(await socket.next('pong'), { action: 'pong' });
  }
  await Promise.all([loud, heavy, quiet].map((socket) => socket.close()));
});

const POLLING = '/socket.io/?EIO=4&transport=polling';

for (const [kind, { open, close }] of Object.entries({
  'plain WebSockets': {
    open: (headers) => PlainSocket.connect(service, '/users/', { headers }),
    close: (socket) => socket.close(),
  },
  'WebSockets that are cut before they say what SignalR wants to hear': {
    open: (headers) => PlainSocket.connect(service, '/hubs/session', { headers }),
    close: (socket) => socket.drop(),
  },
  'SignalR by long polling': {
    async open(headers) {
      const connection = new HubConnectionBuilder().configureLogging(LogLevel.None)
        .withUrl(`${service.url}/hubs/session`, { transport: HttpTransportType.LongPolling, headers }).build();
      await connection.start();
      return connection;
    },
    close: (connection) => connection.stop(),
  },
  'Socket.IO by polling': {
    async open(headers) {
      const response = await service.get(POLLING, { headers });
      return JSON.parse((await response.text()).slice(1)).sid;
    },
    close: (sid, headers) => service.get(`${POLLING}&sid=${sid}`, { method: 'POST', headers, body: '1' }),
  },
})) {
  test(`connections: ${kind} have only so many places, and leave them`, async () => {
    const headers = { 'X-Forwarded-For': `2001:db8:${kind.length}:1::7` };
    const negotiate = async (others = headers) => {
      const response = await service.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST', headers: others });
      await response.text();
      return response;
    };
    const [first, ...others] = await Promise.all(Array.from({ length: OPEN }, () => open(headers)));
    const refused = await untilRefused('connections', 0, () => negotiate(), ({ status }) => status === 429);
    isHint(Number(refused.headers.get('retry-after')), 10);
    assert.equal((await negotiate(ELSEWHERE)).status, 200);
    await close(first, headers);
    await eventually('a place', async () => (await negotiate()).status === 200);
    await Promise.all(others.map((one) => close(one, headers)));
  });
}

test('handshakes: 429 for an address, whatever else it says of itself and whichever of its /64 it has', async () => {
  const negotiate = (forwarded) => service.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST', headers: { 'X-Forwarded-For': forwarded } });
  const status = async (response) => { await response.text(); return response.status; };
  for (const from of [(times) => `192.0.2.${times}, 203.0.113.77`, (times) => `2001:db8:0:1::${times}`]) {
    const refused = await untilRefused('handshakes', 100, (times) => negotiate(from(times)), (response) => response.status === 429);
    isHint(Number(refused.headers.get('retry-after')));
    assert.equal((await refused.json()).code, 4);
  }
  assert.equal(await PlainSocket.refusal(service, '/users/', { headers: { 'X-Forwarded-For': '203.0.113.77' } }), 429);
  assert.equal(await status(await service.get('/socket.io/?EIO=4&transport=polling', { headers: { 'X-Forwarded-For': '203.0.113.77' } })), 429);
  assert.equal(await status(await negotiate('2001:db8:0:2::1')), 200);
  await service.briefly((client) => client.expectNothingMore(), { generation: '4' });
});

test('the log of all that is JSON, and what fails names its trace', async () => {
  const client = await PlainSocket.connect(service, '/users/', { headers: ELSEWHERE });
  await service.database.sql('ALTER TABLE users RENAME TO away');
  assert.equal((await client.ask({ action: 'details', data: { username: 'ada' } })).error, 'Internal error.');
  await service.database.sql('ALTER TABLE away RENAME TO users');
  const failure = await eventually('its entry', () =>
    service.log.split('\n').slice(0, -1).map((line) => JSON.parse(line)).find(({ Message }) => Message === 'users: details failed'));
  assert.match(Object.assign({}, ...failure.Scopes).TraceId, /^[0-9a-f]{32}$/);
  await client.close();
});
