// The scenarios of the chat protocol, over whatever transport: both dialects, every event, every error, every extension.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  BANNED, CLIENT_EVENTS, ChatClient, FAILED, INCOMPLETE, INVALID, NOT_ALLOWED, NOT_FOUND, REQUIRED, UNKNOWN,
} from './chat-client.js';

let rooms = 0;

/** A room that nobody has been in. */
export const newRoom = () => `room ${++rooms} of ${process.pid}`;

const success = (more = {}) => ({ message: 'Success', ...more });

/**
 * Declares the tests of one transport.
 * @param people Tells an administrator and two others, once they are there.
 * @param options How a client connects; `guests` says that the two have no accounts.
 */
export function chatScenarios(service, people, { guests = false, ...options }) {
  const withAccounts = { skip: guests && 'of accounts' };

  const connected = (act) => async () => {
    const clients = [];
    const connect = async () => {
      const client = await ChatClient.connect(service(), options);
      clients.push(client);
      return client;
    };
    /** A client that is in a room. */
    const inside = async (person, room, dialect = 'enter') => (await connect())[dialect](person, room);
    await act({ connect, inside, room: newRoom(), ...people() });
    await Promise.all(clients.map((client) => client.close()));
  };

  describe('on the way in', () => {
    test('nothing comes by itself, and every event but Auth is refused', connected(async ({ connect, ada, room }) => {
      const client = await connect();
      for (const name of [...CLIENT_EVENTS, 'dance']) await client.ask([name, { content: 'a' }], [['cerror', REQUIRED]]);
      await client.enter(ada, room);
      await client.expectNothingMore();
    }));

    test('a missing property is an error, whichever it is', connected(async ({ connect, ada, room }) => {
      const client = await connect();
      const whole = { user: ada.username, password: ada.password, room };
      for (const name of ['Auth', 'auth']) {
        for (const field of Object.keys(whole)) {
          const { [field]: _, ...rest } = whole;
          await client.ask([name, rest], [['cerror', INCOMPLETE]]);
          for (const value of [null, 42, ['x'], { a: 1 }, true]) {
            await client.ask([name, { ...whole, [field]: value }], [['cerror', INCOMPLETE]]);
          }
        }
      }
      await client.ask('Auth', [['cerror', INCOMPLETE]]);
    }));

    test('a wrong password or name fails, and another attempt may succeed', withAccounts, connected(async ({ connect, ada, room }) => {
      const client = await connect();
      await client.ask(['Auth', { user: ada.username, password: 'wrong', room }], [['cerror', FAILED]]);
      await client.ask(['Auth', { user: 'nobody at all', password: ada.password, room }], [['cerror', FAILED]]);
      await client.ask('members', [['cerror', REQUIRED]]);
      await client.enter(ada, room);
      await client.say('here');
    }));

    test('the name counts in any case, and is shown as its owner spells it', withAccounts, connected(async ({ inside, ada, room }) => {
      const client = await inside({ ...ada, username: ada.username.toUpperCase() }, room);
      assert.equal((await client.say('hello')).user, ada.username);
    }));
  });

  describe('messages', () => {
    test('reach everybody in the room, the sender too, and nobody else', connected(async ({ inside, ada, grace, room }) => {
      const [sender, member] = [await inside(ada, room), await inside(grace, room)];
      const stranger = await inside(grace, newRoom());
      const message = { user: 'Eve', content: '<b>hi</b>', raw_content: 'hi', more: [1, { a: null }], id: 7, time: 'now' };
      const expected = { ...message, user: ada.username };
      const [echo] = await sender.ask(['message', message], ['message']);
      assert.deepEqual(echo, expected);
      assert.deepEqual((await member.expect('message'))[0], expected);
      await member.say('hi yourself');
      assert.equal((await sender.hears('hi yourself'))[0].user, grace.username);
      for (const client of [sender, member, stranger]) await client.expectNothingMore();
    }));

    test('that are no object, or have no content, are refused', connected(async ({ inside, ada, room }) => {
      const client = await inside(ada, room);
      for (const payload of [null, 'text', 42, true, [], [{ content: 'a' }], {}, { raw_content: 'a' }]) {
        await client.ask(['message', payload], [['cerror', INVALID]]);
      }
      await client.ask('message', [['cerror', INVALID]]);
      for (const content of [null, '', 0, { a: [] }]) {
        await client.ask(['message', { content }], [['message', { user: ada.username, content }]]);
      }
    }));

    test('an unknown event is told', connected(async ({ inside, ada, room }) => {
      const client = await inside(ada, room);
      for (const name of ['dance', 'messages', 'Auth ', 'members2', '']) await client.ask(name, [['cerror', UNKNOWN]]);
    }));

    test('a second Auth moves the connection', connected(async ({ inside, ada, grace, room }) => {
      const [mover, here, there] = [await inside(ada, room), await inside(grace, room), await inside(grace, room + ' 2')];
      await mover.say('one');
      await mover.enter(ada, `${room} 2`);
      await mover.say('two');
      await here.hears('one');
      await here.say('three');
      await there.hears('two');
      await here.say('four');
      assert.deepEqual(here.heard, ['one', 'three', 'four']);
      await mover.ask(['Auth', { user: ada.username, room }], [['cerror', INCOMPLETE]]);
      await mover.say('five');
      await there.hears('five');
      assert.deepEqual(mover.heard, ['one', 'two', 'five']);
      await there.expectNothingMore();
    }));

    test('a second Auth may be somebody else', connected(async ({ inside, ada, grace, room }) => {
      const client = await inside(ada, room);
      await client.enter(grace, room);
      assert.equal((await client.say('hello')).user, grace.username);
    }));
  });

  describe('the later dialect', () => {
    test('gets numbers and times, the first dialect in the same room does not', connected(
      async ({ inside, ada, grace, room }) => {
        const [later, first] = [await inside(ada, room, 'enterLater'), await inside(grace, room)];
        const [echo] = await later.ask(['message', { content: 'hi' }], ['message']);
        assert.deepEqual(Object.keys(echo), ['id', 'time', 'rank', 'displayName', 'user', 'content']);
        assert.ok(Number.isSafeInteger(echo.id) && echo.id > 0);
        assert.ok(Math.abs(Date.now() - Date.parse(echo.time)) < 600_000);
        assert.deepEqual(await first.expect('message'), [{ user: ada.username, content: 'hi' }]);
        await first.ask(['message', { content: 'ho', id: 'mine' }], [
          ['message', { user: grace.username, content: 'ho', id: 'mine' }]]);
        const [{ id, content }] = await later.expect('message');
        assert.deepEqual([content, id > echo.id], ['ho', true]);
      }));

    test('wants to come in as the first one does', withAccounts, connected(async ({ connect, ada, room }) => {
      const client = await connect();
      const { username, password } = ada;
      await client.ask(['auth', { username, room }], [['cerror', INCOMPLETE]]);
      await client.ask(['auth', { username, password: 'wrong', room }], [['cerror', FAILED]]);
      await client.enterLater(ada, room);
    }));

    test('deletes messages: its own, and a moderator everybody\'s', connected(async ({ inside, ada, grace, room }) => {
      const [author, other, old] = [
        await inside(ada, room, 'enterLater'), await inside(grace, room, 'enterLater'), await inside(grace, room)];
      const [{ id }] = await author.ask(['message', { content: 'oops' }], ['message']);
      await other.next('message');
      await other.ask(['deleteMessage', { id }], [['cerror', NOT_ALLOWED]]);
      await other.ask(['deleteMessage', { id: id + 1000 }], [['cerror', NOT_ALLOWED]]);
      for (const wrong of [undefined, null, 'x', `${id}`, 1.5, {}]) {
        await other.ask(['deleteMessage', { id: wrong }], [['cerror', INVALID]]);
      }
      const told = await author.ask(['deleteMessage', { id }], ['deleteMessage', 'deleteMessage']);
      assert.deepEqual(told.sort((a, b) => Object.keys(a).length - Object.keys(b).length), [{ id }, success({ id })]);
      await other.expect(['deleteMessage', { id }]);
      await old.next('message');
      await old.expectNothingMore();
      assert.deepEqual((await author.ask('history', ['history']))[0].messages, []);
    }));
  });

  describe('moderation', () => {
    /** A room with an administrator, a moderator and a user. */
    const company = async ({ inside, root, ada, grace, room }) => {
      const [admin, moderator, user] = [
        await inside(root, room, 'enterLater'), await inside(ada, room, 'enterLater'), await inside(grace, room, 'enterLater')];
      await admin.ask(['setMod', { username: ada.username }], [['setMod', success({ reason: '', username: ada.username })]]);
      return { admin, moderator, user };
    };

    test('is not for everybody, and not against oneself or those above', connected(async (scene) => {
      const { admin, moderator, user } = await company(scene);
      const { root, ada, grace } = scene;
      for (const name of ['kick', 'ban', 'unban', 'setMod', 'delMod', 'setVip']) {
        await user.ask([name, { username: ada.username }], [['cerror', NOT_ALLOWED]]);
        await user.ask([name, { username: grace.username }], [['cerror', NOT_ALLOWED]]);
        for (const person of [root, ada]) {
          await moderator.ask([name, { username: person.username }], [['cerror', NOT_ALLOWED]]);
        }
        await admin.ask([name, { username: root.username }], [['cerror', NOT_ALLOWED]]);
      }
      await user.ask(['mute', { username: ada.username, duration: 1 }], [['cerror', NOT_ALLOWED]]);
      await moderator.ask(['mute', { username: ada.username, duration: 1 }], [['cerror', NOT_ALLOWED]]);
      await moderator.ask(['setMod', { username: grace.username }], [['cerror', NOT_ALLOWED]]);
      await admin.ask(['setVip', { username: grace.username }], [['setVip', success({ reason: '', username: grace.username })]]);
      await moderator.ask(['kick', { username: grace.username }], [['cerror', NOT_ALLOWED]]);
      await admin.ask(['delMod', { username: ada.username }], [['delMod', success({ reason: '', username: ada.username })]]);
      await moderator.ask(['kick', { username: grace.username }], [['cerror', NOT_ALLOWED]]);
      for (const client of [admin, moderator, user]) await client.expectNothingMore();
    }));

    test('a muted sender gets how long, in place of the echo', connected(async (scene) => {
      const { moderator, user } = await company(scene);
      const { username } = scene.grace;
      await moderator.ask(['mute', { username, duration: 600, reason: 'loud' }], [['mute', success({ reason: 'loud', username })]]);
      const [{ duration }] = await user.ask(['message', { content: 'mmh' }], ['mute']);
      assert.ok(duration > 500 && duration <= 600, `${duration} seconds`);
      await user.findsHere([scene.root.username, 0], [scene.ada.username, 1], scene.grace.username);
      await moderator.ask(['mute', { username, duration: 0 }], [['mute', success({ reason: '', username })]]);
      await user.ask(['message', { content: 'free' }], ['message']);
      await moderator.hears('free');
      for (const wrong of [undefined, null, -1, '60', 1e300, 1.5, 31_536_001]) {
        await moderator.ask(['mute', { username, duration: wrong }], [['cerror', INVALID]]);
      }
    }));

    test('who is kicked is told, and disconnected, and may come back', connected(async (scene) => {
      const { moderator, user } = await company(scene);
      const { username } = scene.grace;
      await moderator.ask(['kick', { username, reason: 'tired?' }], [['kick', success({ reason: 'tired?', username })]]);
      await user.expect(['kick', { message: 'Disconnected', reason: 'tired?' }]);
      await user.closed();
      await moderator.ask(['kick', { username }], [['cerror', NOT_FOUND]]);
      const back = await scene.inside(scene.grace, scene.room);
      await back.say('rested');
      await moderator.hears('rested');
    }));

    test('who is banned is disconnected everywhere and cannot come back until it is lifted', connected(async (scene) => {
      const { moderator, user } = await company(scene);
      const { username } = scene.grace;
      const second = await scene.inside(scene.grace, scene.room);
      await moderator.ask(['ban', { username, reason: 'enough' }], [['ban', success({ reason: 'enough', username })]]);
      for (const client of [user, second]) {
        await client.expect(['ban', { message: 'Disconnected', reason: 'enough' }]);
        await client.closed();
      }
      const back = await scene.connect();
      const { password } = scene.grace;
      await back.ask(['Auth', { user: username, password, room: scene.room }], [['cerror', BANNED]]);
      await back.ask('members', [['cerror', REQUIRED]]);
      await back.enter(scene.grace, newRoom());
      await back.ask(['Auth', { user: username, password, room: scene.room }], [['cerror', BANNED]]);
      await back.say('still where I was');
      await moderator.ask(['unban', { username }], [['unban', success({ reason: '', username })]]);
      await back.enter(scene.grace, scene.room);
    }));

    test('of nobody, or with nonsense, is refused', withAccounts, connected(async (scene) => {
      const { admin } = await company(scene);
      for (const name of ['mute', 'kick', 'ban', 'unban', 'setMod', 'delMod', 'setVip']) {
        for (const payload of [undefined, null, 'ada', [], {}, { username: 7 }, { username: 'x', reason: 'r'.repeat(501), duration: 1 }]) {
          await admin.ask([name, payload], [['cerror', INVALID]]);
        }
        await admin.ask([name, { username: 'nobody at all', duration: 1 }], [['cerror', NOT_FOUND]]);
        await admin.ask([name, { username: '', duration: 1 }], [['cerror', NOT_FOUND]]);
      }
    }));
  });

  describe('extensions', () => {
    test('history: newest first, page by page, and forwards from a number', connected(async ({ inside, ada, room }) => {
      const client = await inside(ada, room);
      for (let number = 1; number <= 7; number++) await client.say(`${number}`);
      const page = async (wanted) => (await client.ask(['history', wanted], ['history']))[0];
      const texts = ({ messages }) => messages.map(({ raw_content: raw }) => raw);

      const newest = await page({ limit: 3 });
      assert.deepEqual([texts(newest), newest.hasMore], [['7', '6', '5'], true]);
      assert.deepEqual(Object.keys(newest.messages[0]), ['id', 'time', 'rank', 'displayName', 'user', 'content', 'raw_content']);
      const next = await page({ limit: 3, before: newest.messages.at(-1).id });
      assert.deepEqual([texts(next), next.hasMore], [['4', '3', '2'], true]);
      const last = await page({ before: next.messages.at(-1).id });
      assert.deepEqual([texts(last), last.hasMore], [['1'], false]);
      const forwards = await page({ after: next.messages.at(-1).id, limit: 2 });
      assert.deepEqual([texts(forwards), forwards.hasMore], [['3', '4'], true]);
      assert.deepEqual(texts(await page({ after: newest.messages[0].id })), []);
      for (const odd of [undefined, null, 'x', [], { limit: -1 }, { limit: 1e18 }, { before: 'x' }, { after: -5 }]) {
        assert.ok((await page(odd)).messages.length > 0);
      }
      // Whoever has seen numbers gets them from now on.
      assert.equal(typeof (await client.say('8')).id, 'number');
    }));

    test('members: who is here, and from then on whenever that changes', connected(
      async ({ inside, connect, ada, grace, room }) => {
        const [client, old] = [await inside(ada, room), await inside(ada, room)];
        await client.findsHere(ada.username);
        const total = (number) => client.until(`waiting for ${number}`, () => client.lists.at(-1).total === number);
        const comer = await inside(grace, room);
        await total(2);
        await comer.close();
        await total(1);
        await old.expectNothingMore();
        assert.deepEqual(old.lists, []);
      }));

    test('typing: told to the others who know of it', connected(async ({ inside, ada, grace, room }) => {
      const [client, other, old] = [await inside(ada, room), await inside(grace, room), await inside(grace, room)];
      // With its answer it is known that the other knows of extensions.
      await other.findsHere(...[ada.username, grace.username].sort());
      await client.send('typing');
      assert.deepEqual(await other.next('typing'), { username: ada.username, typing: true });
      await client.send('typing', false);
      assert.deepEqual(await other.next('typing'), { username: ada.username, typing: false });
      await old.expectNothingMore();
    }));

    test('leave: out of the room, but still connected', connected(async ({ inside, ada, grace, room }) => {
      const [client, other] = [await inside(ada, room), await inside(grace, room)];
      await client.ask('leave', [['leave', success()]]);
      await other.say('gone?');
      await client.ask(['message', { content: 'a' }], [['cerror', REQUIRED]]);
      await other.findsHere(grace.username);
      await client.enter(ada, room);
      await client.say('back');
      assert.deepEqual(client.heard, ['back']);
    }));

    test('of two dialects and the extensions each sees its own', connected(async ({ inside, root, ada, grace, room }) => {
      const [old, later] = [await inside(ada, room), await inside(grace, room, 'enterLater')];
      const page = await inside(root, room);
      await page.findsHere([root.username, 0], ...[ada.username, grace.username].sort());
      await page.send('typing');
      await page.send('setVip', { username: ada.username });
      await page.next('setVip');
      await later.ask(['message', { content: 'hi' }], ['message']);
      assert.deepEqual(await old.expect('message'), [{ user: grace.username, content: 'hi' }]);
      const { id } = await page.next('message');
      await page.send('deleteMessage', { id });
      await later.expect(['deleteMessage', { id }]);
      await old.expectNothingMore();
      await later.expectNothingMore();
    }));
  });
}
