// The service as an operator runs it: one process, configured by its environment, judged by its probes and its log.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, gatehouseDll } from './environment.js';
import { Database } from './postgres.js';
import { SessionClient } from './session-client.js';
import { eventually, within } from './waiting.js';

const READY_LIMIT = 60_000;
const STOP_LIMIT = 20_000;

/** The place of a process, when it is simply here. */
export const HERE = { host: '127.0.0.1', wrapper: [] };

const living = new Set();
process.once('exit', () => living.forEach((child) => child.kill('SIGKILL')));

/** Thousands of logins, and the price of a hash is not what they test. */
const CHEAP_HASHES = { DOTNET_ENVIRONMENT: 'Test', Gatehouse__Password__Iterations: '1000' };

/** All clients of a test have one address, which does in a minute what that of an office does in a day. */
const HASTE = { Gatehouse__Limits__Window: '00:00:01' };

/** The environment of this process without what would configure the service. */
const neutral = () => Object.fromEntries(Object.entries(process.env)
  .filter(([name]) => !/^(gatehouse|connectionstrings|otel_|aspnetcore_|logging_|node_)/i.test(name)));

export class Service {
  /** Everything that was printed since the first start. */
  log = '';
  /** Passwords and tokens that were used: none of them may appear in the log. */
  secrets = new Set();
  clients = new Set();
  child = null;

  /**
   * Starts a service on a database of its own, or beside another one: on its database and with its key.
   * @param {{settings?: Record<string, string>, database?: Database, beside?: Service, dll?: string, place?: object}} options `place` says
   * where it listens, and what its command begins with, when it is not simply here.
   */
  static async start(options = {}) {
    const service = await this.prepare(options);
    try {
      await service.start();
      return service;
    } catch (failure) {
      // Or the tests would never end.
      await service.dispose().catch(() => {});
      throw failure;
    }
  }

  static async prepare({ settings = {}, beside, database = beside?.database, dll = gatehouseDll, place = HERE } = {}) {
    const service = new this();
    Object.assign(service, { settings, dll, place, key: beside?.key ?? randomBytes(32), ownsDatabase: !database });
    service.database = database ?? await Database.create();
    service.home = await mkdtemp(join(tmpdir(), 'gatehouse-service-'));
    service.keyFile = join(service.home, 'token.key');
    await writeFile(service.keyFile, service.key.toString('base64'));
    service.port = await freePort();
    service.url = `http://${place.host}:${service.port}`;
    return service;
  }

  /** Starts the process, or starts it again on the same data; resolves when it is ready. */
  async start({ dll = this.dll } = {}) {
    this.spawn({ dll });
    await eventually('starting the service', async () => {
      if (this.child === null) throw new Error(`The service ended by itself. ${this.tail()}`);
      return (await this.probe('ready')) === 200;
    }, { limit: READY_LIMIT, describe: () => this.tail() });
  }

  command(dll) {
    return [...this.place.wrapper, 'dotnet', dll, '--urls', this.url];
  }

  spawn({ dll = this.dll, environment = {} } = {}) {
    const [program, ...args] = this.command(dll);
    const child = spawn(program, args, {
      cwd: this.home,
      env: {
        ...neutral(),
        TMPDIR: this.home,
        // No test lives long enough for what the compiler would improve in the middle of a start: it waits as long, 100 ms, as it does by itself.
        DOTNET_TC_CallCountingDelayMs: '64',
        ...CHEAP_HASHES,
        ...HASTE,
        ConnectionStrings__Postgres: this.database.connectionString,
        Gatehouse__Token__KeyFile: this.keyFile,
        ...this.settings,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => { this.log += text; });
    }
    living.add(child);
    child.once('exit', (code, signal) => {
      this.log += `[the process ended: ${signal ?? code}]\n`;
      living.delete(child);
      if (this.child === child) this.child = null;
    });
    this.child = child;
    return child;
  }

  /** Starts a process that is expected to refuse its configuration; resolves to how it ended. */
  async startInVain(environment) {
    const before = this.log.length;
    const child = this.spawn({ environment });
    const ended = once(child, 'close');
    const [code] = await within(READY_LIMIT, 'waiting for the start to be refused', ended, () => this.tail());
    return { code, log: this.log.slice(before) };
  }

  /** Where operators find what is theirs. */
  get operators() {
    return this.settings.Gatehouse__Operators__Url ?? this.url;
  }

  /** The status of a probe; undefined when nobody answers. */
  async probe(name) {
    try {
      const response = await fetch(`${this.operators}/healthz/${name}`, { signal: AbortSignal.timeout(5000) });
      await response.text();
      return response.status;
    } catch {
      return undefined;
    }
  }

  /** How much of the machine's memory the process has; or, as VmHWM, the most that it had. */
  async residentKilobytes(what = 'VmRSS') {
    return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(await readFile(`/proc/${this.child.pid}/status`, 'utf8'))[1]);
  }

  get(path, options) {
    return fetch(this.url + path, { signal: AbortSignal.timeout(10_000), ...options });
  }

  /** A connected session client: over Socket.IO if the options name its generation, or else over SignalR. */
  connect(options) {
    return SessionClient.connect(this, options);
  }

  /** Connects, does something, and disconnects. */
  briefly(act, options) {
    return SessionClient.briefly(this, act, options);
  }

  /** Ends the process as a deployment does. */
  async stop() {
    await Promise.all([...this.clients].map((client) => client.close()));
    await this.#end('SIGTERM');
  }

  /** Ends the process as a deployment does, whoever is connected. */
  terminate() {
    return this.#end('SIGTERM');
  }

  /** Ends the process as a power cut does. */
  kill9() {
    return this.#end('SIGKILL');
  }

  async #end(signal) {
    const { child } = this;
    if (!child) return;
    const ended = once(child, 'close');
    child.kill(signal);
    const [code] = await within(STOP_LIMIT, `waiting for the end by ${signal}`, ended, () => this.tail());
    if (signal === 'SIGTERM' && code !== 0) throw new Error(`The service ended with status ${code}. ${this.tail()}`);
  }

  /** Stops, looks through the log for secrets, and leaves nothing behind. */
  async dispose() {
    try {
      await this.stop();
      this.assertKeptSecrets();
    } finally {
      this.child?.kill('SIGKILL');
      if (this.ownsDatabase) await this.database.drop();
      await rm(this.home, { recursive: true, force: true });
    }
  }

  assertKeptSecrets() {
    const line = this.log.split('\n').find((text) => [...this.secrets].some((secret) => text.includes(secret)));
    if (line) throw new Error(`A password or token is in the log: ${line}`);
  }

  /**
   * What was logged as a warning or worse, from a place of the log on; each entry is two lines or more. Without what a silo says of a machine
   * that is too busy for its probes.
   */
  complaints(from = 0) {
    const entries = this.log.slice(from).split(/^(?=(?:trce|dbug|info|warn|fail|crit): )/m);
    return entries.filter((entry) => /^(warn|fail|crit): (?!Orleans\S*SiloHealthMonitor\[)/.test(entry));
  }

  /** The end of the log, for messages. */
  tail() {
    return `The service's log ends:\n${this.log.split('\n').slice(-25).join('\n')}`;
  }
}
