// The users API by each of its doors: the raw sockets and the hub. Every action has exactly one answer.
import assert from 'node:assert/strict';
import { Connection } from './connection.js';
import { PlainSocket } from './plain-socket.js';

export const ACTIONS = [
  'ping', 'new', 'login', 'logout', 'me', 'details', 'edit', 'sessions', 'end_session', 'change_password',
  'get_users', 'delete_user',
];
const ANSWERS = [...ACTIONS, 'pong', 'users'];

/** The doors that serve the actions of everybody, and those that serve the administrators'. */
export const DOORS = ['/users/', 'SignalR'];
export const ADMIN_DOORS = ['/admin/', 'SignalR'];

export class UsersClient extends Connection {
  static async connect(service, door = '/users/') {
    const client = new UsersClient();
    client.door = door;
    if (door === 'SignalR') return client.open(service, { hub: 'users', events: ANSWERS });
    client.service = service;
    client.link = await PlainSocket.connect(service, door, {
      on: { event: (name, payload) => client.received(name, payload), changed: () => client.changed() },
    });
    return client;
  }

  /** Everything that has come, as text. */
  get frames() {
    return this.link.frames ?? this.events.map(([action, answer]) => JSON.stringify({ action, ...answer }));
  }

  /** Sends an action; returns its answer as {action, data} or {action, error}. */
  async ask(action, data) {
    const { secrets } = this.service;
    for (const value of [data?.password, data?.new_password, data?.token]) {
      if (typeof value === 'string' && value.length >= 8) secrets.add(value.slice(0, 1000));
    }
    this.link.listen?.(action);
    const result = await this.send(action, ...(data === undefined ? [] : [data]));
    assert.equal(result, null, 'answers come as events');
    const answers = this.events.slice(this.read);
    this.skip();
    assert.equal(answers.length, 1, `one answer to ${action}: ${JSON.stringify(answers)}`);
    const [[name, answer]] = answers;
    if (answer.data?.token) secrets.add(answer.data.token);
    return { action: name, ...answer };
  }

  /** Sends an action that must succeed; returns the data of its answer. */
  async get(action, data) {
    const answer = await this.ask(action, data);
    assert.equal(answer.error, undefined, `${action} failed: ${JSON.stringify(answer)}`);
    assert.equal(answer.action, action === 'get_users' ? 'users' : action);
    return answer.data;
  }

  /** Sends an action that must fail like this. */
  async fails(action, data, error, about) {
    const expected = about === undefined ? { action, error } : { action, error, data: about };
    assert.deepEqual(await this.ask(action, data), expected);
  }

  register(person) {
    const { username, email, password } = person;
    return this.get('new', { username, email, password });
  }

  /** Logs in; returns the token. */
  async logIn({ username, password }) {
    return (await this.get('login', { username, password })).token;
  }

  /** Logs in by what an earlier login gave; returns the token that takes its place. */
  async logInWith(token) {
    return (await this.get('login', { token })).token;
  }

  /** What anybody may see of somebody. */
  look(username) {
    return this.get('details', { username });
  }
}
