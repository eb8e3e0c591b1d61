// The operators' console in a real browser on one process: what is done there is seen by clients of the other one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administrator, administratorSettings, asAdministrator } from './support/administrator.js';
import { launch } from './support/browser.js';
import { ChatClient } from './support/chat-client.js';
import { newRoom } from './support/chat-scenarios.js';
import { Console } from './support/console.js';
import { nameless, poorContrast, tooWide } from './support/page-checks.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { guest } from './support/side-by-side.js';
import { eventually } from './support/waiting.js';

const settings = { ...administratorSettings(), Gatehouse__Room__Open: 'true', Gatehouse__Operators__Dashboard: 'true' };

let here;
let there;
let browser;
let console;

before(async () => {
  here = await Service.start({ settings });
  there = await Service.start({ settings, beside: here });
  await (await asAdministrator(here)).close();
  browser = await launch();
  console = await Console.open(browser, here);
});
after(async () => {
  await browser?.close();
  await there?.dispose();
  await here?.dispose();
});

/** Somebody who is logged in at the other process. */
async function somebody() {
  const person = account();
  const client = await there.connect();
  await client.register(person);
  return { ...person, client };
}

test('who knows no password, or has no permission, stays outside', async () => {
  await console.logIn({ ...administrator, password: 'not the password' });
  await console.failure('Wrong name or password.');
  const someone = await somebody();
  await console.logIn(someone);
  await console.failure('This account has no permission for the console.');
  assert.deepEqual(await console.context.cookies(), []);
  await someone.client.close();
});

test('an operator comes in, with a cookie that only the console gets', async () => {
  await console.logIn(administrator);
  await console.access('operator');
  const [cookie, ...others] = await console.context.cookies(`${here.url}/console/api/me`);
  assert.deepEqual(others, []);
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path, cookie.expires], [true, 'Strict', '/console', -1]);
  assert.equal((await console.ask('GET', 'me')).status(), 403, 'without the header');
});

test('a ban ends the logins on the other process, and is lifted again', async () => {
  const someone = await somebody();
  await console.user(someone.username);
  await console.submit('Ban', { Reason: 'spam', Duration: 'a day' });
  await console.notice('is banned');
  await someone.client.expect(['state_change', 'undefined']);
  await there.briefly((client) => assert.rejects(client.logIn(someone)));
  await console.press('Unban');
  await console.notice('can log in again');
  await there.briefly((client) => client.logIn(someone));
  assert.deepEqual((await console.audit()).slice(0, 3), [
    `unban ${someone.username} Done`, `ban ${someone.username} 1.00:00:00: spam Done`, 'log_in console Done',
  ]);
  await someone.client.close();
});

test('whose ban is over comes in at once, and can be banned again', async () => {
  const someone = await somebody();
  for (const client of [someone.client, await there.connect()]) {
    if (client !== someone.client) await client.logIn(someone);
    await console.user(someone.username);
    await console.submit('Ban', { Reason: '', Duration: 'an hour' });
    await client.expect(['state_change', 'undefined']);
    await client.close();
    await there.briefly((another) => assert.rejects(another.logIn(someone)));
    await here.database.sql(`UPDATE users SET banned_until = now() WHERE name = '${someone.username}'`);
  }
  await there.briefly((client) => client.logIn(someone));
});

test('a login is ended alone, and then all of them', async () => {
  const someone = await somebody();
  const second = await there.connect();
  await second.logIn(someone);
  await console.user(someone.username);
  const clients = [someone.client, second];
  const ended = (count) => eventually(`ending ${count}`, () => clients.filter(({ events }) =>
    events.some(([name, state]) => name === 'state_change' && state === 'undefined')).length === count);
  await console.press('End', console.row('session').first());
  await console.notice('The login is ended.');
  await ended(1);
  await console.press('End all logins');
  await console.press('End them all?');
  await ended(2);
  await Promise.all(clients.map((client) => client.close()));
});

