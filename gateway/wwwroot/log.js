// What the page shows of what was said, in both directions.

const LOG_LIMIT = 200;
const BOOKKEEPING = new Set(['sequence', 'acknowledge']);
const TOKEN_EVENTS = new Set(['login_token', 'token_change']);
const SECRET_FIELDS = new Set(['password', 'secret', 'token']);

/** A payload as the log shows it, with everything that lets somebody in hidden. */
export function masked(event, payload) {
  if (payload === undefined) return '';
  if (TOKEN_EVENTS.has(event)) return '••• token •••';
  const hidden = (key, value) => (SECRET_FIELDS.has(key) ? '••••••••' : value);
  // Laid out, then joined again: spaces where a line may break.
  const text = JSON.stringify(payload, hidden, 1).replace(/\n\s*/g, ' ');
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

/** A moment as the log shows it. */
export const clock = (date) => `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;

const create = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

/**
 * @param {'sent' | 'received' | 'note'} kind
 * @param {{detail?: string, protocol?: string}} more what it carried, and the protocol if it is not the page's first
 */
export function record(kind, name, { detail, protocol } = {}) {
  const log = document.getElementById('log');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const entry = create('li', `${kind}${BOOKKEEPING.has(name) ? ' bookkeeping' : ''}`, '');
  const body = create('div', 'body', '');
  if (kind !== 'note') body.append(create('span', 'hidden-visually', kind === 'sent' ? 'Sent ' : 'Received '));
  if (protocol && protocol !== 'session') body.append(create('span', 'protocol', protocol), ' ');
  body.append(create('b', 'event', name));
  if (detail) body.append(' ', create('span', 'payload', detail));
  entry.append(body, create('time', '', clock(new Date())));
  log.append(entry);
  while (log.childElementCount > LOG_LIMIT) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}
