// What happens to the cluster: one thing after the other, in an order that the seed gives.
import { delay } from '../../tests/clients/support/waiting.js';

const AWAY = 1000;
const DELAY = 200;

/** What can happen to a process. Each resolves when it is over; a process that has ended is started again by itself. */
const KINDS = {
  'kill -9': (arena, node) => node.service.kill9(),
  'SIGTERM': (arena, node) => node.service.terminate(),
  'freeze': async (arena, node, lasting) => {
    node.service.child?.kill('SIGSTOP');
    await delay(lasting);
    node.service.child?.kill('SIGCONT');
  },
  'partition': (arena, node, lasting) => whileIt(arena.network.isolate(node.place), lasting),
  // As a machine without power: nobody tells the others that its connections are gone.
  'vanish': async (arena, node) => {
    const back = await arena.network.isolate(node.place);
    await node.service.kill9();
    await delay(AWAY);
    await back();
  },
  'delay of 200 ms': (arena, node, lasting) => whileIt(arena.network.delay(node.place, DELAY), lasting),
  'link cut': (arena, node, lasting, other) => whileIt(arena.network.cut(node.place, other.place), lasting),
};
const POSTGRES = {
  'restart': (arena) => arena.restartPostgres('fast'),
  'crash': (arena) => arena.restartPostgres('immediate'),
};

/** Of those that last, how long, in ms. */
const LASTING = [2000, 8000];

async function whileIt(begun, lasting) {
  const end = await begun;
  await delay(lasting);
  await end();
}

/** What can happen here, as [kind, process, other process]. */
function possibilities(arena) {
  const kinds = Object.keys(KINDS).filter((kind) => {
    if (kind === 'delay of 200 ms') return arena.network.canDelay;
    return arena.isPartitioned || !['partition', 'vanish', 'link cut'].includes(kind);
  });
  const all = kinds.filter((kind) => kind !== 'link cut').flatMap((kind) => arena.nodes.map((node) => [kind, node.name]));
  const silos = arena.nodes.filter(({ name }) => name.startsWith('silo'));
  const links = arena.nodes.flatMap((node) => [...silos, arena.postgres].map((other) => ['link cut', node.name, other.name]))
    .filter(([, one, other]) => one !== other);
  const database = Object.keys(POSTGRES).map((kind) => [kind, 'postgres']);
  return { kinds: [...kinds, ...Object.keys(POSTGRES)], all: [...all, ...(arena.isPartitioned ? links : []), ...database] };
}

/** What happens, in which order: the same for the same seed. Every kind is as likely as every other. */
export function plan(arena, chance, count) {
  const { kinds, all } = possibilities(arena);
  return Array.from({ length: count }, () => {
    const kind = chance.of(kinds);
    const [, process, other] = chance.of(all.filter(([name]) => name === kind));
    return { kind, process, other, lasting: Math.round(chance.between(...LASTING)) };
  });
}

export async function happen(arena, { kind, process, other, lasting }) {
  if (process === 'postgres') return POSTGRES[kind](arena);
  const find = (name) => [...arena.nodes, arena.postgres].find((node) => node.name === name);
  if (['kill -9', 'SIGTERM', 'vanish'].includes(kind)) arena.expectEnd(find(process));
  return KINDS[kind](arena, find(process), lasting, other && find(other));
}

/** Whether it is over when it has happened, or goes on for a while. */
export const lasts = ({ kind }) => ['freeze', 'partition', 'delay of 200 ms', 'link cut', 'restart', 'crash'].includes(kind);
