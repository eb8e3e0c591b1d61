// Logins and their ends: from the moment that a login's end was acknowledged its token lets nobody in and the users API refuses it, and
// within a lease none of its connections can do anything.
import { ChatClient } from '../../../tests/clients/support/chat-client.js';
import { account } from '../../../tests/clients/support/connection.js';
import { SessionClient } from '../../../tests/clients/support/session-client.js';
import { delay } from '../../../tests/clients/support/waiting.js';
import { logIn, signUp } from './profiles.js';
import { Failed, abandon, beforeItEnds, persist, rest } from './trying.js';

/** The default of Gatehouse:Gateway:Lease. */
const LEASE = 30_000;
const BETWEEN_ACTS = 50;

const DOORS = [
  [{ generation: 4, engine: 'WebSocket only' }, { generation: 4, engine: 'WebSocket only', returning: true }],
  [{ skipNegotiation: true }, { skipNegotiation: true }],
  [{ generation: 1, engine: 'WebSocket only' }, { generation: 4, engine: 'WebSocket only' }],
];

/** Somebody who ends the logins of all other devices, of which there are three: four connections. */
export const open = (trial, connections) => Array.from({ length: Math.ceil(connections / 4) }, (_, number) => new Person(trial, number));

class Person {
  constructor(trial, number) {
    Object.assign(this, { trial, name: `person ${number} with logins`, doors: DOORS[number % DOORS.length], account: account() });
  }

  async run() {
    const { trial, name } = this;
    await persist(trial, name, () => signUp(trial, this.account));
    while (!trial.isOver) {
      const devices = await persist(trial, name, () => this.#logInEverywhere());
      const until = Date.now() + trial.pace * trial.chance.between(2000, 8000);
      while (Date.now() < until && !trial.isOver) {
        await Promise.all(Object.values(devices.acts).map((act) => act().catch(() => {})));
        await rest(trial, 500);
      }
      await persist(trial, `${name}, ending them`, () => this.#endOthers());
      const ended = Date.now();
      await Promise.all([
        this.#isRefused(devices.token),
        ...Object.entries(devices.acts).map(([what, act]) => this.#ceases(what, act, ended, what === 'users' ? 0 : LEASE)),
      ]);
      for (const device of devices.all) abandon(device);
    }
    abandon(this.controller);
  }

  async judge() {}

  async #endOthers() {
    try {
      if (!this.controller?.connected) this.controller = await logIn(this.trial, this.account);
      await beforeItEnds(this.controller, this.controller.get('end_session', { others: true }));
    } catch (failure) {
      abandon(this.controller);
      this.controller = undefined;
      throw failure;
    }
  }

  /** A login of the session protocol, whose token logs a member of a room in, and one of the users API. */
  async #logInEverywhere() {
    const all = [];
    const keep = (connection) => all.push(connection) && connection;
    try {
      const { door } = this.trial;
      const session = keep(await SessionClient.connect(door, this.doors[0]));
      const first = await beforeItEnds(session, session.logIn(this.account));
      const chat = keep(await ChatClient.connect(door, this.doors[1]));
      const token = await enters(chat, first, `of ${this.name}`);
      const users = keep(await logIn(this.trial, { ...this.account, token: undefined }));
      return { all, token, acts: { room: () => says(chat), users: () => asks(users) } };
    } catch (failure) {
      for (const connection of all) abandon(connection);
      throw failure;
    }
  }

  /** What the database holds of the logins that should have ended. */
  async #stored() {
    const of = `(SELECT id FROM users WHERE name = '${this.account.username}')`;
    const [sessions, wakes, gateways] = await Promise.all([
      `SELECT session_id, protocol, gateway_ids FROM user_sessions WHERE user_id = ${of}`,
      `SELECT gateway_id, session_id, number FROM session_wakes WHERE user_id = ${of}`,
      'SELECT id, lease_until FROM gateways',
    ].map((query) => this.trial.arena.database.rows(query)));
    return { sessions, wakes, gateways };
  }

  /** Asks to be let in until there is an answer. */
  #isRefused(token) {
    return persist(this.trial, `${this.name}, showing the token`, async () => {
      const client = await SessionClient.connect(this.trial.door, { skipNegotiation: true });
      try {
        await client.send('login_token', token);
        const [[name, reason]] = client.events;
        if (name === 'login_success') this.trial.recorder.violation('acted after revocation', `${this.name} was let in by a token of an ended login`);
        else if (reason !== 'token') throw new Failed(`${name} ${reason ?? ''}`);
      } finally {
        abandon(client);
      }
    });
  }

  /** Goes on acting until that is refused, or the connection is gone. */
  async #ceases(what, act, ended, grace) {
    const { recorder } = this.trial;
    while (!this.trial.isAborted) {
      const began = Date.now();
      let outcome;
      try {
        outcome = await act();
      } catch {
        return;
      }
      if (outcome === 'refused') {
        recorder.revocations.push(Date.now() - ended);
        return;
      }
      if (outcome === 'done' && began > ended + grace) {
        const stored = JSON.stringify(await this.#stored());
        recorder.violation('acted after revocation', `${this.name}: ${what}, ${began - ended} ms after the end of the login; stored: ${stored}`);
        return;
      }
      await delay(BETWEEN_ACTS);
    }
  }
}

async function asks(users) {
  try {
    const { error } = await beforeItEnds(users, users.ask('me'));
    return { undefined: 'done', 'Not logged in.': 'refused' }[error] ?? 'failed';
  } catch (failure) {
    // An answer that comes later must not be taken for the next one's.
    abandon(users);
    throw failure;
  }
}

/** Goes into a room by a token; returns its successor. */
async function enters(chat, token, room) {
  await beforeItEnds(chat, chat.perform('auth', { token, room }));
  await beforeItEnds(chat, chat.until('an answer', () => chat.events.some(([name]) => /^(auth|cerror)$/i.test(name))));
  const [[name, successor]] = chat.events;
  if (name !== 'token_change') throw new Failed(`auth with a token: ${name} ${successor.code}`);
  return successor;
}

let words = 0;

async function says(chat) {
  const text = `word ${++words}`;
  const from = chat.events.length;
  await beforeItEnds(chat, chat.perform('message', { content: text }));
  const answer = () => chat.events.slice(from).find(([name, payload]) => name === 'cerror' || (name === 'message' && payload.content === text));
  await beforeItEnds(chat, chat.until('an answer', answer));
  const [name, { code }] = answer();
  if (name === 'message') return 'done';
  return code === 401 ? 'refused' : 'failed';
}
