// Lines between gateways and silos that are cut, or seem to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChatClient, INTERNAL } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Cluster } from './support/cluster.js';
import { freePort, programBeside } from './support/environment.js';
import { Relay } from './support/relay.js';
import { Service } from './support/service.js';
import { guest } from './support/side-by-side.js';
import { delay, eventually } from './support/waiting.js';

const ROOMS = 8;

test('a message that failed because its line was cut is not said after the next one, when it arrives after all', async () => {
  const [port, far] = [await freePort(), '127.0.0.9'];
  const silo = await Service.start({
    settings: {
      Gatehouse__Room__Open: 'true', 'Logging__LogLevel__Gatehouse.Grains.Cluster': 'Debug',
      Gatehouse__Silo__Address: far, Gatehouse__Silo__ListenAddress: '127.0.0.1', Gatehouse__Silo__GatewayPort: `${port}`,
    },
    dll: programBeside('Gatehouse.Silo'),
  });
  const relay = await Relay.start({ host: far, port }, { host: '127.0.0.1', port });
  const gateway = await Service.start({ dll: programBeside('Gatehouse.Gateway'), beside: silo });
  try {
    const talker = await (await ChatClient.connect(gateway)).enter(guest(1), newRoom());
    await talker.say('before');
    const held = relay.hold();
    const failed = talker.ask(['message', { content: 'lost' }], [['cerror', INTERNAL]]);
    await eventually('the message being on its way', () => [...held].some(({ sent }) => Buffer.concat(sent).includes('lost')));
    relay.cutOff(held);
    await failed;
    await talker.say('since');
    relay.release(held);
    await eventually('its arrival', () => /IRoomMessages\.Post came after a later call of its gateway, and was not done/.test(silo.log));
    await talker.say('after');
    assert.deepEqual(talker.heard, ['before', 'since', 'after']);
    assert.equal(await silo.database.sql("SELECT string_agg(body::json ->> 'raw_content', ' ' ORDER BY sequence) FROM room_messages"), 'before since after');
    await talker.close();
  } finally {
    for (const service of [gateway, silo, relay]) await service.dispose();
  }
});

test('a line to a silo that leads nowhere, though both its ends live, is given up within seconds', async () => {
  const [port, siloPort, far] = [await freePort(), await freePort(), '127.0.0.10'];
  const settings = { Gatehouse__Room__Open: 'true' };
  const silo = await Service.start({
    settings: {
      ...settings, Gatehouse__Silo__Address: far, Gatehouse__Silo__ListenAddress: '127.0.0.1',
      Gatehouse__Silo__GatewayPort: `${port}`, Gatehouse__Silo__SiloPort: `${siloPort}`,
    },
    dll: programBeside('Gatehouse.Silo'),
  });
  const relays = await Promise.all([port, siloPort].map((at) => Relay.start({ host: far, port: at }, { host: '127.0.0.1', port: at })));
  const [other, gateway] = await Promise.all(['Gatehouse.Silo', 'Gatehouse.Gateway'].map(
    (name) => Service.start({ settings, dll: programBeside(name), beside: silo })));
  try {
    const talkers = await Promise.all(Array.from({ length: ROOMS }, async (_, number) =>
      (await ChatClient.connect(gateway)).enter(guest(number), newRoom())));
    const speak = (words) => Promise.all(talkers.map((talker) => talker.say(words)));
    await speak('before');
    await delay(3000); // until both silos have answered
    relays[0].hold();
    const histories = await Promise.all(talkers.map((talker) => talker.ask(['history', {}], ['history'])));
    assert.equal(histories.length, ROOMS);
    await speak('since');
    await eventually('the silo being reached again', async () => /can be reached again/.test(gateway.log));
    await speak('after');
    for (const talker of talkers) {
      assert.deepEqual(talker.heard, ['before', 'since', 'after']);
      await talker.close();
    }
  } finally {
    for (const service of [gateway, other, silo, ...relays]) await service.dispose();
  }
});

test('a gateway that was frozen gives up no silo when it goes on', async () => {
  const cluster = await Cluster.start({ Gatehouse__Room__Open: 'true' });
  const [gateway] = cluster.gateways;
  try {
    await delay(3000); // until both have answered
    // Longer than a silo may be silent, and shorter than a gateway's lease.
    gateway.child.kill('SIGSTOP');
    await delay(7000);
    gateway.child.kill('SIGCONT');
    await eventually('being ready again', async () => await gateway.probe('ready') === 200);
    await delay(5000); // for as long as a silo may be silent
    assert.doesNotMatch(gateway.log, /is avoided/);
  } finally {
    await cluster.dispose();
  }
});
