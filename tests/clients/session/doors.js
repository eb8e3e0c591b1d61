// One whole life over every door of the session protocol: become somebody, talk, drop, come back, log out, log in.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { account } from '../support/session-client.js';
import { sharedService } from '../support/shared-service.js';
import { ENGINES, GENERATIONS } from '../support/socketio-link.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await sharedService(); });

/** The life of somebody with an account, from the moment when `comeBack` has brought back the connection. */
async function live(client, comeBack) {
  const person = account();
  const { token } = await client.becomeGuest();
  await client.ask(['upgrade', person], ['upgrade_success', ['state_change', 'user']]);
  await client.ask('dance', [['event_error', 'dance']]);
  const back = await comeBack(token);
  await back.ask('login_guest', [['event_error', 'login_guest']]);
  await back.ask('logout', [['state_change', 'undefined']]);
  await back.ask(['login_token', token], [['login_error', 'token']]);
  await back.logIn(person);
  await back.ask('logout', [['state_change', 'undefined']]);
  await back.expectNothingMore();
  await back.close();
}

for (const generation of GENERATIONS) {
  for (const [number, engine] of Object.keys(ENGINES).entries()) {
    const namespace = (number + Number(generation)) % 2 === 0 ? '/session' : '/';
    test(`a whole life over socket.io-client ${generation}, ${engine}, in ${namespace}`, async () => {
      const client = await service.connect({ generation, engine, namespace, returning: true });
      const carrier = engine === 'polling only' ? 'polling' : 'websocket';
      await eventually(`waiting for ${carrier}`, () => client.link.carrier === carrier, { every: 20 });
      await live(client, async (token) => {
        await client.drop();
        await client.returned();
        // Only the newest generation can recover; the others show their token.
        if (generation === '4') assert.equal(client.socket.recovered, true);
        else await client.logInWith(token);
        return client;
      });
    });
  }
}

for (const transport of ['ServerSentEvents', 'LongPolling']) {
  test(`a whole life over ${transport} of SignalR`, async () => {
    const client = await service.connect({ transport });
    await live(client, async (token) => {
      await client.close();
      const back = await service.connect({ transport });
      await back.logInWith(token);
      return back;
    });
  });
}

describe('beside SignalR', () => {
  const pairs = { 'from Socket.IO to SignalR': [{ generation: 4 }, {}], 'from SignalR to Socket.IO': [{}, { generation: 4 }] };
  for (const [way, [here, there]] of Object.entries(pairs)) {
    test(`a token logs in ${way}, and the logout of one ends the other`, async () => {
      const [one, other] = [await service.connect(here), await service.connect(there)];
      const token = await one.register(account());
      const next = await other.logInWith(token);
      await other.ask('logout', [['state_change', 'undefined']]);
      await one.expect(['state_change', 'undefined']);
      await one.ask(['login_token', next], [['login_error', 'token']]);
      const again = await other.register(account());
      await one.logInWith(again);
      await other.ask('logout', [['state_change', 'undefined']]);
      await one.expect(['state_change', 'undefined']);
      await Promise.all([one.close(), other.close()]);
    });
  }
});

for (const generation of GENERATIONS) {
  describe(`namespaces of socket.io-client ${generation}`, () => {
    test('who is in both at once is two sessions', async () => {
      const options = { generation, forceNew: false, multiplex: true };
      const one = await service.connect({ ...options, namespace: '/' });
      const other = await service.connect({ ...options, namespace: '/session' });
      assert.equal(one.socket.io, other.socket.io, 'they share a connection');
      await one.becomeGuest();
      await other.register(account());
      await one.ask('logout', [['state_change', 'undefined']]);
      await other.ask('login_guest', [['event_error', 'login_guest']]);
      await other.ask('logout', [['state_change', 'undefined']]);
      one.socket.close();
      await other.becomeGuest();
      await other.close();
    });

    test('one that is none is refused', async () => {
      await assert.rejects(service.connect({ generation, namespace: '/nowhere' }), /./);
    });
  });
}
