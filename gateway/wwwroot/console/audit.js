// The audit log: what operators did.
import { get } from './api.js';
import { button, field, form, link, listing, pane, table, time } from './dom.js';

const subject = ({ subject: text, name }) => {
  const [kind, ...id] = text.split('/');
  const label = name || id.join('/');
  if (kind === 'user') return link(`users/${id}`, label);
  if (kind === 'room') return link(`rooms/${encodeURIComponent(id.join('/'))}`, `room ${label}`);
  return text;
};

/** @param about A subject, or by/ and an operator's id; empty for everything. */
export async function showAudit(about) {
  const query = about.startsWith('by/') ? { actor: about.slice(3) } : { subject: about };
  const [list, more] = listing(async (before) => {
    const page = await get('audit', { before, ...query });
    const rows = page.entries.map((entry) => [
      time(entry.at), link(`users/${entry.actor.id}`, entry.actor.name), entry.actor.address, entry.action, subject(entry), entry.detail,
      entry.outcome,
    ]);
    return [
      table('Audit log', ['When', 'Who', 'From', 'What', 'Whom', 'How', 'Outcome'], rows, 'Nothing was done yet.'),
      ...(page.hasMore ? [button('Older', () => more(page.entries.at(-1).id))] : []),
    ];
  });
  await more();
  const search = form('Narrow the log', (text) => { location.hash = text ? `audit/${text}` : 'audit'; }, 'Show',
    field('Subject or operator', { value: about, autocomplete: 'off', placeholder: 'user/…, room/…, by/…', maxLength: 200 }));
  search.className = 'line';
  return pane('Audit log', search, list);
}
