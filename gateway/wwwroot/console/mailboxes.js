// The mailboxes of devices in which something waits.
import { get } from './api.js';
import { button, field, form, listing, number, pane, table, time } from './dom.js';

export async function showMailboxes() {
  const [list, more] = listing(async (from) => {
    const page = await get('mailboxes', { from });
    return [
      table('Mailboxes', ['Device', 'Kind', 'Now', 'Waiting', 'Bytes', 'Oldest', 'Since'], page.mailboxes.map((mailbox) => [
        `${mailbox.clientId}`, mailbox.kind, mailbox.isOnline ? 'online' : 'away', number(mailbox.rows), number(mailbox.size),
        `${mailbox.oldestId}`, time(mailbox.oldestAt),
      ]), 'Nothing waits.'),
      ...(page.hasMore ? [button('More', () => more(page.mailboxes.at(-1).clientId + 1))] : []),
    ];
  });
  await more();
  const search = form('From a device on', more, 'Show', field('Number of the device', { type: 'number', min: 1, inputMode: 'numeric' }));
  search.className = 'line';
  return pane('Mailboxes', search, list);
}
