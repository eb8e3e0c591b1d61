// PostgreSQL by its own programs, so that the tests need no driver.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, postgresProgram, run } from './environment.js';

/** One database, by an Npgsql connection string. */
export class Database {
  constructor(connectionString) {
    this.connectionString = connectionString;
    this.parts = Object.fromEntries(connectionString.split(';').filter(Boolean).map((part) => {
      const [key, ...value] = part.split('=');
      return [key.trim().toLowerCase(), value.join('=').trim()];
    }));
  }

  /** A new, empty database on the server that ./test started. */
  static async create() {
    const given = process.env.GATEHOUSE_TEST_POSTGRES;
    if (!given) throw new Error('GATEHOUSE_TEST_POSTGRES is not set. ./test starts a PostgreSQL and sets it.');
    const server = new Database(given);
    const name = `gatehouse_${randomBytes(6).toString('hex')}`;
    await server.sql(`CREATE DATABASE ${name}`);
    return server.sibling(name, () => server.sql(`DROP DATABASE ${name} WITH (FORCE)`));
  }

  sibling(name, drop = () => {}) {
    const parts = Object.entries({ ...this.parts, database: name });
    const database = new Database(parts.map(([key, value]) => `${key}=${value}`).join(';'));
    database.drop = drop;
    return database;
  }

  /** Runs SQL and returns what psql prints. */
  async sql(text) {
    const { host, port, username, password, database } = this.parts;
    const address = ['-h', host, '-p', port ?? '5432', '-U', username, '-d', database];
    const { stdout } = await run(
      postgresProgram('psql'), ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...address, '-c', text],
      { env: { ...process.env, PGPASSWORD: password ?? '' }, maxBuffer: 64 << 20 });
    return stdout.trim();
  }

  /** A query's rows as objects. */
  async rows(query) {
    return JSON.parse(await this.sql(`SELECT coalesce(json_agg(row), '[]') FROM (${query}) AS row`));
  }
}

// PostgreSQL refuses to run as root, so there it runs as the user that its package made.
const asServer = process.getuid() === 0
  ? (program, ...args) => ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]]
  : (program, ...args) => [program, args];

/** A PostgreSQL of one test's own, which it may stop and start. */
export class PrivatePostgres {
  /** @param {{host?: string, wrapper?: string[]}} place Where it listens, and what its commands begin with, when it is somewhere else. */
  static async start({ host = '127.0.0.1', wrapper = [] } = {}) {
    const server = new PrivatePostgres();
    Object.assign(server, { host, wrapper });
    server.home = await mkdtemp(join(tmpdir(), 'gatehouse-postgres-'));
    server.port = await freePort();
    if (process.getuid() === 0) await run('chown', ['postgres:postgres', server.home]);
    const data = join(server.home, 'data');
    const locale = ['-E', 'UTF8', '--locale=C.UTF-8'];
    await server.#program('initdb', '-D', data, '-U', 'gatehouse', '-A', 'trust', ...locale, '--no-sync');
    await writeFile(join(data, 'postgresql.auto.conf'), [
      `port = ${server.port}`, `listen_addresses = '${host}'`, `unix_socket_directories = ''`, 'fsync = off', 'max_connections = 200', '',
    ].join('\n'));
    await appendFile(join(data, 'pg_hba.conf'), 'host all all samenet trust\n');
    await server.resume();
    process.once('exit', () => server.alive && server.#kill());
    return server;
  }

  get database() {
    return new Database(`Host=${this.host};Port=${this.port};Username=gatehouse;Database=postgres`);
  }

  async resume() {
    await this.#control('start', '-l', join(this.home, 'log'));
    this.alive = true;
  }

  /** Ends it: 'immediate' as a crash would, 'fast' as an operator does. */
  async vanish(mode = 'immediate') {
    this.alive = false;
    await this.#control('stop', '-m', mode);
  }

  async dispose() {
    if (this.alive) await this.vanish();
    await rm(this.home, { recursive: true, force: true });
  }

  #control(action, ...more) {
    return this.#program('pg_ctl', action, '-D', join(this.home, 'data'), '-w', '-s', ...more);
  }

  #program(name, ...args) {
    // From a folder that the other user may enter.
    const [program, rest] = asServer(postgresProgram(name), ...args);
    const [first, ...others] = [...this.wrapper, program, ...rest];
    return run(first, others, { cwd: '/' });
  }

  /** The last resort, when the test process itself ends. */
  #kill() {
    execFileSync(...asServer(postgresProgram('pg_ctl'), 'stop', '-D', join(this.home, 'data'), '-m', 'immediate'));
  }
}
