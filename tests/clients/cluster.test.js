// Silos and gateways as processes of their own: a client never notices which it is on, and the loss of one costs seconds.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { administrator, administratorSettings, asAdministrator } from './support/administrator.js';
import { ChatClient, REQUIRED } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Cluster } from './support/cluster.js';
import { DOORS, Device, Registered } from './support/device.js';
import { programBeside } from './support/environment.js';
import { PrivatePostgres } from './support/postgres.js';
import { REFUSED, TYPES, cookieOf, post } from './support/react-auth.js';
import { Browser } from './support/react-auth-tab.js';
import { Service } from './support/service.js';
import { SessionClient, account } from './support/session-client.js';
import { guest, sideBySide } from './support/side-by-side.js';
import { whileLocked } from './support/table-lock.js';
import { UsersClient } from './support/users-client.js';
import { delay, eventually, within } from './support/waiting.js';

const ROOMS = 8;
const LOGINS = 60;
/** Without a silo for its grains nobody is silent for longer. */
const PAUSE = 5000;

let cluster;
let proxy;
before(async () => {
  cluster = await Cluster.start({
    Gatehouse__Room__Open: 'true', Gatehouse__Login__AddressFailures: '100000', Gatehouse__Web__TrustedProxies: '1',
    // Many logins of one address wait for a silo here.
    Gatehouse__Limits__PasswordsAtOnce: '0',
    Gatehouse__Operators__Dashboard: 'true',
    ...administratorSettings(),
  });
  proxy = await cluster.addProxy();
});
after(() => cluster?.dispose());

const activeSilos = () => cluster.silos[0].database.rows('SELECT address, port FROM OrleansMembershipTable WHERE Status = 3');

test('one life, on another gateway at each step', async () => {
  const [one, other] = cluster.gateways;
  const person = account();
  let token = await one.briefly((client) => client.register(person), { generation: '4' });
  token = await other.briefly((client) => client.logInWith(token));
  const room = newRoom();
  const [talker, listener] = [await ChatClient.connect(other, { generation: 4 }), await ChatClient.connect(one)];
  await talker.enter(person, room);
  await listener.enter(guest(1), room);
  await talker.say('good morning');
  await listener.hears('good morning');
  await Promise.all([talker.close(), listener.close()]);
  await one.briefly(async (client) => {
    await client.logInWith(token);
    await client.ask('logout', [['state_change', 'undefined']]);
  });
});

