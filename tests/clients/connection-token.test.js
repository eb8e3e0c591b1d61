// A token that is shown in connecting: the session begins logged in, and no log has ever seen it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Service } from './support/service.js';
import { SessionClient, account } from './support/session-client.js';
import { TRANSPORTS } from './support/signalr-link.js';

const LOGGED_IN = ['login_success', 'token_change', 'user_change', ['state_change', 'user']];
const REFUSED = [['login_error', 'token']];

let service;
before(async () => {
  service = await Service.start({
    // Everything that the framework can say of a request. Orleans' own trace of its silo says too much, and nothing of requests.
    settings: { Logging__LogLevel__Default: 'Trace', Logging__LogLevel__Orleans: 'Warning', 'Logging__LogLevel__Microsoft.AspNetCore': 'Trace' },
  });
});
after(() => service?.dispose());

/** Somebody's name and token. */
async function somebody() {
  const person = account();
  const token = await service.briefly((client) => client.register(person));
  service.secrets.add(token);
  return { ...person, token };
}

/** Whoever has logged out. */
async function revoked() {
  const person = account();
  return service.briefly(async (client) => {
    const token = await client.register(person);
    await client.ask('logout', [['state_change', 'undefined']]);
    return token;
  });
}

const overSignalR = (token, options = {}) => SessionClient.connect(service, { accessTokenFactory: () => token, ...options });
const inAddress = (token) => ({ query: `?access_token=${token}`, accessTokenFactory: undefined });
const overSocketIo = (auth, options = {}) => SessionClient.connect(service, { generation: '4', auth, ...options });

for (const transport of TRANSPORTS) {
  describe(`SignalR by ${transport}`, () => {
    for (const [where, inQuery] of [['in the header', false], ['in the address', true]]) {
      test(`a session begins logged in by a token ${where}`, async () => {
        const { token, username } = await somebody();
        const client = await overSignalR(token, { transport, ...(inQuery ? inAddress(token) : {}) });
        const [, next, name] = await client.expect(...LOGGED_IN);
        assert.notEqual(next, token, 'rotated');
        assert.equal(name, username);
        await client.ask('login_guest', [['event_error', 'login_guest']]);
        await client.close();
      });
    }

    test('a token that is not good is refused as login_token refuses it, and one can log in otherwise', async () => {
      for (const token of [await revoked(), 'nonsense', '']) {
        const client = await overSignalR(token, { transport, ...inAddress(token) });
        await client.expect(...REFUSED);
        await client.becomeGuest();
        await client.close();
      }
    });
  });
}

test('the log tells of every request, and the token is in none', async () => {
  const { token } = await somebody();
  const client = await overSignalR(token, inAddress(token));
  await client.expect(...LOGGED_IN);
  await client.close();
  // What no log may hold is looked for at the end, see support/service.js.
  assert.match(service.log, /Request starting HTTP\/1\.1 GET \S+\/hubs\/session\?id=/);
  assert.match(service.log, /Received hub invocation/);
});

describe('SignalR, coming back', () => {
  test('a session that goes on does not log in again', async () => {
    const { token } = await somebody();
    const first = await overSignalR(token, { query: '?resume' });
    const [ticket] = await first.ask('resume', ['resumed', ...LOGGED_IN, 'sequence']);
    const [next, sequence] = [first.events[2][1], first.events.at(-1)[1]];
    await first.drop();
    const second = await overSignalR(next, { query: '?resume' });
    const [resumed] = await second.ask(['resume', { ...ticket, sequence }], ['resumed']);
    assert.deepEqual([resumed.recovered, resumed.state], [true, 'user']);
    await second.ask('logout', [['state_change', 'undefined'], 'sequence']);
    await second.close();
  });

  test('a session that has gone logs in by the token, after it was told so', async () => {
    const { token } = await somebody();
    const client = await overSignalR(token, { query: '?resume' });
    const gone = { session: 'x'.repeat(22), secret: 'x'.repeat(43), sequence: 0 };
    const [resumed] = await client.ask(['resume', gone], ['resumed', ...LOGGED_IN, 'sequence']);
    assert.equal(resumed.recovered, false);
    await client.close();
  });

  test('whoever does something else first is logged in first', async () => {
    const { token } = await somebody();
    const client = await overSignalR(token, { query: '?resume' });
    await client.ask('login_guest', [...LOGGED_IN, ['event_error', 'login_guest']]);
    await client.close();
  });
});

describe('Socket.IO', () => {
  for (const namespace of ['/session', '/']) {
    test(`a session begins logged in at ${namespace}`, async () => {
      const { token, username } = await somebody();
      const client = await overSocketIo({ token }, { namespace });
      assert.equal((await client.expect(...LOGGED_IN))[2], username);
      await client.ask('login_guest', [['event_error', 'login_guest']]);
      await client.close();
    });
  }

  test('a token that is not good is refused as login_token refuses it, and one can log in otherwise', async () => {
    for (const token of [null, await revoked(), 'nonsense', '', 7, { token: 'x' }]) {
      const client = await overSocketIo({ token });
      await client.expect(...REFUSED);
      await client.becomeGuest();
      await client.close();
    }
  });

  test('whoever shows none is nobody yet', async () => {
    for (const auth of [undefined, {}, { other: 1 }]) {
      const client = await overSocketIo(auth);
      await client.becomeGuest();
      await client.close();
    }
  });

  test('a session that is recovered does not log in again, and goes on', async () => {
    const { token } = await somebody();
    const client = await overSocketIo({ token }, { returning: true });
    await client.expect(...LOGGED_IN);
    client.link.sever();
    await client.until('waiting for the loss', () => !client.connected || client.socket.recovered);
    await client.returned();
    assert.equal(client.socket.recovered, true);
    await client.ask('logout', [['state_change', 'undefined']]);
    await client.close();
  });

  test('chat and clients pass it over', async () => {
    const { token } = await somebody();
    for (const namespace of ['/chat', '/clients']) {
      const client = await overSocketIo({ token }, { namespace });
      assert.deepEqual(client.events, []);
      await client.close();
    }
    await service.briefly((client) => client.logInWith(token));
  });
});
