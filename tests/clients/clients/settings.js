// The settings of the clients protocol.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIENT_EVENTS, DOORS, Device, Registered, briefly } from '../support/device.js';
import { Service } from '../support/service.js';

async function withService(settings, act) {
  const service = await Service.start({ settings });
  try {
    await act(service);
  } finally {
    await service.dispose();
  }
}

for (const [value, expected] of [['Known', CLIENT_EVENTS[0]], ['Document', CLIENT_EVENTS[1]]]) {
  test(`answers under one name: ${value}`, () => withService(
    { Gatehouse__ClientsProtocol__AnswerEvent: value },
    async (service) => {
      for (const door of [DOORS['socket.io 1.7.4, /'], DOORS.SignalR]) {
        await briefly(service, async (device) => {
          device.emit('client.to.instance', { action: 'register', parameters: { information: {} } });
          assert.equal((await device.next(expected)).action, 'registered');
          device.emit('client.to.instance', { action: 'updateNodeList' });
          assert.deepEqual((await device.next(expected, 'updateOnlineNodes')).parameters, { onlineNodes: [] });
          assert.deepEqual([...new Set(device.heard.map(({ name }) => name))], [expected]);
        }, door);
      }
    }));
}

test('without anonymous clients a stranger neither sees nodes nor reaches them', () => withService(
  { Gatehouse__ClientsProtocol__Anonymous: 'false' },
  async (service) => {
    const [client, node] = [await Registered.client(service), await Registered.node(service)];
    const stranger = await Device.connect(service);
    const refused = { msg: 'token not valid' };
    assert.deepEqual(await stranger.client({ action: 'updateNodeList' }, 'updateNodeListFailed'), refused);
    const [phone, lamp] = [await client.connect(), await node.connect()];
    await phone.nodes((nodes) => nodes.length === 1);
    assert.deepEqual(await stranger.client({ action: 'forward', recipient: lamp.id, parameters: {} }, 'forwardFailed'), refused);
    await phone.client({ action: 'forward', recipient: lamp.id, parameters: {} }, 'forwarded');
    assert.ok(!stranger.heard.some(({ payload }) => payload.action === 'updateOnlineNodes'));
  }));

test('an address that guesses tokens is shut out for a while, but not whoever is in', () => withService(
  { Gatehouse__Login__AddressFailures: '3' },
  async (service) => {
    const client = await Registered.client(service);
    const phone = await client.connect();
    const stranger = await Device.connect(service);
    const guess = { action: 'login', parameters: { token: `${client.id}.${'x'.repeat(43)}` } };
    for (let number = 0; number < 3; number++) assert.deepEqual(await stranger.client(guess, 'loginFailed'), { msg: 'token not valid' });
    assert.deepEqual(await stranger.client(guess, 'loginFailed'), { msg: 'too many attempts' });
    assert.deepEqual(
      await stranger.client({ action: 'login', parameters: { token: client.token } }, 'loginFailed'), { msg: 'too many attempts' });
    await phone.client({ action: 'update', parameters: { token: client.token, information: {} } }, 'updated');
    const response = await fetch(`${service.url}/node/to/instance`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ parameters: { token: guess.parameters.token, hash: 'Qm' } }),
    });
    assert.deepEqual(
      [response.status, await response.json()], [429, { action: 'updateFailed', parameters: { msg: 'too many attempts' } }]);
  }));
