// A gateway that is asked to stop: clients of every door are told to move, and go on at the other one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { ChatClient } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Cluster } from './support/cluster.js';
import { PlainSocket } from './support/plain-socket.js';
import { guest } from './support/side-by-side.js';
import { LIMIT, eventually, within } from './support/waiting.js';

let cluster;
let proxy;
before(async () => {
  cluster = await Cluster.start({ Gatehouse__Room__Open: 'true', Gatehouse__Web__TrustedProxies: '1' });
  proxy = await cluster.addProxy();
});
after(() => cluster?.dispose());

test('clients of every door are told to move, come back to the other gateway, and have missed nothing', async () => {
  const [leaving, staying] = cluster.gateways;
  const room = newRoom();
  const talker = await ChatClient.connect(staying);
  await talker.enter(guest(0), room);
  // Straight to the gateway, so that they are on it; from then on by the proxy, as a name that leads to the next one would.
  const sockets = await Promise.all(['WebSocket only', 'polling only'].map((engine) => ChatClient.connect(
    leaving, { generation: 4, engine, returning: true },
  )));
  for (const [number, client] of sockets.entries()) await client.enter(guest(number + 1), room);
  const hub = new HubConnectionBuilder().withUrl(`${leaving.url}/hubs/session`).configureLogging(LogLevel.None)
    .withAutomaticReconnect([0, 100, 200, 500, 1000, 1000]).build();
  await hub.start();
  const reconnecting = new Promise((resolve) => {
    hub.onreconnecting((failure) => {
      hub.baseUrl = `${proxy.url}/hubs/session`;
      resolve(failure);
    });
  });
  const plain = await PlainSocket.connect(leaving, '/users/');
  for (const client of sockets) client.socket.io.uri = proxy.url;

  await talker.say('before');
  for (const client of sockets) await client.hears('before');
  const ends = sockets.map((client) => once(client.socket, 'disconnect'));
  const stopping = leaving.terminate();
  await talker.say('meanwhile');

  assert.equal(await plain.closed, 1012);
  assert.equal(await reconnecting, undefined, 'the hub was asked to, and has not failed');
  for (const [reason] of await Promise.all(ends)) assert.match(reason, /^transport (close|error)$/);
  await stopping;
  for (const client of sockets) {
    await client.returned();
    await client.hears('meanwhile');
    assert.deepEqual(client.heard, ['before', 'meanwhile']);
  }
  await eventually('the hub', () => hub.state === 'Connected');
  await hub.stop();
  await leaving.start();
});

test('meanwhile it is not ready, and says 503 to whoever is new', async () => {
  const [leaving] = cluster.gateways;
  // A client that does not take its leave.
  const negotiated = await fetch(`${leaving.url}/hubs/session/negotiate?negotiateVersion=1`, { method: 'POST' }).then((answer) => answer.json());
  const stays = new WebSocket(`${leaving.url.replace('http', 'ws')}/hubs/session?id=${negotiated.connectionToken}`);
  await once(stays, 'open');
  const message = (phase) => within(LIMIT, phase, once(stays, 'message'), () => leaving.tail());
  stays.send('{"protocol":"json","version":1}\u001e');
  await message('the handshake');
  // Its answer says that the connection is known.
  stays.send('{"type":1,"target":"anything_else","arguments":[]}\u001e');
  await message('event_error');
  const stopping = leaving.terminate();
  await message('being told to move');
  assert.equal(await leaving.probe('ready'), 503);
  assert.equal(await leaving.probe('live'), 200);
  assert.equal((await fetch(`${leaving.url}/socket.io/?EIO=4&transport=polling`)).status, 503);
  assert.equal((await fetch(`${leaving.url}/hubs/session/negotiate?negotiateVersion=1`, { method: 'POST' })).status, 503);
  assert.equal((await fetch(`${proxy.url}/socket.io/?EIO=4&transport=polling`)).status, 200);
  assert.equal((await fetch(`${proxy.url}/hubs/session/negotiate?negotiateVersion=1`, { method: 'POST' })).status, 200);
  await stopping;
});
