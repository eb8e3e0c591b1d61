// Pages at the addresses that a proxy gives the service, in a real browser, at every door: own pages come in, others do not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './support/browser.js';
import { DOORS, enter } from './support/doors.js';
import { HOST, IDN_HOST, Nginx } from './support/nginx.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const person = account();

// The page's own policy would keep it from asking elsewhere; other sites' pages have none.
const CONTEXT = { ignoreHTTPSErrors: true, bypassCSP: true };

async function start(settings = {}) {
  const service = await Service.start({ settings });
  const nginx = await Nginx.start(service);
  service.secrets.add(person.password);
  await service.briefly((client) => client.register(person));
  const browser = await launch(nginx.rules);
  return { service, nginx, browser, stop: () => Promise.all([browser.close(), nginx.dispose(), service.dispose()]) };
}

/** What comes of going in by every door, from a page at an address. */
async function tryAll(house, address, base = address) {
  const context = await house.browser.newContext(CONTEXT);
  try {
    const page = await context.newPage();
    await page.goto(address);
    const outcomes = {};
    for (const door of DOORS) outcomes[door] = await page.evaluate(enter, [door, base, person]);
    return outcomes;
  } finally {
    await context.close();
  }
}

const all = (outcome) => Object.fromEntries(DOORS.map((door) => [door, outcome]));

const none = async (house, address, base) => {
  const outcomes = await tryAll(house, address, base);
  assert.deepEqual(DOORS.filter((door) => outcomes[door] === 'in'), []);
};

describe('behind a proxy that is not trusted', () => {
  let house;
  before(async () => { house = await start(); });
  after(() => house?.stop());

  for (const [what, address] of [
    ['port 443', () => `https://${HOST}/`],
    ['port 80', () => `http://${HOST}/`],
    ['another port', () => `https://${HOST}:8443/`],
    ['an internationalised name', () => `https://${IDN_HOST}/`],
    ['an IPv6 address', () => `https://[::1]:${house.nginx.ports.TLS}/`],
  ]) {
    test(`a page at ${what} comes in by every door`, async () => {
      assert.deepEqual(await tryAll(house, address()), all('in'));
    });
  }

  test('a page of another host comes in by none', () => none(house, `https://${IDN_HOST}/`, `https://${HOST}/`));

  test('a page at another port comes in by none', () => none(house, `https://${HOST}:8443/`, `https://${HOST}/`));
});

describe('behind a proxy that is trusted, where another site is allowed', () => {
  let house;
  before(async () => {
    house = await start({
      Gatehouse__Web__TrustedProxies: '127.0.0.0/8', Gatehouse__Web__AllowedOrigins__0: 'https://Bücher.test:443/',
    });
  });
  after(() => house?.stop());

  test('a page of its own comes in by every door', async () => {
    assert.deepEqual(await tryAll(house, `https://${HOST}/`), all('in'));
  });

  test('a page that came in clear is none of its own where TLS is spoken', () => none(house, `http://${HOST}/`, `https://${HOST}/`));

  test('a page of the other site, which was named in its own spelling, comes in by every door', async () => {
    assert.deepEqual(await tryAll(house, `https://${IDN_HOST}/`, `https://${HOST}/`), all('in'));
  });

  test('a page at another port of the other site comes in by none', () => none(house, `https://${IDN_HOST}:8443/`, `https://${HOST}/`));

  test('a page of the other site takes its leave of long polling at once', async () => {
    const context = await house.browser.newContext(CONTEXT);
    const page = await context.newPage();
    await page.goto(`https://${IDN_HOST}/`);
    const deletion = page.waitForResponse((response) => response.request().method() === 'DELETE');
    const [outcome, answer] = await Promise.all(
      [page.evaluate(enter, ['SignalR by LongPolling', `https://${HOST}/`, person]), deletion]);
    assert.deepEqual([outcome, answer.status()], ['in', 202]);
    await context.close();
  });
});
