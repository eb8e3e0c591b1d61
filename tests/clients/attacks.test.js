// What a stranger may try to take the memory with, while somebody else talks. Each attack goes on for seconds here;
// ATTACK_MINUTES=10 spreads ten minutes over them, and is strict about the bystander too, for which it needs a machine to itself.
import assert from 'node:assert/strict';
import { setPriority } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bystander } from './support/bystander.js';
import { ChatClient } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { CLIENT_EVENTS, Registered } from './support/device.js';
import { RawSocketIo } from './support/raw-socketio.js';
import { Service } from './support/service.js';
import { OPEN_ROOMS } from './support/settings.js';
import { eventually } from './support/waiting.js';

const MEGABYTE = 1024;
const MINUTES = Number(process.env.ATTACK_MINUTES ?? 0);
const SECONDS = MINUTES * 60 / 4 || 4;
/** In seconds attackers would not reach the limits that slow them down; without, they do in seconds what they would in minutes. */
const UNLIMITED = Object.fromEntries(
  ['EventsPerSecond', 'BytesPerSecond', 'AddressEventsPerSecond', 'AddressBytesPerSecond'].map((limit) => [`Gatehouse__Limits__${limit}`, '0']));
/** How much larger than before the first an attack may leave the process, in kB. */
const MAY_STAY = 100 * MEGABYTE;
/** And when nobody does anything any more. */
const MAY_STAY_IDLE = 64 * MEGABYTE;
/** What nobody notices, in ms: on two cores the attackers' own work takes turns with the bystander's. */
const UNNOTICED = 25;
const LARGE = 'x'.repeat(50_000);
const PACKET = JSON.stringify(['message', { content: LARGE, tags: Array(500).fill('') }]);

let service;
let voice;
let resident;
before(async () => {
  service = await Service.start({ settings: { ...OPEN_ROOMS, Gatehouse__Web__TrustedProxies: '1', ...(MINUTES ? { Gatehouse__Limits__Window: '00:10:00' } : UNLIMITED) } });
  voice = await Bystander.enter(service);
  // The attackers have computers of their own in truth: they take what the service and the bystander leave.
  setPriority(19);
  // What every service does once is not what an attack takes.
  for (const attack of Object.values(ATTACKS)) await attack(Date.now() + 1000);
  await voice.speak(1000);
  resident = await service.residentKilobytes();
});
after(async () => {
  await voice?.leave();
  await service?.dispose();
});

const guest = () => ({ username: `stranger ${Math.random()}`, password: '' });

/** Does something again and again, by several at once. */
const atOnce = (count, until, act) => Promise.all(Array.from({ length: count }, async () => {
  while (Date.now() < until) await act();
}));

const ATTACKS = {
  'sockets that send without end and read nothing': (until) => atOnce(3, until, async () => {
    // Whom the flood of the others keeps out, or who is closed for it, tries again.
    const raw = await RawSocketIo.connect(service, '/chat').catch(() => undefined);
    if (!raw) return;
    const { _socket: carrier } = raw.socket;
    carrier.pause();
    while (Date.now() < until && !carrier.destroyed) {
      if (raw.socket.bufferedAmount < 4_000_000) raw.emit(PACKET);
      else await sleep(5);
    }
    raw.socket.terminate();
  }),

  'a member that comes back to more than it can be sent': (until) => atOnce(2, until, async () => {
    const room = newRoom();
    const options = { generation: 4, engine: 'WebSocket only' };
    const [member, talker] = [await ChatClient.connect(service, options), await ChatClient.connect(service, options)];
    for (const client of [member, talker]) await client.enter(guest(), room);
    await talker.say('hello');
    await member.next('message');
    for (let time = 0; time < 3 && Date.now() < until; time++) {
      await member.drop();
      for (let i = 0; i < 100; i++) await talker.send('message', { content: LARGE });
      await talker.until('hearing it all', () => talker.heard.length >= 100);
      talker.events.length = talker.read = 0;
      member.socket.connect();
      await member.returned();
      await sleep(200);
    }
    await Promise.all([member, talker].map((client) => client.close()));
  }),

  'a mailbox that is filled, and fetched by many logins': (until) => atOnce(1, until, async () => {
    const [victim, stranger] = [await Registered.client(service), await Registered.node(service)];
    const sender = await stranger.connect();
    for (let queued = true; queued && Date.now() < until;) {
      sender.emit('node.to.instance', { action: 'queue', recipient: victim.id, token: stranger.token, parameters: { LARGE } });
      queued = (await sender.next('instance.to.node')).action === 'queued';
    }
    await atOnce(4, until, async () => {
      const device = await victim.connect();
      assert.ok(CLIENT_EVENTS.includes(device.heard[0].name));
      await device.close();
    });
    await sender.close();
  }),

  'rooms that are full of long messages, and members that do not read them': (until) => atOnce(2, until, async () => {
    const room = newRoom();
    const deaf = await ChatClient.connect(service, { generation: 4, engine: 'WebSocket only' });
    const signalR = await ChatClient.connect(service, {});
    const talker = await ChatClient.connect(service, { generation: 4, engine: 'WebSocket only' });
    for (const client of [deaf, signalR, talker]) await client.enter(guest(), room);
    for (const client of [deaf, signalR]) client.link.stopReading();
    for (let i = 0; i < 200 && Date.now() < until; i++) {
      await talker.send('message', { content: LARGE });
      if (i % 20 === 19) await talker.until('hearing it', () => talker.heard.length > i);
    }
    for (const client of [deaf, signalR, talker]) {
      client.link.sever();
      service.clients.delete(client);
    }
  }),
};

/** Waits until the process is no larger than that above what it was. Returns how much it is, in kB. */
async function givenBack(enough) {
  let left;
  await eventually('waiting for the memory to be given back', async () => {
    left = await service.residentKilobytes() - resident;
    return left < enough;
  }, { limit: 60_000, every: 500, describe: () => `${(left / MEGABYTE).toFixed(0)} MB more than before` });
  return left;
}

describe('an attack leaves the process as it was, and the bystander served', () => {
  for (const [name, attack] of Object.entries(ATTACKS)) {
    test(name, async (t) => {
      const quiet = await voice.speak(SECONDS * 250);
      const [busy] = await Promise.all([voice.speak(SECONDS * 1000), attack(Date.now() + SECONDS * 1000)]);
      const most = await service.residentKilobytes('VmHWM');
      const left = await givenBack(MAY_STAY);
      t.diagnostic(`${(resident / MEGABYTE).toFixed(0)} MB before, ${(most / MEGABYTE).toFixed(0)} MB at the most so far, `
        + `${(left / MEGABYTE).toFixed(0)} MB more afterwards; the bystander's p99 ${quiet.toFixed(1)} ms before, ${busy.toFixed(1)} ms meanwhile`);
      assert.equal(await service.probe('ready'), 200);
      if (MINUTES) assert.ok(busy <= Math.max(2 * quiet, UNNOTICED), `the bystander's p99 was ${quiet} ms, and ${busy} ms meanwhile`);
    });
  }

  test('what all of them took is given back when nobody does anything', async (t) => {
    t.diagnostic(`${(await givenBack(MAY_STAY_IDLE) / MEGABYTE).toFixed(0)} MB more than before`);
  });
});
