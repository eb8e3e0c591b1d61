// The console: who is here, and which pane is shown.
import { get, onRefused, post } from './api.js';
import { showAudit } from './audit.js';
import { showLive } from './live.js';
import { showMailboxes } from './mailboxes.js';
import { showRoom, showRooms } from './rooms.js';
import { showUser, showUsers } from './users.js';

const panes = {
  live: showLive,
  users: (id) => (id ? showUser(id, act) : showUsers()),
  rooms: (name) => (name ? showRoom(name, act) : showRooms()),
  mailboxes: showMailboxes,
  audit: (subject) => showAudit(subject),
};
const first = 'live';

const root = document.documentElement;
const element = (id) => document.getElementById(id);
let shown = 0;
let leave = () => {};

function access(state, notice = '') {
  root.dataset.access = state;
  for (const part of document.querySelectorAll('[data-when]')) part.hidden = !part.dataset.when.split(' ').includes(state);
  element('notice').textContent = notice;
  element('failure').textContent = '';
  if (state !== 'operator') clear();
}

function clear() {
  leave();
  leave = () => {};
  shown += 1;
  element('pane').replaceChildren();
}

/** Shows what the address says. A pane is a function that resolves to its elements, and perhaps to how it is left. */
async function show() {
  if (root.dataset.access !== 'operator') return;
  const [name, ...rest] = location.hash.slice(1).split('/');
  const key = panes[name] ? name : first;
  for (const way of document.querySelectorAll('nav a')) {
    if (way.hash === `#${key}`) way.setAttribute('aria-current', 'page');
    else way.removeAttribute('aria-current');
  }
  element('failure').textContent = '';
  clear();
  const turn = shown;
  try {
    const made = await panes[key](decodeURIComponent(rest.join('/')));
    if (turn !== shown) {
      made.leave?.();
      return;
    }
    leave = made.leave ?? (() => {});
    element('pane').replaceChildren(...[made.parts ?? made].flat());
    element('pane').querySelector('h2')?.focus();
  } catch (refusal) {
    fail(refusal);
  }
}

function fail(refusal) {
  if (![401, 403].includes(refusal.status)) element('failure').textContent = refusal.message;
}

/** Does something, says so, and shows the pane anew. */
async function act(doing, done) {
  try {
    const result = await doing();
    await show();
    element('notice').textContent = done;
    return result;
  } catch (refusal) {
    fail(refusal);
    return undefined;
  }
}

function enter({ name }) {
  element('operator').textContent = name;
  access('operator');
  return show();
}

onRefused(({ status, message }) => {
  if (status === 403 && root.dataset.access === 'operator') access('forbidden');
  else if (status === 401 && root.dataset.access !== 'stranger') access('stranger', root.dataset.access === 'operator' ? message : '');
});

element('login').addEventListener('submit', async (event) => {
  event.preventDefault();
  element('failure').textContent = '';
  try {
    await enter(await post('login', { username: element('username').value, password: element('password').value }));
  } catch (refusal) {
    element('failure').textContent = refusal.message;
  } finally {
    element('password').value = '';
  }
});

element('logout').addEventListener('click', async () => {
  await post('logout').catch(() => {});
  access('stranger', 'You are logged out.');
});

window.addEventListener('hashchange', () => {
  element('notice').textContent = '';
  show();
});

get('me').then(enter, (refusal) => {
  access('stranger');
  if (refusal.status !== 401) element('failure').textContent = refusal.message;
});
