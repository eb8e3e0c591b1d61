// A load in a thread of its own, for clients each of which would keep all others waiting.
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { delay } from '../../../tests/clients/support/waiting.js';
import { Chance } from '../seed.js';

/** How often the thread hears how the trial stands, in ms. */
const NEWS = 200;

/** The load of the module of this name, whose clients use nothing of the trial but its door, its recorder, its pace and its end. */
export const inThread = (name) => ({ open: (trial, connections) => [new Thread(name, trial, connections)] });

/** All clients of the load, as the trial sees them: as one. */
class Thread {
  #wants = new Map();

  constructor(name, trial, connections) {
    Object.assign(this, { name, trial, connections });
  }

  async run() {
    const { name, trial, connections } = this;
    const worker = new Worker(new URL(import.meta.url), { workerData: { name, connections, url: trial.door.url, ...this.#state } });
    worker.on('message', ([what, ...about]) => this.#heard[what](...about));
    const news = setInterval(() => worker.postMessage(this.#state), NEWS);
    try {
      await new Promise((resolve, reject) => worker.once('error', reject).once('exit', resolve));
    } finally {
      clearInterval(news);
    }
  }

  async judge() {}

  get #state() {
    const { pace, isOver, isAborted } = this.trial;
    return { pace, isOver, isAborted };
  }

  #heard = {
    wants: (id, began) => this.#wants.set(id, Object.assign(this.trial.recorder.wants(), { began })),
    done: (who, id, failures) => {
      this.trial.recorder.done(who, this.#wants.get(id), failures);
      this.#wants.delete(id);
    },
    violation: (kind, description) => this.trial.recorder.violation(kind, description),
    revoked: (took) => this.trial.recorder.revocations.push(took),
    failed: () => this.trial.recorder.failures++,
  };
}

/** What the clients take for the recorder. */
class RemoteRecorder {
  #last = 0;

  wants() {
    this.#tell('wants', ++this.#last, Date.now());
    return this.#last;
  }

  done(who, id, failures) {
    this.#tell('done', who, id, failures);
  }

  violation(kind, description) {
    this.#tell('violation', kind, description);
  }

  revocations = { push: (took) => this.#tell('revoked', took) };

  failed() {
    this.#tell('failed');
  }

  #tell(...what) {
    parentPort.postMessage(what);
  }
}

async function runHere({ name, connections, url, ...state }) {
  const recorder = new RemoteRecorder();
  const door = { url, clients: new Set(), secrets: new Set(), tail: () => '', get: (path, options) => fetch(`${url}${path}`, options) };
  const trial = { door, recorder, chance: new Chance(Math.random() * 2 ** 32), ...state };
  parentPort.on('message', (news) => Object.assign(trial, news));
  process.on('unhandledRejection', () => recorder.failed());
  const load = await import(`./${name}.js`);
  await Promise.all(load.open(trial, connections).map((client) => client.run()));
  // What was told last is on its way.
  await delay(NEWS);
  process.exit();
}

if (!isMainThread) await runHere(workerData);
