// The device pane: the clients protocol. The browser remembers one device; a second party, a node, queues messages for others.
import { Party } from './party.js';

// Of this tab: whether the device is online is up to each.
const ONLINE_KEY = 'gatehouse.device.online';

const $ = (id) => document.getElementById(id);
const create = (tag, className, text = '') => Object.assign(document.createElement(tag), { className, textContent: text });
const wording = (content) => (typeof content === 'string' ? content : JSON.stringify(content));

export class Device {
  #transport;
  #status = 'down';

  constructor() {
    this.device = new Party('client', 'gatehouse.device', {
      logged: ({ queue }) => this.#showQueue(queue),
      queue: (rows) => this.#add(rows),
      forgotten: () => this.#forgotten(),
      status: (status) => this.#setStatus(status),
    });
    this.node = new Party('node', 'gatehouse.node', {
      logged() {},
      queue() {},
      forgotten() {},
      status: (status) => this.#waitToSend(status),
    });
    $('device-register').addEventListener('submit', (event) => this.#register(event));
    $('device-on').addEventListener('click', () => this.#goOnline());
    $('device-off').addEventListener('click', () => this.#goOffline());
    $('device-forget').addEventListener('click', () => this.#forget());
    $('device-send').addEventListener('submit', (event) => this.#send(event));
    // Registered or forgotten by another tab.
    addEventListener('storage', ({ key }) => key === this.device.key && this.#changedElsewhere());
    this.#show();
  }

  /** What the page knows: the transport that was chosen. */
  tell({ transport }) {
    if (transport === this.#transport) return;
    const isFirst = this.#transport === undefined;
    this.#transport = transport;
    if (isFirst ? this.device.identity && sessionStorage.getItem(ONLINE_KEY) : this.#status !== 'down') this.#goOnline();
    if (this.node.line.channel) this.node.online(transport).catch(() => {});
  }

  drop() {
    for (const { line } of [this.device, this.node]) line.drop();
  }

  retry() {
    for (const { line } of [this.device, this.node]) line.retry();
  }

  // ---------------------------------------------------------------------------------------------------- here or away

  #register(event) {
    event.preventDefault();
    const [name, location] = ['device-name', 'device-location'].map((id) => $(id).value.trim());
    this.#goOnline({ information: { name, location } });
  }

  #goOnline(registration) {
    sessionStorage.setItem(ONLINE_KEY, 'yes');
    this.#fail('');
    if (this.#status === 'down') this.#setStatus('connecting');
    this.device.online(this.#transport, registration).catch((failure) => this.#fail(failure.message));
  }

  #goOffline() {
    sessionStorage.removeItem(ONLINE_KEY);
    this.device.line.use(undefined);
  }

  #forget() {
    this.device.forget();
    this.#forgotten();
    this.#fail('');
    $('device-name').focus();
  }

  #forgotten() {
    sessionStorage.removeItem(ONLINE_KEY);
    this.#showQueue([]);
    this.#show();
  }

  #changedElsewhere() {
    if (!this.device.identity) this.device.line.use(undefined);
    this.#show();
  }

  // ----------------------------------------------------------------------------------------------------- the mailbox

  /** These are left, and some may be new. What stays is not written again: it would be spoken again. */
  #showQueue(rows) {
    const shown = new Map([...$('mailbox').children].map((entry) => [entry.number, entry]));
    for (const { queue_id } of rows) shown.delete(queue_id);
    for (const entry of shown.values()) entry.remove();
    this.#add(rows);
  }

  #add(rows) {
    const shown = new Set([...$('mailbox').children].map(({ number }) => number));
    $('mailbox').append(...rows.filter(({ queue_id }) => !shown.has(queue_id)).map((row) => this.#entry(row)));
    $('mailbox-empty').hidden = $('mailbox').childElementCount > 0;
    this.#show();
  }

  #entry(row) {
    const entry = Object.assign(create('li', ''), { number: row.queue_id });
    const said = create('p', 'content', wording(row.content));
    said.id = `row-${row.queue_id}`;
    const button = create('button', 'plain', 'Acknowledge');
    button.type = 'button';
    button.setAttribute('aria-describedby', said.id);
    button.addEventListener('click', () => this.#acknowledge(entry));
    entry.append(said, create('span', 'when', `row ${row.queue_id}, from number ${row.sender}`), button);
    return entry;
  }

  async #acknowledge(entry) {
    if (this.#status !== 'online') return;
    try {
      const { queue } = await this.device.ask('processQueue', { parameters: { queue_id: entry.number } });
      const next = entry.nextElementSibling ?? entry.previousElementSibling;
      const isHere = entry.contains(document.activeElement);
      this.#showQueue(queue);
      // Its button is gone: on to the next, or to what says that there is none.
      if (isHere) (next?.querySelector('button') ?? $('mailbox-title')).focus();
    } catch (failure) {
      this.#fail(failure.message);
    }
  }

  // --------------------------------------------------------------------------------------------------------- sending

  async #send(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const [number, content] = ['send-number', 'send-text'].map((id) => $(id).value.trim());
    if (form.getAttribute('aria-busy') === 'true' || !content) return;
    this.#tellSent('');
    form.setAttribute('aria-busy', 'true');
    try {
      await this.node.online(this.#transport, { hash: 'gatehouse-page', information: { name: 'page' } });
      const { queue_id } = await this.node.ask('queue', { recipient: Number(number), parameters: content });
      $('send-text').value = '';
      this.#tellSent(`Stored for device ${number} as row ${queue_id}.`);
    } catch (failure) {
      $('send-failure').textContent = failure.message;
    }
    form.removeAttribute('aria-busy');
  }

  #waitToSend(status) {
    const isWaiting = $('device-send').getAttribute('aria-busy') === 'true' && ['reconnecting', 'offline'].includes(status);
    if (isWaiting) this.#tellSent('It is sent as soon as there is a connection.');
  }

  #tellSent(text) {
    $('sent').textContent = text;
    $('send-failure').textContent = '';
  }

  // ------------------------------------------------------------------------------------------------------------ view

  #setStatus(status) {
    this.#status = status;
    this.#show();
  }

  #show() {
    const { identity } = this.device;
    const status = this.#status;
    const focused = document.activeElement;
    $('device-title').textContent = identity ? `Device ${identity.id}` : 'Device';
    $('device-about').textContent = [identity?.name, identity?.location].filter(Boolean).join(', ');
    $('device-register').hidden = Boolean(identity);
    $('device-known').hidden = !identity;
    $('device-on').hidden = status !== 'down';
    $('device-off').hidden = status === 'down';
    $('device-forget').hidden = status !== 'down';
    $('device-away').hidden = status !== 'down';
    $('device-mail').hidden = status === 'down';
    for (const button of $('mailbox').querySelectorAll('button')) {
      button.setAttribute('aria-disabled', String(status !== 'online'));
    }
    const text = !identity && status === 'down' ? '' : STATUSES[status];
    if ($('device-status').textContent !== text) $('device-status').textContent = text;
    $('device-register').setAttribute('aria-busy', String(status !== 'down'));
    $('device').dataset.status = status;
    // Whoever was in what is gone goes on beside it.
    if (focused.closest('.device [hidden]')) $(identity ? 'device-title' : 'device-name').focus();
  }

  #fail(why) {
    $('device-failure').textContent = why;
  }
}

const STATUSES = {
  down: 'Offline',
  connecting: 'Connecting…',
  online: 'Online',
  reconnecting: 'Coming back…',
  offline: 'No connection, still trying',
};
