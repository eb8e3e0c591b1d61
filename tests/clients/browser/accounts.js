// The page, as somebody with a browser meets it.
import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { Person, sharedBrowser } from '../support/browser.js';
import { nameless, poorContrast } from '../support/page-checks.js';
import { Service } from '../support/service.js';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { eventually } from '../support/waiting.js';

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

/** An account that the page has not seen, with its secrets watched for in the service's log. */
function somebody() {
  const someone = account();
  service.secrets.add(someone.password);
  return someone;
}

describe('coming in', () => {
  test('a stranger sees the three ways in, and a log of what was said', inTab(async (tab) => {
    await tab.state('undefined');
    assert.equal(await tab.name(), 'A stranger');
    const ways = tab.page.getByRole('group', { name: 'How would you like to come in?' }).getByRole('radio');
    assert.deepEqual(await ways.evaluateAll((radios) => radios.map(({ value }) => value)), ['login', 'register', 'guest']);
    assert.deepEqual(await tab.events(), ['→ resume', '← resumed']);
  }));

  test('whoever registers is logged in, and still is after a reload', inTab(async (tab) => {
    const someone = somebody();
    await tab.register(someone);
    assert.equal(await tab.name(), someone.username);
    const token = await tab.token();
    await tab.page.reload();
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
    assert.notEqual(await tab.token(), token, 'the token was rotated');
    assert.match(await tab.page.title(), new RegExp(someone.username));
  }));

  test('whoever logs out is a stranger, also after a reload', inTab(async (tab) => {
    await tab.register(somebody());
    await tab.press('Log out');
    await tab.state('undefined');
    await tab.notice('You are logged out.');
    assert.equal(await tab.token(), null);
    await tab.page.reload();
    await tab.state('undefined');
    assert.equal(await tab.token(), null);
  }));

  test('a known user logs in by name and password', inTab(async (tab) => {
    const someone = somebody();
    await service.briefly((client) => client.register(someone));
    await tab.submit('Log in', { Username: someone.username, Password: someone.password });
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
  }));

  test('a guest becomes a user and keeps the account', inTab(async (tab) => {
    await tab.choose('As a guest');
    await tab.press('Continue as a guest');
    await tab.state('guest');
    assert.match(await tab.name(), /^guest-/);
    const token = await tab.token();
    const someone = somebody();
    await tab.submit('Make this account your own',
      { Username: someone.username, 'E-mail': someone.email, Password: someone.password });
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
    assert.equal(await tab.token(), token);
    await tab.page.reload();
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
  }));

  test('a guest is the same guest after a reload', inTab(async (tab) => {
    await tab.choose('As a guest');
    await tab.press('Continue as a guest');
    await tab.state('guest');
    const name = await tab.name();
    await tab.page.reload();
    await tab.state('guest');
    assert.equal(await tab.name(), name);
  }));

  test('a remembered login that is no longer valid makes a stranger, and says so', inTab(async (tab) => {
    await tab.page.evaluate(() => localStorage.setItem('gatehouse.token', 'forged'));
    await tab.page.reload();
    await tab.state('undefined');
    await tab.notice('The remembered login is no longer valid.');
    assert.equal(await tab.token(), null);
  }));
});

