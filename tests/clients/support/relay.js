// A line between two processes: what is sent on it can be held up, also beyond the end that one side sees of it, as in a network that is cut.
import { connect, createServer } from 'node:net';

export class Relay {
  #server = createServer((here) => this.#accept(here));
  #lines = new Set();

  /** Listens at one address for who connects, and hands on to another one. */
  static async start(listen, target) {
    const relay = new Relay();
    relay.target = target;
    await new Promise((resolve, reject) => relay.#server.once('error', reject).listen(listen, resolve));
    return relay;
  }

  /** From now on what is sent on the connections that there are goes no further; on others it does. */
  hold() {
    const held = new Set(this.#lines);
    for (const line of held) line.isHeld = true;
    return held;
  }

  /** Ends those connections for who made them; what was sent is still on its way. */
  cutOff(held) {
    for (const { here } of held) here.destroy();
  }

  /** What was sent on them arrives after all. */
  release(held) {
    for (const line of held) {
      line.isHeld = false;
      for (const piece of line.sent.splice(0)) line.there.write(piece);
    }
  }

  async dispose() {
    for (const { here, there } of this.#lines) [here, there].forEach((end) => end.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(here) {
    const there = connect(this.target);
    const line = { here, there, sent: [], isHeld: false };
    this.#lines.add(line);
    here.on('data', (piece) => (line.isHeld ? line.sent.push(piece) : there.write(piece)));
    there.on('data', (piece) => !line.isHeld && here.write(piece));
    here.on('close', () => line.isHeld || there.destroy());
    there.on('close', () => {
      this.#lines.delete(line);
      here.destroy();
    });
    for (const end of [here, there]) end.on('error', () => {});
  }
}
