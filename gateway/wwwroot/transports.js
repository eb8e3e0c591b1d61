// The two ways to the service. Both are of one shape:
//   name, connected
//   session, sequence   what the page shows of its place: an id, and how far it has read
//   connect()           resolves to { recovered, closed }: whether the earlier session goes on, and a promise of the end
//   send(event, data)   resolves when everything that answers it has been received
//   drop()              severs the socket, without a farewell
//   close()             says farewell
// and tell a listener: receive(event, data) for each server event, and changed() when their place has changed.
/* global signalR, io */
import { masked, record } from './log.js';

const SERVER_EVENTS = [
  'state_change', 'token_change', 'user_change', 'login_success', 'register_success', 'upgrade_success',
  'login_error', 'register_error', 'upgrade_error', 'event_error',
];
const ENDS_AN_ANSWER = new Set(['state_change', 'login_error', 'register_error', 'upgrade_error', 'event_error']);
const DROPPED_BY_HAND = 4000;
const ACKNOWLEDGE_AFTER = 1000;

/** SignalR, with the extension that resumes a session on another connection. */
class SignalRTransport {
  name = 'signalr';
  #ticket; // { session, secret, sequence }: what resumes the session
  #recovered = false;
  #socket;
  #acknowledging;
  #ended = () => {};

  constructor(listener) {
    this.listener = listener;
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
      .withUrl('/hubs/session', { WebSocket: HeldWebSocket })
      .configureLogging(signalR.LogLevel.None)
      .build();
    for (const event of SERVER_EVENTS) this.hub.on(event, (payload) => listener.receive(event, payload));
    this.hub.on('resumed', (resumed) => this.#resumed(resumed));
    this.hub.on('sequence', (number) => this.#sequence(number));
    this.hub.onclose(() => this.#ended());
  }

  get connected() {
    return this.hub.state === signalR.HubConnectionState.Connected;
  }

  get session() {
    return this.#ticket?.session;
  }

  get sequence() {
    return this.#ticket?.sequence;
  }

  async connect() {
    const closed = new Promise((resolve) => { this.#ended = resolve; });
    await this.hub.start();
    record('note', 'connected by SignalR');
    await this.#say('resume', this.#ticket);
    return { recovered: this.#recovered, closed };
  }

  send(event, payload) {
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

  #say(event, payload) {
    record('sent', event, masked(event, payload));
    return this.send(event, payload);
  }

  #resumed(resumed) {
    record('received', 'resumed', masked('resumed', resumed));
    const { session, secret, recovered, sequence } = resumed;
    this.#ticket = { session, secret, sequence: recovered ? this.#ticket.sequence : sequence };
    this.#recovered = recovered;
    this.listener.changed();
  }

  #sequence(number) {
    record('received', 'sequence', masked('sequence', number));
    this.#ticket.sequence = number;
    this.listener.changed();
    // One acknowledgement for many: it only tells the service what it may forget.
    this.#acknowledging ??= setTimeout(() => {
      this.#acknowledging = undefined;
      if (this.connected) this.#say('acknowledge', this.#ticket.sequence).catch(() => {});
    }, ACKNOWLEDGE_AFTER);
  }
}

/** Socket.IO, whose connection state recovery needs nothing from the page. */
class SocketIoTransport {
  name = 'socketio';
  #unanswered = [];
  #ended = () => {};

  constructor(listener) {
    this.listener = listener;
    // The page has a way of its own to come back, the same for both transports.
    this.socket = io('/session', {
      transports: ['websocket', 'polling'], tryAllTransports: true, autoConnect: false, reconnection: false,
    });
    this.socket.onAny((event, ...payload) => this.#received(event, payload));
    this.socket.on('disconnect', () => this.#lost());
  }

  get connected() {
    return this.socket.connected;
  }

  get session() {
    return this.socket.id;
  }

  async connect() {
    const closed = new Promise((resolve) => { this.#ended = resolve; });
    await new Promise((resolve, reject) => {
      this.socket.once('connect', resolve).once('connect_error', reject);
      // Closed by hand, before it came about.
      closed.then(() => reject(new Error('closed')));
      this.socket.connect();
    }).finally(() => this.socket.off('connect').off('connect_error'));
    record('note', `connected by Socket.IO${this.socket.recovered ? ', session recovered' : ''}`);
    return { recovered: this.socket.recovered, closed };
  }

  /** There are no acknowledgements: each event is answered in its turn, and one of a few events ends the answer. */
  send(event, payload) {
    return new Promise((resolve, reject) => {
      this.#unanswered.push({ resolve, reject });
      this.socket.emit(event, ...(payload === undefined ? [] : [payload]));
    });
  }

  drop() {
    const { engine } = this.socket.io;
    if (engine.transport.ws) engine.transport.ws.close(DROPPED_BY_HAND);
    else engine.close();
  }

  close() {
    this.socket.disconnect();
    this.#lost();
  }

  #received(event, payload) {
    // Behind the payload, if there is one, comes the offset that recovery goes by.
    this.sequence = payload.pop();
    this.listener.receive(event, payload[0]);
    if (ENDS_AN_ANSWER.has(event)) this.#unanswered.shift()?.resolve();
  }

  #lost() {
    for (const { reject } of this.#unanswered.splice(0)) reject(new Error('The connection was lost.'));
    this.#ended();
  }
}

const TRANSPORTS = { signalr: SignalRTransport, socketio: SocketIoTransport };

/** The transport of that name, not yet connected. */
export const open = (name, listener) => new TRANSPORTS[name](listener);
