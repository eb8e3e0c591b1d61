// react-auth over HTTP: a refusal is always status 200 with the same body, and only the cookie's owner resumes.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { COOKIE, REFUSED, TYPES, cookieOf, post, ticketOf } from '../support/react-auth.js';
import { PlainSocket } from '../support/plain-socket.js';
import { OF_THE_WEB, OURS } from '../support/settings.js';
import { WITHOUT_PROXY, sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';

const PATHS = ['/auth/login', '/auth/resume'];
const FOREIGN = 'https://evil.example.com';
const TICKET = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;

let service;
before(async () => {
  service = await sharedService(OF_THE_WEB);
});

/** Somebody with an account. */
async function somebody(changes) {
  const person = account(changes);
  await service.briefly((client) => client.register(person));
  return person;
}

const authenticate = ({ username, password }) => ({ type: TYPES.authenticate, username, password });
const resume = { type: TYPES.resume };
const valueOf = (ticket) => cookieOf(ticket).slice(COOKIE.length + 1);

/** Logs in; returns the response, whose ticket may not be in the log. */
async function logIn(person, options) {
  const response = await post(service, authenticate(person), options);
  assert.equal(response.body.success, true, `no login: ${response.text}`);
  service.secrets.add(ticketOf(response));
  return response;
}

function assertRefused({ status, body, cookies }) {
  assert.deepEqual({ status, body, cookies }, { status: 200, body: REFUSED, cookies: [] });
}

async function assertResumes(ticket, username, options) {
  const { status, body } = await post(service, resume, { path: '/auth/resume', cookie: cookieOf(ticket), ...options });
  assert.equal(status, 200);
  assert.deepEqual([body.success, body.session, body.user.username], [true, ticket, username]);
}

describe('logging in', () => {
  for (const as of ['form', 'json']) {
    for (const path of PATHS) {
      test(`by ${as} at ${path} brings a session, the user, and the cookie`, async () => {
        const person = await somebody();
        const { status, body, headers, cookies } = await logIn(person, { path, as });
        assert.equal(status, 200);
        assert.deepEqual(Object.keys(body), ['success', 'session', 'user']);
        assert.match(body.session, TICKET);
        assert.deepEqual([body.success, body.user.username, body.user.email], [true, person.username, person.email]);
        assert.match(headers.get('content-type'), /^application\/json\b/);
        assert.match(headers.get('cache-control'), /no-store/);
        assert.equal(cookies.length, 1);
        const [pair, ...attributes] = cookies[0].split('; ');
        const [name, value] = pair.split('=');
        assert.equal(name, COOKIE);
        assert.match(value, TICKET);
        assert.deepEqual(
          attributes.map((attribute) => attribute.toLowerCase()).sort(), ['httponly', 'path=/', 'samesite=lax']);
      });
    }
  }

  test('over HTTPS the cookie is Secure besides', WITHOUT_PROXY, async () => {
    const { cookies } = await logIn(await somebody(), { headers: { 'x-forwarded-proto': 'https' } });
    assert.match(cookies[0], /; secure\b/i);
    assert.match(cookies[0], /; httponly\b/i);
    assert.match(cookies[0], /; samesite=lax\b/i);
  });

  test('each time makes another session, and the earlier ones go on', async () => {
    const person = await somebody();
    const tickets = [];
    for (let i = 0; i < 3; i++) tickets.push(ticketOf(await logIn(person)));
    assert.equal(new Set(tickets.map((ticket) => ticket.split('.')[0])).size, 3);
    for (const ticket of tickets) await assertResumes(ticket, person.username);
  });

  test('with a cookie of another session makes a new session all the same', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const ticket = ticketOf(await logIn(one));
    const next = await logIn(other, { cookie: cookieOf(ticket) });
    assert.equal(next.body.user.username, other.username);
    assert.notEqual(ticketOf(next), ticket);
  });

  test('with letters of every alphabet', async () => {
    const person = await somebody({ username: 'Zoë & Жук=%20+', password: 'pässwörd&=%20+ \u{1f511}' });
    for (const as of ['form', 'json']) {
      assert.equal((await logIn(person, { as })).body.user.username, person.username);
    }
  });

  test('with a wrong name or password is refused', async () => {
    const person = await somebody();
    for (const [number, wrong] of [
      { username: 'nobody', password: person.password }, { username: person.username, password: 'not the password' },
      { username: person.username, password: '' }, { username: '', password: '' }, { username: person.username },
      { password: person.password }, { username: person.email, password: person.password },
      { username: person.username.repeat(1000), password: person.password },
    ].entries()) {
      assertRefused(await post(service, { type: TYPES.authenticate, ...wrong }, { as: ['form', 'json'][number % 2] }));
    }
  });

  test('with values that are no text is refused', async () => {
    const { username, password } = await somebody();
    for (const wrong of [
      { username: 7, password }, { username: null, password }, { username: [username], password },
      { username: { a: username }, password }, { username, password: true },
    ]) {
      assertRefused(await post(service, { type: TYPES.authenticate, ...wrong }, { as: 'json' }));
    }
  });

  test('too many wrong passwords lock the account, and the right one is refused alike', async () => {
    const person = await somebody();
    for (let i = 0; i < 10; i++) {
      assertRefused(await post(service, { ...authenticate(person), password: 'not the password' }));
    }
    assertRefused(await post(service, authenticate(person)));
  });

  test('a guest cannot be logged in', async () => {
    const { name } = await service.briefly((client) => client.becomeGuest());
    for (const password of ['', 'a guess at it']) {
      assertRefused(await post(service, { type: TYPES.authenticate, username: name, password }));
    }
  });
});

