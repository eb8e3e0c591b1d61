// Silos, gateways and nginx, each a process, as infra/ ships them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, nginx, programBeside, repository } from './environment.js';
import { HERE, Service } from './service.js';
import { LIMIT as PATIENCE, eventually, within } from './waiting.js';

const LIMIT = 10_000;

export class Cluster {
  #proxies = new Set();

  /** Two of each, on a database of their own. */
  static async start(settings = {}) {
    const cluster = new Cluster();
    const [silo, gateway] = ['Gatehouse.Silo', 'Gatehouse.Gateway'].map(programBeside);
    const first = await Service.start({ settings, dll: silo });
    // Whoever starts beside another one needs nothing of it but its database.
    const [second, ...gateways] = await Promise.all(
      [silo, gateway, gateway].map((dll) => Service.start({ settings, dll, beside: first })),
    );
    Object.assign(cluster, { silos: [first, second], gateways });
    return cluster;
  }

  /** Puts nginx in front of gateways; resolves to what a client takes for the service. */
  async addProxy({ host, wrapper } = HERE, gateways = this.gateways) {
    const [home, port] = [await mkdtemp(join(tmpdir(), 'gatehouse-cluster-')), await freePort()];
    await chmod(home, 0o711); // for its workers, who are somebody else
    const values = {
      PROXY_LISTEN: `${host}:${port}`,
      GATEWAY_SERVERS: gateways.map((gateway) => `server ${new URL(gateway.url).host} max_fails=0;`).join(' '),
    };
    const shipped = await readFile(join(repository, 'infra/proxy/gatehouse.conf.template'), 'utf8');
    await writeFile(join(home, 'gatehouse.conf'), shipped.replaceAll(/\$\{(\w+)\}/g, (_, name) => values[name]));
    await writeFile(join(home, 'nginx.conf'), `daemon off; pid ${home}/pid; error_log stderr warn; events { worker_connections 4096; } http { access_log off;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${home}/${kind};`).join(' ')}
      include ${home}/gatehouse.conf; }`);
    const [program, ...args] = [...wrapper, nginx, '-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    process.once('exit', () => child.kill('SIGKILL'));
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (line) => { log += line; });
    const url = `http://${host}:${port}`;
    const service = {
      url, clients: new Set(), secrets: this.silos[0].secrets, tail: () => log,
      get: (path, options) => fetch(url + path, { signal: AbortSignal.timeout(PATIENCE), ...options }),
      kill9: () => child.kill('SIGKILL'),
      dispose: () => this.#removeProxy(service, child, home),
    };
    this.#proxies.add(service);
    const isThere = () => fetch(`${service.url}/healthz/ready`).then(({ ok }) => ok, () => false);
    await eventually('starting nginx', isThere, { limit: LIMIT, describe: () => log });
    return service;
  }

  async #removeProxy(service, child, home) {
    this.#proxies.delete(service);
    await Promise.all([...service.clients].map((client) => client.close()));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await within(LIMIT, 'stopping nginx', ended);
    await rm(home, { recursive: true, force: true });
  }

  async dispose() {
    for (const service of [...this.#proxies, ...this.gateways, ...this.silos.toReversed()]) await service.dispose();
  }
}
