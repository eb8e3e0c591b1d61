// What the machine has to do that carries everything.
import { cpus } from 'node:os';
import { delay } from '../../tests/clients/support/waiting.js';

/** Which part of all processors' time is not idle, from now on for so many ms: from 0 to 1. */
export async function busyFor(milliseconds) {
  const before = total();
  await delay(milliseconds);
  const after = total();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

function total() {
  const times = cpus().map((processor) => processor.times);
  const sum = (numbers) => numbers.reduce((one, other) => one + other, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap(Object.values)) };
}
