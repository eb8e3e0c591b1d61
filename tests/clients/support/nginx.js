// Debian's nginx in front of the service, with a certificate that it signed itself.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, nginx, run } from './environment.js';
import { eventually, within } from './waiting.js';

const LIMIT = 10_000;
const CONFIGURATION = new URL('nginx.conf', import.meta.url);

/** The names by which browsers know it; the second has an ü. */
export const HOST = 'gatehouse.test';
export const IDN_HOST = 'xn--bcher-kva.test';

export class Nginx {
  /** What nginx complains about. */
  log = '';

  /** Starts it in front of a service. Each server of its configuration has a port, under its name. */
  static async start(service) {
    const proxy = new Nginx();
    proxy.home = await mkdtemp(join(tmpdir(), 'gatehouse-nginx-'));
    await chmod(proxy.home, 0o711); // for its workers, who are somebody else
    proxy.ports = { GATEHOUSE: service.port };
    for (const name of ['TLS', 'CLEAR', 'OUTER', 'BARE']) proxy.ports[name] = await freePort();
    await run('openssl', [
      'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`,
      '-addext', `subjectAltName=DNS:${HOST},DNS:${IDN_HOST},IP:::1,IP:127.0.0.1`,
      '-keyout', join(proxy.home, 'key.pem'), '-out', join(proxy.home, 'certificate.pem'),
    ]);
    const values = { HOME: proxy.home, ...proxy.ports };
    const text = (await readFile(CONFIGURATION, 'utf8')).replaceAll(/@(\w+)@/g, (_, name) => values[name]);
    const file = join(proxy.home, 'nginx.conf');
    await writeFile(file, text);
    proxy.child = spawn(nginx, ['-e', 'stderr', '-p', proxy.home, '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    proxy.child.stderr.setEncoding('utf8').on('data', (line) => { proxy.log += line; });
    process.once('exit', () => proxy.child.kill('SIGKILL'));
    await eventually('starting nginx', () => answers(proxy.ports.BARE), { limit: LIMIT, describe: () => proxy.log });
    return proxy;
  }

  /** What a browser is told so that it finds the servers at the default ports, where it leaves the port out of what it says. */
  get rules() {
    const { TLS, CLEAR } = this.ports;
    const rules = [HOST, IDN_HOST].flatMap((host) => [
      `MAP ${host}:443 127.0.0.1:${TLS}`, `MAP ${host}:80 127.0.0.1:${CLEAR}`, `MAP ${host}:8443 127.0.0.1:${TLS}`,
    ]);
    return `--host-resolver-rules=${rules.join(',')}`;
  }

  /** The requests that it has seen, with their addresses. */
  accesses() {
    return readFile(join(this.home, 'access.log'), 'utf8');
  }

  async dispose() {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await within(LIMIT, 'stopping nginx', ended);
    await rm(this.home, { recursive: true, force: true });
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)).once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}
