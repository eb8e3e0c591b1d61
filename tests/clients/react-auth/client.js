// The public npm client @fantaptik/react-auth with @fantaptik/socket, unmodified, on a page with its own login form.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { asAdministrator } from '../support/administrator.js';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { Browser } from '../support/react-auth-tab.js';
import { OF_THE_WEB } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => {
  service = await sharedService(OF_THE_WEB);
});

/** Somebody with an account, a browser of their own, and another one. */
const visiting = (act) => async () => {
  const person = account();
  await service.briefly((client) => client.register(person));
  const browsers = [new Browser(service), new Browser(service)];
  try {
    await act(browsers[0], person, browsers[1]);
    for (const browser of browsers) browser.close();
  } finally {
    for (const browser of browsers) browser.abandon();
  }
};

const asUser = (person, act) => UsersClient.briefly(service, async (client) => {
  await client.logIn(person);
  return act(client);
}, 'SignalR');

test('a visitor sees the form, after the client has asked in vain to resume', visiting(async (browser) => {
  const tab = await browser.open();
  assert.equal(tab.shown, 'form');
  assert.deepEqual(tab.responses.map(({ text }) => JSON.parse(text)), [REFUSED]);
  assert.equal(tab.connections, 0);
}));

test('log in: the form sends, the page opens, the socket resumes', visiting(async (browser, person) => {
  const tab = await browser.open();
  await tab.logIn(person);
  assert.equal(tab.shown, 'inside');
  assert.deepEqual(
    [tab.state.user.username, tab.state.username, tab.state.rejected], [person.username, person.username, false]);
  assert.deepEqual([tab.connections, tab.frames.length, JSON.parse(tab.frames[0]).data], [1, 1, { success: true }]);
  assert.equal(browser.ticket().split('.')[0], tab.state.session.split('.')[0]);
  assert.equal(tab.window.document.cookie, '', 'no script can read the cookie');
}));

test('a wrong password leaves the form, and the right one works after it', visiting(async (browser, person) => {
  const tab = await browser.open();
  for (const wrong of [
    { ...person, password: 'not the password' }, { ...person, username: 'nobody' }, { username: '', password: '' },
  ]) {
    tab.submit(wrong);
    const { status, text } = await tab.answered;
    assert.deepEqual([status, JSON.parse(text)], [200, REFUSED]);
    assert.equal(tab.shown, 'form');
  }
  assert.equal(browser.ticket(), undefined);
  await tab.logIn(person);
  assert.equal(tab.shown, 'inside');
}));

test('resume by cookie: another tab opens without a password, and a later one', visiting(async (browser, person) => {
  const tab = await browser.open();
  await tab.logIn(person);
  const { session } = tab.state;
  const other = await browser.open();
  await other.confirmed();
  assert.deepEqual([other.shown, other.state.session, other.state.user], ['inside', session, tab.state.user]);
  tab.close();
  other.close();
  const later = await browser.open();
  await later.confirmed();
  assert.deepEqual([later.shown, later.state.session], ['inside', session]);
}));

test('resume refused: a cookie that is none leaves the form', visiting(async (browser) => {
  for (const value of ['nonsense', `${'A'.repeat(22)}.${'A'.repeat(43)}`]) {
    browser.jar.setCookieSync(cookieOf(value), service.url);
    const tab = await browser.open();
    assert.equal(tab.shown, 'form');
    assert.deepEqual(JSON.parse(tab.responses[0].text), REFUSED);
  }
}));

test('log out and stay out: the form asks to resume at once, and is refused', visiting(async (browser, person) => {
  const tab = await browser.open();
  await tab.logIn(person);
  const ticket = browser.ticket();
  await tab.logOut();
  assert.equal(tab.responses.length, 3);
  assert.equal(tab.shown, 'form');
  assert.equal((await browser.open()).shown, 'form');
  assert.deepEqual((await post(service, { type: TYPES.resume }, { cookie: cookieOf(ticket) })).body, REFUSED);
  await tab.logIn(person);
  assert.notEqual(browser.ticket(), ticket);
}));

test('log out in one tab ends the others, and no other browser', visiting(async (browser, person, phone) => {
  const first = await browser.open();
  await first.logIn(person);
  const others = [];
  for (let i = 0; i < 5; i++) {
    others.push(await browser.open());
    await others.at(-1).confirmed();
  }
  const elsewhere = await phone.open();
  await elsewhere.logIn(person);

  await first.logOut();
  for (const tab of others) {
    await tab.loggedOut();
    assert.equal(tab.shown, 'form');
    assert.equal(tab.state.rejected, false, 'it was told, not refused');
    assert.equal(tab.socket.stopped, true);
    await tab.until('disconnected', () => tab.live.readyState === 3);
    assert.equal(tab.connections, 1, 'it does not come back');
  }
  assert.equal(elsewhere.shown, 'inside');
  elsewhere.cut();
  await elsewhere.until('back', () => elsewhere.connections === 2 && elsewhere.frames.length === 2);
  assert.equal(elsewhere.shown, 'inside');
}));

