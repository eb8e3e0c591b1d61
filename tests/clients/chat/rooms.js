// The chat protocol with real clients: Socket.IO of every generation in both namespaces, and SignalR.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { administrator, asAdministrator } from '../support/administrator.js';
import { COMPLETE, ChatClient, FAILED, INCOMPLETE, REQUIRED, resident } from '../support/chat-client.js';
import { chatScenarios, newRoom } from '../support/chat-scenarios.js';
import { CHATTING, OPEN_ROOMS } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { UsersClient } from '../support/users-client.js';

let service;
/** One whose rooms are open to guests. */
let open;
let people;
const guests = { root: administrator, ada: { username: 'Ada', password: '' }, grace: { username: 'Grace', password: '' } };

before(async () => {
  service = await sharedService(CHATTING);
  open = await sharedService(OPEN_ROOMS);
  for (const started of [service, open]) await (await asAdministrator(started)).close();
  const [ada, grace] = [await resident(service, account()), await resident(service, account())];
  people = { root: administrator, ada, grace };
});

describe('over socket.io-client 4, in /', () => chatScenarios(() => service, () => people, { generation: 4, namespace: '/' }));

// Where no password is looked at, it goes faster.
describe('guests over SignalR', () => chatScenarios(() => open, () => guests, { guests: true }));

describe('a whole life', () => {
  const doors = {
    'SignalR': {},
    'SignalR, by ServerSentEvents': { transport: 'ServerSentEvents' },
    'SignalR, by LongPolling': { transport: 'LongPolling' },
    'socket.io-client 1, upgrading, in /chat': { generation: 1 },
    'socket.io-client 1, polling only, in /': { generation: 1, engine: 'polling only', namespace: '/' },
    'socket.io-client 2, WebSocket only, in /': { generation: 2, engine: 'WebSocket only', namespace: '/' },
    'socket.io-client 2, upgrading, in /chat': { generation: 2 },
    'socket.io-client 4, polling only, in /chat': { generation: 4, engine: 'polling only' },
    'socket.io-client 4, WebSocket only, in /chat': { generation: 4, engine: 'WebSocket only' },
  };
  for (const [door, options] of Object.entries(doors)) {
    test(`over ${door}: come in, talk, drop, come back, leave`, async () => {
      const room = newRoom();
      const other = await (await ChatClient.connect(open)).enter(guests.grace, room);
      const client = await ChatClient.connect(open, { ...options, returning: true });
      const registered = account();
      await open.briefly((session) => session.register(registered));
      await client.ask(['Auth', { user: registered.username, password: 'wrong', room }], [['cerror', FAILED]]);
      await client.enter(registered, room);
      await client.say('hello');
      await other.hears('hello');

      let back = client;
      if (options.generation) {
        await client.drop();
        await other.say('are you there?');
        await client.returned();
        // The newest can recover, and then hears what it missed; the others come in anew.
        if (options.generation === 4) await client.hears('are you there?');
        else await client.enter(registered, room);
      } else {
        await client.close();
        back = await (await ChatClient.connect(open, options)).enter(registered, room);
      }
      await back.say('back');
      await other.next('message');
      await other.findsHere(...[registered.username, 'Grace'].sort());
      await back.ask('leave', [['leave', { message: 'Success' }]]);
      await back.ask(['message', { content: 'a' }], [['cerror', REQUIRED]]);
      await other.findsHere('Grace');
      await Promise.all([back, other].map((each) => each.close()));
    });
  }
});

