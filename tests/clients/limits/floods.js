// One address does each thing that is limited for as long as FLOOD_SECONDS says, as fast as it can, while somebody else talks in a room:
// what that costs the others, and the memory. With the default limits and real hashes. It needs a machine to itself.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setPriority } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bystander } from '../support/bystander.js';
import { PlainSocket } from '../support/plain-socket.js';
import { Service } from '../support/service.js';
import { account } from '../support/session-client.js';
import { OPEN_ROOMS } from '../support/settings.js';

const DURATION = Number(process.env.FLOOD_SECONDS) * 1000;
const FLOODERS = 40;
const LOGINS = 24;
/** How long a login may take while `new` is flooded, in ms. */
const SOON = 3000;
/** What nobody notices, in ms: on two cores the flooders' own work takes turns with the bystander's. */
const UNNOTICED = 25;
/** How much larger than before a flood may leave the process, in kB, and how much larger it may be meanwhile. */
const MAY_STAY = 100 * 1024, MAY_TAKE = 500 * 1024;
const headers = { 'X-Forwarded-For': '203.0.113.9' };
const FILLER = 'x'.repeat(50_000);

let service;
let voice;

/** Each of so many does something again and again; whatever it is answered. */
const atOnce = (count, until, act) => Promise.all(Array.from({ length: count }, async () => {
  while (Date.now() < until) await act().catch(() => sleep(10));
}));

/** Each of so many asks again and again on a connection of its own of the users API. */
async function asking(count, until, ask) {
  const sockets = await Promise.all(Array.from({ length: count }, () => PlainSocket.connect(service, '/users/', { headers })));
  await Promise.all(sockets.map(async (socket) => {
    while (Date.now() < until && socket.connected) {
      await ask(socket).catch(() => {});
      socket.forget();
    }
  }));
  await Promise.all(sockets.map((socket) => socket.drop()));
}

const put = (path, body) => service.get(path, {
  method: 'PUT', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body),
}).then((response) => response.text());

/** Each kind, by what is limited; how it is done until a time. */
const FLOODS = {
  handshakes: (until) => atOnce(FLOODERS, until, async () => {
    await (await PlainSocket.connect(service, '/users/', { headers })).drop();
  }),

  async connections(until) {
    const open = [];
    await atOnce(FLOODERS, until, async () => {
      open.push(await PlainSocket.connect(service, '/hubs/session', { headers }));
    });
    await Promise.all(open.map((socket) => socket.drop()));
  },

  events: (until) => asking(FLOODERS, until, (socket) => socket.ask({ action: 'ping' })),

  bytes: (until) => asking(FLOODERS, until, (socket) => socket.ask({ action: 'ping', data: FILLER })),

  guests: (until) => atOnce(FLOODERS, until, async () => {
    const client = await service.connect({ headers });
    await client.send('login_guest');
    await client.close();
  }),

  passwords: (until) => asking(FLOODERS, until, (socket) => socket.ask({ action: 'login', data: account() })),

  async accounts(until) {
    const { username } = account();
    await asking(FLOODERS, until, (socket) => socket.ask({ action: 'login', data: { username, password: 'a guess' } }));
  },

  devices: (until) => atOnce(FLOODERS, until, () => put('/node/to/instance', { parameters: { hash: FILLER.slice(0, 1000) } })),

  lookups: (until) => Promise.all(Array.from({ length: FLOODERS }, async () => {
    const client = await service.connect({ headers });
    while (Date.now() < until) {
      await client.send('resume', { session: randomBytes(11).toString('hex'), secret: 'a guess', sequence: 0 });
      client.events.length = client.read = 0;
    }
    await client.close();
  })),
};

const refused = async () => [...(await (await service.get('/metrics')).text())
  .matchAll(/^gatehouse_limit_refused_total\{limit="(\w+)"\} (\d+)/gm)]
  .map(([, limit, count]) => [limit, Number(count)]).filter(([, count]) => count > 0);