describe('mistakes', () => {
  test('a wrong name or password is told at its field, which has the focus', inTab(async (tab) => {
    const someone = somebody();
    await service.briefly((client) => client.register(someone));
    await tab.submit('Log in', { Username: someone.username, Password: 'not the password' });
    assert.match(await tab.errorAt('login-password'), /not the password of this account/);
    assert.equal(await tab.focused(), 'login-password');
    assert.equal(await tab.page.locator('#login-password').getAttribute('aria-invalid'), 'true');
    await tab.submit('Log in', { Username: 'nobody at all', Password: 'not the password' });
    assert.match(await tab.errorAt('login-username'), /No account/);
    assert.equal(await tab.focused(), 'login-username');
    await tab.submit('Log in', { Username: someone.username, Password: someone.password });
    await tab.state('user');
  }));

  test('a taken name or address is told at its field', inTab(async (tab) => {
    const taken = somebody();
    const someone = somebody();
    await service.briefly((client) => client.register(taken));
    await tab.choose('Register');
    const fields = { Username: taken.username, 'E-mail': someone.email, Password: someone.password };
    await tab.submit('Register', fields);
    assert.match(await tab.errorAt('register-username'), /taken or not allowed/);
    assert.equal(await tab.focused(), 'register-username');
    await tab.submit('Register', { ...fields, Username: someone.username, 'E-mail': taken.email });
    assert.match(await tab.errorAt('register-email'), /taken or not valid/);
    assert.equal(await tab.page.locator('#register-username-error').innerText(), '');
  }));

  test('what is missing or too short is told before anything is sent', inTab(async (tab) => {
    await tab.choose('Register');
    const before = await tab.events();
    await tab.submit('Register', { Username: 'somebody' });
    assert.match(await tab.errorAt('register-email'), /needed/);
    assert.equal(await tab.focused(), 'register-email');
    await tab.submit('Register', { 'E-mail': 'nowhere' });
    assert.match(await tab.errorAt('register-email'), /e-mail/);
    const password = tab.page.locator('#register-password');
    await password.pressSequentially('short');
    await tab.submit('Register', { 'E-mail': 'somebody@example.org' });
    assert.match(await tab.errorAt('register-password'), /8/);
    assert.deepEqual(await tab.events(), before);
  }));
});

describe('the connection', () => {
  test('when it drops, the page reconnects by itself and resumes the session', inTab(async (tab) => {
    const someone = somebody();
    await tab.register(someone);
    const session = await tab.page.locator('#session').innerText();
    await tab.press('Drop the connection');
    await tab.connection('reconnecting');
    await tab.connection('online');
    await tab.state('user');
    assert.equal(await tab.name(), someone.username);
    assert.equal(await tab.page.locator('#session').innerText(), session);
    assert.equal(await tab.page.locator('#resumed').innerText(), 'once');
    assert.deepEqual((await tab.events()).slice(-2), ['→ resume', '← resumed']);
    await tab.press('Log out');
    await tab.state('undefined');
  }));

  test('what is in a form survives a lost connection', inTab(async (tab) => {
    await tab.choose('As a guest');
    await tab.press('Continue as a guest');
    await tab.state('guest');
    await tab.page.locator('#upgrade-username').fill('half typed');
    await tab.press('Drop the connection');
    await tab.connection('reconnecting');
    await tab.connection('online');
    assert.equal(await tab.page.locator('#upgrade-username').inputValue(), 'half typed');
  }));

  test('a session that is gone is logged in again with the remembered token', async () => {
    const restarting = await Service.start({ settings: { Gatehouse__Session__ResumeWindow: '00:00:01' } });
    const visitor = await Person.enter(browser, restarting);
    try {
      const tab = await visitor.open();
      const someone = somebody();
      await tab.register(someone);
      await restarting.stop();
      await tab.connection('reconnecting');
      assert.equal(await tab.name(), someone.username);
      await restarting.start();
      await eventually('coming online', async () => {
        await tab.page.locator('#retry').click({ timeout: 500 }).catch(() => {});
        return tab.page.locator('html[data-connection=online]').isVisible();
      });
      await tab.state('user');
      assert.equal(await tab.name(), someone.username);
    } finally {
      await visitor.leave();
      await restarting.dispose();
    }
  });

  test('without a network the page says that it is offline, and comes back with it', inTab(async (tab) => {
    await tab.register(somebody());
    await person.context.setOffline(true);
    await tab.press('Drop the connection');
    await tab.connection('offline');
    await tab.press('Log out');
    await tab.notice('There is no connection at the moment.');
    await person.context.setOffline(false);
    await tab.connection('online');
    await tab.state('user');
    // The browser itself reports the requests that failed meanwhile.
    person.complaints = person.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text));
  }));

  test('waiting times double up to half a minute, and half of each is chance', inTab(async (tab) => {
    const times = await tab.page.evaluate(async () => {
      const { backoff } = await import('/line.js');
      return [0, 1, 2, 3, 10, 1000].map((failures) => [backoff(failures, () => 0), backoff(failures, () => 1)]);
    });
    assert.deepEqual(times, [
      [250, 500], [500, 1000], [1000, 2000], [2000, 4000], [15_000, 30_000], [15_000, 30_000],
    ]);
  }));
});

