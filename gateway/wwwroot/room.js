// The room pane: the chat protocol, for whoever is logged in on the page. It enters by the remembered login.
import { Line } from './line.js';
import { Messages, wording } from './messages.js';

// Of this tab: whoever reloads it is still in the room.
const ROOM_KEY = 'gatehouse.room';
const PAGE = 50;
const MOST = 200; // messages in one answer
const TYPING_AGAIN = 4000;
const TYPING_OVER = 8000;
const LEVELS = ['administrator', 'moderator', 'VIP'];

const $ = (id) => document.getElementById(id);

/** What a refusal means to the person. */
function explain({ code, message }, entering) {
  if (code === 400 && entering) return 'A room’s name has 1 to 128 characters that show.';
  if (code === 401) return 'The remembered login does not open this room. Log in again.';
  if (code === 403) return entering ? 'You are banned from this room.' : 'You are not allowed to do that.';
  if (code === 413) return 'That message is too long.';
  if (code === 429) return 'There were too many attempts. Wait a little before the next one.';
  return code >= 500 ? 'The service could not do that just now. Try again in a moment.' : `The room refuses: ${message}.`;
}

/** Passes until the page's next try, or ends the tries. */
class Refused extends Error {
  constructor(reply) {
    super(reply.message);
    this.reply = reply;
  }

  get isFinal() {
    return this.reply.code < 429;
  }
}

export class Room {
  #user; // who is logged in; undefined: nobody
  #transport;
  #room = sessionStorage.getItem(ROOM_KEY); // where the person wants to be; null: nowhere
  #state = 'out'; // or entering, in, away
  #entrance; // the answer that auth waits for
  #asked = []; // what the histories that will come were asked for
  #isReady = false; // everything that was missed has been read, so that it is known what has arrived
  #typing = new Map(); // others' names, with the timers that end them
  #typed = 0; // when this page last said that its person types

