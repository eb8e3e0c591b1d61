// A network of our own, in which each process has a namespace and a link: real addresses, real partitions, no clean-up, since it
// vanishes with us. bench/chaos/run starts us in fresh network, mount and process namespaces where the machine allows that.
import { mkdir } from 'node:fs/promises';
import { run } from '../../tests/clients/support/environment.js';

const PREFIX = '10.77.0';
/** Where we are, and with us all clients. */
const OURSELVES = `${PREFIX}.1`;
/** Nobody has it: what is sent there arrives nowhere, and nobody says so. */
const NOWHERE = '02:00:00:00:00:01';

const ip = (...args) => run('ip', args);

export class Network {
  #count = 10;

  static async open() {
    await mkdir('/run/netns', { recursive: true });
    await run('mount', ['-t', 'tmpfs', 'tmpfs', '/run/netns']);
    await ip('link', 'set', 'lo', 'up');
    await ip('link', 'add', 'bridge', 'type', 'bridge');
    await ip('address', 'add', `${OURSELVES}/24`, 'dev', 'bridge');
    await ip('link', 'set', 'bridge', 'up');
    const network = new Network();
    const place = await network.join('trial');
    network.canDelay = await run('tc', ['qdisc', 'add', 'dev', place.link, 'root', 'netem', 'delay', '1ms']).then(() => true, () => false);
    return network;
  }

  /** A place for one process: its address, and what to put before its command. */
  async join(name) {
    const place = { name, link: `to-${name}`, host: `${PREFIX}.${this.#count++}`, wrapper: ['ip', 'netns', 'exec', name] };
    await ip('netns', 'add', name);
    await ip('link', 'add', place.link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    await ip('-n', name, 'address', 'add', `${place.host}/24`, 'dev', 'eth0');
    for (const link of ['lo', 'eth0']) await ip('-n', name, 'link', 'set', link, 'up');
    await ip('link', 'set', place.link, 'master', 'bridge', 'up');
    // A link that works again is used again at once, as docs/DEPLOY.md says. Kernels before 6.15 do not know it.
    await this.#set(place, { tcp_rto_max_ms: 1000 }).catch(() => {});
    return place;
  }

  /** What listens there notices soon that whoever it is connected to has vanished, as docs/DEPLOY.md says. */
  keepAlive(place) {
    return this.#set(place, { tcp_keepalive_time: 2, tcp_keepalive_intvl: 1, tcp_keepalive_probes: 2 });
  }

  async #set({ wrapper: [program, ...args] }, settings) {
    for (const [name, value] of Object.entries(settings)) await run(program, [...args, 'sysctl', '-w', `net.ipv4.${name}=${value}`]);
  }

  /** Everything from and to it is lost, in silence. Resolves to what ends that. */
  async isolate({ link }) {
    await ip('link', 'set', link, 'nomaster');
    return () => ip('link', 'set', link, 'master', 'bridge');
  }

  /** Everything between the two is lost, in silence. */
  async cut(one, other) {
    const sides = [[one, other], [other, one]];
    for (const [from, to] of sides) {
      await ip('-n', from.name, 'neighbour', 'replace', to.host, 'lladdr', NOWHERE, 'dev', 'eth0', 'nud', 'permanent');
    }
    return async () => {
      for (const [from, to] of sides) await ip('-n', from.name, 'neighbour', 'delete', to.host, 'dev', 'eth0');
    };
  }

  /** Everything from and to it takes longer. */
  async delay({ link, name }, milliseconds) {
    const change = async (...what) => {
      for (const place of [['tc', 'qdisc'], ['tc', '-n', name, 'qdisc']]) {
        const [program, ...args] = place;
        await run(program, [...args, what[0], 'dev', place.length === 2 ? link : 'eth0', 'root', ...what.slice(1)]);
      }
    };
    await change('add', 'netem', 'delay', `${milliseconds / 2}ms`);
    return () => change('delete');
  }
}

/** Where there are no namespaces: everything is on this machine, and its links hold. */
export class NoNetwork {
  canDelay = false;

  async join(name) {
    return { name, host: '127.0.0.1', wrapper: [] };
  }

  async keepAlive() {}
}
