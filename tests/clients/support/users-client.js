// The users API by each of its doors: the raw sockets and the hub. Every action has exactly one answer.
import assert from 'node:assert/strict';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import WebSocket from 'ws';
import { PlainSocket } from './plain-socket.js';
import { within } from './waiting.js';

const LIMIT = 30_000;

export const ACTIONS = [
  'ping', 'new', 'login', 'logout', 'me', 'details', 'edit', 'sessions', 'end_session', 'change_password',
  'get_users', 'delete_user',
];
const ANSWERS = [...ACTIONS, 'pong', 'users'];

/** The doors that serve the actions of everybody, and those that serve the administrators'. */
export const DOORS = ['/users/', 'SignalR'];
export const ADMIN_DOORS = ['/admin/', 'SignalR'];

export class UsersClient {
  static async connect(service, door = '/users/') {
    const client = new UsersClient();
    client.service = service;
    client.door = door;
    client.link = door === 'SignalR' ? await Hub.connect(service) : await PlainSocket.connect(service, door);
    return client;
  }

  /** Connects, does something, and disconnects. */
  static async briefly(service, act, door) {
    const client = await UsersClient.connect(service, door);
    try {
      return await act(client);
    } finally {
      await client.close();
    }
  }

  /** Everything that has come, as text. */
  get received() {
    return this.link.frames;
  }

  /** Sends an action; returns its answer as {action, data} or {action, error}. */
  async ask(action, data) {
    const { secrets } = this.service;
    for (const value of [data?.password, data?.new_password, data?.token]) {
      if (typeof value === 'string' && value.length >= 8) secrets.add(value.slice(0, 1000));
    }
    const answer = await this.link.ask({ action, data });
    if (answer.data?.token) secrets.add(answer.data.token);
    return answer;
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

  /** What anybody may see of somebody. */
  look(username) {
    return this.get('details', { username });
  }

  drop() {
    return this.link.drop();
  }

  close() {
    return this.link.close();
  }
}

/** The hub, seen as if it were a socket of frames. */
class Hub {
  frames = [];
  #read = 0;
  #names = new Set();

  static async connect(service) {
    const hub = new Hub();
    hub.service = service;
    class HeldWebSocket extends WebSocket {
      constructor(...address) {
        super(...address);
        hub.socket = this;
      }
    }
    const options = { transport: HttpTransportType.WebSockets, WebSocket: HeldWebSocket };
    hub.connection = new HubConnectionBuilder()
      .withUrl(`${service.url}/hubs/users`, options).configureLogging(LogLevel.None).build();
    for (const name of ANSWERS) hub.#listen(name);
    hub.closed = new Promise((resolve) => { hub.connection.onclose(resolve); });
    await within(LIMIT, 'connecting to the hub', hub.connection.start(), () => service.tail());
    service.clients.add(hub);
    return hub;
  }

  async ask({ action, data }) {
    this.#listen(action);
    const before = this.frames.length;
    const payload = data === undefined ? [] : [data];
    const result = await within(LIMIT, `sending ${action}`, this.connection.invoke(action, ...payload));
    assert.equal(result, null, 'answers come as events');
    assert.equal(this.frames.length - before, 1, `one answer to ${action}: ${this.frames.slice(before)}`);
    return JSON.parse(this.frames[this.#read++]);
  }

  async drop() {
    this.socket.terminate();
    await this.closed;
  }

  async close() {
    this.service.clients.delete(this);
    await within(LIMIT, 'disconnecting', this.connection.stop());
  }

  #listen(action) {
    if (this.#names.has(action)) return;
    this.#names.add(action);
    this.connection.on(action, (...payload) => {
      assert.equal(payload.length, 1, `${action} came with ${payload.length} payloads`);
      this.frames.push(JSON.stringify({ action, ...payload[0] }));
    });
  }
}
