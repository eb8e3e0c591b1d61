// The session protocol, live: one connection, one session, three login states. Pure functions come first, then the log,
// the view, the session, and last the connection that is kept up.
/* global signalR */

const HUB = '/hubs/session';
const TOKEN_KEY = 'gatehouse.token';
const LOG_LIMIT = 200;
const OFFLINE_AFTER = 5;
const DROPPED_BY_HAND = 4000;
const SERVER_EVENTS = [
  'state_change', 'token_change', 'user_change', 'login_success', 'register_success', 'upgrade_success',
  'login_error', 'register_error', 'upgrade_error', 'event_error', 'resumed', 'sequence',
];
const BOOKKEEPING = new Set(['sequence', 'acknowledge']);
const TOKEN_EVENTS = new Set(['login_token', 'token_change']);
const SECRET_FIELDS = new Set(['password', 'secret', 'token']);
const RETRY_LATER = 'The service could not do that just now. Try again in a moment.';
const NOT_CONNECTED = 'There is no connection at the moment. Try again when the lamp is lit.';

// ---------------------------------------------------------------------------------------------------------------- pure

/** Milliseconds before the next try. Half of it is chance, so that not everybody meets a restarted service at once. */
export function backoff(failures, random = Math.random) {
  const ceiling = Math.min(30_000, 500 * 2 ** failures);
  return Math.round(ceiling / 2 + random() * ceiling / 2);
}

/** What the page says about its connection while it has none. */
export function awayStatus(failures, everOnline, networkUp) {
  if (!networkUp || failures >= OFFLINE_AFTER) return 'offline';
  return everOnline ? 'reconnecting' : 'connecting';
}

