// The messages of a room as the page shows them: each once, in the room's order, the newest at the end.

const LIMIT = 500;

const create = (tag, className, text = '') => Object.assign(document.createElement(tag), { className, textContent: text });

/** Content is any JSON. A message may bring what was typed beside what was made of it. */
export const wording = ({ content, raw_content: typed = content }) => (typeof typed === 'string' ? typed : JSON.stringify(typed));

const hour = (date) => date.toTimeString().slice(0, 5);

export class Messages {
  #entries = new Map(); // by id
  #pending = new Map(); // by key: what this page has sent and not yet heard
  #atEnd = true;

  /**
   * @param {HTMLOListElement} list
   * @param {() => string} me the name of whoever uses the page
   */
  constructor(list, me) {
    Object.assign(this, { list, me });
    // Who reads the newest goes on doing so when the window changes, or a keyboard comes up in it.
    list.addEventListener('scroll', () => { this.#atEnd = this.#isAtEnd(); });
    new ResizeObserver(() => this.#atEnd && this.#toEnd()).observe(list);
  }

  /** Numbers of messages; undefined while there are none. */
  get oldest() {
    return this.#ids()[0];
  }

  get newest() {
    return this.#ids().at(-1);
  }

  /** What was sent and not yet heard, as [key, content], oldest first. */
  get pending() {
    return [...this.#pending].map(([key, entry]) => [key, entry.content]);
  }

  /** Adds messages of any age, in any order; returns those that were new. */
  add(messages) {
    const { list } = this;
    const atEnd = this.#isAtEnd();
    const fromEnd = list.scrollHeight - list.scrollTop;
    const older = this.oldest;
    const fresh = messages.filter(({ id }) => !this.#entries.has(id));
    for (const message of fresh) this.#insert(message);
    // Whoever reads older ones goes on where they were.
    if (atEnd) this.#toEnd();
    else if (this.oldest < older) list.scrollTop = list.scrollHeight - fromEnd;
    return fresh;
  }

  /** Forgets the oldest of very many; returns whether there were any. */
  trim() {
    const surplus = this.#ids().slice(0, -LIMIT);
    surplus.forEach((id) => this.remove(id));
    return surplus.length > 0;
  }

  remove(id) {
    this.#entries.get(id)?.remove();
    this.#entries.delete(id);
  }

  /** Of those from one to another, only these are left. */
  keepOnly(messages, from, to) {
    const kept = new Set(messages.map(({ id }) => id));
    for (const id of this.#ids()) if (id >= from && id <= to && !kept.has(id)) this.remove(id);
  }

  /** Shows what is on its way. */
  send(key, content) {
    const entry = create('li', 'mine pending');
    entry.content = content;
    entry.append(create('p', 'content', content), create('span', 'when', 'sending…'));
    this.list.append(entry);
    this.#pending.set(key, entry);
    this.#toEnd();
  }

  /** It will not arrive. */
  takeBack(key) {
    this.#pending.get(key)?.remove();
    this.#pending.delete(key);
  }

  clear() {
    this.#entries.clear();
    this.#pending.clear();
    this.list.replaceChildren();
  }

  #isAtEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
  }

  #toEnd() {
    this.list.scrollTop = this.list.scrollHeight;
  }

  #ids() {
    return [...this.#entries.keys()].sort((a, b) => a - b);
  }

  #insert(message) {
    const mine = message.user === this.me();
    if (mine && message.key) this.takeBack(message.key);
    const entry = create('li', mine ? 'mine' : '');
    const time = create('time', 'when', hour(new Date(message.time)));
    time.dateTime = message.time;
    const sender = create('b', mine ? 'sender hidden-visually' : 'sender', message.user);
    entry.append(sender, create('p', 'content', wording(message)), time);
    entry.number = message.id;
    // What is on its way has no number, and stays last.
    const before = [...this.list.children].findLast(({ number }) => number < message.id);
    if (before) before.after(entry);
    else this.list.prepend(entry);
    this.#entries.set(message.id, entry);
  }
}