/** The most that the process takes while something goes on, in kB. */
async function peak(going) {
  let [most, isOver] = [0, false];
  const watching = (async () => {
    for (; !isOver; await sleep(250)) most = Math.max(most, await service.residentKilobytes());
  })();
  await going.finally(() => { isOver = true; });
  await watching;
  return most;
}

/** Waits until the process has given back what it can; how much is left, in kB. */
async function settled(enough) {
  let left = await service.residentKilobytes();
  for (const until = Date.now() + 30_000; left > enough && Date.now() < until; await sleep(1000)) left = await service.residentKilobytes();
  return left;
}

const megabytes = (kilobytes) => `${Math.round(kilobytes / 1024)} MB`;

describe(`floods of ${DURATION / 1000} s each`, () => {
  before(async () => {
    service = await Service.start({
      settings: {
        ...OPEN_ROOMS, Gatehouse__Web__TrustedProxies: '1', Gatehouse__Password__Iterations: '210000', Gatehouse__Limits__Window: '00:10:00',
      },
    });
    voice = await Bystander.enter(service);
    // The flooders have computers of their own in truth: they take what the service and the bystander leave.
    setPriority(19);
    await voice.speak(3000);
  });
  after(async () => {
    await voice?.leave();
    await service?.dispose();
  });

  for (const [limit, flood] of Object.entries(FLOODS)) {
    test(limit, async (context) => {
      const [memory, undisturbed, before] = [await service.residentKilobytes(), await voice.speak(3000), await refused()];
      const until = Date.now() + DURATION;
      const flooding = flood(until);
      const [most, disturbed] = await Promise.all([peak(flooding), voice.speak(DURATION)]);
      const left = await settled(memory + MAY_STAY);
      const counts = (await refused()).map(([name, count]) => [name, count - (new Map(before).get(name) ?? 0)]).filter(([, count]) => count > 0);
      context.diagnostic(`p99 ${undisturbed.toFixed(1)} ms before, ${disturbed.toFixed(1)} ms meanwhile; `
        + `memory ${megabytes(memory)} before, ${megabytes(most)} at most, ${megabytes(left)} after; `
        + `refused: ${counts.map((count) => count.join(' ')).join(', ') || 'nothing'}`);
      assert.ok(disturbed < Math.max(2 * undisturbed, UNNOTICED), 'others notice');
      assert.ok(most < memory + MAY_TAKE && left < memory + MAY_STAY, 'it takes memory');
    });
  }

  test('new, while others log in', async (context) => {
    const elsewhere = { 'X-Forwarded-For': '198.51.100.7' };
    const people = Array.from({ length: LOGINS }, () => account());
    const friend = await PlainSocket.connect(service, '/users/', { headers: elsewhere });
    for (const person of people) assert.ok((await friend.ask({ action: 'new', data: person })).data);
    const [memory, before] = [await service.residentKilobytes(), await refused()];
    const until = Date.now() + DURATION;
    const flooding = asking(FLOODERS, until, (socket) => socket.ask({ action: 'new', data: account() }));
    const taken = [];
    const logIn = (async () => {
      for (const { username, password } of people) {
        await sleep(DURATION / (LOGINS + 1));
        const from = Date.now();
        assert.ok((await friend.ask({ action: 'login', data: { username, password } })).data?.token);
        taken.push(Date.now() - from);
      }
    })();
    const [most] = await Promise.all([peak(flooding), logIn]);
    taken.sort((one, other) => one - other);
    context.diagnostic(`${taken.length} logins in ${taken[0]} to ${taken.at(-1)} ms, half of them in ${taken[LOGINS / 2]}; `
      + `memory ${megabytes(memory)} before, ${megabytes(most)} at most; `
      + `refused: ${(await refused()).map((count) => count.join(' ')).join(', ')}, of which before: ${before.map((count) => count.join(' ')).join(', ') || 'nothing'}`);
    assert.ok(taken.at(-1) < SOON, 'others wait');
    await friend.close();
  });
});
