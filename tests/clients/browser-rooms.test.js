// The page's room and device, as two people with two windows meet them: one on SignalR, one on Socket.IO.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { io } from 'socket.io-client-4';
import { administrator, administratorSettings, asAdministrator } from './support/administrator.js';
import { Person, launch } from './support/browser.js';
import { DevicePane, RoomPane } from './support/panes.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually, within } from './support/waiting.js';

let service;
let browser;
let people;
before(async () => {
  service = await Service.start({ settings: administratorSettings() });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.dispose();
});
beforeEach(() => { people = []; });
afterEach(async () => {
  for (const person of people) await person.leave();
});

/** A new person's window, on a transport. */
async function window(transport = 'SignalR') {
  const person = await Person.enter(browser, service);
  people.push(person);
  const tab = await person.open();
  await tab.choose(transport);
  await tab.page.locator('#log .note').filter({ hasText: `connected by ${transport}` }).waitFor();
  await tab.connection('online');
  return Object.assign(tab, { person, room: new RoomPane(tab), device: new DevicePane(tab) });
}

/** The window of somebody who has just registered. */
async function userWindow(transport, username) {
  const tab = await window(transport);
  const someone = { ...account(), ...(username && { username }) };
  service.secrets.add(someone.password);
  await tab.register(someone);
  return Object.assign(tab, { username: someone.username, password: someone.password });
}

const newRoom = () => `room ${randomUUID().slice(0, 8)}`;

/** The two windows side by side, in one room. */
async function twoInARoom() {
  const room = newRoom();
  const [left, right] = [await userWindow('SignalR'), await userWindow('Socket.IO')];
  await left.room.enter(room);
  await right.room.enter(room);
  return { room, left, right };
}

const noComplaints = () => assert.deepEqual(people.flatMap(({ complaints }) => complaints), []);

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

