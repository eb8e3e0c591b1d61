// The socket of react-auth, over a raw WebSocket and SignalR: every request has an answer in its own form, the session
// alone says whose it is, and its end is told to all of its sockets. What frames may hold is react-auth-frames.test.js.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { REFUSED, TYPES, cookieOf, post } from '../support/react-auth.js';
import { PlainSocket } from '../support/plain-socket.js';
import { ReactAuthHub } from '../support/react-auth-hub.js';
import { OF_THE_WEB } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';
import { eventually } from '../support/waiting.js';

const PATH = '/auth/socket';
const NOTICE = { type: TYPES.close, data: { type: TYPES.close } };
const FAILED = { success: false };

let service;
let bystander;
/** Whose session it is does not matter to most tests, and a registration takes as long as a login. */
let resident;
const sockets = [];
before(async () => {
  service = await sharedService(OF_THE_WEB);
  const { person, session } = await somebody(account());
  resident = person;
  bystander = await connect();
  assert.deepEqual(await bystander.ask({ type: TYPES.socketResume, session }), { success: true });
});
after(async () => {
  if (bystander) assert.deepEqual(await bystander.ask({ type: 'nothing' }), FAILED);
  for (const { frames } of sockets) {
    for (const frame of frames) {
      assert.equal(Object.prototype.toString.call(JSON.parse(frame)), '[object Object]', frame);
    }
  }
});

async function connect(path = PATH) {
  const socket = await PlainSocket.connect(service, path);
  sockets.push(socket);
  return socket;
}

/** Somebody who has logged in over HTTP: person, session and user. */
async function somebody(person = resident) {
  if (!person.isKnown) await service.briefly((client) => client.register(person));
  const { body } = await post(
    service, { type: TYPES.authenticate, username: person.username, password: person.password });
  service.secrets.add(body.session);
  return { person: { ...person, isKnown: true }, session: body.session, user: body.user };
}

const assertEnded = async (session) =>
  assert.deepEqual((await post(service, { type: TYPES.resume }, { cookie: cookieOf(session) })).body, REFUSED);
const assertLives = async (session) =>
  assert.equal((await post(service, { type: TYPES.resume }, { cookie: cookieOf(session) })).body.success, true);

/** The ways in which a client may put a request, and how it is answered. */
const FORMS = {
  'raw': {
    put: (request) => request,
    answer: (success) => ({ success }),
  },
  'enveloped': {
    put: (request) => ({ id: '6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b', data: request }),
    answer: (success) => ({ id: '6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b', success, data: { success } }),
  },
  'enveloped, with the type on the envelope too': {
    put: (request) => ({ data: request, id: 'ünïcödé "id" \u{1f600}', type: request.type }),
    answer: (success) => ({ id: 'ünïcödé "id" \u{1f600}', success, data: { success } }),
  },
  'enveloped, with the type on the envelope only': {
    put: ({ type, ...request }) => ({ type, id: '7', data: request }),
    answer: (success) => ({ id: '7', success, data: { success } }),
  },
};

for (const [form, { put, answer }] of Object.entries(FORMS)) {
  describe(`a request that is ${form}`, () => {
    test('resumes and is answered in its form', async () => {
      const { session, user } = await somebody();
      const socket = await connect();
      assert.deepEqual(await socket.ask(put({ type: TYPES.socketResume, session, user })), answer(true));
      assert.deepEqual(await socket.ask(put({ type: TYPES.socketResume, session, user })), answer(true), 'again');
      await socket.close();
    });

    test('closes, and is answered before anything else', async () => {
      const { session, user } = await somebody();
      const socket = await connect();
      await socket.ask(put({ type: TYPES.socketResume, session, user }));
      assert.deepEqual(await socket.ask(put({ type: TYPES.close, session, user })), answer(true));
      await assertEnded(session);
      assert.deepEqual(await socket.ask(put({ type: TYPES.close, session, user })), answer(false));
      assert.deepEqual(await socket.ask(put({ type: TYPES.socketResume, session, user })), answer(false));
      assert.equal(socket.frames.length, 4, 'no notice for the one who asked');
      await socket.close();
    });

    test('is refused in its form when the session is none', async () => {
      const { session, user } = await somebody();
      const other = await somebody();
      const socket = await connect();
      const [id, secret] = session.split('.');
      for (const wrong of [
        undefined, null, '', 7, true, [], {}, [session], { session }, 'x', id, `${id}.`, `.${secret}`, `${session}x`,
        `${id}.${'A'.repeat(43)}`, `${other.session.split('.')[0]}.${secret}`, session.toUpperCase(),
        'x'.repeat(900_000),
        `${'A'.repeat(22)}.${'A'.repeat(43)}`, "' OR 1=1 --",
      ]) {
        for (const type of [TYPES.socketResume, TYPES.close]) {
          assert.deepEqual(await socket.ask(put({ type, session: wrong, user })), answer(false));
        }
      }
      await assertLives(session);
      await assertLives(other.session);
      await socket.close();
    });

    test('is refused in its form when its type is none of the socket’s', async () => {
      const { session, user, person } = await somebody();
      const socket = await connect();
      for (const type of [
        undefined, null, 7, '', 'close', TYPES.authenticate, TYPES.resume, `${TYPES.close} `, [TYPES.close],
      ]) {
        assert.deepEqual(await socket.ask(put({ type, session, user, ...person })), answer(false));
      }
      await assertLives(session);
      await socket.close();
    });
  });
}

