// Pages and clients at the addresses that proxies give the service, at every door: own pages come in and others do not, below a prefix
// and behind what knows neither upgrades nor streams; in a real browser, and header by header.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { Person, launch } from './support/browser.js';
import { DOORS, enter } from './support/doors.js';
import { HOST, IDN_HOST, Nginx } from './support/nginx.js';
import { PlainSocket } from './support/plain-socket.js';
import { TYPES } from './support/react-auth.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const someone = account();

/** A service with these settings, behind nginx, with a browser in front. */
async function start(settings = {}) {
  const service = await Service.start({ settings });
  const nginx = await Nginx.start(service);
  service.secrets.add(someone.password);
  await service.briefly((client) => client.register(someone));
  const browser = await launch(nginx.rules);
  return { service, nginx, browser, stop: () => Promise.all([browser.close(), nginx.dispose(), service.dispose()]) };
}

let plain;
before(async () => { plain = await start(); });
after(() => plain?.stop());

/** The page's own policy would keep it from asking elsewhere; other sites' pages have none. */
const ELSEWHERE = { ignoreHTTPSErrors: true, bypassCSP: true };

/** What comes of going in by every door, from a page at an address. */
async function tryAll(house, address, base = address) {
  const context = await house.browser.newContext(base === address ? { ignoreHTTPSErrors: true } : ELSEWHERE);
  try {
    const page = await context.newPage();
    await page.goto(address);
    const outcomes = {};
    const { username, password } = someone;
    for (const door of DOORS) outcomes[door] = await page.evaluate(enter, [door, base, { username, password }]);
    return { outcomes, cookies: await context.cookies() };
  } finally {
    await context.close();
  }
}

const comesIn = async (house, address, base) =>
  assert.deepEqual((await tryAll(house, address, base)).outcomes, Object.fromEntries(DOORS.map((door) => [door, 'in'])));

const staysOut = async (house, address, base) => {
  const { outcomes } = await tryAll(house, address, base);
  assert.deepEqual(DOORS.filter((door) => outcomes[door] === 'in'), []);
};

/** The page at an address, used by either transport; the browser must have had nothing to complain about, except as told. */
async function usePage(house, address, tolerated = /^$/) {
  const person = await Person.enter(house.browser, house.service, { ignoreHTTPSErrors: true });
  try {
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
    return tab.page.url();
  } finally {
    await person.leave();
  }
}

describe('behind a proxy that is not trusted', () => {
  for (const [what, address] of [
    ['port 443', () => `https://${HOST}/`],
    ['port 80', () => `http://${HOST}/`],
    ['another port', () => `https://${HOST}:8443/`],
    ['an internationalised name', () => `https://${IDN_HOST}/`],
    ['an IPv6 address', () => `https://[::1]:${plain.nginx.ports.TLS}/`],
  ]) {
    test(`a page at ${what} comes in by every door`, () => comesIn(plain, address()));
  }

  test('a page of another host comes in by none', () => staysOut(plain, `https://${IDN_HOST}/`, `https://${HOST}/`));

  test('a page at another port comes in by none', () => staysOut(plain, `https://${HOST}:8443/`, `https://${HOST}/`));
});

describe('behind a proxy that is trusted, where another site is allowed', () => {
  let house;
  before(async () => {
    house = await start({
      Gatehouse__Web__TrustedProxies: '127.0.0.0/8', Gatehouse__Web__AllowedOrigins__0: 'https://Bücher.test:443/',
    });
  });
  after(() => house?.stop());

  test('a page of its own comes in by every door', () => comesIn(house, `https://${HOST}/`));

  test('a page that came in clear is none of its own where TLS is spoken', () => staysOut(house, `http://${HOST}/`, `https://${HOST}/`));

  test('a page of the other site, which was named in its own spelling, comes in by every door', () =>
    comesIn(house, `https://${IDN_HOST}/`, `https://${HOST}/`));

  test('a page at another port of the other site comes in by none', () => staysOut(house, `https://${IDN_HOST}:8443/`, `https://${HOST}/`));

  test('a page of the other site takes its leave of long polling at once', async () => {
    const context = await house.browser.newContext(ELSEWHERE);
    const page = await context.newPage();
    await page.goto(`https://${IDN_HOST}/`);
    const deletion = page.waitForResponse((response) => response.request().method() === 'DELETE');
    const [outcome, answer] = await Promise.all(
      [page.evaluate(enter, ['SignalR by LongPolling', `https://${HOST}/`, someone]), deletion]);
    assert.deepEqual([outcome, answer.status()], ['in', 202]);
    await context.close();
  });
});