describe('resuming', () => {
  for (const path of PATHS) {
    for (const as of ['form', 'json']) {
      test(`by ${as} at ${path} with the cookie brings the same session and user`, async () => {
        const person = await somebody();
        const ticket = ticketOf(await logIn(person));
        await assertResumes(ticket, person.username, { path, as });
        await assertResumes(ticket, person.username, { path, as });
      });
    }
  }

  test('among other sites’ cookies', async () => {
    const person = await somebody();
    const ticket = ticketOf(await logIn(person));
    for (const cookie of [
      `a=b; ${cookieOf(ticket)}; c=d`, `x${COOKIE}=1;${cookieOf(ticket)}`, `${COOKIE}x=1; ${cookieOf(ticket)}; =; ;`,
    ]) {
      await assertResumes(ticket, person.username, { cookie });
    }
  });

  test('without a cookie, or with one that is none, is refused', async () => {
    const person = await somebody();
    const ticket = ticketOf(await logIn(person));
    const cookie = valueOf(ticket);
    const [id, secret] = cookie.split('.');
    assertRefused(await post(service, resume));
    for (const value of [
      '', 'x', '.', id, `${id}.`, `.${secret}`, `${id}${secret}`, `${id}.${secret}x`, `x${cookie}`,
      `${id}.${'A'.repeat(43)}`,
      `${'A'.repeat(22)}.${secret}`, `${secret}.${id}`, cookie.toLowerCase(), `"${cookie}"`,
      encodeURIComponent(`${cookie} `),
      'A'.repeat(7000), `${'A'.repeat(22)}.${'A'.repeat(43)}`, "' OR 1=1 --", '../../x', `${id}/../${id}.${secret}`,
    ]) {
      assertRefused(await post(service, resume, { cookie: `${COOKIE}=${value}` }));
    }
    await assertResumes(ticket, person.username);
  });

  test('by what is in the body instead of the cookie is refused', async () => {
    const person = await somebody();
    const { body } = await logIn(person);
    for (const as of ['form', 'json']) {
      assertRefused(
        await post(service, { ...resume, session: body.session, user: body.user, cookie: body.session }, { as }));
    }
  });

  test('with two cookies of the name is refused, in whatever order', async () => {
    const [one, other] = [ticketOf(await logIn(await somebody())), ticketOf(await logIn(await somebody()))];
    for (const pair of [[one, other], [other, one], [one, one], [one, 'x'], ['', one]]) {
      assertRefused(await post(service, resume, { cookie: pair.map(cookieOf).join('; ') }));
    }
  });

  test('with one user’s session and another’s secret is refused', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const [mine, theirs] = [ticketOf(await logIn(one)), ticketOf(await logIn(other))];
    const [[id], [, secret]] = [theirs, mine].map((ticket) => valueOf(ticket).split('.'));
    assertRefused(await post(service, resume, { cookie: `${COOKIE}=${id}.${secret}` }));
    await assertResumes(theirs, other.username);
  });

  test('another user than the cookie’s, by saying so, brings the cookie’s', async () => {
    const [one, other] = [await somebody(), await somebody()];
    const ticket = ticketOf(await logIn(one));
    const { body } = await post(
      service, { ...resume, username: other.username, user: { username: other.username } },
      { as: 'json', cookie: cookieOf(ticket) });
    assert.equal(body.user.username, one.username);
  });

  test('is refused once the session was ended by the users API', async () => {
    const person = await somebody();
    const ticket = ticketOf(await logIn(person));
    const others = ticketOf(await logIn(person));
    await UsersClient.briefly(service, async (client) => {
      await client.logIn(person);
      const logins = await client.get('sessions');
      assert.deepEqual(
        logins.map(({ protocol }) => protocol).sort(), ['react-auth', 'react-auth', 'users', 'session'].sort());
      await client.get('end_session', { others: true });
    }, 'SignalR');
    for (const gone of [ticket, others]) assertRefused(await post(service, resume, { cookie: cookieOf(gone) }));
  });

  test('is refused after the password was changed elsewhere', async () => {
    const person = await somebody();
    const ticket = ticketOf(await logIn(person));
    await UsersClient.briefly(service, async (client) => {
      await client.logIn(person);
      await client.get('change_password', { password: person.password, new_password: 'another secret altogether' });
    }, 'SignalR');
    assertRefused(await post(service, resume, { cookie: cookieOf(ticket) }));
    assertRefused(await post(service, authenticate(person)));
    await logIn({ ...person, password: 'another secret altogether' });
  });
});

