// The two ways to the service, for all protocols. Both are of one shape, a channel:
//   name, connected
//   connect()           resolves to { recovered, closed }: whether the earlier session goes on, and a promise of the end
//   send(event, data)   SignalR: resolves when everything that answers it has been received
//   drop()              severs the socket, without a close
//   close()             closes the connection
// and tell a listener: receive(event, data) for each server event. Everything that is said is recorded. A channel of the session
// protocol has more:
//   session, sequence   what the page shows of its place: an id, and how far it has read
//   send(event, data)   resolves as above over both
/* global signalR, io */
import { masked, record } from './log.js';

const SERVER_EVENTS = {
  session: [
    'state_change', 'token_change', 'user_change', 'login_success', 'register_success', 'upgrade_success',
    'login_error', 'register_error', 'upgrade_error', 'event_error', 'resumed', 'sequence',
  ],
  chat: [
    'auth', 'token_change', 'message', 'cerror', 'mute', 'kick', 'ban', 'deleteMessage', 'history', 'members', 'typing',
  ],
  // What a client gets comes under two names, of which one is enough.
  clients: ['instance.to.client', 'instance.to.node'],
};
const ENDS_AN_ANSWER = new Set(['state_change', 'login_error', 'register_error', 'upgrade_error', 'event_error']);
const DROPPED_BY_HAND = 4000;
const ACKNOWLEDGE_AFTER = 1000;

class Channel {
  ended = () => {};

  constructor(protocol, listener) {
    Object.assign(this, { protocol, listener });
  }

  note(text) {
    record('note', text, { protocol: this.protocol });
  }

  say(event, payload) {
    record('sent', event, { detail: masked(event, payload), protocol: this.protocol });
  }

  hear(event, payload) {
    record('received', event, { detail: masked(event, payload), protocol: this.protocol });
    this.listener.receive(event, payload);
  }
}

class SignalRChannel extends Channel {
  name = 'signalr';
  #socket;

  constructor(protocol, listener) {
    super(protocol, listener);
    const hold = (socket) => { this.#socket = socket; };
    // SignalR keeps its socket to itself; this one can be severed.
    class HeldWebSocket extends WebSocket {
      constructor(...address) {
        super(...address);
        hold(this);
      }
    }
    // What SignalR would log, the page says itself.
    this.hub = new signalR.HubConnectionBuilder()
      .withUrl(`hubs/${protocol}`, { WebSocket: HeldWebSocket })
      .configureLogging(signalR.LogLevel.None)
      .build();
    for (const event of SERVER_EVENTS[protocol]) this.hub.on(event, (payload) => this.hear(event, payload));
    this.hub.onclose(() => this.ended());
  }

  get connected() {
    return this.hub.state === signalR.HubConnectionState.Connected;
  }

  async connect() {
    const closed = new Promise((resolve) => { this.ended = resolve; });
    await this.hub.start();
    this.note('connected by SignalR');
    return { recovered: false, closed };
  }

  send(event, payload) {
    this.say(event, payload);
    return payload === undefined ? this.hub.invoke(event) : this.hub.invoke(event, payload);
  }

  drop() {
    // Without a WebSocket (a proxy that forbids them) there is no socket to hold, and stopping comes closest.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.close(DROPPED_BY_HAND);
    else this.hub.stop();
  }

  close() {
    return this.hub.stop();
  }
}

class SocketIoChannel extends Channel {
  name = 'socketio';

  constructor(protocol, listener) {
    super(protocol, listener);
    // The page has a way of its own to come back, the same for both transports; and each protocol comes and goes for itself.
    this.socket = io(`/${protocol}`, {
      // Beside the page, wherever a proxy has put it.
      path: new URL('socket.io', document.baseURI).pathname,
      transports: ['websocket', 'polling'], tryAllTransports: true, autoConnect: false, reconnection: false, forceNew: true,
    });
    this.socket.onAny((event, ...payload) => {
      // Behind the payload, if there is one, comes the offset that recovery goes by, if it goes by this event.
      if (typeof payload.at(-1) === 'string') this.offset = payload.pop();
      // Where there is none, null stands before the offset.
      if (SERVER_EVENTS[protocol].includes(event)) this.hear(event, payload[0] ?? undefined);
    });
    this.socket.on('disconnect', () => this.ended());
  }