const UPGRADES = ['/users/', '/admin/', '/auth/socket', '/socket.io/?EIO=4&transport=websocket', '/hubs/session'];

/** Asks as a browser would; resolves to the status. */
function ask(service, method, path, headers, body = '') {
  return new Promise((resolve, reject) => {
    request(service.url + path, { method, headers: { ...headers, 'content-length': body.length } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode));
    }).once('error', reject).end(body);
  });
}

/** What each door says to these headers. */
async function doors(service, headers) {
  const statuses = [];
  for (const path of UPGRADES) statuses.push(await PlainSocket.refusal(service, path, { headers }));
  statuses.push(await ask(service, 'GET', '/socket.io/?EIO=4&transport=polling', headers));
  const node = JSON.stringify({ action: 'register', parameters: { hash: 'QmOrigin' } });
  statuses.push(await ask(service, 'PUT', '/node/to/instance', { ...headers, 'content-type': 'application/json' }, node));
  return statuses;
}

const OPEN = [...UPGRADES.map(() => 101), 200, 200];
const SHUT = OPEN.map(() => 403);

describe('header by header, without a setting', () => {
  for (const [origin, host, outcome] of [
    ['https://gw.example', 'gw.example', OPEN],
    ['http://gw.example', 'gw.example', OPEN],
    ['https://gw.example', 'gw.example:443', OPEN],
    ['https://gw.example:443', 'gw.example', OPEN],
    ['HTTPS://GW.example', 'gw.EXAMPLE', OPEN],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example', OPEN],
    ['http://[2001:db8::1]', '[2001:DB8:0:0::1]:80', OPEN],
    ['https://gw.example', 'gw.example:8443', SHUT],
    ['https://gw.example', 'gw.example:80', SHUT],
    ['https://other.example', 'gw.example', SHUT],
    ['https://gw.example.evil.example', 'gw.example', SHUT],
    ['https://gw.example@evil.example', 'gw.example', SHUT],
    ['https://gw.example/', 'gw.example', SHUT],
    ['ftp://gw.example', 'gw.example', SHUT],
    ['http://[2001:db8::2]', '[2001:db8::1]', SHUT],
    ['null', 'gw.example', SHUT],
    ['file://', 'gw.example', SHUT],
    ['', 'gw.example', SHUT],
  ]) {
    test(`a page of '${origin}' at ${host} is ${outcome === OPEN ? 'let in' : 'refused'}`, async () => {
      assert.deepEqual(await doors(plain.service, { origin, host }), outcome);
    });
  }

  test('what a stranger says of a proxy is not believed', async () => {
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    assert.deepEqual(await doors(plain.service, { origin: 'https://evil.example', host: 'gw.example', ...forwarded }), SHUT);
  });
});