describe('the session alone says whose it is', () => {
  test('whatever the user says', async () => {
    const [me, other] = [await somebody(), await somebody(account())];
    const socket = await connect();
    for (const user of [other.user, undefined, null, 7, 'x', [], {}, { ...me.user, id: other.user.id }]) {
      assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session: me.session, user }), { success: true });
    }
    assert.deepEqual(await socket.ask({ type: TYPES.close, session: me.session, user: other.user }), { success: true });
    await assertEnded(me.session);
    await assertLives(other.session);
    await socket.close();
  });

  test('and neither the connection nor its cookie', async () => {
    const [me, other] = [await somebody(), await somebody()];
    const socket = await PlainSocket.connect(service, PATH, { headers: { cookie: cookieOf(me.session) } });
    assert.deepEqual(await socket.ask({ type: TYPES.close }), FAILED);
    assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session: me.session }), { success: true });
    assert.deepEqual(await socket.ask({ type: TYPES.close }), FAILED);
    assert.deepEqual(await socket.ask({ type: TYPES.close, session: other.session }), { success: true });
    await assertLives(me.session);
    await assertEnded(other.session);
    await socket.close();
  });

  test('so it can be closed without having been resumed', async () => {
    const { session } = await somebody();
    const socket = await connect();
    assert.deepEqual(await socket.ask({ type: TYPES.close, session }), { success: true });
    await assertEnded(session);
    await socket.close();
  });

  test('a token of another protocol is none', async () => {
    const person = account();
    const token = await service.briefly((client) => client.register(person));
    const socket = await connect();
    assert.deepEqual(await socket.ask({ type: TYPES.socketResume, session: token }), FAILED);
    await service.briefly((client) => client.logInWith(token));
    await socket.close();
  });
});

