// The cluster under trial: silos, gateways, proxy and PostgreSQL, each a process at a place of its own. Whatever ends is started again.
import { once } from 'node:events';
import { programBeside } from '../../tests/clients/support/environment.js';
import { Cluster } from '../../tests/clients/support/cluster.js';
import { PrivatePostgres } from '../../tests/clients/support/postgres.js';
import { Service } from '../../tests/clients/support/service.js';
import { delay, eventually } from '../../tests/clients/support/waiting.js';

/** How long a process that has ended is away before it is started again. */
const AWAY = 1000;

export class Arena {
  /** How often a process ended that nobody had ended, such as a silo that the others take for dead. */
  endedByThemselves = 0;
  #expected = new Set();
  #isStopping = false;

  static async open(network, settings) {
    const arena = new Arena();
    Object.assign(arena, { network, isPartitioned: Boolean(network.isolate) });
    const join = async (name) => ({ name, place: await network.join(name) });
    const postgres = await join('postgres');
    arena.postgres = Object.assign(postgres, { server: await PrivatePostgres.start(postgres.place) });
    const { database } = postgres.server;
    arena.nodes = [];
    for (const name of ['silo-1', 'silo-2', 'gateway-1', 'gateway-2']) {
      const node = await join(name);
      const isSilo = name.startsWith('silo');
      const own = isSilo ? { Gatehouse__Silo__Address: node.place.host } : {};
      const dll = programBeside(isSilo ? 'Gatehouse.Silo' : 'Gatehouse.Gateway');
      node.service = await Service.prepare({
        settings: { ...settings, ...own }, dll, database, beside: arena.nodes[0]?.service, place: node.place,
      });
      arena.nodes.push(node);
      arena.#keepAlive(node);
    }
    await eventually('starting', () => arena.isWhole(), { limit: 60_000 });
    const cluster = Object.assign(new Cluster(), {
      silos: arena.nodes.slice(0, 2).map(({ service }) => service), gateways: arena.nodes.slice(2).map(({ service }) => service),
    });
    const proxy = await join('proxy');
    await network.keepAlive(proxy.place);
    arena.door = await cluster.addProxy(proxy.place);
    arena.proxyLog = arena.door.tail;
    arena.door.tail = () => '';
    return arena;
  }

  get database() {
    return this.postgres.server.database;
  }

  /** Whether every process says that it is ready. */
  async isWhole() {
    const states = await Promise.all(this.nodes.map(({ service }) => service.probe('ready')));
    return states.every((state) => state === 200);
  }

  async restartPostgres(mode) {
    await this.postgres.server.vanish(mode);
    await delay(AWAY);
    await this.postgres.server.resume();
  }

  /** The process is about to be ended. */
  expectEnd(node) {
    this.#expected.add(node);
  }

  async close() {
    this.#isStopping = true;
    this.door.kill9();
    await Promise.all(this.nodes.map(({ service }) => service.kill9()));
    await this.postgres.server.dispose();
  }

  async #keepAlive(node) {
    while (!this.#isStopping) {
      try {
        await node.service.start();
        if (node.service.child) await once(node.service.child, 'exit');
      } catch (failure) {
        console.error(`${node.name} did not start: ${failure.message.slice(0, 2000)}`);
        await node.service.kill9();
      }
      if (this.#isStopping) return;
      if (!this.#expected.delete(node)) {
        this.endedByThemselves++;
        console.log(`  ${node.name} ended by itself`);
      }
      await delay(AWAY);
    }
  }
}
