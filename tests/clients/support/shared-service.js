// Starting a service takes seconds, so the tests of one protocol share one: they run in one process, part after part.
import { after, describe, test } from 'node:test';
import { ClusterService } from './cluster-service.js';
import { Service } from './service.js';
import { PATIENT } from './settings.js';

/**
 * ./test --cluster runs whatever shares a service against the one address of a cluster. Who starts a service alone looks into its process,
 * configures it, or starts a second one beside it; what is about several is in cluster.test.js.
 */
const Shared = process.env.GATEHOUSE_TEST_CLUSTER ? ClusterService : Service;

/** For a test that speaks as a proxy does: the one in front of a cluster believes nobody. */
export const WITHOUT_PROXY = { skip: Boolean(process.env.GATEHOUSE_TEST_CLUSTER) && 'there is a proxy in front' };

const started = new Map();

/** What the tests of this process share under a name: started when it is first asked for, and ended when all tests have ended. */
export function shared(name, start, end) {
  if (!started.has(name)) started.set(name, { thing: start(), end });
  return started.get(name).thing;
}

/** This process's service with these settings. */
export const sharedService = (settings = PATIENT) => shared(
  JSON.stringify(Object.entries(settings).sort()), () => Shared.start({ settings }), (service) => service.dispose());

/** Runs the tests of several modules one after another. */
export function inOneProcess(parts) {
  for (const [name, load] of Object.entries(parts)) describe(name, load);
  test('the services that they shared stop in order, and have kept every secret out of their logs', disposeAll);
}

async function disposeAll() {
  const ending = [...started.values()].reverse();
  started.clear();
  for (const { thing, end } of ending) await end(await thing);
}

// For a module that is run alone.
after(disposeAll);
