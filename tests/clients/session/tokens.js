// Tokens: rotation, overlap, reuse, logout, and whatever a forger may try.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Service } from '../support/service.js';
import { BRIEF } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { opened, signed, unsigned } from '../support/tokens.js';
import { eventually } from '../support/waiting.js';

/** Registers somebody on a connection that stays. */
async function arrival(service) {
  const person = account();
  const client = await service.connect();
  return { person, client, token: await client.register(person) };
}

const refuses = (service, token) => service.briefly(
  (client) => client.ask(['login_token', token], [['login_error', 'token']]));

describe('rotation', () => {
  let service;
  before(async () => { service = await sharedService(); });

  test('within the overlap the token that was given up still logs in', async () => {
    const { token } = await arrival(service);
    const next = await service.briefly((tab) => tab.logInWith(token));
    assert.notEqual(next, token);
    await service.briefly((tab) => tab.logInWith(token));
    await service.briefly((tab) => tab.logInWith(next));
    await service.briefly((tab) => tab.logInWith(token));
  });

  test('twenty tabs that show the same token at once all come in, with tokens that log in', async () => {
    const { token } = await arrival(service);
    const tabs = await Promise.all(Array.from({ length: 20 }, () => service.connect()));
    const given = await Promise.all(tabs.map((tab) => tab.logInWith(token)));
    await Promise.all(tabs.map((tab) => tab.close()));
    for (const next of new Set(given)) await service.briefly((tab) => tab.logInWith(next));
  });

  test('a token says who, and neither what sort of user nor the name', async () => {
    await service.briefly(async (client) => {
      const { token } = await client.becomeGuest();
      const { header, claims } = opened(token);
      assert.equal(header.alg, 'HS256');
      assert.ok(header.kid, 'there is a key id');
      assert.deepEqual(Object.keys(claims).sort(), ['exp', 'iat', 'jti', 'sub']);
      assert.equal(claims.exp - claims.iat, 7 * 24 * 3600);
    });
  });

  test('after an upgrade the token of the guest logs in as a user', async () => {
    const person = account();
    const guest = await service.connect();
    const { token } = await guest.becomeGuest();
    await guest.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
    const events = ['login_success', 'token_change', ['user_change', person.username], ['state_change', 'user']];
    await service.briefly((tab) => tab.ask(['login_token', token], events));
  });
});

describe('logout', () => {
  let service;
  before(async () => { service = await sharedService(); });

  test('it ends the other live sessions of the same login, and its tokens', async () => {
    const { client, token } = await arrival(service);
    const tab = await service.connect();
    const next = await tab.logInWith(token);
    await tab.ask('logout', [['state_change', 'undefined']]);
    await client.expect(['state_change', 'undefined']);
    await refuses(service, token);
    await refuses(service, next);
    await client.ask('logout', [['event_error', 'logout']]);
  });

  test('it leaves the other devices of the same user alone', async () => {
    const { person, client, token } = await arrival(service);
    const phone = await service.connect();
    const phoneToken = await phone.logIn(person);
    await client.ask('logout', [['state_change', 'undefined']]);
    await refuses(service, token);
    await phone.expectNothingMore();
    await service.briefly((tab) => tab.logInWith(phoneToken));
    await phone.ask('logout', [['state_change', 'undefined']]);
  });

  test('a session that was ended from elsewhere can log in again', async () => {
    const { person, client, token } = await arrival(service);
    await service.briefly(async (tab) => {
      await tab.logInWith(token);
      await tab.ask('logout', [['state_change', 'undefined']]);
    });
    await client.expect(['state_change', 'undefined']);
    await client.logIn(person);
    await client.expectNothingMore();
  });

  test('a closed connection is no logout', async () => {
    const { client, token } = await arrival(service);
    await client.close();
    await service.briefly((tab) => tab.logInWith(token));
  });
});

describe('reuse', () => {
  let service;
  before(async () => { service = await sharedService(BRIEF); });

  test('a token shown after its overlap revokes its whole family at once, and no other', async () => {
    const { person, client, token } = await arrival(service);
    const phone = await service.connect();
    const phoneToken = await phone.logIn(person);
    const tab = await service.connect();
    const next = await tab.logInWith(token);

    await eventually('showing the token until its overlap is over', () => service.briefly(async (thief) => {
      await thief.send('login_token', token);
      return thief.events[0][0] === 'login_error' && thief.events[0][1] === 'token';
    }));

    await client.expect(['state_change', 'undefined']);
    await tab.expect(['state_change', 'undefined']);
    await refuses(service, next);
    await phone.expectNothingMore();
    await service.briefly((other) => other.logInWith(phoneToken));
    await Promise.all([client, phone, tab].map((each) => each.close()));
  });
});

describe('forgeries', () => {
  let service;
  let token;
  let parts;
  before(async () => {
    service = await sharedService();
    ({ token } = await arrival(service));
    parts = opened(token);
  });

  const later = () => Math.floor(Date.now() / 1000) + 3600;
  const withClaims = (claims) => signed({ ...parts, claims: { ...parts.claims, ...claims } }, service.key);
  const withHeader = (header) => signed({ ...parts, header: { ...parts.header, ...header } }, service.key);

  // What else a forger may try is in the tests of the signer. So that these are refused for their own reason, and not
  // because they are signed badly:
  test('the test signs as the service does', () => {
    assert.equal(token, signed(parts, service.key));
  });

  const forgeries = {
    'with no signature': () => unsigned(parts),
    'with alg none and a good signature': () => withHeader({ alg: 'none' }),
    'signed by another key': () => signed(parts, randomBytes(32)),
    'with claims changed after signing': () => {
      const claims = Buffer.from(JSON.stringify({ ...parts.claims, exp: later() })).toString('base64url');
      return token.split('.').with(1, claims).join('.');
    },
    "with somebody else's id": () => withClaims({ sub: '01900000-0000-7000-8000-000000000000' }),
    'with a token id that was never issued': () => withClaims({ jti: 'invented' }),
    'that has expired': () => withClaims({ exp: Math.floor(Date.now() / 1000) - 3600 }),
    'with something behind it': () => `${token}.x`,
    'of 100 kB': () => `${token}${'A'.repeat(100_000)}`,
    'that is an object': () => ({ token }),
  };

  for (const [name, forge] of Object.entries(forgeries)) {
    test(`a token ${name} is refused`, () => refuses(service, forge()));
  }

  test('no token at all is refused', () => service.briefly(
    (client) => client.ask('login_token', [['login_error', 'token']])));

  test('after all of this the real token still logs in', () => service.briefly((client) => client.logInWith(token)));

  test('a revoked token is refused', async () => {
    const other = await arrival(service);
    await other.client.ask('logout', [['state_change', 'undefined']]);
    await refuses(service, other.token);
  });
});

describe('keys', () => {
  let service;
  before(async () => { service = await Service.start(); });
  after(() => service?.dispose());

  test('after a restart a new key signs, and the old one is still accepted, until it is gone', async () => {
    const { person, client, token } = await arrival(service);
    await client.close();
    await service.stop();
    const next = randomBytes(32);
    const key = (bytes) => bytes.toString('base64');
    await writeFile(service.keyFile, `${key(next)}\n${key(service.key)}\n`);
    await service.start();
    const successor = await service.briefly((tab) => tab.logInWith(token));
    assert.equal(successor, signed(opened(successor), next));
    await service.stop();
    await writeFile(service.keyFile, key(next));
    await service.start();
    await service.briefly((tab) => tab.logInWith(successor));
    await refuses(service, token);
    await service.briefly((tab) => tab.logIn(person));
  });
});
