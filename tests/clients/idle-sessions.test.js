// 2,000 people who log in as guests and then say nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { Service } from './support/service.js';
import { eventually, within } from './support/waiting.js';

const END = '\u001e';
const CROWD = 2000;
const WARM_UP = 500;
const AT_ONCE = 50;
// SignalR takes a client for dead that is silent for 30 s.
const PING_INTERVAL = 10_000;

let service;
const crowd = [];
let pinging;

before(async () => {
  service = await Service.start();
  pinging = setInterval(() => crowd.forEach((socket) => socket.send(`{"type":6}${END}`)), PING_INTERVAL);
});
after(async () => {
  clearInterval(pinging);
  crowd.forEach((socket) => socket.terminate());
  await service.dispose();
});

/** One guest, on nothing but a socket: a client library would need more memory here than the service there. */
async function guest() {
  const socket = new WebSocket(`${service.url.replace('http', 'ws')}/hubs/session`, { perMessageDeflate: false });
  socket.state = undefined;
  const loggedIn = new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      const state = /"target":"state_change","arguments":\["(\w+)"\]/.exec(data.toString())?.[1];
      if (state) socket.state = state;
      if (state === 'guest') resolve();
    });
    socket.once('error', reject);
    socket.once('close', () => { socket.state = 'closed'; reject(new Error('closed')); });
  });
  loggedIn.catch(() => {});
  await once(socket, 'open');
  socket.send(`{"protocol":"json","version":1}${END}{"type":1,"target":"login_guest","arguments":[]}${END}`);
  await within(60_000, 'logging a guest in', loggedIn, () => service.tail());
  crowd.push(socket);
}

async function grow(size) {
  const one = async () => {
    while (crowd.length + pending < size) {
      pending++;
      try { await guest(); } finally { pending--; }
    }
  };
  let pending = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const activeSessions = async () => {
  const metrics = await (await service.get('/metrics')).text();
  return Number(/^gatehouse_session_active(?:\{.*\})? (\d+)/m.exec(metrics)[1]);
};

test('one process holds 2,000 idle sessions and still serves each of them', async (t) => {
  await grow(WARM_UP);
  const before = await service.residentKilobytes();
  await grow(CROWD);
  const grown = await service.residentKilobytes() - before;
  t.diagnostic(`${CROWD} sessions: ${(grown / (CROWD - WARM_UP)).toFixed(1)} kB of resident memory each`);

  assert.equal(await activeSessions(), CROWD);
  assert.equal(crowd.filter((socket) => socket.state === 'guest').length, CROWD);

  for (const socket of [crowd[0], crowd[CROWD / 2], crowd[CROWD - 1]]) {
    socket.send(`{"type":1,"target":"logout","arguments":[]}${END}`);
    await eventually('logging out one of the crowd', () => socket.state === 'undefined');
  }
  assert.equal(crowd.filter((socket) => socket.state === 'guest').length, CROWD - 3);
});