  /** @param login token(): the remembered one; tokenChanged(token): there is a newer one */
  constructor(login) {
    this.login = login;
    this.messages = new Messages($('messages'), () => this.#user);
    this.line = new Line('chat', {
      receive: (event, payload) => this.#handlers[event]?.(payload),
      arrive: (recovered, closed) => this.#arrive(recovered, closed),
      status: (status) => this.#status(status),
    });
    $('room-name').value = this.#room ?? 'lobby';
    $('room-enter').addEventListener('submit', (event) => this.#submitRoom(event));
    $('room-leave').addEventListener('click', () => this.#leave());
    $('room-older').addEventListener('click', () => this.#ask({ before: this.messages.oldest, limit: PAGE }));
    $('compose').addEventListener('submit', (event) => this.#submitMessage(event));
    $('compose-text').addEventListener('input', () => this.#type());
    $('compose-text').addEventListener('blur', () => this.#stopTyping());
  }

  /** What the page knows: the transport that was chosen, and who is logged in. */
  tell({ transport, user }) {
    if (transport === this.#transport && user === this.#user) return;
    const former = this.#user;
    this.#transport = transport;
    this.#user = user;
    if (former && !user) this.#leave();
    // The room knows the person by the name of before.
    else if (former && user !== former) this.line.again();
    else if (user && this.#room !== null) this.#come();
    this.#show();
  }

  drop() {
    this.line.drop();
  }

  retry() {
    this.line.retry();
  }

  // ---------------------------------------------------------------------------------------------------- in and out

  #submitRoom(event) {
    event.preventDefault();
    this.#room = $('room-name').value.normalize().trim();
    sessionStorage.setItem(ROOM_KEY, this.#room);
    this.#fail('');
    this.#come();
  }

  #come() {
    if (this.#state === 'out') this.#setState('entering');
    this.line.use(this.#transport);
  }

  /** For good, until somebody enters again. */
  #leave(why = '') {
    this.#room = null;
    sessionStorage.removeItem(ROOM_KEY);
    this.line.use(undefined);
    this.messages.clear();
    this.#showMembers({ members: [], total: 0 });
    this.#setState('out');
    this.#fail(why);
  }

  async #arrive(recovered, closed) {
    closed.then(() => this.#entrance?.reject(new Error('The connection was lost.')));
    this.#asked = [];
    this.#isReady = false;
    // A recovered connection is in the room already, and is told if it is not.
    if (!recovered) await this.#enter();
    else this.#setState('in');
    this.#catchUp();
  }

  async #enter() {
    // The page may have come by a newer token meanwhile, so that the newest is asked for again.
    for (let tried; ;) {
      const token = this.login.token();
      if (token === tried || !token) {
        this.#leave(explain({ code: 401 }));
        return;
      }
      tried = token;
      try {
        await new Promise((resolve, reject) => {
          this.#entrance = { resolve, reject };
          this.line.send('auth', { username: this.#user, token, room: this.#room }).catch(reject);
        });
        this.#setState('in');
        return;
      } catch (failure) {
        if (!failure.isFinal) throw failure;
        if (failure.reply.code === 401) continue;
        this.#leave(explain(failure.reply, true));
        $('room-name').focus();
        return;
      } finally {
        this.#entrance = undefined;
      }
    }
  }

  /** Reads what was missed, and what is shown again: some of that may have been deleted. */
  #catchUp() {
    if (this.#state !== 'in') return;
    const { oldest, newest } = this.messages;
    this.#ask(oldest === undefined ? { limit: PAGE } : { after: oldest - 1, limit: MOST }, newest);
    this.line.send('members').catch(() => {});
  }

  #ask(question, upTo) {
    this.#asked.push({ ...question, upTo });
    this.line.send('history', question).catch(() => {});
  }

  #status(status) {
    if (status === 'online' || !this.#room) return;
    this.#isReady = false;
    this.#setState(this.#state === 'in' || this.#state === 'away' ? 'away' : 'entering');
  }

  // -------------------------------------------------------------------------------------------------- what is said

  #handlers = {
    token_change: (token) => this.login.tokenChanged(token),
    auth: () => this.#entrance?.resolve(),
    message: (message) => {
      for (const { user } of this.messages.add([message])) {
        this.#endTyping(user);
        if (user !== this.#user) $('room-spoken').textContent = `${user}: ${wording(message)}`;
      }
      if (this.messages.trim()) $('room-older').hidden = false;
    },
    history: (page) => this.#read(page),
    members: (members) => this.#showMembers(members),
    typing: ({ username, typing }) => (typing ? this.#beginTyping(username) : this.#endTyping(username)),
    deleteMessage: ({ id }) => this.messages.remove(id),
    mute: ({ duration }) => this.#refuse(`You are muted for another ${duration} seconds.`),
    kick: ({ reason }) => this.#leave(`You were put out of the room.${reason && ` “${reason}”`}`),
    ban: ({ reason }) => this.#leave(`You were banned from the room.${reason && ` “${reason}”`}`),
    cerror: (reply) => {
      if (this.#entrance) this.#entrance.reject(new Refused(reply));
      // Outside, or nothing is known of the outcome: the way back is the way in.
      else if (reply.code === 401 || reply.code === 500) this.line.again();
      else this.#refuse(explain(reply));
    },
  };

  #read({ messages, hasMore }) {
    const { after, upTo } = this.#asked.shift() ?? {};
    this.messages.add(messages);
    if (after === undefined) {
      if (!hasMore && document.activeElement === $('room-older')) $('messages').focus();
      $('room-older').hidden = !hasMore;
    } else if (messages.length > 0) {
      const last = messages.at(-1).id;
      this.messages.keepOnly(messages, after + 1, hasMore ? last : upTo);
      if (this.messages.trim()) $('room-older').hidden = false;
      if (hasMore) return this.#ask({ after: last, limit: MOST }, upTo);
    }
    if (this.#isReady) return;
    this.#isReady = true;
    // What was on its way when the connection was lost and has not arrived, or was typed since.
    for (const [key, content] of this.messages.pending) this.#say(key, content);
  }

  #submitMessage(event) {
    event.preventDefault();
    const input = $('compose-text');
    const content = input.value.trim();
    if (!content) return;
    const key = `${Date.now()}-${Math.random()}`;
    this.#fail('');
    this.#typed = 0;
    input.value = '';
    this.messages.send(key, content);
    if (this.#isReady) this.#say(key, content);
  }

  /** The key comes back with the message, and tells that it has arrived. */
  #say(key, content) {
    this.line.send('message', { content, key }).catch(() => {});
  }

  /** The oldest of what is on its way was refused: it can be said differently. */
  #refuse(why) {
    const [[key, content] = []] = this.messages.pending;
    if (key) {
      this.messages.takeBack(key);
      $('compose-text').value ||= content;
    }
    this.#fail(why);
  }

  // --------------------------------------------------------------------------------------------------------- typing

  #type() {
    if ($('compose-text').value === '') return this.#stopTyping();
    if (this.#state !== 'in' || Date.now() - this.#typed < TYPING_AGAIN) return;
    this.#typed = Date.now();
    this.line.send('typing', true).catch(() => {});
  }

  #stopTyping() {
    if (this.#typed === 0 || this.#state !== 'in') return;
    this.#typed = 0;
    this.line.send('typing', false).catch(() => {});
  }

  #beginTyping(name) {
    clearTimeout(this.#typing.get(name));
    // Whoever falls silent without a word has stopped.
    this.#typing.set(name, setTimeout(() => this.#endTyping(name), TYPING_OVER));
    this.#showTyping();
  }

  #endTyping(name) {
    clearTimeout(this.#typing.get(name));
    this.#typing.delete(name);
    this.#showTyping();
  }

  #showTyping() {
    const names = [...this.#typing.keys()];
    $('typing').textContent = names.length === 0 ? '' : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing…`;
  }

  // ----------------------------------------------------------------------------------------------------------- view

  #setState(state) {
    if (state !== 'in') [...this.#typing.keys()].forEach((name) => this.#endTyping(name));
    const focused = document.activeElement;
    this.#state = state;
    this.#show();
    // Whoever was in what is gone goes on in what has come.
    if (focused.closest('.room [hidden]')) $(state === 'out' ? 'room-name' : 'compose-text').focus();
  }

  #show() {
    const inside = this.#room !== null && (this.#state === 'in' || this.#state === 'away');
    $('room-title').textContent = inside ? this.#room : 'Room';
    $('room-stranger').hidden = Boolean(this.#user);
    $('room-enter').hidden = !this.#user || inside;
    $('room-inside').hidden = $('room-leave').hidden = !inside;
    const status = { entering: 'Entering…', in: '', away: 'Coming back…', out: '' }[this.#state];
    if ($('room-status').textContent !== status) $('room-status').textContent = status;
    $('room-enter').setAttribute('aria-busy', String(this.#state === 'entering'));
  }

  #showMembers({ members, total }) {
    const texts = members.map(({ username, level }) => {
      const also = [username === this.#user && 'you', LEVELS[level]].filter(Boolean).join(', ');
      return also ? `${username} (${also})` : username;
    });
    if (total > members.length) texts.push(`and ${total - members.length} more`);
    $('members').replaceChildren(...texts.map((textContent) => Object.assign(document.createElement('li'), { textContent })));
  }

  #fail(why) {
    $('room-failure').textContent = why;
  }
}
