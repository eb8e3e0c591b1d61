// The page's room, as two people with two windows meet it: one on SignalR, one on Socket.IO.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, before, beforeEach, test } from 'node:test';
import { io } from 'socket.io-client-4';
import { administrator, asAdministrator } from '../support/administrator.js';
import { sharedBrowser } from '../support/browser.js';
import { ChatClient } from '../support/chat-client.js';
import { Windows } from '../support/panes.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { eventually, within } from '../support/waiting.js';

let service;
let browser;
let windows;
before(async () => {
  service = await sharedService(ADMINISTERED);
  browser = await sharedBrowser();
});
beforeEach(() => { windows = new Windows(browser, service); });
afterEach(() => windows.close());

const newRoom = () => `room ${randomUUID().slice(0, 8)}`;

/** The two windows side by side, in one room. */
async function twoInARoom() {
  const room = newRoom();
  const [left, right] = [await windows.ofUser('SignalR'), await windows.ofUser('Socket.IO')];
  await left.room.enter(room);
  await right.room.enter(room);
  return { room, left, right };
}

/** The administrator, who has no page: it cannot moderate. */
async function moderator(room) {
  await (await asAdministrator(service)).close();
  const socket = io(`${service.url}/chat`, { transports: ['websocket'], forceNew: true, reconnection: false });
  const once = (event) => within(30_000, `waiting for ${event}`, new Promise((resolve) => { socket.once(event, resolve); }));
  const entered = once('auth');
  const { username, password } = administrator;
  socket.emit('auth', { username, password, room });
  await entered;
  return { socket, once, close: () => socket.close() };
}

test('two windows, one on SignalR and one on Socket.IO, talk and see each other', async () => {
  const { left, right } = await twoInARoom();
  for (const [me, other] of [[left, right], [right, left]]) await me.room.members([`${me.username} (you)`, other.username]);
  await left.room.type('hello');
  await right.room.typing(`${left.username} is typing…`);
  await left.room.say('hello');
  await right.room.shows(['hello']);
  await right.room.typing('');
  await right.room.say('hello yourself', 'how are you?');
  for (const { room } of [left, right]) await room.shows(['hello', 'hello yourself', 'how are you?']);
  assert.deepEqual(await left.page.locator('#messages .mine').allInnerTexts().then((texts) => texts.length), 1);
  await right.room.leave();
  await left.room.members([`${left.username} (you)`]);
  await right.page.getByRole('button', { name: 'Enter' }).waitFor();
  windows.hadNoComplaints();
});

test('after a reload the tab is in the room again, with what was said', async () => {
  const { left, right, room } = await twoInARoom();
  await left.room.say('one', 'two');
  await right.room.shows(['one', 'two']);
  const token = await right.token();
  await right.page.reload();
  await right.room.inside(room);
  await right.room.shows(['one', 'two']);
  assert.notEqual(await right.token(), token);
  await right.page.reload();
  await right.room.inside(room);
  await right.room.say('three');
  await left.room.shows(['one', 'two', 'three']);
  windows.hadNoComplaints();
});

for (const [dropped, name] of [['left', 'SignalR'], ['right', 'Socket.IO']]) {
  test(`a connection by ${name} that drops comes back without loss or doubles`, async () => {
    const both = await twoInARoom();
    const here = both[dropped];
    const there = dropped === 'left' ? both.right : both.left;
    await there.room.say('before');
    await here.room.shows(['before']);
    await here.blockConnections(true);
    await here.press('Drop the connection');
    await here.connection('reconnecting');
    await there.room.say('while away 1', 'while away 2');
    await there.room.shows(['before', 'while away 1', 'while away 2']);
    await here.room.say('typed while away');
    await here.room.shows(['before', 'typed while away…']);
    await here.blockConnections(false);
    const all = ['before', 'while away 1', 'while away 2', 'typed while away'];
    await here.room.shows(all);
    await there.room.shows(all);
    await there.room.say('after');
    await here.room.shows([...all, 'after']);
    await here.room.members([`${here.username} (you)`, there.username]);
  });
}

test('messages that are sent while the connection drops again and again arrive once, in the order of their sender', async () => {
  const { left, right } = await twoInARoom();
  const said = [];
  for (let round = 0; round < 4; round++) {
    for (const [side, tab] of [['left', left], ['right', right]]) {
      const texts = [0, 1, 2].map((number) => `${side} ${round}.${number}`);
      said.push(...texts);
      await tab.room.say(...texts);
      await tab.press('Drop the connection');
      await tab.connection('reconnecting');
      await tab.connection('online');
    }
  }
  let shown;
  await eventually('showing everything', async () => {
    shown = await left.room.messages();
    return shown.length === said.length && shown.every((text) => !text.endsWith('…'));
  }, { describe: () => JSON.stringify(shown) });
  for (const side of ['left', 'right']) {
    assert.deepEqual(shown.filter((text) => text.startsWith(side)), said.filter((text) => text.startsWith(side)));
  }
  await right.room.shows(shown);
  windows.hadNoComplaints();
});

