// What a user starts by ./run cluster, taken for one service: its one address. Whoever kills or stops it does so to all of it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './environment.js';
import { Service } from './service.js';
import { eventually } from './waiting.js';

export class ClusterService extends Service {
  get #data() {
    return join(this.home, 'data');
  }

  command() {
    return [join(repository, 'run'), 'cluster', '--silos', '2', '--gateways', '2', '--port', String(this.port), '--data', this.#data, '--verbose'];
  }

  /** Ready is the whole cluster, and not the first gateway of it. */
  async start(options) {
    const before = this.log.length;
    await super.start(options);
    await eventually('starting the cluster', () => this.log.slice(before).includes('ready in '), { limit: 60_000, describe: () => this.tail() });
  }

  async kill9() {
    const processes = await readFile(join(this.#data, 'processes'), 'utf8').catch(() => '');
    // Not the proxy, whose workers would live on; it ends with ./run.
    for (const [, pid] of processes.matchAll(/^(?:silo|gateway)-\d+ (\d+)/gm)) process.kill(Number(pid), 'SIGKILL');
    await super.kill9();
  }
}
