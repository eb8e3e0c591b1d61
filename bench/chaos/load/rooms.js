// Rooms: what was said and came back is stored; everybody hears it, once, in the one order, for as long as they are in.
import { ChatClient } from '../../../tests/clients/support/chat-client.js';
import { account } from '../../../tests/clients/support/connection.js';
import { SessionClient } from '../../../tests/clients/support/session-client.js';
import { eventually } from '../../../tests/clients/support/waiting.js';
import { Failed, abandon, beforeItEnds, persist, rest } from './trying.js';

const MEMBERS = 8;
/** How long the last word may take to everybody, when all is whole again. */
const LAST_WORD = 30_000;

const DOORS = [
  { generation: 4, engine: 'WebSocket only', returning: true },
  { skipNegotiation: true },
  { generation: 4, engine: 'upgrading', returning: true },
  { generation: 1, engine: 'WebSocket only' },
  { generation: 4, engine: 'WebSocket only', returning: true },
  { transport: 'ServerSentEvents' },
  { generation: 2, engine: 'polling only' },
  { skipNegotiation: true },
];

export const open = (trial, connections) => Array.from({ length: Math.ceil(connections / MEMBERS) }, (_, number) => new Room(trial, `room ${number}`));

class Room {
  constructor(trial, name) {
    Object.assign(this, { trial, name });
    this.members = DOORS.map((door, number) => new Member(this, `${name} member ${number}`, door, number % 2 === 0));
  }

  run() {
    return Promise.all(this.members.map((member) => member.run()));
  }

  async judge(database) {
    const { recorder } = this.trial;
    await this.#lastWord(database);
    const stored = await database.rows(
      `SELECT sequence, body::json ->> 'content' AS content FROM room_messages WHERE room = '${this.name}' ORDER BY sequence`);
    const numbers = new Map();
    for (const { sequence, content } of stored) {
      if (numbers.has(content)) recorder.violation('twice', `${content} is stored as ${numbers.get(content)} and ${sequence}`);
      numbers.set(content, sequence);
    }
    for (const member of this.members) member.judge(stored, numbers);
    for (const { client } of this.members) abandon(client);
  }

  /** When all is whole again, everybody who is in hears what is said last. */
  async #lastWord(database) {
    await Promise.all(this.members.map((member) => persist(this.trial, member.name, () => member.beIn())));
    await persist(this.trial, this.members[0].name, () => this.members[0].say());
    const last = Number(await database.sql(`SELECT max(sequence) FROM room_messages WHERE room = '${this.name}'`));
    await Promise.all(this.members.map((member) => eventually('the last word', () => member.hasHeard(last), { limit: LAST_WORD })
      .catch(() => this.trial.recorder.violation('lost', `${member.name} (${JSON.stringify(member.door)}) never heard the last, ${last}`))));
  }
}

class Member {
  /** What was said: its text, the connection, whether it came back. */
  #said = [];
  #connection = 0;
  /** What was heard without interruption, as [number, text]; the last is the one that goes on. */
  #stays = [];
  #isIn = false;
  /** With which whoever has an account comes back, as an application does; a password costs the cluster a fifth of a second. */
  #token;
  #answer = () => {};

  constructor(room, name, door, hasAccount) {
    Object.assign(this, { room, name, door, trial: room.trial, person: account({ username: name }), hasAccount });
  }

  async run() {
    const { trial } = this;
    if (this.hasAccount) this.#token = await persist(trial, this.name, () => register(trial, this.person));
    while (!trial.isOver) {
      await persist(trial, this.name, () => this.say());
      await rest(trial);
    }
  }

  hasHeard(last) {
    return this.#stays.at(-1)?.at(-1)?.[0] >= last;
  }

