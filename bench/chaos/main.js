// See bench/chaos/run.
import { parseArgs } from 'node:util';
import { delay, eventually } from '../../tests/clients/support/waiting.js';
import { Arena } from './arena.js';
import { happen, lasts, plan } from './faults.js';
import { inThread } from './load/in-thread.js';
import * as logins from './load/logins.js';
import * as mailboxes from './load/mailboxes.js';
import * as profiles from './load/profiles.js';
import * as rooms from './load/rooms.js';
import { busyFor } from './machine.js';
import { Network, NoNetwork } from './network.js';
import { Recorder } from './recorder.js';
import { keepLogs, report } from './report.js';
import { Chance } from './seed.js';

/** Between two faults, in ms. */
const INTERVAL = 20_000;
/** For how long it is looked how busy the machine is, in ms. */
const SAMPLE = 5000;
/** Whoever has not what it wants so long after all is whole again never gets it. */
const PATIENCE = 60_000;

/** How much of the machine's processors the cluster and its clients may take: whoever is to bear the loss of one of two gateways leaves as much. */
const BUSY = 0.5;

/** Which part of the connections is of which kind. */
const LOADS = [[rooms, 0.56], [mailboxes, 0.2], [logins, 0.14], [profiles, 0.06], [inThread('pages'), 0.04]];

const { values: options } = parseArgs({ options: {
  minutes: { type: 'string', default: '10' }, connections: { type: 'string', default: '500' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) }, report: { type: 'string' }, calm: { type: 'boolean' },
} });
const settings = {
  Gatehouse__Room__Open: 'true', Gatehouse__Login__AddressFailures: '100000', Gatehouse__Web__TrustedProxies: '1',
  Logging__Console__FormatterName: 'simple', Logging__Console__FormatterOptions__SingleLine: 'true',
  Logging__Console__FormatterOptions__TimestampFormat: 'HH:mm:ss.fff ',
  // Which pushes were lost.
  'Logging__LogLevel__Gatehouse.Gateway.Delivery.Devices': 'Debug',
};

const network = process.env.GATEHOUSE_CHAOS_NAMESPACES ? await Network.open() : new NoNetwork();
const recorder = new Recorder();
const began = Date.now();
const arena = await Arena.open(network, settings);
const chance = new Chance(Number(options.seed));
const duration = Number(options.minutes) * 60_000;
const faults = options.calm ? [] : plan(arena, chance, Math.floor(duration / INTERVAL));
const trial = { arena, recorder, door: arena.door, chance: new Chance(Math.random() * 2 ** 32), isOver: false, isAborted: false };
/** How much slower than by themselves all of them are, so that any machine has as much to do, with any number of clients. */
trial.pace = Math.max(1, Number(options.connections) / 100);

// A library that waits for what comes no more tells nobody but the process.
process.on('unhandledRejection', () => recorder.failures++);

const clients = LOADS.flatMap(([load, part]) => load.open(trial, part * Number(options.connections)));
const unfinished = new Set(clients);
const running = Promise.all(clients.map((client) => client.run().then(() => unfinished.delete(client))));
await delay(INTERVAL);
const everybodyIsIn = () => eventually('everybody being in', () => recorder.isCalm, { limit: 3 * PATIENCE });
await everybodyIsIn();
const busy = [];
/** Has the clients say more, or less, so that the machine has as much to do as it should; keeps how much that was. */
const temper = async () => {
  busy.push(await busyFor(SAMPLE));
  trial.pace = Math.max(1, trial.pace * Math.max(1 / 4, busy.at(-1) / BUSY));
};
await temper();
// Until whoever rests has begun anew.
await delay(2 * SAMPLE);
await everybodyIsIn();
await temper();

const tell = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
tell(`${recorder.acknowledged} acknowledged before the first fault, the processors ${Math.round(100 * busy.at(-1))} % busy; seed ${options.seed}`);
const calmed = Date.now();
if (options.calm) await delay(duration);
for (const fault of faults) {
  const { kind, process, other } = fault;
  fault.began = Date.now();
  await happen(arena, fault).catch((failure) => tell(`${kind}: ${failure.message.split('\n')[0]}`));
  fault.ended = lasts(fault) ? Date.now() : fault.began;
  await delay(Math.max(0, fault.began + INTERVAL - SAMPLE - Date.now()));
  // A machine that others share is not as fast in one minute as in the next.
  await temper();
  fault.until = Date.now();
  fault.heal = recorder.heal(fault);
  tell(`${kind} ${process}${other ? ` - ${other}` : ''}: healed ${fault.heal.took} ms after its ${lasts(fault) ? 'end' : 'moment'} (${fault.heal.who}); ${recorder.acknowledged} acknowledged; ${Math.round(100 * busy.at(-1))} % busy`);
}

trial.isOver = true;
await eventually('being whole', () => arena.isWhole(), { limit: PATIENCE });
const finished = async () => {
  await running;
  for (const client of clients) await client.judge(arena.database);
};
const outOfTime = delay(2 * PATIENCE).then(() => { throw new Error(`these never got what they wanted: ${[...unfinished].map(({ name, lack }) => (lack ? `${name} (${lack})` : name)).join('; ')}`); });
await Promise.race([finished(), outOfTime]).catch((failure) => {
  trial.isAborted = true;
  recorder.violation('lost', failure.message);
});
await keepLogs({ arena, recorder });
const isClean = await report({ options, arena, recorder, faults, network, busy, others: recorder.othersSince(calmed) });
await arena.close();
process.exit(isClean ? 0 : 1);
