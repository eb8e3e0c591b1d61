// The origin of a page beside the host that was asked for, header by header, at every door.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { PlainSocket } from './support/plain-socket.js';
import { Service } from './support/service.js';

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

describe('without a setting', () => {
  let service;
  before(async () => { service = await Service.start(); });
  after(() => service?.dispose());

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
      assert.deepEqual(await doors(service, { origin, host }), outcome);
    });
  }

  test('what a stranger says of a proxy is not believed', async () => {
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    assert.deepEqual(await doors(service, { origin: 'https://evil.example', host: 'gw.example', ...forwarded }), SHUT);
  });
});

describe('with origins that are named', () => {
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
