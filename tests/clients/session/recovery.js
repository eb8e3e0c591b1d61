// Connection state recovery: a Socket.IO client that comes back finds its session, on the same process or another.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Service } from '../support/service.js';
import { account } from '../support/session-client.js';
import { BRIEF } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await sharedService(); });

describe('coming back', () => {
  for (const [engine, namespace] of [['polling only', '/session'], ['WebSocket only', '/'], ['upgrading', '/session']]) {
    test(`${engine}: a session goes on where its connection broke off`, async () => {
      const client = await service.connect({ generation: 4, engine, namespace, returning: true });
      await client.register(account());
      const { id } = client.socket;
      assert.equal(client.socket.recovered, false);
      await client.drop();
      await client.returned();
      assert.deepEqual([client.socket.recovered, client.socket.id], [true, id]);
      await client.ask('login_guest', [['event_error', 'login_guest']]);
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.close();
    });
  }

  test('again and again, with the same id', async () => {
    const client = await service.connect({ generation: 4, returning: true });
    const { id } = client.socket;
    const token = await client.register(account());
    for (let time = 0; time < 5; time++) {
      await client.drop();
      await client.returned();
      assert.deepEqual([client.socket.recovered, client.socket.id], [true, id]);
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.ask(['login_token', token], [['login_error', 'token']]);
      await client.register(account());
    }
    await client.close();
  });

  test('a logout elsewhere while one was away is told on return, once', async () => {
    const client = await service.connect({ generation: 4, returning: true });
    const token = await client.register(account());
    client.socket.io.reconnection(false);
    await client.drop();
    await service.briefly(async (tab) => {
      await tab.logInWith(token);
      await tab.ask('logout', [['state_change', 'undefined']]);
    }, { generation: 2 });
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, true);
    await client.expect(['state_change', 'undefined']);
    await client.expectNothingMore();

    await client.drop();
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, true);
    await client.expectNothingMore();
    await client.ask('login_guest', ['token_change', 'user_change', ['state_change', 'guest']]);
    await client.close();
  });

  test('what a client has not seen comes again, in order, and from within a group too', async () => {
    const client = await service.connect({ generation: 4 });
    const person = account();
    const offsets = [];
    client.socket.onAny((...event) => offsets.push(event.at(-1)));
    await client.register(person);
    const token = client.events[1];
    await client.drop();
    // The client forgets that it saw what followed the first event.
    [client.socket._lastOffset] = offsets;
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, true);
    await client.expect(token, ['user_change', person.username], ['state_change', 'user']);
    await client.expectNothingMore();
    await client.close();
  });

  test('a session outlives the service that it was on', async () => {
    const client = await service.connect({ generation: 4, returning: true });
    const { id } = client.socket;
    const token = await client.register(account());
    client.socket.io.reconnection(false);
    await service.kill9();
    await client.closed();
    await service.start();
    // A new process has to find all of it in the database; and meanwhile the login ended.
    await service.briefly(async (tab) => {
      await tab.logInWith(token);
      await tab.ask('logout', [['state_change', 'undefined']]);
    });
    client.socket.connect();
    await client.returned();
    assert.deepEqual([client.socket.recovered, client.socket.id], [true, id]);
    await client.expect(['state_change', 'undefined']);
    await client.expectNothingMore();
    await client.register(account());
    await client.close();
  });

  test('a stop in order keeps the session too', async () => {
    const client = await service.connect({ generation: 4, returning: true });
    const { id } = client.socket;
    await client.register(account());
    service.clients.delete(client);
    await service.stop();
    await client.closed();
    await service.start();
    await client.returned();
    assert.deepEqual([client.link.reason, client.socket.recovered, client.socket.id], ['transport close', true, id]);
    await client.ask('logout', [['state_change', 'undefined']]);
    await client.close();
  });

  const forgeries = {
    'another pid': (socket) => { socket._pid = 'A'.repeat(socket._pid.length); },
    'a pid cut short': (socket) => { socket._pid = socket._pid.slice(0, -1); },
    'a pid of 100 kB': (socket) => { socket._pid = 'x'.repeat(100_000); },
    'a pid that is a number': (socket) => { socket._pid = 42; },
    'a pid that is an object': (socket) => { socket._pid = { a: 1 }; },
    'an offset from the future': (socket) => { socket._lastOffset = '99.0'; },
  };
  for (const [what, forge] of Object.entries(forgeries)) {
    test(`${what} begins anew`, async () => {
      const client = await service.connect({ generation: 4 });
      const { id } = client.socket;
      await client.register(account());
      await client.drop();
      forge(client.socket);
      client.socket.connect();
      await client.returned();
      assert.equal(client.socket.recovered, false);
      assert.notEqual(client.socket.id, id);
      await client.ask('logout', [['event_error', 'logout']]);
      await client.becomeGuest();
      await client.close();
    });
  }

  test('a close ends the session: nobody comes back to it', async () => {
    const client = await service.connect({ generation: 4 });
    await client.register(account());
    await client.link.disconnect();
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, false);
    await client.ask('logout', [['event_error', 'logout']]);
    await client.close();
  });

  test('after the resume window a session is gone, and the token logs in', async () => {
    const brief = await sharedService(BRIEF);
    const client = await brief.connect({ generation: 4 });
    const token = await client.register(account());
    await client.drop();
    const waiting = 'SELECT count(*) FROM user_sessions WHERE expires_at IS NULL OR expires_at >= now()';
    await eventually('waiting for the end of the session', async () => (await brief.database.sql(waiting)) === '0');
    client.socket.connect();
    await client.returned();
    assert.equal(client.socket.recovered, false);
    await client.logInWith(token);
    await client.close();
  });
});

