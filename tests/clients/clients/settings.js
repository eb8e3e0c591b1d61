// The settings of the clients protocol.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIENT_EVENTS, DOORS, Device, Registered, briefly } from '../support/device.js';
import { Service } from '../support/service.js';

let service;
before(async () => {
  service = await Service.start({
    settings: {
      Gatehouse__ClientsProtocol__AnswerEvent: 'Known',
      Gatehouse__ClientsProtocol__Anonymous: 'false',
      Gatehouse__Login__AddressFailures: '3',
    },
  });
});
after(() => service?.dispose());

for (const door of [DOORS['socket.io 1.7.4, /'], DOORS.SignalR]) {
  test(`a client gets its answers under one name, over ${door.generation ? 'Socket.IO' : 'SignalR'}`, () => briefly(service, async (device) => {
    await device.client({ action: 'register', parameters: { information: {} } }, 'registered');
    await device.client({ action: 'nonsense' }, 'error');
    assert.deepEqual([...new Set(device.heard.map(({ name }) => name))], [CLIENT_EVENTS[0]]);
  }, door));
}

test('without anonymous clients a stranger neither sees nodes nor reaches them', async () => {
  const [client, node] = [await Registered.client(service), await Registered.node(service)];
  const stranger = await Device.connect(service);
  const refused = { msg: 'token not valid' };
  assert.deepEqual(await stranger.client({ action: 'updateNodeList' }, 'updateNodeListFailed'), refused);
  const [phone, lamp] = [await client.connect(), await node.connect()];
  await phone.nodes((nodes) => nodes.length === 1);
  assert.deepEqual(await stranger.client({ action: 'forward', recipient: lamp.id, parameters: {} }, 'forwardFailed'), refused);
  await phone.client({ action: 'forward', recipient: lamp.id, parameters: {} }, 'forwarded');
  assert.ok(!stranger.heard.some(({ payload }) => payload.action === 'updateOnlineNodes'));
});

test('an address that guesses tokens is shut out for a while, but not whoever is in', async () => {
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
});
