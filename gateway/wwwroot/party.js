// One party of the clients protocol, a device or a node, on a line of its own: it registers once, logs in on every connection,
// asks, and is answered in order.
import { Line } from './line.js';

const ANSWERS = { register: 'registered', login: 'logged', processQueue: 'updateQueue', queue: 'queued' };
const LOST = 'The connection was lost before the answer came.';

const REASONS = {
  'too many attempts': 'There were too many attempts. Wait a little before the next one.',
  'token not valid': 'The service does not know it any more. Try again.',
  'recipient does not exist': 'There is no device of that number.',
  "the recipient's queue is full": 'The mailbox of that device is full.',
  'content is too long': 'That message is too long.',
  'internal error': 'The service could not do that just now. Try again in a moment.',
};

/** What a refusal means to the person. */
const explain = (msg) => REASONS[msg] ?? `The service refuses: ${msg}.`;

export class Party {
  #waiting = [];
  #arrived;

  /**
   * @param {'client' | 'node'} kind
   * @param {string} key where the browser keeps its token
   * @param listener
   *   logged(parameters)   it is logged in
   *   queue(rows)          something came into the mailbox
   *   forgotten()          its token is not good any more
   *   status(status)       of the line
   */
  constructor(kind, key, listener) {
    Object.assign(this, { kind, key, listener });
    this.line = new Line('clients', {
      receive: (event, message) => event === `instance.to.${kind}` && this.#receive(message),
      arrive: (recovered, closed) => this.#arrive(closed),
      status: (status) => listener.status?.(status),
    });
  }

  /** Its id, its token and what it is called; null before it has registered. */
  get identity() {
    return JSON.parse(localStorage.getItem(this.key));
  }

  forget() {
    this.line.use(undefined);
    localStorage.removeItem(this.key);
  }

  /** Logs in by this transport, once it is registered with these parameters; resolves when it is online for the first time. */
  async online(transport, registration = this.registration) {
    this.registration = registration;
    const arrived = this.line.connected || new Promise((resolve, reject) => { this.#arrived = { resolve, reject }; });
    this.line.use(transport);
    await arrived;
  }

  /** Resolves to the answer's parameters; rejects with what is to be told. */
  ask(action, message) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ action, resolve, reject });
      this.line.send(`${this.kind}.to.instance`, { action, ...message }).catch(() => reject(new Error(LOST)));
    });
  }

  async #arrive(closed) {
    closed.then(() => this.#waiting.splice(0).forEach(({ reject }) => reject(new Error(LOST))));
    try {
      if (!this.identity) await this.#register();
      this.listener.logged(await this.ask('login', { parameters: { token: this.identity.token } }));
      this.#arrived?.resolve();
    } catch (failure) {
      if (failure.msg === 'token not valid') {
        this.forget();
        this.listener.forgotten();
      } else if (this.identity || failure.msg === undefined) {
        throw failure;
      }
      // Its registration was refused, or its token: another try would be no better.
      this.line.use(undefined);
      this.#arrived?.reject(failure);
    }
  }

  async #register() {
    const { token, id } = await this.ask('register', { parameters: this.registration });
    localStorage.setItem(this.key, JSON.stringify({ id, token, ...this.registration.information }));
  }

  #receive({ action, parameters }) {
    if (action === 'queue') this.listener.queue(parameters.queue);
    const [first] = this.#waiting;
    if (!first || (action !== ANSWERS[first.action] && action !== `${first.action}Failed`)) return;
    this.#waiting.shift();
    if (action === ANSWERS[first.action]) first.resolve(parameters);
    else first.reject(Object.assign(new Error(explain(parameters.msg)), { msg: parameters.msg }));
  }
}
