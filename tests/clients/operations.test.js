// What an operator sees: probes, metrics, headers, the log, and a process that stops when it is told to.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ChatClient } from './support/chat-client.js';
import { freePort } from './support/environment.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually, within } from './support/waiting.js';

let service;
before(async () => { service = await Service.start({ settings: { Gatehouse__Room__Open: 'true' } }); });
after(() => service?.dispose());

describe('probes', () => {
  for (const probe of ['live', 'ready', 'startup']) {
    test(`/healthz/${probe} says 200`, async () => {
      const response = await service.get(`/healthz/${probe}`);
      assert.equal(response.status, 200);
      assert.equal((await response.json()).status, 'ok');
    });
  }

  test('/healthz/ready says what it depends on', async () => {
    assert.deepEqual(
      (await (await service.get('/healthz/ready')).json()).details, { draining: 'false', database: 'up', silo: 'active', lease: 'held' });
  });
});

describe('/metrics', () => {
  const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"`;
  const NUMBER = String.raw`[-+]?(?:\d[\d.eE+-]*|Inf|NaN)`;
  const SAMPLE = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:${LABEL},?)*)\\})? (${NUMBER})$`);

  /** Prometheus text as [{name, labels, value}], by the rules of its format. */
  async function scrape() {
    const response = await service.get('/metrics');
    assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const types = new Map();
    const samples = [];
    for (const line of (await response.text()).split('\n').filter(Boolean)) {
      const declared = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
      if (declared) {
        assert.ok(!types.has(declared[1]), `${declared[1]} is declared twice`);
        types.set(declared[1], declared[2]);
      }
      if (line.startsWith('#')) continue;
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? assert.fail(`This is no sample: ${line}`);
      const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
      assert.ok(types.has(family), `${name} has no type`);
      if (types.get(family) === 'counter') assert.match(name, /_total$/);
      samples.push({ name, labels, value: Number(value) });
    }
    return samples;
  }

  const total = (samples, name, label = '') => samples
    .filter((sample) => sample.name === name && sample.labels.includes(label))
    .reduce((sum, sample) => sum + sample.value, 0);

  test('its text parses, and its numbers move', async () => {
    const received = (samples, event) => total(samples, 'gatehouse_event_received_total', `event="${event}"`);
    const before = await scrape();
    const person = account();
    const client = await service.connect();
    await client.register(person);
    await client.ask('dance', [['event_error', 'dance']]);
    const during = await scrape();
    assert.equal(received(during, 'register') - received(before, 'register'), 1);
    assert.equal(received(during, 'unknown') - received(before, 'unknown'), 1);
    assert.equal(
      total(during, 'gatehouse_connection_active') - total(before, 'gatehouse_connection_active'), 1);
    await client.close();
    await eventually('seeing the connection go', async () =>
      total(await scrape(), 'gatehouse_connection_active') === total(before, 'gatehouse_connection_active'));
  });

  for (const [transport, options] of [['socket.io', { generation: 4, engine: 'WebSocket only' }], ['signalr', {}]]) {
    test(`what is said in a room counts as sent to each member by ${transport}`, async () => {
      const members = [];
      for (const name of ['Anna', 'Ben', 'Cleo']) {
        const member = await ChatClient.connect(service, options);
        members.push(await member.enter({ username: name, password: '-' }, `Counted by ${transport}`));
      }
      const sent = async () => total(await scrape(), 'gatehouse_event_sent_total', `transport="${transport}"`);
      const before = await sent();
      await Promise.all([members[0].say('Good evening'), ...members.slice(1).map((member) => member.hears('Good evening'))]);
      assert.equal(await sent() - before, members.length);
      for (const member of members) await member.close();
    });
  }

  test('histograms are cumulative and end at infinity', async () => {
    const samples = await scrape();
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'));
    const series = new Map();
    for (const { name, labels, value } of buckets) {
      const [, bound] = /le="([^"]*)"/.exec(labels);
      const key = `${name}{${labels.replace(/,?le="[^"]*"/, '')}}`;
      series.set(key, [...(series.get(key) ?? []), { bound, value }]);
    }
    assert.ok(series.size > 0);
    for (const [key, steps] of series) {
      assert.ok(steps.every(({ value }, index) => index === 0 || value >= steps[index - 1].value), key);
      assert.equal(steps.at(-1).bound, '+Inf', key);
    }
  });

  test('it names nobody', async () => {
    const person = account({ username: 'Nosy Parker' });
    const client = await service.connect();
    const token = await client.register(person);
    const text = await (await service.get('/metrics')).text();
    for (const secret of [person.username, person.email, person.password, token]) assert.ok(!text.includes(secret));
    await client.close();
  });
});

/** The status of a GET that says it is for a host. */
const statusFor = (url, host) => new Promise((resolve, reject) => {
  request(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)).once('error', reject).end();
});