// Two processes on one database are a cluster.
describe('coming back to another process', () => {
  let one;
  let other;
  before(async () => {
    one = await Service.start();
    other = await Service.prepare({ database: one.database });
    other.keyFile = one.keyFile;
    await other.start();
  });
  after(async () => {
    await other?.dispose();
    await one?.dispose();
  });

  /** Lets a client that lost its connection come back to a process. */
  async function returnTo(service, client) {
    client.service.clients.delete(client);
    client.service = service;
    service.clients.add(client);
    client.socket.io.uri = service.url;
    client.socket.connect();
    await client.returned();
  }

  const openConnections = async (service) => {
    const metrics = await (await service.get('/metrics')).text();
    return [...metrics.matchAll(/^gatehouse_connection_active\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  };

  /** Where a session is, as everybody is told: on how many processes, and whether it waits for its client. */
  const placeOf = ({ username }) => one.database.sql(`
    SELECT cardinality(s.gateway_ids) || ' ' || (s.expires_at IS NOT NULL)
    FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE u.name = '${username}'`);

  test('again and again, while both live', async () => {
    const client = await one.connect({ generation: 4 });
    const { id } = client.socket;
    await client.register(account());
    for (const service of [other, one, other, one]) {
      await client.drop();
      await returnTo(service, client);
      assert.deepEqual([client.socket.recovered, client.socket.id], [true, id]);
      await client.ask('logout', [['state_change', 'undefined']]);
      await client.register(account());
    }
    await client.close();
  });

  test('before the first has noticed: its end comes late, and changes nothing', async () => {
    const person = account();
    const lost = await one.connect({ generation: 4 });
    await lost.register(person);
    const client = await other.connect({ generation: 4 });
    await client.link.disconnect();
    for (const field of ['_pid', '_lastOffset']) client.socket[field] = lost.socket[field];
    await returnTo(other, client);
    assert.deepEqual([client.socket.recovered, client.socket.id], [true, lost.socket.id]);

    await lost.drop();
    await eventually('waiting for the end of the lost connection', async () => (await openConnections(one)) === 0);
    assert.equal(await placeOf(person), '1 false');
    await client.ask('login_guest', [['event_error', 'login_guest']]);
    await client.ask('logout', [['state_change', 'undefined']]);
    await client.close();
  });

  test('what happened while one was away is told there too', async () => {
    const client = await one.connect({ generation: 4 });
    const token = await client.register(account());
    await client.drop();
    await one.briefly(async (tab) => {
      await tab.logInWith(token);
      await tab.ask('logout', [['state_change', 'undefined']]);
    });
    await returnTo(other, client);
    assert.equal(client.socket.recovered, true);
    await client.expect(['state_change', 'undefined']);
    await client.expectNothingMore();
    await client.close();
  });

  test('a logout on the other process is noticed at the next event', async () => {
    const client = await one.connect({ generation: 4 });
    const token = await client.register(account());
    await other.briefly(async (tab) => {
      await tab.logInWith(token);
      await tab.ask('logout', [['state_change', 'undefined']]);
    });
    await client.drop();
    await returnTo(other, client);
    await client.expect(['state_change', 'undefined']);
    await client.ask('login_guest', ['token_change', 'user_change', ['state_change', 'guest']]);
    await client.close();
  });

  test('all at once, as the first stops', async () => {
    // Guests, because of them no password has to be hashed.
    const clients = await Promise.all(Array.from({ length: 60 }, async () => {
      const client = await one.connect({ generation: 4, engine: 'WebSocket only' });
      await client.becomeGuest();
      return client;
    }));
    const ids = clients.map((client) => client.socket.id);
    one.clients.clear();
    const back = clients.map(async (client) => {
      await client.closed();
      await returnTo(other, client);
    });
    await one.stop();
    await Promise.all(back);
    assert.deepEqual(clients.map((client) => client.socket.recovered && client.socket.id), ids);
    for (const client of clients) {
      await client.ask('login_guest', [['event_error', 'login_guest']]);
      await client.ask('logout', [['state_change', 'undefined']]);
    }
    await Promise.all(clients.map((client) => client.close()));
  });
});
