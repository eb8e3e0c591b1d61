// Who is an administrator is asked of the account when it matters: absent or present, just appointed or one no more.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { administrator, asAdministrator } from '../support/administrator.js';
import { BANNED, ChatClient, NOT_ALLOWED, resident } from '../support/chat-client.js';
import { newRoom } from '../support/chat-scenarios.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { CHATTING } from '../support/settings.js';

const A_YEAR = 31_536_000;

let service;
before(async () => {
  service = await sharedService(CHATTING);
  await (await asAdministrator(service)).close();
});

const enter = async (person, room, options) => (await ChatClient.connect(service, options)).enter(person, room);

const done = (name, { username }) => [[name, { message: 'Success', reason: '', username }]];

const permit = (person, permissions) =>
  service.database.sql(`UPDATE users SET permissions = '${permissions}' WHERE name = '${person.username}'`);

/** A moderator's connection, and the room's name. */
async function moderated() {
  const room = newRoom();
  const person = await resident(service, account());
  const [root, moderator] = [await enter(administrator, room), await enter(person, room)];
  await root.ask(['setMod', { username: person.username }], done('setMod', person));
  await root.close();
  return { room, moderator };
}

test('a moderator can neither mute nor ban an administrator who is not there', async () => {
  const { room, moderator } = await moderated();
  const { username } = administrator;
  await moderator.ask(['mute', { username, duration: A_YEAR }], [['cerror', NOT_ALLOWED]]);
  await moderator.ask(['ban', { username }], [['cerror', NOT_ALLOWED]]);
  const root = await enter(administrator, room);
  await root.say('hello');
  await moderator.hears('hello');
  await Promise.all([root.close(), moderator.close()]);
});

test('whoever becomes an administrator is rid of what moderators did to them before', async () => {
  const { room, moderator } = await moderated();
  const person = await resident(service, account());
  const { username } = person;
  const muted = await enter(person, room);
  await moderator.ask(['mute', { username, duration: A_YEAR }], done('mute', person));
  await muted.ask(['message', { content: 'mmh' }], ['mute']);
  await permit(person, '{admin}');
  await muted.say('free');
  await moderator.hears('free');
  await muted.close();

  await permit(person, '{}');
  await moderator.ask(['ban', { username }], done('ban', person));
  const again = await ChatClient.connect(service);
  await again.ask(['Auth', { user: username, password: person.password, room }], [['cerror', BANNED]]);
  await permit(person, '{admin}');
  await again.enter(person, room);
  await again.say('in again');
  await Promise.all([again.close(), moderator.close()]);
});

test('an administrator who is one no more has no say in the room that they are in, nor after their connection recovered', async () => {
  const { room, moderator } = await moderated();
  const [person, victim] = [await resident(service, account()), await resident(service, account())];
  await permit(person, '{admin}');
  const [demoted, user] = [await enter(person, room, { generation: 4, returning: true }), await enter(victim, room)];
  await demoted.ask(['setMod', { username: victim.username }], done('setMod', victim));
  await permit(person, '{}');

  const refused = async () => {
    for (const name of ['kick', 'ban', 'unban', 'setMod', 'delMod']) {
      await demoted.ask([name, { username: victim.username }], [['cerror', NOT_ALLOWED]]);
    }
  };
  await refused();
  await demoted.drop();
  await demoted.returned();
  await demoted.say('I am back');
  await refused();
  assert.deepEqual((await user.next('message')).raw_content, 'I am back');
  await user.expectNothingMore();
  await Promise.all([demoted, user, moderator].map((client) => client.close()));
});
