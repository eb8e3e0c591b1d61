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

/** A silo that the others reach by relays only: `line` is the one that gateways take. */
async function startFar(far, settings) {
  const [port, siloPort] = [await freePort(), await freePort()];
  const silo = await Service.start({
    settings: {
      ...settings, Gatehouse__Silo__Address: far, Gatehouse__Silo__ListenAddress: '127.0.0.1',
      Gatehouse__Silo__GatewayPort: `${port}`, Gatehouse__Silo__SiloPort: `${siloPort}`,
    },
    dll: programBeside('Gatehouse.Silo'),
  });
  const [line, other] = await Promise.all([port, siloPort].map((at) => Relay.start({ host: far, port: at }, { host: '127.0.0.1', port: at })));
  return { silo, line, all: [silo, line, other] };
}

test('a message that failed because its line was cut is not said after the next one, when it arrives after all', async () => {
  const { silo, line, all } = await startFar('127.0.0.9', { Gatehouse__Room__Open: 'true', 'Logging__LogLevel__Gatehouse.Grains.Cluster': 'Debug' });
  const gateway = await Service.start({ dll: programBeside('Gatehouse.Gateway'), beside: silo });
  try {
    const talker = await (await ChatClient.connect(gateway)).enter(guest(1), newRoom());
    await talker.say('before');
    const held = line.hold();
    const failed = talker.ask(['message', { content: 'lost' }], [['cerror', INTERNAL]]);
    await eventually('the message being on its way', () => [...held].some(({ sent }) => Buffer.concat(sent).includes('lost')));
    line.cutOff(held);
    await failed;
    await talker.say('since');
    line.release(held);
    await eventually('its arrival', () => /IRoomMessages\.Post came after a later call of its gateway, and was not done/.test(silo.log));
    await talker.say('after');
    assert.deepEqual(talker.heard, ['before', 'since', 'after']);
    assert.equal(await silo.database.sql("SELECT string_agg(body::json ->> 'raw_content', ' ' ORDER BY sequence) FROM room_messages"), 'before since after');
    await talker.close();
  } finally {
    for (const service of [gateway, ...all]) await service.dispose();
  }
});

test('a line to a silo that leads nowhere, though both its ends live, is given up within seconds', async () => {
  const settings = { Gatehouse__Room__Open: 'true' };
  const { silo, line, all } = await startFar('127.0.0.10', settings);
  const [other, gateway] = await Promise.all(['Gatehouse.Silo', 'Gatehouse.Gateway'].map(
    (name) => Service.start({ settings, dll: programBeside(name), beside: silo })));
  try {
    const talkers = await Promise.all(Array.from({ length: ROOMS }, async (_, number) =>
      (await ChatClient.connect(gateway)).enter(guest(number), newRoom())));
    const speak = (words) => Promise.all(talkers.map((talker) => talker.say(words)));
    await speak('before');
    await delay(3000); // until both silos have answered
    line.hold();
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
    for (const service of [gateway, other, ...all]) await service.dispose();
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
