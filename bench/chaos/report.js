// What came of it, as a table for people; the same in the file of a release.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { repository, run } from '../../tests/clients/support/environment.js';
import { percentile } from './recorder.js';

const LOGS = join(repository, '.artifacts/chaos');

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Prints it; true when nothing is wrong. */
export async function report({ options, arena, recorder, faults, network, busy, others }) {
  const heals = faults.map(({ heal }) => heal.took);
  const violations = Object.entries(recorder.violations).map(([kind, found]) => [kind, found.length]);
  const rows = [
    ['how busy the processors were when nothing happened p50 / p99', `${Math.round(100 * percentile(busy, 50))} % / ${Math.round(100 * percentile(busy, 99))} %`],
    ['acknowledged', recorder.acknowledged],
    ['failed, and tried again', recorder.failures],
    ...violations,
    ['longest pause seen by a client', `${seconds(recorder.longest.took)} (${recorder.longest.who})`],
    ['time to heal p50 / p99', `${seconds(percentile(heals, 50))} / ${seconds(percentile(heals, 99))}`],
    ['waits of more than two seconds when all was calm',
      others.length === 0 ? '0' : `${others.length}, at most ${seconds(others[0].ended - others[0].began)} (${others[0].who})`],
    ['a login\'s end reaches its connections p50 / p99 / at most',
      [50, 99, 100].map((percent) => `${percentile(recorder.revocations, percent)} ms`).join(' / ')],
    ['processes that ended by themselves', arena.endedByThemselves],
  ];
  const table = rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n');
  console.log(`\n| | |\n|---|---|\n${table}`);
  if (options.report) {
    await mkdir(dirname(options.report), { recursive: true });
    await writeFile(options.report, await page({ options, faults, network, table }));
  }
  return violations.every(([, count]) => count === 0);
}

/** Each process's log, and who had to wait for what, for whoever wants to know why. */
export async function keepLogs({ arena, recorder }) {
  await mkdir(LOGS, { recursive: true });
  for (const { name, service } of arena.nodes) await writeFile(join(LOGS, `${name}.log`), service.log);
  await writeFile(join(LOGS, 'proxy.log'), arena.proxyLog());
  const time = (at) => new Date(at).toISOString().slice(11, 23);
  const lines = recorder.disturbed.map(({ who, began, ended, failures }) =>
    [`${time(began)} ${who} waited ${ended - began} ms`, ...failures.map(({ at, reason }) => `  ${time(at)} ${reason}`)].join('\n'));
  await writeFile(join(LOGS, 'waits.log'), `${lines.join('\n')}\n`);
}

async function page({ options, faults, network, table }) {
  const commit = await run('git', ['rev-parse', '--short', 'HEAD']).then(({ stdout }) => stdout.trim(), () => 'unknown');
  const where = network.isolate ? 'each process in a network namespace of its own' : 'processes without namespaces, so without partitions';
  const without = network.canDelay ? '' : '; without delays, which this machine\'s kernel has not (netem)';
  const lines = faults.map(({ kind, process, other, ended, began, heal }) =>
    `| ${kind} | ${process}${other ? ` – ${other}` : ''} | ${ended > began ? seconds(ended - began) : ''} | ${seconds(heal.took)} |`);
  return `# Chaos, ${new Date().toISOString().slice(0, 10)}

\`bench/chaos/run --minutes ${options.minutes} --connections ${options.connections} --seed ${options.seed}${options.calm ? ' --calm' : ''}\` at ${commit}: two silos, two gateways, proxy, PostgreSQL
and all clients on ${cpus().length} cores; ${where}${without}.

| | |
|---|---|
${table}

A pause is the longest that a client waited for anything, all its attempts included. The time to heal is how long after a fault, or after
its end if it lasted, the last client that it made wait for more than two seconds had what it wanted; who begins to wait after five calm
seconds waits for something else, such as a processor.

| what | to whom | lasted | healed after |
|---|---|---|---|
${lines.join('\n')}
`;
}