describe('the end of a session', () => {
  const open = async (session, count) => {
    const tabs = await Promise.all(Array.from({ length: count }, () => connect()));
    for (const tab of tabs) assert.deepEqual(await tab.ask({ type: TYPES.socketResume, session }), { success: true });
    return tabs;
  };
  const assertNoticed = async (tabs, session) => {
    for (const tab of tabs) assert.deepEqual(await tab.next('the notice'), NOTICE);
    for (const tab of tabs) {
      assert.equal(await tab.closing(), 1000);
      assert.equal(tab.frames.length, 2);
    }
    const again = await connect();
    assert.deepEqual(await again.ask({ type: TYPES.socketResume, session }), FAILED);
    await again.close();
  };

  test('by one of ten sockets is told to the nine others, in dual form, once, and then they are closed', async () => {
    const { session } = await somebody();
    const tabs = await open(session, 10);
    assert.deepEqual(await tabs[0].ask({ type: TYPES.close, session }), { success: true });
    await assertNoticed(tabs.slice(1), session);
    assert.deepEqual(await tabs[0].ask({ type: TYPES.socketResume, session }), FAILED, 'the one who asked may stay');
    assert.equal(tabs[0].frames.length, 3);
  });

  test('is told to nobody of another session, of the same user or not', async () => {
    const { person, session } = await somebody();
    const phone = await somebody(person);
    const [tab] = await open(session, 1);
    const [other] = await open(phone.session, 1);
    assert.deepEqual(await tab.ask({ type: TYPES.close, session }), { success: true });
    assert.deepEqual(await other.ask({ type: TYPES.socketResume, session: phone.session }), { success: true });
    assert.equal(other.frames.length, 2);
    await assertLives(phone.session);
  });

  test('by the users API, one of many: end_session', async () => {
    const { person, session } = await somebody(account());
    // Logins are listed by the second in which they were made.
    const second = Math.floor(Date.now() / 1000);
    await eventually('the next second', () => Math.floor(Date.now() / 1000) > second);
    const phone = await somebody(person);
    const tabs = await open(session, 3);
    const [other] = await open(phone.session, 1);
    await UsersClient.briefly(service, async (client) => {
      await client.logIn(person);
      const logins = (await client.get('sessions')).filter(({ protocol }) => protocol === 'react-auth');
      assert.deepEqual(logins.map((login) => login.is_online), [true, true]);
      // The newest comes first.
      await client.get('end_session', { id: logins[1].id });
    }, 'SignalR');
    await assertNoticed(tabs, session);
    await assertEnded(session);
    assert.deepEqual(await other.ask({ type: TYPES.socketResume, session: phone.session }), { success: true });
  });

  test('by the users API, all others: end_session and change_password', async () => {
    for (const end of [
      (client) => client.get('end_session', { others: true }),
      (client, { password }) => client.get('change_password', { password, new_password: 'another secret altogether' }),
    ]) {
      const { person, session } = await somebody(account());
      const tabs = await open(session, 3);
      await UsersClient.briefly(service, async (client) => {
        await client.logIn(person);
        await end(client, person);
      }, 'SignalR');
      await assertNoticed(tabs, session);
      await assertEnded(session);
    }
  });

  test('two who close at once are both answered, and the third hears of it once', async () => {
    const { session } = await somebody();
    const tabs = await open(session, 3);
    const request = { type: TYPES.close, session };
    tabs[0].send(request);
    tabs[1].send(request);
    const answers = [await tabs[0].next(), await tabs[1].next()];
    assert.ok(answers.some(({ success }) => success === true), JSON.stringify(answers));
    assert.deepEqual(await tabs[2].next('the notice'), NOTICE);
    await tabs[2].closing();
    assert.equal(tabs[2].frames.length, 2);
    await assertEnded(session);
  });
});

describe('over SignalR', () => {
  test('the methods are named by the types and return success', async () => {
    const { session, user } = await somebody();
    const hub = await ReactAuthHub.connect(service);
    assert.deepEqual(await hub.ask(TYPES.socketResume, { session, user }), { success: true });
    assert.deepEqual(await hub.ask(TYPES.socketResume, { type: TYPES.socketResume, session }), { success: true });
    assert.deepEqual(await hub.ask(TYPES.close, { session, user }), { success: true });
    assert.deepEqual(await hub.ask(TYPES.close, { session, user }), FAILED);
    await assertEnded(session);
    assert.deepEqual(hub.notices, []);
    await hub.close();
  });

  test('everything else returns no success', async () => {
    const { session } = await somebody();
    const hub = await ReactAuthHub.connect(service);
    for (const payload of [undefined, null, 7, 'x', [], {}, { session: 'x' }, session]) {
      assert.deepEqual(await hub.ask(TYPES.socketResume, payload), FAILED);
      assert.deepEqual(await hub.ask(TYPES.close, payload), FAILED);
    }
    for (const name of [TYPES.authenticate, TYPES.resume, 'dance', 'Receive', '']) {
      assert.deepEqual(await hub.ask(name, { session }), FAILED);
    }
    await assertLives(session);
    await hub.close();
  });

  test('the end of a session is an event of that type, whichever socket ended it', async () => {
    const { session } = await somebody();
    const [one, other] = [await ReactAuthHub.connect(service), await ReactAuthHub.connect(service)];
    for (const hub of [one, other]) await hub.ask(TYPES.socketResume, { session });
    await one.ask(TYPES.close, { session });
    assert.deepEqual(await other.notice(), { type: TYPES.close });
    await other.closed();
    assert.equal(one.notices.length, 0);

    const { session: next } = await somebody();
    const socket = await connect();
    await socket.ask({ type: TYPES.socketResume, session: next });
    await one.ask(TYPES.socketResume, { session: next });
    await one.ask(TYPES.close, { session: next });
    assert.deepEqual(await socket.next('the notice'), NOTICE);
    assert.equal(await socket.closing(), 1000);
    await Promise.all([one.close(), other.close()]);
  });
});
