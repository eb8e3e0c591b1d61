// Users: found by name, seen with their logins, and what is done to them.
import { get, part, post } from './api.js';
import { button, field, form, h, link, listing, pane, sureButton, table, time } from './dom.js';

const BANS = [['60', 'an hour'], ['1440', 'a day'], ['10080', 'a week'], ['43200', '30 days'], ['', 'for ever']];

const presence = (user) => (user.isBanned ? 'banned' : user.isOnline ? 'online' : 'offline');

export async function showUsers() {
  let text = '';
  const [list, more] = listing(async (after) => {
    const page = await get('users', { text, after });
    const rows = page.users.map((user) => [
      link(`users/${user.id}`, user.name), user.email, user.kind, presence(user), user.permissions.join(', '), time(user.lastOnline),
    ]);
    return [
      table('Users', ['Name', 'E-mail', 'Kind', 'Presence', 'Permissions', 'Last online'], rows, 'Nobody.'),
      ...(page.next ? [button('More', () => more(page.next))] : []),
    ];
  });
  const search = form('Find a user', (typed) => {
    text = typed;
    return more();
  }, 'Find', field('Name, e-mail address or id', { type: 'search', autocomplete: 'off', maxLength: 300 }));
  search.className = 'line';
  await more();
  return pane('Users', search, list);
}

export async function showUser(id, act) {
  const { user, banReason, bannedUntil, lockedUntil, logins } = await get(`users/${part(id)}`);
  const to = (path, body, done) => act(() => post(`users/${part(id)}/${path}`, body), done);
  const isAdmin = user.permissions.includes('admin');

  const facts = [
    ['Id', user.id], ['E-mail', user.email], ['Kind', user.kind], ['Presence', presence(user)], ['Since', time(user.createdAt)],
    ['Last online', time(user.lastOnline)], ['Permissions', user.permissions.join(', ')], ['Locked until', time(lockedUntil)],
    ['Banned until', user.isBanned ? (time(bannedUntil) ?? 'for ever') : undefined], ['Reason', banReason],
  ].filter(([, value]) => value);

  const ban = user.isBanned
    ? button('Unban', () => to('unban', {}, `${user.name} can log in again.`))
    : form('Ban', (reason, minutes) => to('ban', { reason, minutes: minutes ? Number(minutes) : null }, `${user.name} is banned.`), 'Ban',
      field('Reason', { maxLength: 500, autocomplete: 'off' }),
      field('Duration', { tag: 'select' }, BANS.map(([value, text]) => h('option', { value }, text))));

  const allowReset = button('Reset the password', async () => {
    const made = await act(() => post(`users/${part(id)}/reset`), 'A code was made.');
    if (made) showCode(user, made);
  });

  return [
    pane(user.name, h('dl', { className: 'facts' }, facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)))),
      h('p', { className: 'row' },
        button(isAdmin ? 'Take the permission admin' : 'Grant the permission admin', () => to(
          'permissions', { permission: 'admin', granted: !isAdmin },
          isAdmin ? `${user.name} is no administrator any more.` : `${user.name} is an administrator.`)),
        user.kind === 'regular' && allowReset,
        link(`audit/user/${user.id}`, 'What was done to this user'),
        link(`audit/by/${user.id}`, 'What this user did'))),
    pane('Ban', ban),
    pane('Logins',
      table('Logins', ['Protocol', 'Since', 'Last used', 'Now', ''], logins.map((login) => [
        login.protocol, time(login.createdAt), time(login.lastUsedAt), login.isOnline ? 'online' : 'away',
        button('End', () => to('end', { login: login.id }, 'The login is ended.')),
      ]), 'Logged in nowhere.'),
      logins.length > 0 && sureButton('End all logins', 'End them all?', () => to('end', {}, 'All logins are ended.'))),
  ];
}

/** The code is shown this once: the service keeps only what recognises it. */
function showCode(user, { code, expiresAt }) {
  const address = new URL(`../reset.html#${code}`, location.href.split('#')[0]).href;
  document.getElementById('pane').prepend(h('section', { className: 'pane', 'aria-label': 'Password reset' },
    h('h2', {}, 'Password reset'),
    h('p', {}, `Give this to ${user.name}. It can be used once, until `, time(expiresAt), '.'),
    h('p', {}, h('output', { className: 'code' }, address))));
}
