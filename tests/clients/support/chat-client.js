// The chat protocol, by the real socket.io-client of every generation and the real SignalR client. Like the other clients
// these remember every server event in order; as chat has no event that tells that another was handled, `ask` waits for as
// many events as it expects, and one too many is found by the next look.
import { Connection } from './connection.js';

/** The client events that chat knows. */
export const CLIENT_EVENTS = [
  'message', 'mute', 'kick', 'ban', 'setMod', 'delMod', 'deleteMessage',
  'unban', 'setVip', 'history', 'members', 'typing', 'leave',
];

const SERVER_EVENTS = ['Auth', 'auth', 'cerror', 'token_change', ...CLIENT_EVENTS];

/** An answer as the document and real clients want it: the code in both spellings. */
const reply = (code, message) => ({ code, Code: code, message });

export const COMPLETE = reply(200, 'Authentification complete');
export const INCOMPLETE = reply(400, 'Authentification error');
export const REQUIRED = reply(401, 'Authentification required');
export const FAILED = reply(401, 'Authentification failed');
export const BANNED = reply(403, 'Banned');
export const NOT_ALLOWED = reply(403, 'Permission denied');
export const NOT_FOUND = reply(404, 'Not found');
export const INVALID = reply(400, 'Invalid data');
export const UNKNOWN = reply(400, 'Unknown event');
export const TOO_LONG = reply(413, 'Message too long');
export const INTERNAL = reply(500, 'Internal error');

export class ChatClient extends Connection {
  /** The lists of members that came: kept apart, because they come at any time once a client has asked for one. */
  lists = [];

  static connect(service, options) {
    return new ChatClient().open(service, { hub: 'chat', namespace: '/chat', events: SERVER_EVENTS }, options);
  }

  /** Sends a client event; these server events come next. Returns their payloads. */
  async ask(event, expected) {
    const [name, ...payload] = Array.isArray(event) ? event : [event];
    await this.send(name, ...payload);
    return this.expect(...expected);
  }

  /** Asks who is here, until it is these: their names, or [name, level]. */
  async findsHere(...people) {
    const members = people.map((person) => [person].flat()).map(([username, level = 3]) => ({ username, level }));
    const expected = JSON.stringify({ members, total: members.length });
    await this.send('members');
    await this.until(`waiting for ${expected}`, () => JSON.stringify(this.lists.at(-1)) === expected);
  }

  received(name, payload) {
    if (name !== 'members') return super.received(name, payload);
    this.lists.push(payload[0]);
    this.changed();
  }

  async expectNothingMore() {
    await this.ask('anything_else', [['cerror', this.isIn ? UNKNOWN : REQUIRED]]);
  }

  /** Goes into a room, in the first dialect. */
  async enter({ username, password }, room) {
    await this.ask(['Auth', { user: username, password, room }], [['Auth', COMPLETE]]);
    this.isIn = true;
    return this;
  }

  /** Goes into a room, in the later dialect. */
  async enterLater({ username, password }, room) {
    // Over SignalR both spellings are one method.
    const [[name]] = await this.#answer(['auth', { username, password, room }]);
    if (name.toLowerCase() !== 'auth') throw new Error(`${name} came in answer to auth. ${this.service.tail()}`);
    this.isIn = true;
    return this;
  }

  /** Says something in the first dialect; returns it as it came back. */
  async say(text, more = {}) {
    const sent = { content: `<b>${text}</b>`, raw_content: text, ...more };
    const [echo] = await this.ask(['message', sent], ['message']);
    return echo;
  }

  /** The next events, which must be messages with these contents. Returns them. */
  hears(...contents) {
    return this.hearsAll(contents);
  }

  async hearsAll(contents) {
    const messages = await this.expect(...contents.map(() => 'message'));
    const heard = messages.map(({ raw_content: raw, content }) => raw ?? content);
    if (JSON.stringify(heard) !== JSON.stringify(contents)) {
      throw new Error(`Expected to hear ${JSON.stringify(contents)}, heard ${JSON.stringify(heard)}.`);
    }
    return messages;
  }

  /** Everything that was said so far, as this client heard it. */
  get heard() {
    return this.events.filter(([name]) => name === 'message').map(([, { raw_content: raw, content }]) => raw ?? content);
  }

  /** Waits for the next event of a name, and passes over what comes before. */
  async next(name) {
    const index = () => this.events.findIndex((event, at) => at >= this.read && event[0] === name);
    await this.until(`waiting for ${name}`, () => index() >= 0);
    const at = index();
    this.read = at + 1;
    return this.events[at][1];
  }

  async #answer([name, payload]) {
    const before = this.read;
    await this.send(name, payload);
    await this.until(`waiting for the answer to ${name}`, () => this.events.length > before);
    this.read = before + 1;
    return [this.events[before]];
  }
}

/** Somebody with an account, to be known by the whole service. */
export async function resident(service, person) {
  await service.briefly((client) => client.register(person));
  return person;
}