test('reconnect resumes, each time', visiting(async (browser, person) => {
  const tab = await browser.open();
  await tab.logIn(person);
  for (let times = 2; times <= 4; times++) {
    tab.cut();
    await tab.until(`connected ${times} times`, () => tab.connections === times && tab.frames.length === times);
    assert.deepEqual(JSON.parse(tab.frames.at(-1)).data, { success: true });
    assert.equal(tab.shown, 'inside');
  }
  assert.equal(await asUser(person, async (client) =>
    (await client.get('sessions')).find(({ protocol }) => protocol === 'react-auth').is_online), true);
}));

test('an envelope that carries the type besides works alike', visiting(async (browser, person) => {
  const tab = await browser.open({ envelope: { elevate: ['type'] } });
  await tab.logIn(person);
  const other = await browser.open({ envelope: { elevate: ['type', 'session'] } });
  await other.confirmed();
  await other.logOut();
  await tab.loggedOut();
}));

describe('a session that is ended by the server', () => {
  for (const [what, end] of Object.entries({
    'by end_session': (person) => asUser(person, (client) => client.get('end_session', { others: true })),
    'by a change of the password': (person) => asUser(person, (client) =>
      client.get('change_password', { password: person.password, new_password: 'another secret altogether' })),
    'by the deletion of the user': async (person) => {
      const { id } = await asUser(person, (client) => client.get('me'));
      const admin = await asAdministrator(service, 'SignalR');
      await admin.get('delete_user', { id });
      await admin.close();
    },
  })) {
    test(`${what} puts every tab before the form`, visiting(async (browser, person) => {
      const tabs = [await browser.open()];
      await tabs[0].logIn(person);
      tabs.push(await browser.open());
      await tabs[1].confirmed();
      await end(person);
      for (const tab of tabs) {
        await tab.loggedOut();
        assert.deepEqual([tab.shown, tab.state.rejected], ['form', false]);
        await tab.until('disconnected', () => tab.live.readyState === 3);
        assert.equal(tab.connections, 1, 'it does not come back');
      }
      assert.equal((await browser.open()).shown, 'form');
    }));

    test(`${what} while a tab is away rejects it when it comes back`, visiting(async (browser, person) => {
      const tab = await browser.open({ retry: 1 << 30 });
      await tab.logIn(person);
      tab.cut();
      await tab.until('disconnected', () => tab.live.readyState === 3);
      await end(person);
      tab.socket.stop();
      tab.socket.connect();
      await tab.loggedOut();
      assert.deepEqual([tab.shown, tab.state.rejected], ['form', true]);
    }));
  }
});

test('whoever has a tab open is online, until the last one closes', visiting(async (browser, person) => {
  const isOnline = async () =>
    (await UsersClient.briefly(service, (client) => client.look(person.username), 'SignalR')).is_online;
  const tabs = [await browser.open()];
  await tabs[0].logIn(person);
  tabs.push(await browser.open());
  await tabs[1].confirmed();
  assert.equal(await isOnline(), true);
  tabs[0].close();
  assert.equal(await isOnline(), true);
  tabs[1].close();
  await eventually('waiting for them to be offline', async () => !await isOnline());
  const again = await browser.open();
  await again.confirmed();
  assert.equal(await isOnline(), true);
}));

const KILL9 = 'after kill -9 and a restart a tab goes on, its cookie resumes, and what was ended stays ended';
test(KILL9, visiting(async (browser, person, ended) => {
  const tab = await browser.open();
  await tab.logIn(person);
  const gone = await ended.open();
  await gone.logIn(person);
  const ticket = ended.ticket();
  await gone.logOut();
  const frames = tab.frames.length;
  await service.kill9();
  await service.start();

  await tab.until('back', () => tab.frames.length > frames);
  assert.deepEqual([tab.shown, JSON.parse(tab.frames.at(-1)).data], ['inside', { success: true }]);
  const next = await browser.open();
  await next.confirmed();
  assert.deepEqual([next.shown, next.state.session], ['inside', tab.state.session]);

  assert.equal((await ended.open()).shown, 'form');
  assert.deepEqual((await post(service, { type: TYPES.resume }, { cookie: cookieOf(ticket) })).body, REFUSED);
  await next.logOut();
  await tab.loggedOut();
}));
