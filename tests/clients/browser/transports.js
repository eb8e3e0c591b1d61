// The page's transport switch, as somebody with a browser meets it.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { Person, sharedBrowser } from '../support/browser.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';

let service;
let browser;
let person;
before(async () => {
  service = await sharedService(ADMINISTERED);
  browser = await sharedBrowser();
});
beforeEach(async () => { person = await Person.enter(browser, service); });
afterEach(() => person.leave());

/** Runs a test in a tab; at its end the browser must have had nothing to complain about. */
const inTab = (act) => async () => {
  const tab = await person.open();
  await act(tab);
  assert.deepEqual(person.complaints, []);
};

function somebody() {
  const someone = account();
  service.secrets.add(someone.password);
  return someone;
}

const notes = (tab) => tab.page.locator('#log .note .event').allInnerTexts();

/** Uses the switch, and waits until the page is online by it. */
async function switchTo(tab, transport) {
  await tab.choose(transport);
  const last = tab.page.locator('#log .note:nth-last-child(1 of .note)');
  await last.filter({ hasText: `connected by ${transport}` }).waitFor();
  await tab.connection('online');
}

test('whoever switches stays who they are, and a dropped connection is recovered', inTab(async (tab) => {
  const someone = somebody();
  await service.briefly((client) => client.register(someone));
  await tab.submit('Log in', { Username: someone.username, Password: someone.password });
  await tab.state('user');
  const token = await tab.token();

  await switchTo(tab, 'Socket.IO');
  await tab.state('user');
  assert.equal(await tab.name(), someone.username);
  assert.notEqual(await tab.token(), token, 'the remembered login was shown, and rotated');
  assert.deepEqual((await tab.events()).slice(-5),
    ['→ login_token', '← login_success', '← token_change', '← user_change', '← state_change']);
  const session = await tab.page.locator('#session').innerText();

  const before = await tab.events();
  await tab.press('Drop the connection');
  await tab.connection('reconnecting');
  await tab.connection('online');
  await tab.state('user');
  assert.equal((await notes(tab)).at(-1), 'connected by Socket.IO, session recovered');
  assert.equal(await tab.page.locator('#session').innerText(), session);
  assert.equal(await tab.page.locator('#resumed').innerText(), 'once');
  assert.deepEqual(await tab.events(), before, 'nothing had to be said');

  await tab.press('Log out');
  await tab.state('undefined');
  await tab.notice('You are logged out.');
}));

test('the choice is remembered, and can be taken back', inTab(async (tab) => {
  const someone = somebody();
  await tab.register(someone);
  await switchTo(tab, 'Socket.IO');
  await tab.page.reload();
  await tab.state('user');
  assert.ok(await tab.page.getByRole('radio', { name: 'Socket.IO' }).isChecked());
  assert.equal((await notes(tab))[0], 'connected by Socket.IO');
  assert.equal(await tab.page.evaluate(() => localStorage.getItem('gatehouse.transport')), 'socketio');
  await switchTo(tab, 'SignalR');
  await tab.state('user');
  assert.equal(await tab.name(), someone.username);
  await tab.press('Drop the connection');
  await tab.connection('reconnecting');
  await tab.connection('online');
  assert.deepEqual((await tab.events()).slice(-2), ['→ resume', '← resumed']);
}));

describe('by Socket.IO', () => {
  /** In a tab that has used the switch. */
  const bySocketIo = (act) => inTab(async (tab) => {
    await switchTo(tab, 'Socket.IO');
    await act(tab);
  });

  test('a guest becomes a user and keeps the account', bySocketIo(async (tab) => {
    await tab.choose('As a guest');
    await tab.press('Continue as a guest');
    await tab.state('guest');
    const someone = somebody();
    await tab.submit('Make this account your own',
      { Username: someone.username, 'E-mail': someone.email, Password: someone.password });
    await tab.state('user');
    await tab.page.reload();
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
  }));

  test('mistakes are told at their fields', bySocketIo(async (tab) => {
    const someone = somebody();
    await service.briefly((client) => client.register(someone));
    await tab.submit('Log in', { Username: someone.username, Password: 'not the password' });
    assert.match(await tab.errorAt('login-password'), /not the password of this account/);
    await tab.submit('Log in', { Username: 'nobody at all', Password: 'not the password' });
    assert.match(await tab.errorAt('login-username'), /No account/);
    await tab.submit('Log in', { Username: someone.username, Password: someone.password });
    await tab.state('user');
  }));

  test('the log shows no password and no token', bySocketIo(async (tab) => {
    const someone = somebody();
    await tab.register(someone);
    const text = await tab.page.locator('#log').textContent();
    for (const secret of [someone.password, await tab.token()]) assert.ok(!text.includes(secret));
  }));

  test('a logout in a tab on SignalR ends this one, also while it has no connection', bySocketIo(async (first) => {
    await first.register(somebody());
    const second = await person.open();
    await second.state('user');
    await switchTo(second, 'SignalR');
    await second.state('user');
    await first.press('Drop the connection');
    await first.connection('reconnecting');
    await second.press('Log out');
    await first.connection('online');
    await first.state('undefined');
    await first.notice('You were logged out elsewhere.');
    assert.equal(await first.token(), null);
  }));
});

test('the switch works by keyboard, and has a name', inTab(async (tab) => {
  const group = tab.page.getByRole('radiogroup', { name: 'Transport' });
  await group.getByRole('radio', { name: 'SignalR' }).focus();
  await tab.page.keyboard.press('ArrowRight');
  assert.ok(await group.getByRole('radio', { name: 'Socket.IO' }).isChecked());
  await tab.page.locator('#log .note').filter({ hasText: 'connected by Socket.IO' }).waitFor();
  await tab.connection('online');
}));
