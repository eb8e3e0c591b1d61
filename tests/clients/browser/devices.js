// The page's device, as somebody with two windows meets it: what is sent from the one waits for the other.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, before, beforeEach, test } from 'node:test';
import { sharedBrowser } from '../support/browser.js';
import { nameless, poorContrast, tooWide } from '../support/page-checks.js';
import { Windows } from '../support/panes.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';

let service;
let browser;
let windows;
before(async () => {
  service = await sharedService(ADMINISTERED);
  browser = await sharedBrowser();
});
beforeEach(() => { windows = new Windows(browser, service); });
afterEach(() => windows.close());

for (const transport of ['SignalR', 'Socket.IO']) {
  test(`by ${transport}, what is queued while it is offline comes, stays until acknowledged, and is gone then`, async () => {
    const left = await windows.open(transport);
    const right = await windows.open(transport === 'SignalR' ? 'Socket.IO' : 'SignalR');
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
    windows.hadNoComplaints();
  });
}

test('a device that is dropped comes back, and has what came meanwhile', async () => {
  const [left, right] = [await windows.open('SignalR'), await windows.open('Socket.IO')];
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
  const tab = await windows.open();
  await tab.device.register();
  await tab.device.press('Go offline');
  await tab.device.status('Offline');
  await tab.page.reload();
  await tab.device.status('Offline');
  await tab.device.press('Forget it');
  assert.equal(await tab.focused(), 'device-name');
  await tab.page.reload();
  await tab.page.getByRole('button', { name: 'Register the device' }).waitFor();
  windows.hadNoComplaints();
});

test('a number that no device has is told in words', async () => {
  const tab = await windows.open();
  await tab.device.send(2_000_000_000, 'anybody there?');
  await tab.device.alert('There is no device of that number.');
  windows.hadNoComplaints();
});

test('a token that the service does not know makes a new device possible', async () => {
  const tab = await windows.open();
  await tab.page.evaluate(() => {
    localStorage.setItem('gatehouse.device', '{"id":1,"token":"1.forged","name":"phone"}');
    sessionStorage.setItem('gatehouse.device.online', 'yes');
  });
  await tab.page.reload();
  await tab.device.alert('The service does not know it any more.');
  await tab.device.register();
  windows.hadNoComplaints();
});

test('the events of all three protocols are shown, with their protocol, and without secrets', async () => {
  for (const transport of ['SignalR', 'Socket.IO']) {
    const tab = await windows.ofUser(transport);
    await tab.room.enter(`room ${randomUUID()}`);
    await tab.room.say('hello');
    await tab.room.shows(['hello']);
    const number = await tab.device.register();
    await tab.device.send(number, 'hello device');
    await tab.device.holds(['hello device']);
    const log = await tab.page.locator('#log').textContent();
    const shown = ['chat auth', 'chat message', 'chat members', 'clients client.to.instance', 'clients instance.to.node'];
    for (const text of shown) {
      assert.ok(log.includes(text), `${text} is shown`);
    }
    const kept = await tab.page.evaluate(() => ({ ...localStorage }));
    const [device, node] = ['device', 'node'].map((name) => JSON.parse(kept[`gatehouse.${name}`]));
    const secrets = [kept['gatehouse.token'], device.token, node.token];
    for (const secret of secrets) {
      assert.ok(secret.length > 20);
      assert.ok(!log.includes(secret));
      service.secrets.add(secret.split('.').at(-1));
    }
  }
  windows.hadNoComplaints();
});

for (const [colorScheme, username] of [['light', `${'W'.repeat(31)}M`], ['dark', `${'M'.repeat(31)}W`]]) {
  test(`room and device are legible in the ${colorScheme} theme, named, and no wider than a small telephone`, async () => {
    const viewport = { width: 320, height: 640 };
    const tab = await windows.ofUser('SignalR', { colorScheme, viewport, username });
    const guest = await windows.open('Socket.IO');
    await guest.choose('As a guest');
    await guest.press('Continue as a guest');
    await guest.state('guest');
    const room = `room ${'w'.repeat(100)}${randomUUID().slice(0, 8)}`;
    await tab.room.enter(room);
    await guest.room.enter(room);
    await tab.room.say('w'.repeat(300));
    await guest.room.shows(['w'.repeat(300)]);
    await guest.room.say('m'.repeat(300));
    await tab.room.shows(['w'.repeat(300), 'm'.repeat(300)]);
    await guest.room.type('more');
    await tab.page.locator('#typing').filter({ hasText: 'is typing' }).waitFor();
    const number = await tab.device.register({ name: 'w'.repeat(100) });
    await tab.device.send(number, 'w'.repeat(300));
    await tab.device.holds(['w'.repeat(300)]);
    await tab.device.send(2_000_000_000, 'nobody');
    await tab.device.alert('There is no device of that number.');
    await tab.blockConnections(true);
    await tab.press('Drop the connection');
    await tab.room.say('on its way');
    await tab.device.status('Coming back…');
    assert.deepEqual(await tab.page.evaluate(poorContrast), []);
    assert.deepEqual(await tab.page.evaluate(nameless), []);
    assert.deepEqual(await tab.page.evaluate(tooWide), []);
  });
}

test('room and device can be used by keyboard alone', async () => {
  const tab = await windows.ofUser('Socket.IO');
  const { keyboard } = tab.page;
  await tab.page.getByRole('button', { name: 'Log out' }).focus();
  await keyboard.press('Tab');
  assert.equal(await tab.focused(), 'room-name');
  await keyboard.type(`room ${randomUUID()}`);
  await keyboard.press('Enter');
  await tab.page.locator('#compose-text:focus').waitFor();
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await tab.room.shows(['hello']);
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  assert.equal(await tab.focused(), 'device-name');
  await keyboard.press('Enter');
  await tab.device.status('Online');
  assert.equal(await tab.focused(), 'device-title');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await tab.device.status('Offline');
  windows.hadNoComplaints();
});