describe('a room', () => {
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
    noComplaints();
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
    noComplaints();
  });

  for (const [dropped, name] of [['left', 'SignalR'], ['right', 'Socket.IO']]) {
    test(`a connection by ${name} that drops comes back without loss or doubles`, async () => {
      const windows = await twoInARoom();
      const here = windows[dropped];
      const there = dropped === 'left' ? windows.right : windows.left;
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

  test('messages that are sent while the connection drops again and again arrive once, in order', async () => {
    const { left, right } = await twoInARoom();
    const said = [];
    for (let round = 0; round < 4; round++) {
      for (const tab of [left, right]) {
        const texts = [0, 1, 2].map((number) => `${tab.username.slice(0, 4)} ${round}.${number}`);
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
    assert.deepEqual(shown.toSorted(), said.toSorted());
    await right.room.shows(shown);
    noComplaints();
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
    noComplaints();
  });

  test('older messages come page by page', async () => {
    const room = newRoom();
    const left = await userWindow('SignalR');
    await left.room.enter(room);
    const texts = Array.from({ length: 60 }, (_, number) => `message ${number}`);
    await left.room.say(...texts);
    await left.room.shows(texts);
    const right = await userWindow('Socket.IO');
    await right.room.enter(room);
    await right.room.shows(texts.slice(10));
    await right.press('Older messages');
    await right.room.shows(texts);
    assert.equal(await right.focused(), 'messages', 'the button has gone, and the focus is not lost');
    noComplaints();
  });

  test('guests enter too, and keep their place when they make the account their own', async () => {
    const room = newRoom();
    const guest = await window('Socket.IO');
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
    noComplaints();
  });

  test('a logout ends the stay, also in another tab, and a stranger sees no door', async () => {
    const room = newRoom();
    const first = await userWindow('SignalR');
    await first.room.enter(room);
    const second = await first.person.open();
    await second.state('user');
    await second.press('Log out');
    await first.state('undefined');
    await first.page.getByText('to enter a room').waitFor();
    assert.equal(await first.page.locator('#room-enter').isVisible(), false);
    assert.equal(await first.page.evaluate(() => sessionStorage.getItem('gatehouse.room')), null);
    assert.equal(await first.token(), null);
    noComplaints();
  });

  test('a name that no room can have is refused in words', async () => {
    const tab = await userWindow('SignalR');
    await tab.page.getByLabel('Name of the room').fill('‮upside down');
    await tab.press('Enter');
    await tab.room.alert('A room’s name has 1 to 128 characters that show.');
    assert.equal(await tab.focused(), 'room-name');
    await tab.room.enter(newRoom());
    assert.equal(await tab.page.locator('#room-failure').innerText(), '');
    noComplaints();
  });

  test('what a moderator does is shown: deleted, muted, put out, banned', async () => {
    const room = newRoom();
    const tab = await userWindow('SignalR');
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
    noComplaints();
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
});

describe('a device', () => {
  for (const transport of ['SignalR', 'Socket.IO']) {
    test(`by ${transport}, what is queued while it is offline comes, stays until acknowledged, and is gone then`, async () => {
      const [left, right] = [await window(transport), await window(transport === 'SignalR' ? 'Socket.IO' : 'SignalR')];
      const number = await left.device.register();
      assert.ok(number > 0);
      await left.device.press('Go offline');
      await left.device.status('Offline');
      await right.device.send(number, 'buy milk');
      await right.device.sent(`Stored for device ${number}`);
      await right.device.send(number, 'call Ada');
      await right.device.sent(`Stored for device ${number}`);
      await left.device.press('Go online');
      await left.device.holds(['buy milk', 'call Ada']);
      await left.page.reload();
      await left.device.holds(['buy milk', 'call Ada']);
      await left.device.acknowledge('buy milk');
      await left.device.holds(['call Ada']);
      assert.equal(await left.page.evaluate(() => document.activeElement.textContent), 'Acknowledge', 'on to the next');
      await left.page.reload();
      await left.device.holds(['call Ada']);
      await right.device.send(number, 'water the plants');
      await left.device.holds(['call Ada', 'water the plants']);
      await left.device.acknowledge('water the plants');
      await left.device.acknowledge('call Ada');
      await left.device.holds([]);
      assert.equal(await left.focused(), 'mailbox-title');
      await left.page.reload();
      await left.device.status('Online');
      await left.device.holds([]);
      assert.equal(await left.device.number(), number);
      noComplaints();
    });
  }

  test('a device that is dropped comes back, and has what came meanwhile', async () => {
    const [left, right] = [await window('SignalR'), await window('Socket.IO')];
    const number = await left.device.register();
    await left.blockConnections(true);
    await left.press('Drop the connection');
    await left.device.status('Coming back…');
    await right.device.send(number, 'come back');
    await right.device.sent(`Stored for device ${number}`);
    await left.blockConnections(false);
    await left.device.status('Online');
    await left.device.holds(['come back']);
  });

  test('who stays offline is offline after a reload, and can be forgotten', async () => {
    const tab = await window();
    await tab.device.register();
    await tab.device.press('Go offline');
    await tab.device.status('Offline');
    await tab.page.reload();
    await tab.device.status('Offline');
    await tab.device.press('Forget it');
    assert.equal(await tab.focused(), 'device-name');
    await tab.page.reload();
    await tab.page.getByRole('button', { name: 'Register the device' }).waitFor();
    noComplaints();
  });

  test('a number that no device has is told in words', async () => {
    const tab = await window();
    await tab.device.send(2_000_000_000, 'anybody there?');
    await tab.device.alert('There is no device of that number.');
    noComplaints();
  });

  test('a token that the service does not know makes a new device possible', async () => {
    const tab = await window();
    await tab.page.evaluate(() => {
      localStorage.setItem('gatehouse.device', '{"id":1,"token":"1.forged","name":"phone"}');
      sessionStorage.setItem('gatehouse.device.online', 'yes');
    });
    await tab.page.reload();
    await tab.device.alert('The service does not know it any more.');
    await tab.device.register();
    noComplaints();
  });
});

describe('on the wire', () => {
  test('the events of all three protocols are shown, with their protocol, and without secrets', async () => {
    for (const transport of ['SignalR', 'Socket.IO']) {
      const tab = await userWindow(transport);
      await tab.room.enter(newRoom());
      await tab.room.say('hello');
      await tab.room.shows(['hello']);
      const number = await tab.device.register();
      await tab.device.send(number, 'hello device');
      await tab.device.holds(['hello device']);
      const log = await tab.page.locator('#log').textContent();
      for (const text of ['chat auth', 'chat message', 'chat members', 'clients client.to.instance', 'clients instance.to.node']) {
        assert.ok(log.includes(text), `${text} is shown`);
      }
      const kept = await tab.page.evaluate(() => ({ ...localStorage }));
      const secrets = [kept['gatehouse.token'], JSON.parse(kept['gatehouse.device']).token, JSON.parse(kept['gatehouse.node']).token];
      for (const secret of secrets) {
        assert.ok(secret.length > 20);
        assert.ok(!log.includes(secret));
        service.secrets.add(secret.split('.').at(-1));
      }
    }
    noComplaints();
  });
});