test('metrics go out by OTLP where an endpoint is configured, and operators have a port of their own', async () => {
  let arrived;
  const delivery = new Promise((resolve) => { arrived = resolve; });
  const collector = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.setHeader('Content-Type', 'application/x-protobuf').end();
    if (Buffer.concat(parts).includes('gatehouse.event.received')) arrived(request);
  });
  await new Promise((resolve) => { collector.listen(0, '127.0.0.1', resolve); });
  const exporting = await Service.start({
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address().port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      Gatehouse__Operators__Url: `http://127.0.0.1:${await freePort()}`,
      AllowedHosts: 'chat.example.org;127.0.0.1',
    },
  });
  try {
    await exporting.briefly((client) => client.becomeGuest());
    const { method, url, headers } = await within(20_000, 'waiting for metrics', delivery, () => exporting.tail());
    assert.deepEqual([method, url, headers['content-type']], ['POST', '/v1/metrics', 'application/x-protobuf']);

    const [host, own] = [new URL(exporting.url).host, new URL(exporting.operators).host];
    for (const path of ['/metrics', '/METRICS', '/healthz/live', '/healthz/ready', '/healthz/startup', '/console/', '/console/console.js']) {
      assert.equal(await statusFor(exporting.operators + path, 'a-pod'), 200, path);
      // Which port it is does not follow from what a request says.
      for (const said of [host, own]) assert.equal(await statusFor(exporting.url + path, said), 404, path);
    }
    // The console is here, and says that it is for its own page only.
    assert.equal(await statusFor(`${exporting.operators}/console/`, 'a-pod'), 200);
    assert.equal(await statusFor(`${exporting.operators}/console/api/me`, 'a-pod'), 403);
    assert.equal(await statusFor(`${exporting.url}/console/api/me`, host), 404);
    // Orleans' dashboard is off.
    assert.equal(await statusFor(`${exporting.operators}/console/dashboard/`, 'a-pod'), 404);
    assert.equal(await statusFor(`${exporting.operators}/openapi/v1.json`, own), 404);
    assert.equal(await statusFor(`${exporting.url}/openapi/v1.json`, 'chat.example.org'), 200);
    assert.equal(await statusFor(`${exporting.url}/openapi/v1.json`, 'evil.example.org'), 400);
    assert.equal(await statusFor(exporting.url, 'evil.example.org'), 400);
  } finally {
    await exporting.dispose();
    collector.close();
    collector.closeAllConnections();
  }
});

describe('the page', () => {
  const POLICY = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:",
    "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ];

  const FILES = [
    '/', '/app.js', '/log.js', '/transports.js', '/style.css', '/favicon.svg',
    '/lib/signalr.min.js', '/lib/socket.io.min.js',
  ];
  for (const path of [...FILES, '/healthz/live', '/nowhere']) {
    test(`${path} comes with the headers that keep a browser in check`, async () => {
      const response = await service.get(path);
      await response.text();
      assert.equal(response.status, path === '/nowhere' ? 404 : 200);
      assert.deepEqual(response.headers.get('content-security-policy').split(';').map((rule) => rule.trim()), POLICY);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
      assert.equal(response.headers.get('access-control-allow-origin'), null);
      assert.equal(response.headers.get('server'), null);
      assert.equal(response.headers.get('x-powered-by'), null);
    });
  }

  test('it holds no inline script or style and loads nothing from elsewhere', async () => {
    const html = await (await service.get('/')).text();
    assert.doesNotMatch(html, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|(?:src|href)="(?:https?:)?\/\//i);
  });

  test('nothing outside its folder is served', async () => {
    for (const path of ['/appsettings.json', '/package.json', '/..%2fappsettings.json', '/%2e%2e/Program.cs']) {
      assert.equal((await service.get(path)).status, 404, path);
    }
  });
});

test('the log holds no password and no token, whatever goes wrong', async () => {
  const person = account();
  const client = await service.connect();
  const token = await client.register(person);
  await service.briefly(async (other) => {
    await other.ask(['login_credentials', { ...person, password: 'wrong-but-mine-elsewhere' }], ['login_error']);
    await other.ask(['login_token', `${token}x`], [['login_error', 'token']]);
    await other.ask(['register', { ...person, password: `${person.password}-too` }], [['register_error', 'username']]);
    await other.ask(['upgrade', person], [['event_error', 'upgrade']]);
    await other.send('resume');
    await other.expect('resumed');
    await other.logInWith(token).catch(() => other.skip());
  });
  // A failure inside is logged with its story; that story must not quote the request.
  await service.database.sql('ALTER TABLE users RENAME TO users_away');
  await service.briefly(async (other) => {
    await other.ask(['register', account()], [['register_error', undefined]]);
    await other.ask(['login_credentials', account()], [['login_error', undefined]]);
    await other.ask('login_guest', [['login_error', undefined]]);
  });
  await service.database.sql('ALTER TABLE users_away RENAME TO users');
  await service.briefly((other) => other.logIn(person));
  service.assertKeptSecrets();
  assert.ok(service.secrets.size > 5 && service.log.length > 0, 'there was something to look for and to look in');
});

test('SIGTERM ends it within seconds, with clients connected, and nothing is lost', async () => {
  const person = account();
  const client = await service.connect();
  await client.register(person);
  const began = Date.now();
  service.child.kill('SIGTERM');
  await client.closed();
  await eventually('waiting for the end', () => service.child === null);
  assert.ok(Date.now() - began < 10_000, `it took ${Date.now() - began} ms`);
  await service.start();
  await service.briefly((other) => other.logIn(person));
});
