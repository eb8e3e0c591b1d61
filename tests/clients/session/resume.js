// A client that can resume gets what it missed, in order and once, on a new connection.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { BRIEF } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { TRANSPORTS } from '../support/signalr-link.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await sharedService(); });

/** A connection that has asked to be resumable, or that shows a ticket; and what it was told. */
async function resumable(ticket, { of = service, ...options } = {}) {
  const client = await of.connect(options);
  await client.send('resume', ...(ticket === undefined ? [] : [ticket]));
  const [resumed] = await client.expect('resumed');
  assert.deepEqual(Object.keys(resumed).sort(), ['recovered', 'secret', 'sequence', 'session', 'state']);
  return { client, resumed, ticket: (sequence) => ({ session: resumed.session, secret: resumed.secret, sequence }) };
}

const GUEST = ['token_change', 'user_change', ['state_change', 'guest']];
const REGISTERED = ['register_success', 'token_change', 'user_change', ['state_change', 'user']];

for (const transport of TRANSPORTS) {
  test(`over ${transport}: a session goes on where its connection broke off`, async () => {
    const first = await resumable(undefined, { transport });
    assert.equal(first.resumed.recovered, false);
    assert.equal(first.resumed.state, 'undefined');
    await first.client.ask('login_guest', [...GUEST, ['sequence', 1]]);
    if (transport === 'WebSockets') await first.client.drop();
    else await first.client.close();

    const second = await resumable(first.ticket(1), { transport });
    assert.equal(second.resumed.recovered, true);
    assert.equal(second.resumed.session, first.resumed.session);
    assert.equal(second.resumed.state, 'guest');
    await second.client.ask(['upgrade', account()], ['upgrade_success', ['state_change', 'user'], ['sequence', 2]]);
    await second.client.ask('logout', [['state_change', 'undefined'], ['sequence', 3]]);
    await second.client.close();
  });
}

test('a client that never asked to resume sees nothing of it', () => service.briefly(async (client) => {
  await client.register(account());
  await client.ask(['acknowledge', 1], [['event_error', 'acknowledge']]);
  await client.ask('logout', [['state_change', 'undefined']]);
}));

test('a logout elsewhere while one was away is told on return, once', async () => {
  const first = await resumable();
  const [, token] = await first.client.ask(['register', account()], [...REGISTERED, ['sequence', 1]]);
  await first.client.drop();
  await service.briefly(async (tab) => {
    await tab.logInWith(token);
    await tab.ask('logout', [['state_change', 'undefined']]);
  });

  const second = await resumable(first.ticket(1));
  assert.deepEqual([second.resumed.recovered, second.resumed.state], [true, 'undefined']);
  await second.client.expect(['state_change', 'undefined'], ['sequence', 2]);
  await second.client.expectNothingMore();
  await second.client.drop();

  const third = await resumable(second.ticket(2));
  await third.client.expectNothingMore();
  await third.client.ask('login_guest', [...GUEST, 'sequence']);
});

test('events that the client never saw come again, the same as before', async () => {
  const first = await resumable();
  const person = account();
  const [, token] = await first.client.ask(['register', person], [...REGISTERED, ['sequence', 1]]);
  await first.client.ask('logout', [['state_change', 'undefined'], ['sequence', 2]]);
  await first.client.ask(['login_credentials', person], ['login_success', ...REGISTERED.slice(1), ['sequence', 3]]);
  await first.client.drop();

  const second = await resumable(first.ticket(0));
  assert.equal(second.resumed.recovered, true);
  const [, again] = await second.client.expect(
    ...REGISTERED, ['state_change', 'undefined'], 'login_success', ...REGISTERED.slice(1), ['sequence', 3]);
  assert.equal(again, token);
  await second.client.expectNothingMore();
});

test('what was acknowledged is forgotten: whoever comes with less begins anew', async () => {
  const first = await resumable();
  await first.client.ask('login_guest', [...GUEST, ['sequence', 1]]);
  await first.client.ask(['acknowledge', 1], []);
  await first.client.drop();
  const stale = await resumable(first.ticket(0));
  assert.equal(stale.resumed.recovered, false);
  const fresh = await resumable(first.ticket(1));
  assert.deepEqual([fresh.resumed.recovered, fresh.resumed.state], [true, 'guest']);
});