describe('the type decides, whatever the address', () => {
  for (const path of PATHS) {
    test(`at ${path} a type that is unknown, missing or of the socket is refused`, async () => {
      const person = await somebody();
      const cookie = cookieOf(ticketOf(await logIn(person)));
      const { username, password } = person;
      for (const type of [
        undefined, '', 'login', 'authenticate', 'resume', TYPES.close, TYPES.socketResume, `${TYPES.authenticate} `,
        TYPES.resume.toUpperCase(),
      ]) {
        for (const as of ['form', 'json']) {
          assertRefused(await post(service, { type, username, password }, { path, as, cookie }));
        }
      }
      for (const type of [7, null, true, [TYPES.resume], { type: TYPES.resume }]) {
        assertRefused(await post(service, { type, username, password }, { path, as: 'json', cookie }));
      }
    });
  }
});

describe('other methods', () => {
  for (const path of PATHS) {
    test(`GET ${path} neither logs in nor resumes`, async () => {
      const person = await somebody();
      const cookie = cookieOf(ticketOf(await logIn(person)));
      const response = await service.get(
        `${path}?${new URLSearchParams(authenticate(person))}`, { headers: { cookie } });
      const text = await response.text();
      assert.ok(response.status >= 400, `status ${response.status}`);
      assert.ok(!text.includes('true'));
      assert.deepEqual(response.headers.getSetCookie(), []);
    });
  }
});

describe('pages of other sites', () => {
  test('are refused, with the right password and with the cookie', async () => {
    const person = await somebody();
    const ticket = ticketOf(await logIn(person));
    for (const origin of [
      FOREIGN, 'null', '', 'http://127.0.0.1', `http://127.0.0.1:${service.port + 1}`,
      `${service.url}.evil.example.com`,
      `http://evil.example.com:${service.port}`, `${OURS}.evil.example.com`, `${OURS}:8443`, 'https://xapp.example.org',
      OURS.replace('https', 'http'), 'nonsense', `${OURS} ${FOREIGN}`,
    ]) {
      assertRefused(await post(service, authenticate(person), { origin }));
      assertRefused(await post(service, resume, { origin, cookie: cookieOf(ticket) }));
    }
    await assertResumes(ticket, person.username);
  });

  test('may not read the answer either', async () => {
    const { headers } = await post(service, resume, { origin: FOREIGN });
    assert.equal(headers.get('access-control-allow-origin'), null);
  });

  test('that are allowed may log in, resume and read the answer', async () => {
    const person = await somebody();
    const response = await logIn(person, { origin: OURS });
    assert.equal(response.headers.get('access-control-allow-origin'), OURS);
    assert.equal(response.headers.get('access-control-allow-credentials'), 'true');
    await assertResumes(ticketOf(response), person.username, { origin: OURS });
  });

  test('this service’s own pages may', async () => {
    const person = await somebody();
    const response = await logIn(person, { origin: service.url });
    await assertResumes(ticketOf(response), person.username, { origin: service.url });
  });

  test('are asked beforehand by the browser, and get leave only if they are allowed', async () => {
    const ask = (origin) => service.get('/auth/login', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
    const allowed = await ask(OURS);
    assert.equal(allowed.headers.get('access-control-allow-origin'), OURS);
    assert.equal((await ask(FOREIGN)).headers.get('access-control-allow-origin'), null);
  });

  for (const path of ['/auth/socket', '/users/', '/admin/', '/hubs/react-auth', '/hubs/users', '/hubs/session']) {
    test(`may not open ${path}, and allowed ones may`, async () => {
      for (const origin of [FOREIGN, 'null', '', `${service.url}.evil.example.com`]) {
        assert.equal(await PlainSocket.refusal(service, path, { headers: { origin } }), 403, origin);
      }
      for (const origin of [OURS, service.url, undefined]) {
        const socket = await PlainSocket.connect(service, path, { headers: origin ? { origin } : {} });
        await socket.close();
      }
    });
  }
});

test('OpenAPI describes both addresses', async () => {
  const { paths } = await (await service.get('/openapi/v1.json')).json();
  for (const path of PATHS) {
    const types = Object.keys(paths[path].post.requestBody.content).sort();
    assert.deepEqual(types, ['application/json', 'application/x-www-form-urlencoded']);
    assert.ok(paths[path].post.responses['200']);
  }
});