describe('over SignalR', () => {
  test('Auth is one method in any case, and the payload tells the dialect', async () => {
    const room = newRoom();
    const { username, password } = people.ada;
    for (const name of ['Auth', 'aUtH']) {
      await ChatClient.briefly(service, async (client) => {
        await client.ask([name, { user: username, password, room }], [['Auth', COMPLETE]]);
        assert.deepEqual(Object.keys((await client.ask(['MESSAGE', { content: 'a' }], ['message']))[0]), ['user', 'content']);
        await client.ask([name, { username, password, room }], [['Auth', { ...COMPLETE, accessLevel: 3 }]]);
        assert.equal(Object.keys((await client.ask(['message', { content: 'a' }], ['message']))[0])[0], 'id');
      });
    }
  });

  test('disconnect leaves the room', async () => {
    const room = newRoom();
    const [client, other] = [await ChatClient.connect(service), await ChatClient.connect(service)];
    await client.enter(people.ada, room);
    await other.enter(people.grace, room);
    client.send('disconnect').catch(() => {});
    await client.closed();
    await other.findsHere(people.grace.username);
    await Promise.all([client.close(), other.close()]);
  });
});

describe('a token of another protocol', () => {
  for (const options of [{}, { generation: 4, namespace: '/' }]) {
    test(`lets its owner in, over ${options.generation ? `socket.io-client ${options.generation}` : 'SignalR'}`, async () => {
      const person = account();
      const token = await service.briefly((client) => client.register(person));
      const client = await ChatClient.connect(service, options);
      for (const wrong of ['no token', `${token}x`, '']) {
        await client.ask(['Auth', { token: wrong, room: newRoom() }], [['cerror', FAILED]]);
      }
      await client.ask(['Auth', { token }], [['cerror', INCOMPLETE]]);
      const [next] = await client.ask(['Auth', { user: 'Eve', token, room: newRoom() }], ['token_change', ['Auth', COMPLETE]]);
      client.isIn = true;
      assert.equal((await client.say('hello')).user, person.username);
      await service.briefly(async (tab) => {
        await tab.logInWith(next);
        await tab.ask('logout', [['state_change', 'undefined']]);
      });
      await client.expect(['cerror', REQUIRED]);
      await client.ask(['Auth', { token: next, room: newRoom() }], [['cerror', FAILED]]);
      await client.close();
    });
  }
});

describe('a login that ends elsewhere puts its connection out of the room at once', () => {
  const doors = { 'SignalR': {}, 'socket.io-client 1': { generation: 1 }, 'socket.io-client 4': { generation: 4 } };
  const ends = {
    'by end_session': (users) => users.get('end_session', { others: true }),
    'by a change of the password': (users, person) =>
      users.get('change_password', { password: person.password, new_password: `${person.password} anew` }),
    'by the deletion of the account': async (users, person) => {
      const { user_id: id } = await users.look(person.username);
      const admin = await asAdministrator(service);
      await admin.get('delete_user', { id });
      await admin.close();
    },
  };
  for (const [how, end] of Object.entries(ends)) {
    test(how, async () => {
      const person = await resident(service, account());
      const room = newRoom();
      const witness = await (await ChatClient.connect(service)).enter(people.grace, room);
      const inside = [];
      for (const options of Object.values(doors)) {
        inside.push(await (await ChatClient.connect(service, options)).enter(person, room));
      }
      const users = await UsersClient.connect(service);
      await users.logIn(person);
      await end(users, person);
      for (const client of inside) {
        await client.expect(['cerror', REQUIRED]);
        await client.ask(['message', { content: 'still here?' }], [['cerror', REQUIRED]]);
        await client.enter(people.ada, room);
      }
      await witness.expectNothingMore();
      await witness.findsHere(...[people.ada.username, people.grace.username].sort());
      await Promise.all([witness, users, ...inside].map((client) => client.close()));
    });
  }
});

test('on / the first known event decides, and what nobody knows is the session protocol\'s', async () => {
  const client = await ChatClient.connect(service, { generation: 4, namespace: '/' });
  let answer;
  client.socket.on('event_error', (name) => { answer = name; client.changed(); });
  client.socket.emit('dance');
  await client.until('waiting for event_error', () => answer === 'dance');
  await client.ask('members', [['cerror', REQUIRED]]);
  await client.enter(people.ada, newRoom());
  await client.expectNothingMore();
  await client.close();
});
