// Rooms: the largest of the cluster, those with stored messages, and what is done to one.
import { get, post } from './api.js';
import { button, field, form, h, link, listing, number, pane, sureButton, table, time } from './dom.js';

const to = (name) => `rooms/${encodeURIComponent(name)}`;
const DURATIONS = [['10', '10 minutes'], ['60', 'an hour'], ['1440', 'a day'], ['0', 'no more']];

export async function showRooms() {
  let prefix = '';
  const [list, more] = listing(async (after) => {
    const { largest, stored, hasMore } = await get('rooms', { prefix, after });
    return [
      h('h3', {}, 'With people in them'),
      table('Rooms with people in them', ['Room', 'Sessions'], largest.map((room) => [link(to(room.name), room.name), number(room.sessions)]), 'None.'),
      h('h3', {}, 'With stored messages'),
      table('Rooms with stored messages', ['Room'], stored.map((name) => [link(to(name), name)]), 'None.'),
      ...(hasMore ? [button('More', () => more(stored.at(-1)))] : []),
    ];
  });
  await more();
  const search = form('Find rooms', (typed) => {
    prefix = typed;
    return more();
  }, 'Find', field('Beginning of the name', { type: 'search', autocomplete: 'off', maxLength: 128 }));
  const open = form('Open a room', (name) => { location.hash = to(name); }, 'Open',
    field('Name of the room', { autocomplete: 'off', maxLength: 128, required: true }));
  for (const line of [search, open]) line.className = 'line';
  return pane('Rooms', search, open, list);
}

export async function showRoom(name, act) {
  const { room, members, total } = await get('room', { name });
  const change = (path, body, done) => act(() => post(`room/${path}?${new URLSearchParams({ name })}`, body), done);

  const [history, older] = listing(async (before) => {
    const page = await get('room/messages', { name, before });
    return [
      table('Messages', ['When', 'Author', 'Message', ''], page.messages.map((message) => [
        time(message.at), author(message), content(message),
        button('Delete', () => change('delete-message', { sequence: message.sequence }, 'The message is deleted.')),
      ]), room.isEphemeral ? 'Messages of this room are not stored.' : 'None.'),
      ...(page.hasMore ? [button('Older', () => older(page.messages.at(-1).sequence))] : []),
    ];
  });
  await older();

  const closed = typeof room.closedFor === 'string';
  return [
    pane(name,
      h('p', {}, `${number(room.sessions)} sessions. `,
        closed ? `Closed${room.closedFor && `: ${room.closedFor}`}.` : 'Open.', room.isEphemeral ? ' Its messages are not stored.' : ''),
      closed
        ? button('Open the room', () => change('open', {}, 'The room is open.'))
        : form('Close', (reason) => change('close', { reason }, 'The room is closed.'), 'Close the room', field('Reason', { maxLength: 500, autocomplete: 'off' })),
      h('p', { className: 'row' },
        sureButton('Delete the room', 'Delete all its messages?', () => change('delete', {}, 'The room is deleted.')),
        link(`audit/room/${name}`, 'What was done to this room'))),
    pane('Mute', form('Mute', (user, minutes) => change('mute', { user, minutes: Number(minutes) }, Number(minutes) ? `${user} is muted.` : `${user} can speak again.`),
      'Mute', field('User', { autocomplete: 'off', required: true }),
      field('Duration', { tag: 'select' }, DURATIONS.map(([value, text]) => h('option', { value }, text))))),
    pane('Members', table('Members', ['Name', 'Level'], members.map((member) => [member.name, member.level]), 'Nobody.'),
      total > members.length && h('p', { className: 'hint' }, `And ${number(total - members.length)} more.`)),
    pane('Messages', history),
  ];
}

/** An account is an id, a guest ~ and a nickname. */
const author = ({ author: key }) => (key.startsWith('~') ? `${key.slice(1)} (guest)` : link(`users/${key}`, key.slice(0, 8)));

function content({ body }) {
  const { content: said, username } = JSON.parse(body);
  const text = typeof said === 'string' ? said : JSON.stringify(said);
  return `${username ? `${username}: ` : ''}${text}`;
}