test('a forgotten password is replaced by a code, once', async () => {
  const someone = await somebody();
  await console.user(someone.username);
  await console.press('Reset the password');
  const address = await console.page.getByRole('region', { name: 'Password reset' }).locator('output').innerText();
  here.secrets.add(address.split('#')[1]);
  const visitor = await browser.newContext();
  const page = await visitor.newPage();
  const replaced = { ...someone, password: 'quite another one' };
  here.secrets.add(replaced.password);
  const tries = async (password, answer) => {
    await page.getByRole('textbox').fill(password);
    await page.getByRole('button').click();
    await page.getByText(answer).waitFor();
  };
  await page.goto(address.replace(here.url, there.url));
  await tries('short', 'A password has');
  await tries(replaced.password, 'That is your password');
  await page.reload();
  await tries('a third password', 'not good');
  await visitor.close();
  await someone.client.expect(['state_change', 'undefined']);
  await there.briefly((client) => client.logIn(replaced));
  await someone.client.close();
});

test('a room is read, kept in order, closed and deleted, under the eyes of its members on the other process', async () => {
  const room = newRoom();
  const [first, second] = [guest(1), guest(2)];
  const [talker, listener] = [await ChatClient.connect(there), await ChatClient.connect(there, { generation: 4 })];
  await talker.enter(first, room);
  await listener.enter(second, room);
  await listener.findsHere(first.username, second.username);
  await talker.say('good');
  await talker.say('bad');
  await listener.hears('good', 'bad');
  await console.go('Rooms');
  await console.page.locator('main').getByRole('link', { name: room }).first().click();
  await console.heading(room);
  await console.row(first.username).first().waitFor();
  await console.press('Delete', console.row('bad'));
  await console.notice('The message is deleted.');
  await listener.next('deleteMessage');
  await console.submit('Mute', { User: first.username, Duration: '10 minutes' });
  await console.notice('is muted');
  await talker.send('message', { content: 'more' });
  await talker.next('mute');
  await console.submit('Close', { Reason: 'renovation' });
  await console.notice('The room is closed.');
  for (const client of [talker, listener]) await client.next('kick');
  const late = await ChatClient.connect(there);
  await late.ask(['Auth', { user: first.username, password: '', room }], [['cerror', { code: 403, Code: 403, message: 'Room closed' }]]);
  await console.press('Open the room');
  await console.notice('The room is open.');
  await late.enter(second, room);
  await console.press('Delete the room');
  await console.press('Delete all its messages?');
  await console.notice('The room is deleted.');
  await late.next('kick');
  assert.equal(await console.row('good').count(), 0);
  assert.deepEqual((await console.audit()).slice(0, 5).map((entry) => entry.split(' ')[0]), ['delete_room', 'open', 'close', 'mute', 'delete_message']);
  for (const client of [talker, listener, late]) await client.close();
});

test('what goes on in both processes is shown, and what waits in mailboxes', async () => {
  const client = await there.connect();
  await client.becomeGuest();
  await here.database.sql(`
    INSERT INTO clients (kind, secret_hash, information, created_at) VALUES ('client', '', '{}', now());
    INSERT INTO client_queue (recipient, sender, content, size, created_at) SELECT max(id), max(id), '"x"', 3, now() FROM clients`);
  await console.go('Live');
  const rows = (table, name) => console.page.getByRole('region', { name: table, exact: true }).getByRole('row', { name });
  await rows('Connections by transport', /signalr [1-9]/).waitFor();
  await rows('Connections by protocol', /session [1-9]/).waitFor();
  for (const processes of ['Gateways', 'Silos']) assert.equal(await rows(processes).count(), 1 + 2, processes);
  assert.equal(await rows('Silos', /[1-9]\d* \d+ % [1-9]\d* MB$/).count(), 2);
  await rows('Grains in memory', /SessionGrain [1-9]/).waitFor();
  await console.go('Mailboxes');
  await console.page.getByRole('row', { name: /Client away 1 3/ }).waitFor();
  await client.close();
});