/** A payload as the log shows it, with everything that lets somebody in hidden. */
export function masked(event, payload) {
  if (payload === undefined) return '';
  if (TOKEN_EVENTS.has(event)) return '••• token •••';
  const hidden = (key, value) => (SECRET_FIELDS.has(key) ? '••••••••' : value);
  // Laid out, then joined again: spaces where a line may break.
  const text = JSON.stringify(payload, hidden, 1).replace(/\n\s*/g, ' ');
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

/** Where an error belongs and what it says there: field is undefined when it concerns the form as a whole. */
export function explain(event, reason) {
  const field = reason === 'uesrname' ? 'username' : reason;
  const texts = event === 'login_error'
    ? {
        username: 'No account has that name.',
        password: 'That is not the password of this account.',
        other: 'The name or the password is wrong, or there were too many attempts. Wait a little before the next one.',
      }
    : {
        username: 'That name is taken or not allowed.',
        email: 'That address is taken or not valid.',
        password: 'That password is not allowed: it takes 8 to 128 characters.',
        other: RETRY_LATER,
      };
  return field !== 'other' && field in texts ? { field, text: texts[field] } : { text: texts.other };
}

/** The first thing wrong with an input before it is worth sending. */
export function objection({ validity, minLength }) {
  if (validity.valueMissing) return 'This is needed.';
  if (validity.tooShort) return `At least ${minLength} characters, please.`;
  if (validity.typeMismatch) return 'This does not look like an e-mail address.';
  return '';
}

/** A moment as the log shows it. */
export const clock = (date) => `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;

// ----------------------------------------------------------------------------------------------------------------- log

const $ = (id) => document.getElementById(id);
const create = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

/** @param {'sent' | 'received' | 'note'} kind */
export function record(kind, name, detail = '') {
  const log = $('log');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const entry = create('li', `${kind}${BOOKKEEPING.has(name) ? ' bookkeeping' : ''}`, '');
  const body = create('div', 'body', '');
  if (kind !== 'note') body.append(create('span', 'hidden-visually', kind === 'sent' ? 'Sent ' : 'Received '));
  body.append(create('b', 'event', name));
  if (detail) body.append(' ', create('span', 'payload', detail));
  entry.append(body, create('time', '', clock(new Date())));
  log.append(entry);
  while (log.childElementCount > LOG_LIMIT) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

// ---------------------------------------------------------------------------------------------------------------- view

const LABELS = { unknown: 'Knocking…', undefined: 'Not logged in', guest: 'Guest', user: 'User' };
const STORIES = {
  unknown: '',
  undefined: 'The gate is closed. Log in, register, or come in as a guest.',
  guest: 'The gate is ajar. This account is yours for as long as this browser remembers it.',
  user: 'The gate is open. This browser remembers you.',
};
const CONNECTIONS = {
  connecting: 'Connecting…',
  online: 'Online',
  reconnecting: 'Connection lost, reconnecting…',
  offline: 'Offline, still trying',
};

function showConnection(connection) {
  document.documentElement.dataset.connection = connection;
  // A live region that is written again is spoken again.
  if ($('connection').textContent !== CONNECTIONS[connection]) $('connection').textContent = CONNECTIONS[connection];
  $('retry').hidden = connection === 'online';
  $('drop').setAttribute('aria-disabled', String(connection !== 'online'));
}

function show() {
  const { state, name } = session;
  const title = state === 'undefined' ? 'A stranger' : name || '…';
  document.documentElement.dataset.state = state;
  document.title = state === 'guest' || state === 'user' ? `${name} · Gatehouse` : 'Gatehouse';
  $('state').textContent = LABELS[state];
  $('name').textContent = title;
  $('story').textContent = STORIES[state];
  for (const part of document.querySelectorAll('[data-when]')) {
    part.hidden = !part.dataset.when.split(' ').includes(state);
  }
  // Whoever was in a form that is gone would otherwise be thrown back to the top of the page.
  if (document.activeElement.closest('[hidden]')) $('name').focus();
  $('session').textContent = session.ticket ? session.ticket.session.slice(0, 8) : '–';
  $('sequence').textContent = session.ticket?.sequence ?? '–';
  $('resumed').textContent = session.resumes === 1 ? 'once' : `${session.resumes} times`;
}

function showWay() {
  const way = document.querySelector('input[name=way]:checked').value;
  for (const form of document.querySelectorAll('form[data-way]')) form.hidden = form.dataset.way !== way;
}

/** Says something. What the page shows anyway is only spoken, to those who cannot see it. */
function notify(text, { spoken = false } = {}) {
  $('notice').textContent = text;
  $('notice').classList.toggle('hidden-visually', spoken);
}

function showFieldError(input, text) {
  const error = $(`${input.id}-error`);
  error.textContent = text;
  input.setAttribute('aria-invalid', String(text !== ''));
}

function showFailure(form, { field, text }) {
  const input = field && form.elements.namedItem(field);
  if (!input) {
    form.querySelector('.failure').textContent = text;
    return;
  }
  showFieldError(input, text);
  input.focus();
}

function clear(form) {
  form.reset();
  clearFailures(form);
}

function clearFailures(form) {
  form.querySelector('.failure').textContent = '';
  for (const input of form.querySelectorAll('input')) showFieldError(input, '');
}

// ------------------------------------------------------------------------------------------------------------- session

const session = {
  state: 'unknown',
  name: '',
  token: null, // the newest that this tab was given; another tab may have stored a newer one
  ticket: null, // { session, secret, sequence }: what resumes this session on another connection
  resumes: 0,
  settled: false, // the login state is known on this connection
  tokenRefused: false,
  pending: null, // the form whose answer is awaited
  leaving: false, // this tab asked for the logout
};

const handlers = {
  resumed({ session: id, secret, recovered, sequence }) {
    session.ticket = { session: id, secret, sequence: recovered ? session.ticket.sequence : sequence };
    // What is shown stays: the events that were missed follow, or, when the session is new, the remembered login.
    session.settled = recovered;
    if (recovered) session.resumes++;
  },
  sequence(number) {
    if (session.ticket) session.ticket.sequence = number;
    acknowledgeSoon();
  },
  token_change(token) {
    session.token = token;
    localStorage.setItem(TOKEN_KEY, token);
  },
  user_change(name) {
    session.name = name;
  },
  upgrade_success() {
    // No user_change comes with it: the name is the one that was asked for.
    if (session.pending) session.name = $('upgrade-username').value.normalize().trim();
  },
  state_change(state) {
    // Logged in again after a pause: nothing is new to the person, who may be in the middle of a form.
    const news = state !== session.state;
    Object.assign(session, { state, settled: true });
    if (state === 'undefined') loggedOut();
    else if (news) notify(`${LABELS[state]}: ${session.name}`, { spoken: true });
    if (news) [...document.forms].forEach(clear);
  },
  login_error(reason) {
    if (!session.pending) session.tokenRefused = reason === 'token';
    else if (session.pending.id === 'guest') showFailure(session.pending, { text: RETRY_LATER });
    else showFailure(session.pending, explain('login_error', reason));
  },
  register_error: (reason) => showFailure($('register'), explain('register_error', reason)),
  upgrade_error: (reason) => showFailure($('upgrade'), explain('upgrade_error', reason)),
  event_error: (event) => notify(`The service does not allow “${event}” at the moment.`),
};

function loggedOut() {
  // Another tab may have logged in again meanwhile, and its token is not ours to throw away.
  if (session.leaving || localStorage.getItem(TOKEN_KEY) === session.token) localStorage.removeItem(TOKEN_KEY);
  notify(session.leaving ? 'You are logged out.' : 'You were logged out elsewhere.');
  Object.assign(session, { token: null, name: '' });
}

function receive(event, payload) {
  record('received', event, masked(event, payload));
  handlers[event](payload);
  show();
}

/** Sends one event; resolves when everything that answers it has been received. */
function send(event, payload) {
  record('sent', event, masked(event, payload));
  return payload === undefined ? hub.invoke(event) : hub.invoke(event, payload);
}

let acknowledging;
function acknowledgeSoon() {
  // One for many: it only tells the service what it may forget.
  acknowledging ??= setTimeout(() => {
    acknowledging = undefined;
    if (connected()) send('acknowledge', session.ticket.sequence).catch(() => {});
  }, 1000);
}

/** What comes first on every connection: the earlier session if it still is, or else the remembered login. */
async function arrive() {
  session.settled = false;
  await send('resume', session.ticket ?? undefined);
  const stored = () => localStorage.getItem(TOKEN_KEY);
  // While this tab was away another one may have rotated the token, so that the newest is asked for again.
  for (let tried = null; !session.settled && stored() && stored() !== tried;) {
    tried = stored();
    session.tokenRefused = false;
    await send('login_token', tried);
    if (!session.settled && !session.tokenRefused) throw new Error('The service cannot say who this is.');
  }
  if (session.settled) return;
  if (session.tokenRefused) notify('The remembered login is no longer valid.');
  localStorage.removeItem(TOKEN_KEY);
  Object.assign(session, { state: 'undefined', token: null, name: '', settled: true });
}

/** Sends what a form holds, unless something in it is not worth sending. */
async function submit(event) {
  event.preventDefault();
  const form = event.currentTarget;
  if (session.pending) return;
  clearFailures(form);
  notify('');
  const inputs = [...form.querySelectorAll('input')];
  const wrong = inputs.filter(objection);
  for (const input of wrong) showFieldError(input, objection(input));
  if (wrong.length > 0) wrong[0].focus();
  else if (!connected()) showFailure(form, { text: NOT_CONNECTED });
  else await ask(form, inputs.length > 0 ? Object.fromEntries(new FormData(form)) : undefined);
}

async function ask(form, payload) {
  session.pending = form;
  form.setAttribute('aria-busy', 'true');
  try {
    await send(form.dataset.event, payload);
  } catch {
    showFailure(form, { text: 'The connection was lost before the answer came.' });
  }
  form.removeAttribute('aria-busy');
  session.pending = null;
}

async function logOut() {
  if (!connected()) return notify(NOT_CONNECTED);
  session.leaving = true;
  await send('logout').catch(() => notify(NOT_CONNECTED));
  session.leaving = false;
}

// ---------------------------------------------------------------------------------------------------------- connection

let socket;
let everOnline = false;
let retryNow = () => {};
let endConnection = () => {};

/** SignalR keeps its socket to itself; this one can be severed. */
class HeldWebSocket extends WebSocket {
  constructor(...address) {
    super(...address);
    socket = this;
  }
}

// What SignalR would log, the page says itself.
const hub = new signalR.HubConnectionBuilder()
  .withUrl(HUB, { WebSocket: HeldWebSocket })
  .configureLogging(signalR.LogLevel.None)
  .build();

const connected = () => hub.state === signalR.HubConnectionState.Connected && session.settled;

const pause = (milliseconds) => new Promise((resolve) => {
  const timer = setTimeout(resolve, milliseconds);
  retryNow = () => {
    clearTimeout(timer);
    resolve();
  };
});

/** One connection from its beginning to its end; throws when it did not get far enough to be of use. */
async function connectOnce() {
  const closed = new Promise((resolve) => { endConnection = resolve; });
  await hub.start();
  record('note', everOnline ? 'connected again' : 'connected');
  await arrive();
  everOnline = true;
  showConnection('online');
  show();
  await closed;
  record('note', 'connection lost');
}

async function stayConnected() {
  for (let failures = 0; ; failures++) {
    try {
      await connectOnce();
      failures = 0;
    } catch {
      await hub.stop();
    }
    showConnection(awayStatus(failures, everOnline, navigator.onLine));
    await pause(backoff(failures));
  }
}

function drop() {
  if (!connected()) return;
  record('note', 'dropped by hand');
  // Without a WebSocket (a proxy that forbids them) there is no socket to hold, and stopping comes closest.
  if (socket?.readyState === WebSocket.OPEN) socket.close(DROPPED_BY_HAND);
  else hub.stop();
}

for (const event of SERVER_EVENTS) hub.on(event, (payload) => receive(event, payload));
hub.onclose(() => endConnection());
for (const form of document.forms) form.addEventListener('submit', submit);
for (const radio of document.querySelectorAll('input[name=way]')) radio.addEventListener('change', showWay);
$('logout').addEventListener('click', logOut);
$('drop').addEventListener('click', drop);
$('retry').addEventListener('click', () => retryNow());
$('bookkeeping').addEventListener('change', (event) => $('log').classList.toggle('everything', event.target.checked));
addEventListener('online', () => retryNow());
showWay();
show();
stayConnected();