  judge(stored, numbers) {
    const { recorder } = this.trial;
    for (const { text, isAcknowledged } of this.#said) {
      if (isAcknowledged && !numbers.has(text)) recorder.violation('lost', `${text} came back to its sender and is not stored`);
    }
    for (const connection of new Set(this.#said.map((said) => said.connection))) {
      const order = this.#said.filter((said) => said.connection === connection && numbers.has(said.text)).map(({ text }) => numbers.get(text));
      if (order.some((number, index) => number < order[index - 1])) recorder.violation('misordered', `what ${this.name} said: ${order}`);
    }
    for (const stay of this.#stays.filter(({ length }) => length > 0)) {
      const heard = new Map(stay);
      const [[first], [last]] = [stay[0], stay.at(-1)];
      for (const [number, text] of heard) {
        if (numbers.get(text) !== number) recorder.violation('lost', `${this.name} heard ${text} as ${number}, which is not stored`);
      }
      const missed = stored.filter(({ sequence }) => sequence > first && sequence < last && !heard.has(sequence));
      if (missed.length > 0) recorder.violation('lost', `${this.name} (${JSON.stringify(this.door)}) never heard ${JSON.stringify(missed)}`);
    }
  }

  async say() {
    await this.beIn();
    const said = { text: `${this.name}: ${this.#said.length}`, connection: this.#connection, isAcknowledged: false };
    this.#said.push(said);
    const answer = new Promise((resolve) => {
      this.#answer = (name, payload) => (name === 'message' ? payload.content === said.text : name === 'cerror') && resolve([name, payload]);
    });
    this.#perform('message', { content: said.text });
    const [name, { code }] = await this.#within(answer);
    if (name === 'message') {
      said.isAcknowledged = true;
      return;
    }
    if (code === 401) this.#isIn = false;
    throw new Failed(`cerror ${code}`);
  }

  /** Is connected and in the room: as before, or anew. */
  async beIn() {
    if (this.client && !this.client.connected && this.door.returning) await this.client.returned().catch(() => {});
    if (!this.client?.connected) await this.#connect();
    if (this.#isIn) return;
    const answer = new Promise((resolve) => {
      this.#answer = (name, payload) => ['auth', 'Auth', 'cerror'].includes(name) && resolve([name, payload]);
    });
    if (this.hasAccount) this.#token ??= await logIn(this.trial, this.person);
    const { username } = this.person;
    this.#perform('auth', { room: this.room.name, ...(this.hasAccount ? { token: this.#token } : { username, password: '' }) });
    const [name, { code }] = await this.#within(answer);
    if (code === 401) this.#token = undefined;
    if (name === 'cerror') throw new Failed(`auth: cerror ${code}`);
    this.#isIn = true;
    this.#stays.push([]);
  }

  async #connect() {
    abandon(this.client);
    this.client = undefined;
    this.#isIn = false;
    this.#connection++;
    const client = await ChatClient.connect(this.trial.door, this.door);
    client.received = (name, [payload]) => this.#received(client, name, payload);
    if (this.door.returning) {
      client.socket.on('connect', () => {
        this.#connection++;
        this.#isIn &&= client.socket.recovered;
      });
    }
    this.client = client;
  }

  /** An event that could not be sent is the end of a connection whose library has not noticed. */
  #perform(name, payload) {
    const { client } = this;
    client.perform(name, payload).catch(() => abandon(client));
  }

  async #within(answer) {
    const { client } = this;
    let isAnswered = false;
    answer.then(() => { isAnswered = true; client.changed(); });
    await beforeItEnds(client, client.until('an answer', () => isAnswered));
    return answer;
  }

  #received(client, name, payload) {
    if (client !== this.client) return;
    if (name === 'token_change') this.#token = payload;
    if (name === 'message' && this.#isIn) this.#hear(payload);
    this.#answer(name, payload);
  }

  #hear({ id, content }) {
    const stay = this.#stays.at(-1);
    const [last] = stay.at(-1) ?? [0];
    if (id <= last) {
      const kind = stay.some(([number]) => number === id) ? 'twice' : 'misordered';
      this.trial.recorder.violation(kind, `${this.name} (${JSON.stringify(this.door)}) heard ${id} after ${last}`);
    }
    stay.push([id, content]);
  }
}

/** Makes an account, unless an attempt whose answer was lost has; returns a token of it. */
async function register(trial, person) {
  const client = await SessionClient.connect(trial.door, { skipNegotiation: true });
  try {
    await client.send('register', person);
    const [[name, reason] = ['nothing'], [, token] = []] = client.events;
    if (name === 'register_error' && reason === 'username') return await logIn(trial, person);
    if (name !== 'register_success') throw new Failed(`${name} ${reason ?? ''}`);
    return token;
  } finally {
    abandon(client);
  }
}

/** A token, for a password. */
async function logIn(trial, person) {
  const client = await SessionClient.connect(trial.door, { skipNegotiation: true });
  try {
    return await beforeItEnds(client, client.logIn(person));
  } finally {
    abandon(client);
  }
}