test('a connection that took over gets the events, even when the old one was never closed', async () => {
  const first = await resumable();
  const [, token] = await first.client.ask(['register', account()], [...REGISTERED, ['sequence', 1]]);
  const second = await resumable(first.ticket(1));
  assert.equal(second.resumed.recovered, true);
  await service.briefly(async (tab) => {
    await tab.logInWith(token);
    await tab.ask('logout', [['state_change', 'undefined']]);
  });
  await second.client.expect(['state_change', 'undefined'], 'sequence');
  await first.client.close();
  await second.client.ask('login_guest', [...GUEST, 'sequence']);
});

describe('what is refused begins anew', () => {
  let first;
  before(async () => {
    first = await resumable();
    await first.client.ask('login_guest', [...GUEST, ['sequence', 1]]);
    await first.client.drop();
  });

  const attempts = {
    'a wrong secret': () => ({ ...first.ticket(1), secret: 'wrong' }),
    'a secret cut short': () => ({ ...first.ticket(1), secret: first.resumed.secret.slice(0, -1) }),
    'no secret': () => ({ ...first.ticket(1), secret: undefined }),
    'a secret that is a number': () => ({ ...first.ticket(1), secret: 1 }),
    'a secret of a megabyte': () => ({ ...first.ticket(1), secret: 'x'.repeat(1_000_000) }),
    'an unknown session': () => ({ ...first.ticket(1), session: 'A'.repeat(22) }),
    'a session that is no text': () => ({ ...first.ticket(1), session: { id: first.resumed.session } }),
    'a sequence from the future': () => first.ticket(99),
    'a sequence below zero': () => first.ticket(-1),
    'null': () => null,
    'an array': () => [first.ticket(1)],
    'text': () => first.resumed.secret,
    'an empty object': () => ({}),
  };

  for (const [what, attempt] of Object.entries(attempts)) {
    test(what, async () => {
      const { client, resumed } = await resumable(attempt());
      assert.deepEqual([resumed.recovered, resumed.state], [false, 'undefined']);
      assert.notEqual(resumed.session, first.resumed.session);
      await client.ask('login_guest', [...GUEST, 'sequence']);
      await client.close();
    });
  }

  test('and whoever holds the right ticket still comes in', async () => {
    const { resumed } = await resumable(first.ticket(1));
    assert.deepEqual([resumed.recovered, resumed.state], [true, 'guest']);
  });
});

test('a login cannot be exchanged for another session without logging out', async () => {
  const first = await resumable();
  await first.client.ask('login_guest', [...GUEST, ['sequence', 1]]);
  await first.client.drop();
  await service.briefly(async (client) => {
    await client.becomeGuest();
    await client.ask(['resume', first.ticket(1)], [['event_error', 'resume']]);
    await client.ask('logout', [['state_change', 'undefined']]);
  });
});

// That it outlives a stop in order, too, is in recovery.js.
test('a session outlives the service that it was on', async () => {
  const first = await resumable();
  await first.client.ask(['register', account()], [...REGISTERED, ['sequence', 1]]);
  await service.kill9();
  await service.start();

  const second = await resumable(first.ticket(1));
  assert.deepEqual([second.resumed.recovered, second.resumed.state], [true, 'user']);
  await second.client.ask('logout', [['state_change', 'undefined'], ['sequence', 2]]);
});

describe('after the resume window', () => {
  let brief;
  before(async () => { brief = await sharedService(BRIEF); });

  test('a session is gone, and the token logs in', async () => {
    const first = await resumable(undefined, { of: brief });
    const [, token] = await first.client.ask(['register', account()], [...REGISTERED, ['sequence', 1]]);
    await first.client.drop();
    const waiting = 'SELECT count(*) FROM user_sessions WHERE expires_at IS NULL OR expires_at >= now()';
    await eventually('waiting for the end of the session', async () => (await brief.database.sql(waiting)) === '0');
    const second = await resumable(first.ticket(1), { of: brief });
    assert.deepEqual([second.resumed.recovered, second.resumed.state], [false, 'undefined']);
    await second.client.ask(['login_token', token], ['login_success', ...REGISTERED.slice(1), 'sequence']);
    await second.client.close();
  });
});
