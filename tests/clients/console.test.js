// The operators' console in a real browser on one process: what is done there is seen by clients of the other one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { administrator, administratorSettings, asAdministrator } from './support/administrator.js';
import { launch } from './support/browser.js';
import { Console } from './support/console.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const settings = { ...administratorSettings(), Gatehouse__Room__Open: 'true' };

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

test('the browser had nothing to complain about', () => assert.deepEqual(console.complaints, []));
