// What chat's later dialect is told of levels: its clients show a moderator's buttons, and everybody's rank, by them.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { administrator, asAdministrator } from '../support/administrator.js';
import { COMPLETE, ChatClient, resident } from '../support/chat-client.js';
import { newRoom } from '../support/chat-scenarios.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { CHATTING } from '../support/settings.js';

const DOORS = {
  'SignalR': {}, 'socket.io-client 1': { generation: 1 }, 'socket.io-client 4, in /': { generation: 4, namespace: '/' },
};

let service;
before(async () => {
  service = await sharedService(CHATTING);
  await (await asAdministrator(service)).close();
});

for (const [door, options] of Object.entries(DOORS)) {
  describe(`over ${door}`, () => {
    const answer = options.generation ? 'auth' : 'Auth';

    /** Comes in by the later dialect, and is told this level. */
    const enter = async ({ username, password }, room, accessLevel) => {
      const client = await ChatClient.connect(service, options);
      await client.ask(['auth', { username, password, room }], [[answer, { ...COMPLETE, accessLevel }]]);
      return client;
    };

    test('who comes in is told its level, and messages carry the name and the rank that the sender had', async () => {
      const room = newRoom();
      const ada = await resident(service, account());
      const [admin, user] = [await enter(administrator, room, 0), await enter(ada, room, 3)];
      const first = await ChatClient.connect(service, options);
      await first.ask(['Auth', { user: ada.username, password: ada.password, room }], [['Auth', COMPLETE]]);

      const expected = [];
      for (const [appoint, rank] of [[null, 3], ['setVip', 2], ['setMod', 1], ['delMod', 3]]) {
        if (appoint) {
          await admin.send(appoint, { username: ada.username });
          await admin.next(appoint);
          await (await enter(ada, room, rank)).close();
        }
        const content = `as ${rank}`;
        const [heard] = await user.ask(['message', { content, rank: 0, displayName: 'Eve' }], ['message']);
        const { username } = ada;
        assert.deepEqual({ ...heard, id: 0, time: 0 }, { id: 0, time: 0, rank, displayName: username, user: username, content });
        expected.push([rank, username, content]);
        await first.expect(['message', { user: username, content, rank: 0, displayName: 'Eve' }]);
      }
      await admin.send('message', { content: 'mine' });
      const [mine] = await user.expect('message');
      assert.deepEqual([mine.rank, mine.displayName], [0, administrator.username]);
      await user.send('history', { after: 0 });
      const { messages } = await user.next('history');
      assert.deepEqual(messages.slice(0, -1).map(({ rank, displayName, content }) => [rank, displayName, content]), expected);
      await Promise.all([admin, user, first].map((client) => client.close()));
    });
  });
}