describe('two tabs', () => {
  test('a logout in one ends the other', inTab(async (first) => {
    await first.register(somebody());
    const second = await person.open();
    await second.state('user');
    await second.press('Log out');
    await second.state('undefined');
    await first.state('undefined');
    await first.notice('You were logged out elsewhere.');
    assert.equal(await first.token(), null);
  }));

  test('a logout while the other has no connection ends it on its return', inTab(async (first) => {
    await first.register(somebody());
    const second = await person.open();
    await second.state('user');
    await first.blockConnections(true);
    await first.press('Drop the connection');
    await first.connection('reconnecting');
    await second.press('Log out');
    await second.state('undefined');
    await first.state('user');
    await first.blockConnections(false);
    await first.connection('online');
    await first.state('undefined');
    await first.notice('You were logged out elsewhere.');
    person.complaints = person.complaints.filter((text) => !/ERR_FAILED/.test(text));
  }));
});

describe('for everybody', () => {
  test('one can register by keyboard alone', inTab(async (tab) => {
    const { keyboard } = tab.page;
    const someone = somebody();
    await tab.page.locator('body').focus();
    await keyboard.press('Tab');
    await keyboard.press('ArrowRight');
    await keyboard.press('Tab');
    await keyboard.type(someone.username);
    await keyboard.press('Tab');
    await keyboard.type(someone.email);
    await keyboard.press('Tab');
    await keyboard.type(someone.password);
    await keyboard.press('Enter');
    await tab.state('user');
    assert.equal(await tab.focused(), 'name', 'the focus goes to who one is now');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await tab.state('undefined');
    assert.equal(await tab.focused(), 'name');
  }));

  test('everything has a name, one language and one main heading', inTab(async (tab) => {
    for (const way of ['Log in', 'Register', 'As a guest']) {
      await tab.choose(way);
      assert.deepEqual(await tab.page.evaluate(nameless), []);
    }
    const dangling = await tab.page.evaluate(() => ['aria-describedby', 'aria-labelledby', 'for'].flatMap((attribute) =>
      [...document.querySelectorAll(`[${attribute}]`)].flatMap((element) => element.getAttribute(attribute).split(' '))
        .filter((id) => !document.getElementById(id))));
    assert.deepEqual(dangling, []);
    const ids = await tab.page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id));
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(await tab.page.locator('html').getAttribute('lang'), 'en');
    assert.equal(await tab.page.getByRole('heading', { level: 1 }).count(), 1);
  }));

  for (const colorScheme of ['light', 'dark']) {
    test(`text stands out from its ground in the ${colorScheme} theme`, async () => {
      const visitor = await Person.enter(browser, service, { colorScheme });
      const tab = await visitor.open();
      await tab.choose('Register');
      await tab.submit('Register', {});
      await tab.errorAt('register-username');
      assert.deepEqual(await tab.page.evaluate(poorContrast), []);
      await visitor.leave();
    });
  }

  test('nothing is wider than a small telephone', async () => {
    const visitor = await Person.enter(browser, service, { viewport: { width: 320, height: 640 } });
    const tab = await visitor.open();
    await tab.register({ ...somebody(), username: 'W'.repeat(32) });
    assert.ok(await tab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await visitor.leave();
  });
});

describe('the log on the page', () => {
  test('it shows both directions in order, and no password and no token', inTab(async (tab) => {
    const someone = somebody();
    await tab.register(someone);
    assert.deepEqual(await tab.events(), [
      '→ resume', '← resumed',
      '→ register', '← register_success', '← token_change', '← user_change', '← state_change',
    ]);
    const token = await tab.token();
    await tab.page.reload();
    await tab.state('user');
    const text = await tab.page.locator('#log').textContent();
    for (const secret of [someone.password, token, await tab.token()]) assert.ok(!text.includes(secret));
    const shown = await tab.page.evaluate(async () => {
      const { masked } = await import('/log.js');
      return masked('register', { password: 'x', a: 1 });
    });
    assert.equal(shown, '{ "password": "••••••••", "a": 1 }');
  }));

  test('it is bounded', inTab(async (tab) => {
    await tab.page.evaluate(async () => {
      const { record } = await import('/log.js');
      for (let number = 0; number < 1000; number++) record('note', `note ${number}`);
    });
    assert.equal(await tab.page.locator('#log li').count(), 200);
  }));
});