describe('header by header, with origins that are named', () => {
  const NAMED = ['https://Bücher.example', 'http://[2001:DB8::1]:8080/', 'capacitor://localhost', 'null', 'file://'];
  let service;
  before(async () => {
    const settings = Object.fromEntries(NAMED.map((origin, index) => [`Gatehouse__Web__AllowedOrigins__${index}`, origin]));
    service = await Service.start({ settings });
  });
  after(() => service?.dispose());

  for (const origin of [
    'https://xn--bcher-kva.example', 'https://xn--bcher-kva.example:443', 'http://[2001:db8::1]:8080', 'capacitor://localhost',
    'null', 'file://',
  ]) {
    test(`a page of '${origin}' is let in, and may read the answer`, async () => {
      assert.deepEqual(await doors(service, { origin, host: 'gw.example' }), OPEN);
      const answer = await service.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST', headers: { origin } });
      assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    });
  }

  for (const origin of ['http://xn--bcher-kva.example', 'http://[2001:db8::1]', 'https://localhost', 'file:///']) {
    test(`a page of '${origin}' is refused`, async () => {
      assert.deepEqual(await doors(service, { origin, host: 'gw.example' }), SHUT);
    });
  }

  test('whatever method a page needs, it is told that it may use it', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      const { headers } = await service.get('/hubs/session?id=1', {
        method: 'OPTIONS', headers: { origin: 'null', 'access-control-request-method': method },
      });
      assert.equal(headers.get('access-control-allow-methods'), method);
    }
  });
});

describe('below a prefix', () => {
  let house;
  before(async () => { house = await start({ Gatehouse__Web__PathBase: '/kept/here', Gatehouse__Web__TrustedProxies: '1' }); });
  after(() => house?.stop());

  for (const prefix of ['/kept/here/', '/stripped/', '/']) {
    test(`the page works at ${prefix}, by every door`, async () => {
      await usePage(house, `https://${HOST}${prefix}`);
      await comesIn(house, `https://${HOST}${prefix}`);
    });
  }

  test('whoever leaves the last slash out is sent to the page', async () => {
    assert.equal(await usePage(house, `https://${HOST}/kept/here`), `https://${HOST}/kept/here/`);
  });

  test('the cookie is for the prefix, and for TLS', async () => {
    const { cookies: [cookie] } = await tryAll(house, `https://${HOST}/kept/here/`);
    assert.deepEqual([cookie.path, cookie.secure], ['/kept/here', true]);
  });
});

describe('behind two proxies', () => {
  let service;
  let nginx;
  before(async () => {
    service = await Service.start({ settings: { Gatehouse__Web__TrustedProxies: '2', Gatehouse__Login__AddressFailures: '3' } });
    service.secrets.add(someone.password);
    await service.briefly((client) => client.register(someone));
    nginx = await Nginx.start(service);
  });
  after(() => Promise.all([nginx?.dispose(), service?.dispose()]));

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
  test('the page works, by what is left of each transport', async () => {
    // The browser tells of each WebSocket that failed.
    await usePage(plain, `https://127.0.0.1:${plain.nginx.ports.BARE}/`, /WebSocket connection to/);
  });

  test('each door is open or says no within seconds', async () => {
    const { outcomes } = await tryAll(plain, `https://127.0.0.1:${plain.nginx.ports.BARE}/`);
    const { 'SignalR by WebSockets': signalR, ...others } = outcomes;
    assert.match(signalR, /WebSocket failed to connect/);
    assert.deepEqual(others, {
      'SignalR by ServerSentEvents': 'in', 'SignalR by LongPolling': 'in',
      'Socket.IO by websocket': 'websocket error', 'Socket.IO by polling': 'in',
      'a raw WebSocket': 'closed with 1006', 'login over HTTP': 'in',
    });
  });

  test('a raw WebSocket is told what is missing', async () => {
    const answer = await plain.service.get('/users/');
    assert.deepEqual([answer.status, answer.headers.get('upgrade')], [426, 'websocket']);
    assert.match(await answer.text(), /WebSocket/);
  });

  test('an event stream asks not to be kept, nor changed', async () => {
    const { connectionToken } = await (await plain.service.get('/hubs/session/negotiate?negotiateVersion=1', { method: 'POST' })).json();
    const stream = await plain.service.get(`/hubs/session?id=${connectionToken}`, { headers: { accept: 'text/event-stream' } });
    const { headers } = stream;
    assert.deepEqual(
      ['content-type', 'x-accel-buffering', 'cache-control'].map((name) => headers.get(name)),
      ['text/event-stream', 'no', 'no-store, no-transform']);
    await stream.body.cancel();
  });
});