test("Orleans' own dashboard is for whoever is logged in, and shows the calls of grains", async () => {
  for (const path of ['', 'index.min.js', 'DashboardCounters', 'GrainState']) assert.equal((await there.get(`/console/dashboard/${path}`)).status, 401, path);
  await console.go('Live');
  await console.link('Orleans dashboard');
  await console.page.getByText('Total Activations').waitFor();
  const counters = await console.context.request.get(`${here.url}/console/dashboard/DashboardCounters`);
  assert.equal((await counters.json()).hosts.length, 2);
  await console.page.goBack();
  await console.access('operator');
});

test('whose permission is taken while the page is open is told so, and sees nothing any more', async () => {
  const someone = await somebody();
  await console.user(someone.username);
  await console.press('Grant the permission admin');
  await console.notice('is an administrator');
  const colleague = await Console.open(browser, there);
  await colleague.logIn(someone);
  // On a pane that asks nothing by itself.
  await colleague.go('Users');
  await console.press('Take the permission admin');
  await console.notice('is no administrator any more');
  await colleague.page.getByRole('navigation').getByRole('link', { name: 'Rooms' }).click();
  await colleague.access('forbidden');
  await colleague.heading('No permission');
  assert.equal(await colleague.page.locator('#pane').innerText(), '');
  assert.deepEqual(colleague.complaints, []);
  await colleague.context.close();
  await someone.client.close();
});

test('every pane can be read in both themes and on a small telephone, and has names for everything', async () => {
  await console.page.setViewportSize({ width: 320, height: 640 });
  for (const pane of ['Live', 'Users', 'Rooms', 'Mailboxes', 'Audit log']) {
    await console.go(pane);
    for (const wrong of [nameless, tooWide]) assert.deepEqual(await console.page.evaluate(wrong), [], `${wrong.name} in ${pane}`);
    for (const colorScheme of ['light', 'dark']) {
      await console.page.emulateMedia({ colorScheme });
      assert.deepEqual(await console.page.evaluate(poorContrast), [], `${pane}, ${colorScheme}`);
    }
  }
});

test('what no page asks for is refused, and nothing fails', async () => {
  const nobody = '00000000-0000-0000-0000-000000000001';
  const before = here.log.length;
  for (const [status, method, path, body] of [
    [404, 'GET', 'users/nobody'], [404, 'GET', `users/${nobody}`], [400, 'GET', 'users?text=%00'], [400, 'GET', 'audit?before=x'],
    [400, 'POST', `users/${nobody}/ban`, 'no JSON'], [400, 'POST', `users/${nobody}/ban`, { minutes: 0 }],
    [400, 'POST', `users/${nobody}/ban`, { reason: 'x'.repeat(501) }], [404, 'POST', `users/${nobody}/ban`, { reason: 'a' }],
    [400, 'POST', `users/${nobody}/permissions`, { permission: 'root', granted: true }], [404, 'POST', `users/${nobody}/end`, { login: '\u0000' }],
    [413, 'POST', `users/${nobody}/end`, { login: 'x'.repeat(70_000) }], [404, 'POST', `users/${nobody}/reset`, {}],
    [400, 'GET', 'room?name=%0a'], [400, 'GET', 'room'], [400, 'POST', 'room/mute?name=a', { user: 'a', minutes: -1 }],
    [404, 'POST', 'room/delete-message?name=a', { sequence: 1 }], [405, 'DELETE', 'audit'], [404, 'GET', 'audit/1'],
  ]) {
    const answer = await console.ask(method, path, { headers: { 'X-Gatehouse-Console': '1', 'Content-Type': 'application/json' }, body });
    assert.equal(answer.status(), status, `${method} ${path} ${JSON.stringify(body)?.slice(0, 80)}`);
  }
  assert.deepEqual(here.complaints(before), []);
});

test('who logs out is a stranger, and the browser had nothing to complain about', async () => {
  await console.press('Log out');
  await console.access('stranger');
  assert.deepEqual(await console.context.cookies(`${here.url}/console/`), []);
  assert.deepEqual(console.complaints, []);
});
