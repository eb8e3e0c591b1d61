// What ./test hands in, and what a test run by hand may leave out.
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const env = process.env;

export const repository = fileURLToPath(new URL('../../..', import.meta.url));
const program = (kind, name) => `${repository}.artifacts/${kind}/${name}/release/${name}.dll`;

export const gatehouseDll = env.GATEHOUSE_DLL || program('publish', 'Gatehouse');

/** A program that the service is made of: beside it, and like it compiled for this machine. */
export const programBeside = (name) => join(dirname(gatehouseDll), `${name}.dll`);

/** For what builds these two alone. */
export const siloDll = program('bin', 'Gatehouse.Silo');
export const gatewayDll = program('bin', 'Gatehouse.Gateway');
export const nginx = env.GATEHOUSE_NGINX || '/usr/sbin/nginx';
export const chromium = env.GATEHOUSE_CHROMIUM || '/usr/bin/chromium';

/** The path of one of PostgreSQL's programs. */
export const postgresProgram = (name) => (env.GATEHOUSE_PG_BIN ? `${env.GATEHOUSE_PG_BIN}/${name}` : name);

export const run = promisify(execFile);

/**
 * A port that nobody listens on at the moment: none of those that the system gives to clients, of which any of many thousand connections
 * could take it before it is used, and none that fetch refuses to speak to, as it does 10080.
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    const listen = () => probe.listen(randomInt(11_000, 32_000), '127.0.0.1');
    probe.on('error', (failure) => (failure.code === 'EADDRINUSE' ? listen() : reject(failure)));
    probe.on('listening', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
    listen();
  });
}
