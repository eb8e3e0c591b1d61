// The session protocol, live: one connection, one session, three login states. Pure functions come first, then the view,
// the session, and last the connection, over the transport that was chosen. The room and the device are told of both.
import { Device } from './device.js';
import { Line } from './line.js';
import { record } from './log.js';
import { Room } from './room.js';

const TOKEN_KEY = 'gatehouse.token';
const TRANSPORT_KEY = 'gatehouse.transport';
const RETRY_LATER = 'The service could not do that just now. Try again in a moment.';
const NOT_CONNECTED = 'There is no connection at the moment. Try again when the lamp is lit.';

// ---------------------------------------------------------------------------------------------------------------- pure

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

// ---------------------------------------------------------------------------------------------------------------- view

const $ = (id) => document.getElementById(id);

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
  $('session').textContent = line.channel?.session?.slice(0, 8) ?? '–';
  $('sequence').textContent = line.channel?.sequence ?? '–';
  $('resumed').textContent = session.resumes === 1 ? 'once' : `${session.resumes} times`;
  room.tell({ transport: chosen().value, user: state === 'guest' || state === 'user' ? name : undefined });
  device.tell({ transport: chosen().value });
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
  resumes: 0,
  settled: false, // the login state is known on this connection
  tokenRefused: false,
  pending: null, // the form whose answer is awaited
  leaving: false, // this tab asked for the logout
};

const handlers = {
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
    if (news) forms.forEach(clear);
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
  handlers[event]?.(payload);
  show();
}

/** What comes first on every connection: the earlier session if it still is, or else the remembered login. */
async function arrive(recovered) {
  // What is shown stays: the events that were missed follow, or, when the session is new, the remembered login.
  session.settled = recovered;
  if (recovered) session.resumes++;
  const stored = () => localStorage.getItem(TOKEN_KEY);
  // While this tab was away another one may have rotated the token, so that the newest is asked for again.
  for (let tried = null; !session.settled && stored() && stored() !== tried;) {
    tried = stored();
    session.tokenRefused = false;
    await line.send('login_token', tried);
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
    await line.send(form.dataset.event, payload);
  } catch {
    showFailure(form, { text: 'The connection was lost before the answer came.' });
  }
  form.removeAttribute('aria-busy');
  session.pending = null;
}

async function logOut() {
  if (!connected()) return notify(NOT_CONNECTED);
  session.leaving = true;
  await line.send('logout').catch(() => notify(NOT_CONNECTED));
  session.leaving = false;
}

// ---------------------------------------------------------------------------------------------------------- connection

const chosen = () => document.querySelector('input[name=transport]:checked');
const connected = () => line.connected && session.settled;
const forms = [...document.querySelectorAll('form[data-event]')];

const line = new Line('session', {
  receive,
  async arrive(recovered) {
    await arrive(recovered);
    show();
  },
  status(status) {
    if (status !== 'online') session.settled = false;
    showConnection(status);
  },
});
const room = new Room({ token: () => localStorage.getItem(TOKEN_KEY), tokenChanged: handlers.token_change });
const device = new Device();

function drop() {
  if (!connected()) return;
  record('note', 'dropped by hand');
  for (const part of [line, room, device]) part.drop();
}

/** Leaves by the one transport and comes in by the other; the remembered login tells who it is. */
function switchTransport() {
  const { value, labels } = chosen();
  localStorage.setItem(TRANSPORT_KEY, value);
  record('note', `switching to ${labels[0].textContent.trim()}`);
  line.use(value);
  show();
}

for (const radio of document.querySelectorAll('input[name=transport]')) {
  radio.checked ||= radio.value === localStorage.getItem(TRANSPORT_KEY);
  radio.addEventListener('change', switchTransport);
}
for (const form of forms) form.addEventListener('submit', submit);
for (const radio of document.querySelectorAll('input[name=way]')) radio.addEventListener('change', showWay);
$('logout').addEventListener('click', logOut);
$('drop').addEventListener('click', drop);
$('retry').addEventListener('click', () => [line, room, device].forEach((part) => part.retry()));
$('bookkeeping').addEventListener('change', (event) => $('log').classList.toggle('everything', event.target.checked));
showWay();
show();
line.use(chosen().value);
