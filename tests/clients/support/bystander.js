// Somebody who talks in a room of their own and takes note how long each echo takes. In a process of its own (this file is its
// program too), because the attackers' work would hold up the clock that it measures by.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ChatClient } from './chat-client.js';
import { newRoom } from './chat-scenarios.js';

const program = fileURLToPath(import.meta.url);

export class Bystander {
  #child;

  static async enter(service) {
    const bystander = new Bystander();
    bystander.#child = fork(program, [service.url]);
    await once(bystander.#child, 'message');
    return bystander;
  }

  /** Talks for so long, in ms; returns how long the echo took of all but one in a hundred. */
  async speak(duration) {
    this.#child.send(duration);
    const [taken] = await once(this.#child, 'message');
    return taken.sort((one, other) => one - other)[Math.floor(taken.length * 0.99)];
  }

  async leave() {
    const gone = once(this.#child, 'exit');
    this.#child.disconnect();
    await gone;
  }
}

if (process.argv[1] === program) {
  const service = { url: process.argv[2], clients: new Set(), secrets: new Set(), tail: () => '' };
  // From elsewhere, as a proxy says it: who shares the attackers' address shares its limits.
  const extraHeaders = { 'X-Forwarded-For': '198.51.100.1' };
  const client = await ChatClient.connect(service, { generation: 4, engine: 'WebSocket only', extraHeaders });
  await client.enter({ username: `bystander ${process.pid}`, password: '' }, newRoom());
  process.on('message', async (duration) => {
    const taken = [];
    for (const until = Date.now() + duration; Date.now() < until; await sleep(20)) {
      const from = performance.now();
      await client.say(`word ${taken.length}`);
      taken.push(performance.now() - from);
      client.events.length = client.read = 0;
    }
    process.send(taken);
  });
  process.once('disconnect', () => process.exit());
  process.send('here');
}