test('a connection of several requests is found at its gateway, also by a proxy that takes it for somebody else\'s', async () => {
  for (const gateway of cluster.gateways) {
    const url = '/socket.io/?EIO=4&transport=polling';
    const { sid } = JSON.parse((await (await gateway.get(url)).text()).slice(1));
    const packet = { method: 'POST', body: '40/session,' };
    assert.equal(await (await proxy.get(`${url}&sid=${sid}`, packet)).text(), 'ok');
    assert.match(await (await proxy.get(`${url}&sid=${sid}`)).text(), /^40\/session,/);

    const { connectionToken } = await (await gateway.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST' })).json();
    assert.ok(connectionToken);
    const stream = await proxy.get(`/hubs/session?id=${connectionToken}`, { headers: { accept: 'text/event-stream' } });
    assert.equal(stream.status, 200);
    await stream.body.cancel();
  }
  const nobody = await proxy.get('/socket.io/?EIO=4&transport=polling&sid=nobody');
  assert.deepEqual([nobody.status, await nobody.json()], [404, { code: 1, message: 'Session ID unknown' }]);
});

test("Orleans' own dashboard, at a gateway that has no grains, shows every silo and the calls at it", async () => {
  const [gateway] = cluster.gateways;
  await (await asAdministrator(gateway)).close();
  const { username, password } = administrator;
  const ask = (path, headers, options) => gateway.get(`/console/${path}`, { headers: { 'X-Gatehouse-Console': '1', ...headers }, ...options });
  const login = await ask('api/login', { 'Content-Type': 'application/json' }, { method: 'POST', body: JSON.stringify({ username, password }) });
  const Cookie = login.headers.get('set-cookie').split(';')[0];
  await eventually('both silos, and a session', async () => {
    const { hosts, simpleGrainStats } = await (await ask('dashboard/DashboardCounters', { Cookie })).json();
    return hosts.length === 2 && simpleGrainStats.some(({ grainType, totalCalls }) => grainType.endsWith('SessionGrain') && totalCalls > 0);
  });
  await (await ask('api/logout', { Cookie }, { method: 'POST' })).text();
});

sideBySide(() => [...cluster.gateways]);

test('while the database is away, a gateway can read what its silo says of it', async () => {
  const server = await PrivatePostgres.start();
  const { database } = server;
  const silo = await Service.start({ dll: programBeside('Gatehouse.Silo'), database });
  const gateway = await Service.start({ dll: programBeside('Gatehouse.Gateway'), beside: silo });
  try {
    const device = await Device.connect(gateway);
    const before = gateway.log.length;
    await server.vanish();
    await eventually('the silo being not ready', async () => (await silo.probe('ready')) === 503);
    await device.client({ action: 'register', parameters: { information: {} } }, 'registerFailed');
    const complaints = gateway.complaints(before).join('');
    assert.match(complaints, /DatabaseUnavailableException: The database is not available/);
    assert.doesNotMatch(complaints, /WireType|TypeLoad|Codec/);
  } finally {
    await server.resume();
    for (const service of [gateway, silo]) await service.dispose();
    await server.dispose();
  }
});

test('through one address, polling and upgrading clients stay with their gateway', async () => {
  for (const path of ['/metrics', '/Metrics/', '//metrics', '/%6detrics']) assert.equal((await fetch(proxy.url + path)).status, 404, path);
  for (const options of [
    { generation: 4, engine: 'polling only' }, { generation: 4 }, { generation: 1 }, { transport: 'LongPolling' }, { transport: 'ServerSentEvents' },
  ]) {
    const clients = await Promise.all([ChatClient.connect(proxy, options), ChatClient.connect(proxy, options)]);
    const room = newRoom();
    for (const [number, client] of clients.entries()) await client.enter(guest(number), room);
    for (let message = 0; message < 10; message++) await clients[0].say(`message ${message}`);
    await clients[1].until('hearing all', () => clients[1].heard.length === 10);
    await Promise.all(clients.map((client) => client.close()));
  }
});

test('through one address every door is open', async () => {
  const person = account();
  const users = await UsersClient.connect(proxy, '/users/');
  await users.register(person);
  await users.logIn(person);
  const browser = new Browser(proxy);
  const tab = await browser.open();
  tab.submit(person);
  assert.equal(JSON.parse((await tab.answered).text).success, true);
  await tab.confirmed();
  for (const door of Object.values(DOORS)) await (await (await Registered.node(proxy, 'QmNode', door)).connect()).close();
  for (const options of [{}, { generation: '1' }, { generation: '4' }]) {
    await SessionClient.briefly(proxy, (client) => client.logIn(person), options);
  }
  await browser.abandon();
  await users.close();
});

test('kill -9 of a silo: the talk in every room goes on, everybody hears the same, and nothing is lost', async (t) => {
  const [here, there] = cluster.gateways;
  const rooms = await Promise.all(Array.from({ length: ROOMS }, async (_, number) => {
    const name = newRoom();
    const pair = { talker: await ChatClient.connect(here), listener: await ChatClient.connect(there, { generation: 4 }) };
    await pair.talker.enter(guest(2 * number), name);
    await pair.listener.enter(guest(2 * number + 1), name);
    await pair.talker.say('before');
    return pair;
  }));
  const person = account();
  await here.briefly((client) => client.register(person));

  const killedAt = Date.now();
  await cluster.silos[1].kill9();
  const pauses = await Promise.all(rooms.map(async ({ talker, listener }) => {
    for (let number = 0; !listener.heard.some((text) => text.startsWith('after')); number++) {
      if (Date.now() - killedAt > 3 * PAUSE) assert.fail(`Nothing was heard. ${here.tail()}`);
      await talker.perform('message', { content: `after ${number}` });
      await delay(50);
    }
    return Date.now() - killedAt;
  }));
  await here.briefly((client) => client.logIn(person));
  const loggedIn = Date.now() - killedAt;
  t.diagnostic(`after kill -9 of a silo: heard again in the ${ROOMS} rooms after ${pauses.join(', ')} ms; a login done after ${loggedIn} ms`);
  assert.ok(Math.max(...pauses) < PAUSE, `the longest pause was ${Math.max(...pauses)} ms`);

  for (const { talker, listener } of rooms) {
    await eventually('a message', async () => {
      await talker.perform('message', { content: 'the last' });
      return talker.until('its echo', () => talker.heard.includes('the last')).then(() => true);
    });
    await listener.until('hearing the last', () => listener.heard.length === talker.heard.length);
    assert.deepEqual(listener.heard, talker.heard);
    assert.equal(new Set(talker.heard).size, talker.heard.length);
  }
  assert.equal((await activeSilos()).length, 1);
  await cluster.silos[1].start();
  assert.equal((await activeSilos()).length, 2);
});

test('kill -9 of a silo: whoever is logging in at that moment is answered within seconds, and is in or can try again', async (t) => {
  const { database } = cluster.silos[0];
  const people = Array.from({ length: LOGINS }, () => account());
  const clients = await Promise.all(people.map((_, number) => cluster.gateways[number % 2].connect()));
  await Promise.all(people.map((person) => cluster.gateways[0].briefly((client) => client.register(person))));
  let killedAt;
  const answers = [];
  // Nobody is answered before the silo is killed, so some have their session there, and some go by way of it.
  await whileLocked(database, 'users', 'ACCESS EXCLUSIVE', async () => {
    answers.push(...clients.map(async (client, number) => {
      const { username, password } = people[number];
      await client.perform('login_credentials', { username, password });
      return Date.now() - killedAt;
    }));
    await eventually('waiting for the table', () => database.sql(
      "SELECT count(*) > 20 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    ).then((answer) => answer === 't'));
    killedAt = Date.now();
    await cluster.silos[1].kill9();
  });
  const slowest = Math.max(...await Promise.all(answers));
  const again = people.filter((_, number) => !clients[number].events.some(([name]) => name === 'login_success'));
  t.diagnostic(`the last of ${LOGINS} logins was answered ${slowest} ms after kill -9 of a silo; ${again.length} have to try again`);
  assert.ok(slowest < 2 * PAUSE, `an answer took ${slowest} ms`);
  for (const person of again) await cluster.gateways[0].briefly((client) => client.logIn(person));
  await Promise.all(clients.map((client) => client.close()));
  await cluster.silos[1].start();
});

test('a silo that was frozen, and declared dead, ends when it goes on', async () => {
  const [, frozen] = cluster.silos;
  const ended = once(frozen.child, 'exit');
  frozen.child.kill('SIGSTOP');
  await eventually('being declared dead', async () => (await activeSilos()).length === 1, { limit: 20_000 });
  frozen.child.kill('SIGCONT');
  await within(15_000, 'waiting for its end', ended, () => frozen.tail());
  await frozen.start();
});

test('kill -9 of a gateway: its clients come back through the other, and go on', async () => {
  const person = account();
  const token = await cluster.gateways[0].briefly((client) => client.register(person));
  const room = newRoom();
  const returning = await Promise.all(Array.from({ length: 6 }, (_, number) => ChatClient.connect(
    proxy, { generation: 4, engine: number % 2 ? 'WebSocket only' : 'upgrading', returning: true },
  )));
  const hub = new HubConnectionBuilder().withUrl(`${proxy.url}/hubs/session`).configureLogging(LogLevel.None)
    .withAutomaticReconnect([0, 100, 200, 500, 1000, 1000, 1000]).build();
  hub.on('event_error', () => {});
  await hub.start();
  for (const [number, client] of returning.entries()) await client.enter(guest(number), room);
  const ends = [];
  for (const client of returning) client.socket.on('disconnect', () => ends.push(client));

  await cluster.gateways[1].kill9();
  for (const client of returning) await client.returned();
  await eventually('the hub', () => hub.state === 'Connected');
  await hub.invoke('anything_else');
  await hub.stop();
  const stayed = returning.find((client) => !ends.includes(client)) ?? await (await ChatClient.connect(proxy)).enter(guest(10), room);
  await eventually('being heard', async () => {
    await stayed.perform('message', { content: 'still here' });
    return stayed.heard.includes('still here');
  });
  await cluster.gateways[0].briefly((client) => client.logInWith(token));
  await cluster.gateways[1].start();
});

test('the end of a login that was stored, and heard by nobody before the silo was lost, ends the stay in a room', async () => {
  const { silos, gateways: [gateway] } = cluster;
  const [person, room] = [account(), newRoom()];
  await gateway.briefly((client) => client.register(person));
  const chat = await ChatClient.connect(gateway, { generation: 4 });
  await chat.enter(person, room);
  await chat.say('I am in');

  await Promise.all(silos.map((silo) => silo.kill9()));
  const user = `(SELECT id FROM users WHERE name = '${person.username}')`;
  await silos[0].database.sql(`
    BEGIN;
    DELETE FROM OrleansStorage WHERE GrainTypeString = 'session' AND GrainIdExtensionString IN (
      SELECT 'session/' || session_id FROM user_sessions WHERE user_id = ${user});
    UPDATE tokens SET revoked_at = now() WHERE user_id = ${user} AND revoked_at IS NULL;
    COMMIT`);
  await Promise.all(silos.map((silo) => silo.start()));

  assert.deepEqual(await chat.next('cerror'), REQUIRED);
  await chat.close();
});

test('behind a proxy nobody is asked for a login again because a gateway finds no silo', async () => {
  const lost = await Service.prepare({ settings: { Gatehouse__Cluster__ClusterId: 'another' }, dll: programBeside('Gatehouse.Gateway'), beside: cluster.silos[0] });
  lost.spawn();
  const door = await cluster.addProxy(undefined, [lost, cluster.gateways[0]]);
  try {
    await eventually('being alive', async () => (await lost.probe('live')) === 200);
    const person = account();
    await cluster.gateways[0].briefly((client) => client.register(person));
    for (let time = 0; time < 4; time++) {
      const { body: { success, session } } = await post(door, { type: TYPES.authenticate, ...person });
      assert.equal(success, true);
      const resumed = await post(door, { type: TYPES.resume }, { path: '/auth/resume', cookie: cookieOf(session) });
      assert.equal(resumed.body.success, true);
    }
  } finally {
    await door.dispose();
    await lost.kill9();
    await lost.dispose();
  }
});

test('that another proxy ended TLS in front of ours is believed by a gateway that trusts two', async () => {
  const settings = { ...cluster.gateways[0].settings, Gatehouse__Web__TrustedProxies: '2' };
  const trusting = await Service.start({ settings, dll: programBeside('Gatehouse.Gateway'), beside: cluster.silos[0] });
  const person = account();
  try {
    await trusting.briefly((client) => client.register(person));
    for (const [gateway, isSecure] of [[cluster.gateways[0], false], [trusting, true]]) {
      const door = await cluster.addProxy(undefined, [gateway]);
      const { cookies: [cookie] } = await post(door, { type: TYPES.authenticate, ...person }, { headers: { 'x-forwarded-proto': 'https' } });
      assert.equal(/; secure/i.test(cookie), isSecure, cookie);
      await door.dispose();
    }
  } finally {
    await trusting.dispose();
  }
});

test('a gateway without a silo is alive but not ready, and says why; with one it is ready again', async () => {
  const [gateway] = cluster.gateways;
  const before = gateway.log.length;
  await Promise.all(cluster.silos.map((silo) => silo.kill9()));
  await eventually('being not ready', async () => (await gateway.probe('ready')) === 503);
  assert.equal(await gateway.probe('live'), 200);
  assert.match(gateway.log.slice(before), /The last silo was lost; requests fail until there is one/);
  assert.equal((await gateway.get('/socket.io/?EIO=4&transport=polling')).status, 503, 'nobody new comes in');
  const { status, body } = await post(gateway, { type: TYPES.resume }, { path: '/auth/resume' });
  assert.deepEqual([status, body], [503, REFUSED]);
  await cluster.silos[0].start();
  await eventually('being ready', async () => (await gateway.probe('ready')) === 200);
  await gateway.briefly((client) => client.register(account()));
});
