// The page and its clients below a prefix, behind two proxies, and behind one that knows neither upgrades nor streams.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { Person, launch } from './support/browser.js';
import { DOORS, enter } from './support/doors.js';
import { HOST, Nginx } from './support/nginx.js';
import { TYPES } from './support/react-auth.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const someone = account();
let service;
let nginx;
let browser;
let person;

/** A service with these settings, behind nginx, with a browser in front. */
function house(settings) {
  before(async () => {
    service = await Service.start({ settings });
    service.secrets.add(someone.password);
    await service.briefly((client) => client.register(someone));
    nginx = await Nginx.start(service);
    browser = await launch(nginx.rules);
  });
  beforeEach(async () => { person = await Person.enter(browser, service, { ignoreHTTPSErrors: true }); });
  afterEach(() => person.leave());
  after(() => Promise.all([browser?.close(), nginx?.dispose(), service?.dispose()]));
}

/** The page at an address, used by either transport; the browser must have had nothing to complain about, except as told. */
async function usePage(address, tolerated = /^$/) {
  const tab = await person.open(address);
  await tab.choose('As a guest');
  await tab.press('Continue as a guest');
  await tab.state('guest');
  const name = await tab.name();
  await tab.choose('Socket.IO');
  await tab.page.locator('#log .note').filter({ hasText: 'connected by Socket.IO' }).waitFor();
  await tab.state('guest');
  assert.equal(await tab.name(), name);
  assert.deepEqual(person.complaints.filter((complaint) => !tolerated.test(complaint)), []);
  return tab;
}

async function outcomes(address) {
  const page = await person.context.newPage();
  await page.goto(address);
  const all = {};
  for (const door of DOORS) {
    const began = Date.now();
    all[door] = await page.evaluate(enter, [door, address, { username: someone.username, password: someone.password }]);
    assert.ok(Date.now() - began < 10_000, `${door} took ${Date.now() - began} ms`);
  }
  return all;
}

const everyDoor = Object.fromEntries(DOORS.map((door) => [door, 'in']));

describe('below a prefix', () => {
  house({ Gatehouse__Web__PathBase: '/kept/here', Gatehouse__Web__TrustedProxies: '1' });

  for (const prefix of ['/kept/here/', '/stripped/', '/']) {
    test(`the page works at ${prefix}, by every door`, async () => {
      await usePage(`https://${HOST}${prefix}`);
      assert.deepEqual(await outcomes(`https://${HOST}${prefix}`), everyDoor);
    });
  }

  test('whoever leaves the last slash out is sent to the page', async () => {
    const tab = await person.open(`https://${HOST}/kept/here`);
    assert.equal(tab.page.url(), `https://${HOST}/kept/here/`);
  });

  test('the cookie is for the prefix, and for TLS', async () => {
    await outcomes(`https://${HOST}/kept/here/`);
    const [cookie] = await person.context.cookies();
    assert.deepEqual([cookie.path, cookie.secure], ['/kept/here', true]);
  });
});

describe('behind two proxies', () => {
  house({ Gatehouse__Web__TrustedProxies: '2', Gatehouse__Login__AddressFailures: '3' });

  /** Logs in through both proxies from an address of this machine, which says that it is somebody else. */
  const logIn = (from, password, forwarded) => new Promise((resolve, reject) => {
    const body = new URLSearchParams({ type: TYPES.authenticate, username: someone.username, password }).toString();
    request({
      port: nginx.ports.OUTER, host: '127.0.0.1', localAddress: from, path: '/auth/login', method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length, ...forwarded },
    }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      resolve(JSON.parse(text).success);
    }).once('error', reject).end(body);
  });

  test('each visitor has a lock of its own, which no header opens', async () => {
    for (const attempt of [1, 2, 3]) {
      assert.equal(await logIn('127.0.0.2', 'not the password', { 'x-forwarded-for': `192.0.2.${attempt}, 198.51.100.1` }), false);
    }
    assert.equal(await logIn('127.0.0.2', someone.password, { 'x-forwarded-for': '192.0.2.9' }), false, 'locked out');
    assert.equal(await logIn('127.0.0.3', someone.password), true, 'another visitor');
  });
});

describe('behind a proxy that nobody has set up', () => {
  house({});

  test('the page works, by what is left of each transport', async () => {
    // The browser tells of each WebSocket that failed.
    await usePage(`https://127.0.0.1:${nginx.ports.BARE}/`, /WebSocket connection to/);
  });

  test('each door is open or says no within seconds', async () => {
    const { 'SignalR by WebSockets': signalR, ...others } = await outcomes(`https://127.0.0.1:${nginx.ports.BARE}/`);
    assert.match(signalR, /WebSocket failed to connect/);
    assert.deepEqual(others, {
      'SignalR by ServerSentEvents': 'in', 'SignalR by LongPolling': 'in',
      'Socket.IO by websocket': 'websocket error', 'Socket.IO by polling': 'in',
      'a raw WebSocket': 'closed with 1006', 'login over HTTP': 'in',
    });
  });

  test('a raw WebSocket is told what is missing', async () => {
    const answer = await service.get('/users/');
    assert.deepEqual([answer.status, answer.headers.get('upgrade')], [426, 'websocket']);
    assert.match(await answer.text(), /WebSocket/);
  });

  test('an event stream asks not to be kept, nor changed', async () => {
    const { connectionToken } = await (await service.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST' })).json();
    const stream = await service.get(`/hubs/session?id=${connectionToken}`, { headers: { accept: 'text/event-stream' } });
    const { headers } = stream;
    assert.deepEqual(
      ['content-type', 'x-accel-buffering', 'cache-control'].map((name) => headers.get(name)),
      ['text/event-stream', 'no', 'no-store, no-transform']);
    await stream.body.cancel();
  });
});