test('whoever switches the transport stays in the room', async () => {
  const { left, right, room } = await twoInARoom();
  await left.room.say('by SignalR');
  await right.room.shows(['by SignalR']);
  await left.choose('Socket.IO');
  await left.page.locator('#log .note').filter({ hasText: 'chat' }).filter({ hasText: 'connected by Socket.IO' }).waitFor();
  await right.room.say('meanwhile');
  await left.room.shows(['by SignalR', 'meanwhile']);
  await left.room.say('by Socket.IO');
  await right.room.shows(['by SignalR', 'meanwhile', 'by Socket.IO']);
  await left.room.inside(room);
  windows.hadNoComplaints();
});

test('older messages come page by page', async () => {
  const room = newRoom();
  const texts = Array.from({ length: 60 }, (_, number) => `message ${number}`);
  await (await asAdministrator(service)).close();
  await ChatClient.briefly(service, async (talker) => {
    await talker.enter(administrator, room);
    for (const content of texts) await talker.ask(['message', { content }], ['message']);
  });
  const right = await windows.ofUser('Socket.IO');
  await right.room.enter(room);
  await right.room.shows(texts.slice(10));
  await right.press('Older messages');
  await right.room.shows(texts);
  assert.equal(await right.focused(), 'messages', 'the button has gone, and the focus is not lost');
  windows.hadNoComplaints();
});

test('guests enter too, and keep their place when they make the account their own', async () => {
  const room = newRoom();
  const guest = await windows.open('Socket.IO');
  await guest.choose('As a guest');
  await guest.press('Continue as a guest');
  await guest.state('guest');
  await guest.room.enter(room);
  await guest.room.say('I am new here');
  await guest.room.shows(['I am new here']);
  const someone = account();
  service.secrets.add(someone.password);
  await guest.submit('Make this account your own',
    { Username: someone.username, 'E-mail': someone.email, Password: someone.password });
  await guest.room.members([`${someone.username} (you)`]);
  await guest.room.say('and have a name');
  await guest.room.shows(['I am new here', 'and have a name']);
  await guest.page.reload();
  await guest.room.inside(room);
  await guest.room.shows(['I am new here', 'and have a name']);
  windows.hadNoComplaints();
});

test('a logout ends the stay, also in another tab, and a stranger sees no door', async () => {
  const room = newRoom();
  const first = await windows.ofUser('SignalR');
  await first.room.enter(room);
  const second = await first.person.open();
  await second.state('user');
  await second.press('Log out');
  await first.state('undefined');
  await first.page.getByText('to enter a room').waitFor();
  assert.equal(await first.page.locator('#room-enter').isVisible(), false);
  assert.equal(await first.page.evaluate(() => sessionStorage.getItem('gatehouse.room')), null);
  assert.equal(await first.token(), null);
  windows.hadNoComplaints();
});

test('a name that no room can have is refused in words', async () => {
  const tab = await windows.ofUser('SignalR');
  await tab.page.getByLabel('Name of the room').fill('‮upside down');
  await tab.press('Enter');
  await tab.room.alert('A room’s name has 1 to 128 characters that show.');
  assert.equal(await tab.focused(), 'room-name');
  await tab.room.enter(newRoom());
  assert.equal(await tab.page.locator('#room-failure').innerText(), '');
  windows.hadNoComplaints();
});

test('what a moderator does is shown: deleted, muted, put out, banned', async () => {
  const room = newRoom();
  const tab = await windows.ofUser('SignalR');
  await tab.room.enter(room);
  const boss = await moderator(room);
  const heard = boss.once('message');
  await tab.room.say('rude');
  const { id } = await heard;
  await tab.room.shows(['rude']);
  boss.socket.emit('deleteMessage', { id });
  await tab.room.shows([]);

  const muted = boss.once('mute');
  boss.socket.emit('mute', { username: tab.username, duration: 1000, reason: 'quiet please' });
  await muted;
  await tab.room.say('am I heard?');
  await tab.room.alert('You are muted for another');
  await tab.room.shows([]);
  assert.equal(await tab.page.locator('#compose-text').inputValue(), 'am I heard?', 'it can be said later');

  boss.socket.emit('kick', { username: tab.username, reason: 'enough' });
  await tab.room.alert('You were put out of the room. “enough”');
  await tab.room.enter(room);
  boss.socket.emit('ban', { username: tab.username, reason: 'really enough' });
  await tab.room.alert('You were banned from the room. “really enough”');
  await tab.press('Enter');
  await tab.room.alert('You are banned from this room.');
  boss.close();
  windows.hadNoComplaints();
});

test('what was deleted while a connection was away is gone when it is back', async () => {
  const { left, right, room } = await twoInARoom();
  const boss = await moderator(room);
  const heard = boss.once('message');
  await left.room.say('regretted', 'kept');
  const { id } = await heard;
  for (const tab of [left, right]) await tab.room.shows(['regretted', 'kept']);
  for (const tab of [left, right]) {
    await tab.blockConnections(true);
    await tab.press('Drop the connection');
    await tab.connection('reconnecting');
  }
  const deleted = boss.once('deleteMessage');
  boss.socket.emit('deleteMessage', { id });
  await deleted;
  for (const tab of [left, right]) {
    await tab.blockConnections(false);
    await tab.room.shows(['kept']);
  }
  boss.close();
});
