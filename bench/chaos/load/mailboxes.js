// Mailboxes: what was queued comes, in order, again and again until its recipient has acknowledged it, and never after that.
import { DOORS as DEVICE_DOORS, Device, Registered } from '../../../tests/clients/support/device.js';
import { abandon, beforeItEnds, persist, rest } from './trying.js';

const DOORS = [{ skipNegotiation: true }, ...Object.values(DEVICE_DOORS)];

/** A client that sends and a node that receives are two connections. */
export const open = (trial, connections) => Array.from({ length: Math.ceil(connections / 2) }, (_, number) => new Pair(trial, number));

class Pair {
  /** What was sent: its number, the connection, and the row when that is known. */
  #sent = [];
  /** The number that a row holds. */
  #seen = new Map();
  /** The rows that somebody has tried to acknowledge, and since when rows are known to be. */
  #processed = new Set();
  #acknowledged = new Map();

  constructor(trial, number) {
    Object.assign(this, { trial, name: `mailbox ${number}`, door: DOORS[number % DOORS.length] });
  }

  /** What it still waits for. */
  get lack() {
    const missing = this.#sent.filter(({ id }) => id !== undefined && !this.#processed.has(id)).map(({ id }) => id);
    const { device, newest, waiting } = this.link ?? {};
    return `node ${this.lamp?.id}, ${device?.connected ? `connected since row ${newest}` : 'not connected'}, waits for ${missing}; to acknowledge: ${waiting}`;
  }

  async run() {
    const { trial, name } = this;
    this.phone = await persist(trial, name, () => Registered.client(trial.door, { name }, this.door));
    this.lamp = await persist(trial, name, () => Registered.node(trial.door, 'QmNode', this.door));
    await Promise.all([this.#send(), this.#receive()]);
  }

  async judge(database) {
    const { recorder } = this.trial;
    const left = new Map((await database.rows(
      `SELECT queue_id, content::json ->> 'number' AS number FROM client_queue WHERE recipient = ${this.lamp.id}`,
    )).map(({ queue_id: id, number }) => [id, Number(number)]));
    for (const id of left.keys()) {
      if (this.#acknowledged.has(id)) recorder.violation('twice', `${this.name}: row ${id} is there after it was acknowledged`);
    }
    const rows = new Map([...this.#seen, ...left]);
    for (const { number, id } of this.#sent) {
      if (id !== undefined && rows.get(id) !== number) recorder.violation('lost', `${this.name}: number ${number} was queued as row ${id}`);
      const copies = [...rows].filter(([, other]) => other === number).map(([row]) => row);
      if (copies.length > 1) recorder.violation('twice', `${this.name}: number ${number} is in rows ${copies}`);
    }
    const order = (connection) => this.#sent.filter((sent) => sent.connection === connection)
      .flatMap(({ number }) => [...rows].filter(([, other]) => other === number).map(([row]) => row));
    for (const connection of new Set(this.#sent.map((sent) => sent.connection))) {
      const ids = order(connection);
      if (ids.some((id, index) => id < ids[index - 1])) recorder.violation('misordered', `${this.name}: rows ${ids}`);
    }
  }

  async #send() {
    const { trial } = this;
    let device;
    let connections = 0;
    while (!trial.isOver) {
      await persist(trial, this.name, async () => {
        if (!device?.connected) {
          abandon(device);
          device = await this.phone.connect();
          connections++;
        }
        const sent = { number: this.#sent.length, connection: connections };
        this.#sent.push(sent);
        try {
          const queueing = device.client({ action: 'queue', recipient: this.lamp.id, parameters: { number: sent.number } }, 'queued');
          sent.id = (await beforeItEnds(device, queueing)).queue_id;
        } catch (failure) {
          // An answer that comes later must not be taken for the next one's.
          abandon(device);
          device = undefined;
          throw failure;
        }
      });
      await rest(trial);
    }
    abandon(device);
    this.hasSent = true;
  }

  /** Receives and acknowledges, until everything that was sent has been; what was but not answered does not come again. */
  async #receive() {
    const isDone = () => this.hasSent && this.#sent.every(({ id }) => id === undefined || this.#processed.has(id)) && this.link?.waiting.length === 0;
    while (!isDone()) {
      await persist(this.trial, `${this.name}, receiving`, async () => {
        try {
          if (!this.link?.device.connected) this.link = await this.#logIn(this.link);
          const { link } = this;
          const [row] = link.waiting;
          if (row === undefined) return;
          this.#processed.add(row);
          const processing = link.device.node({ action: 'processQueue', parameters: { queue_id: row } }, 'updateQueue');
          await beforeItEnds(link.device, processing);
          this.#acknowledged.set(row, Date.now());
          link.waiting.shift();
        } catch (failure) {
          abandon(this.link?.device);
          this.link = undefined;
          throw failure;
        }
      });
      if (this.link.waiting.length === 0) await rest(this.trial, 500);
    }
    abandon(this.link.device);
  }

  async #logIn(former) {
    abandon(former?.device);
    const link = { began: Date.now(), newest: 0, waiting: [] };
    const device = await Device.connect(this.trial.door, this.door);
    link.device = device;
    // At once, so that rows are taken in the order in which they came.
    device.received = (name, payload) => {
      const { action, parameters } = payload[0] ?? {};
      if (name === 'instance.to.node' && ['logged', 'queue'].includes(action)) this.#take(link, parameters.queue);
      // What is left may hold rows that came meanwhile; they come no other way.
      if (action === 'updateQueue') this.#take(link, parameters.queue.filter(({ queue_id: id }) => id > link.newest));
      if (action !== 'queue') Device.prototype.received.call(device, name, payload);
    };
    try {
      await beforeItEnds(device, device.node({ action: 'login', parameters: { token: this.lamp.token } }, 'logged'));
    } catch (failure) {
      abandon(device);
      throw failure;
    }
    return link;
  }

  #take(link, rows) {
    const { recorder } = this.trial;
    for (const { queue_id: id, content: { number } } of rows) {
      if (id <= link.newest) recorder.violation(this.#seen.has(id) ? 'twice' : 'misordered', `${this.name}: row ${id} after ${link.newest} on one connection`);
      if (this.#acknowledged.get(id) < link.began) recorder.violation('twice', `${this.name}: row ${id} came after it was acknowledged`);
      if (this.#seen.has(id) && this.#seen.get(id) !== number) recorder.violation('lost', `${this.name}: row ${id} holds ${number}, held ${this.#seen.get(id)}`);
      link.newest = Math.max(link.newest, id);
      this.#seen.set(id, number);
      link.waiting.push(id);
    }
  }
}