  get connected() {
    return this.socket.connected;
  }

  async connect() {
    const closed = new Promise((resolve) => { this.ended = resolve; });
    await new Promise((resolve, reject) => {
      this.socket.once('connect', resolve).once('connect_error', reject);
      // Closed by hand, before it came about.
      closed.then(() => reject(new Error('closed')));
      this.socket.connect();
    }).finally(() => this.socket.off('connect').off('connect_error'));
    this.note(`connected by Socket.IO${this.socket.recovered ? ', session recovered' : ''}`);
    return { recovered: this.socket.recovered, closed };
  }

  async send(event, payload) {
    this.say(event, payload);
    this.socket.emit(event, ...(payload === undefined ? [] : [payload]));
  }

  drop() {
    const { engine } = this.socket.io;
    if (engine.transport.ws) engine.transport.ws.close(DROPPED_BY_HAND);
    else engine.close();
  }

  async close() {
    this.socket.disconnect();
    this.ended();
  }
}

/** A session over SignalR, with the extension that resumes it on another connection. */
class SignalRSession extends SignalRChannel {
  #ticket; // { session, secret, sequence }: what resumes the session
  #recovered = false;
  #acknowledging;

  get session() {
    return this.#ticket?.session;
  }

  get sequence() {
    return this.#ticket?.sequence;
  }

  async connect() {
    const { closed } = await super.connect();
    await this.send('resume', this.#ticket);
    return { recovered: this.#recovered, closed };
  }

  hear(event, payload) {
    if (event === 'resumed') this.#resumed(payload);
    if (event === 'sequence') this.#read(payload);
    super.hear(event, payload);
  }

  #resumed({ session, secret, recovered, sequence }) {
    this.#ticket = { session, secret, sequence: recovered ? this.#ticket.sequence : sequence };
    this.#recovered = recovered;
  }

  #read(number) {
    this.#ticket.sequence = number;
    // One acknowledgement for many: it only tells the service what it may forget.
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = undefined;
      if (this.connected) this.send('acknowledge', this.#ticket.sequence).catch(() => {});
    }, ACKNOWLEDGE_AFTER);
  }
}

/** A session over Socket.IO, whose connection state recovery needs nothing from the page. */
class SocketIoSession extends SocketIoChannel {
  #unanswered = [];

  constructor(...made) {
    super(...made);
    this.socket.on('disconnect', () => this.#lost());
  }

  get session() {
    return this.socket.id;
  }

  get sequence() {
    return this.offset;
  }

  /** There are no acknowledgements: each event is answered in its turn, and one of a few events ends the answer. */
  send(event, payload) {
    return new Promise((resolve, reject) => {
      this.#unanswered.push({ resolve, reject });
      super.send(event, payload);
    });
  }

  hear(event, payload) {
    super.hear(event, payload);
    if (ENDS_AN_ANSWER.has(event)) this.#unanswered.shift()?.resolve();
  }

  async close() {
    await super.close();
    this.#lost();
  }

  #lost() {
    for (const { reject } of this.#unanswered.splice(0)) reject(new Error('The connection was lost.'));
  }
}

const SESSIONS = { signalr: SignalRSession, socketio: SocketIoSession };
const CHANNELS = { signalr: SignalRChannel, socketio: SocketIoChannel };

/** A channel of that transport for a protocol, not yet connected. */
export const openChannel = (transport, protocol, listener) =>
  new (protocol === 'session' ? SESSIONS : CHANNELS)[transport](protocol, listener);
