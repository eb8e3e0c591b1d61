// What waits for a client or node: in order, until it is acknowledged; delivered at once to whoever is there. By every door.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DOORS, Device, MAIN_DOORS, Registered, briefly } from '../support/device.js';
import { MAILBOX, SMALL_MAILBOXES } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { eventually } from '../support/waiting.js';

let service;
before(async () => { service = await sharedService(SMALL_MAILBOXES); });

const contents = (rows) => rows.map(({ content }) => content);

/** A client and a node that have registered. */
const pair = async (door) => [
  await Registered.client(service, { name: 'phone' }, door), await Registered.node(service, 'QmNode', door)];

for (const [name, door] of Object.entries(MAIN_DOORS)) {
  describe(name, () => {
    const once = (act) => briefly(service, act, door);

    test('rows wait for a node until it acknowledges them, one by one', async () => {
      const [client, node] = await pair(door);
      const phone = await client.connect();
      const sent = [{ action: 'switch', parameters: { on: true } }, { text: 'ü "x" \u2028', half: '\ud83d' }, {}];
      const ids = [];
      for (const parameters of sent) {
        ids.push((await phone.client({ action: 'queue', recipient: node.id, token: client.token, parameters }, 'queued')).queue_id);
      }
      const row = (index) => ({
        queue_id: ids[index], sender: client.id, recipient: node.id, content: sent[index], ws_id: phone.id,
      });
      const lamp = await node.connect();
      assert.deepEqual(lamp.logged.queue, [row(0), row(1), row(2)]);
      assert.deepEqual(await node.queue(), lamp.logged.queue, 'logging in does not drain it');

      const process = (queueId) => lamp.node({ action: 'processQueue', token: node.token, parameters: { queue_id: queueId } }, 'updateQueue');
      assert.deepEqual(await process(ids[1]), { queue: [row(0), row(2)] });
      assert.deepEqual(await process(ids[1]), { queue: [row(0), row(2)] }, 'a second time');
      assert.deepEqual(await process(String(ids[0])), { queue: [row(2)] }, 'as text');
      assert.deepEqual(contents(await node.queue()), [sent[2]]);
      await phone.close();
      const [left] = await eventually('waiting for the sender to be gone', async () => {
        const queue = await node.queue();
        return queue[0].ws_id === undefined && queue;
      });
      assert.deepEqual(Object.keys(left).sort(), ['content', 'queue_id', 'recipient', 'sender']);
      await lamp.close();
    });

    test('rows wait for a client as well', async () => {
      const [client, node] = await pair(door);
      const lamp = await node.connect();
      // Logged in, a node need not show its token.
      const { queue_id: queueId } = await lamp.node({ action: 'queue', recipient: client.id, parameters: { a: 1 } }, 'queued');
      const phone = await client.connect();
      assert.deepEqual(phone.logged.queue, [
        { queue_id: queueId, sender: node.id, recipient: client.id, content: { a: 1 }, ws_id: lamp.id }]);
      assert.deepEqual(await phone.client({ action: 'processQueue', parameters: { queue_id: queueId } }, 'updateQueue'), { queue: [] });
      await Promise.all([lamp.close(), phone.close()]);
    });

    test('whoever is online gets a row at once, on every connection', async () => {
      const [client, node] = await pair(door);
      const phones = await Promise.all(Array.from({ length: 3 }, () => client.connect()));
      const lamp = await node.connect();
      const { queue_id: queueId } = await lamp.node({ action: 'queue', recipient: client.id, parameters: { a: 1 } }, 'queued');
      for (const phone of phones) {
        assert.deepEqual(await phone.rows(), [
          { queue_id: queueId, sender: node.id, recipient: client.id, content: { a: 1 }, ws_id: lamp.id }]);
      }
      const [phone] = phones;
      await phone.client({ action: 'queue', recipient: node.id, parameters: { b: 2 } }, 'queued');
      assert.deepEqual(contents(await lamp.rows('instance.to.node')), [{ b: 2 }]);
      assert.deepEqual(contents(await client.queue()), [{ a: 1 }], 'being delivered is not being acknowledged');
      await Promise.all([lamp, ...phones].map((device) => device.close()));
    });

    test('a row that nobody tells its device of, because the silo that was to is lost, comes all the same', async () => {
      const [client, node] = await pair(door);
      const lamp = await node.connect();
      await service.database.sql(`INSERT INTO client_queue (recipient, sender, content, size, created_at)
        VALUES (${node.id}, ${client.id}, '{"a":1}', 7, now())`);
      assert.deepEqual(contents(await lamp.rows('instance.to.node')), [{ a: 1 }]);
      await lamp.close();
    });

    test('messages in one burst are answered in order, and arrive in order, once', async () => {
      const [client, node] = await pair(door);
      const [phone, lamp] = [await client.connect(), await node.connect()];
      const numbers = Array.from({ length: 200 }, (_, number) => number);
      for (const number of numbers) phone.emit('client.to.instance', { action: 'queue', recipient: node.id, parameters: { number } });
      const ids = [];
      for (const number of numbers) {
        const { action, parameters } = await phone.next('instance.to.client');
        assert.equal(action, 'queued', `message ${number}`);
        ids.push(parameters.queue_id);
      }
      assert.deepEqual(ids, ids.toSorted((one, other) => one - other));
      const arrived = [];
      while (arrived.length < numbers.length) arrived.push(...await lamp.rows('instance.to.node'));
      assert.deepEqual(arrived.map(({ queue_id: id, content }) => [id, content.number]), numbers.map((number) => [ids[number], number]));
      assert.deepEqual((await node.queue()).map(({ queue_id: id }) => id), ids);
      await Promise.all([phone.close(), lamp.close()]);
    });

    test("an answer takes the place of the row, and finds the client's mailbox when the client is gone", async () => {
      const [client, node] = await pair(door);
      const phone = await client.connect();
      const ask = (number) => phone.client({ action: 'queue', recipient: node.id, parameters: { number } }, 'queued');
      for (const number of [0, 1, 2, 3]) await ask(number);
      const lamp = await node.connect();
      const rows = lamp.logged.queue;
      const { token } = node;

      // As known nodes do it: online by `forward`, offline by `queue`.
      await lamp.node({ action: 'forward', recipient: rows[0].ws_id, queue_id: rows[0].queue_id, token, parameters: { answer: 0 } }, 'forwarded');
      assert.deepEqual(await phone.next('node.to.client'), { sender: lamp.id, content: { answer: 0 } });
      await lamp.node({ action: 'queue', recipient: rows[1].sender, queue_id: rows[1].queue_id, token, parameters: { answer: 1 } }, 'queued');
      assert.deepEqual(contents(await phone.rows()), [{ answer: 1 }]);
      assert.deepEqual((await node.queue()).map(({ content }) => content.number), [2, 3]);

      await phone.close();
      await eventually('waiting for the client to be gone', async () => (await node.queue())[0].ws_id === undefined);
      await lamp.node({ action: 'forward', recipient: rows[2].ws_id, queue_id: rows[2].queue_id, token, parameters: { answer: 2 } }, 'queued');
      // The answer to something that was forwarded, and is in no mailbox.
      await lamp.node({ action: 'forward', recipient: rows[3].ws_id, parameters: { answer: 3 } }, 'queued');
      assert.deepEqual(contents(await client.queue()), [{ answer: 1 }, { answer: 2 }, { answer: 3 }]);
      assert.deepEqual((await node.queue()).map(({ content }) => content.number), [3]);

      const again = { recipient: rows[2].sender, queue_id: rows[2].queue_id, token, parameters: { answer: 'again' } };
      assert.deepEqual(await lamp.node({ action: 'queue', ...again }, 'queueFailed'), { msg: 'queue_id is not in your queue' });
      assert.equal((await client.queue()).length, 3);
      await lamp.close();
    });

    test("somebody else's row is not theirs to acknowledge, or to answer", async () => {
      const [[client, node], [otherClient, other]] = [await pair(door), await pair(door)];
      const phone = await client.connect();
      const { queue_id: queueId } = await phone.client({ action: 'queue', recipient: node.id, parameters: { a: 1 } }, 'queued');
      const stranger = await other.connect();
      assert.deepEqual(await stranger.node({ action: 'processQueue', parameters: { queue_id: queueId } }, 'updateQueue'), { queue: [] });
      assert.deepEqual(await phone.client({ action: 'processQueue', parameters: { queue_id: queueId } }, 'updateQueue'), { queue: [] });
      const answer = { recipient: otherClient.id, queue_id: queueId, parameters: {} };
      assert.deepEqual(await stranger.node({ action: 'queue', ...answer }, 'queueFailed'), { msg: 'queue_id is not in your queue' });
      assert.deepEqual(contents(await node.queue()), [{ a: 1 }]);
      await Promise.all([phone.close(), stranger.close()]);
    });

    test('whom there is not, and what is no id, is told', async () => {
      const [client, node] = await pair(door);
      const other = await Registered.client(service);
      const phone = await client.connect();
      const fails = async (message, msg) => assert.deepEqual(
        await phone.client({ parameters: {}, ...message }, `${message.action}Failed`), { msg });
      for (const recipient of [2_147_483_647, client.id, other.id, String(other.id)]) {
        await fails({ action: 'queue', recipient }, 'recipient does not exist');
      }
      for (const recipient of [undefined, null, '', 'x', -1, 0, 1.5, 1e300, 2_147_483_648, '1x', ' 1', {}, [node.id], true]) {
        await fails({ action: 'queue', recipient }, 'recipient must be an id');
      }
      for (const queueId of [undefined, null, '', 'x', 1.5, 1e300, {}, true]) {
        await fails({ action: 'processQueue', parameters: { queue_id: queueId } }, 'queue_id must be a number');
      }
      for (const queueId of ['x', 1.5, {}, true]) {
        await fails({ action: 'queue', recipient: node.id, queue_id: queueId }, 'queue_id must be a number');
      }
      assert.deepEqual(await node.queue(), []);
      await phone.close();
    });

    test('what is asked for again by its request, on another connection, is stored once', async () => {
      const [client, node] = await pair(door);
      const ask = (request) => once((phone) =>
        phone.client({ action: 'queue', token: client.token, recipient: node.id, request, parameters: { request: 'mine' } }, 'queued'));
      const { queue_id: first } = await ask('a');
      assert.deepEqual(await ask('a'), { queue_id: first });
      for (const other of ['b', '', 'x'.repeat(65), 7, null]) assert.ok((await ask(other)).queue_id > first);
      assert.deepEqual(contents(await node.queue()), Array.from({ length: 6 }, () => ({ request: 'mine' })));
    });

    test('content has a limit, and a token is never part of it', async () => {
      const [client, node] = await pair(door);
      const { token } = client;
      await once(async (phone) => {
        const fails = async (parameters, msg) => assert.deepEqual(
          await phone.client({ action: 'queue', token, recipient: node.id, parameters }, 'queueFailed'), { msg });
        await fails({ filled: 'x'.repeat(900_000) }, 'content is too long');
        await fails({ filled: 'x'.repeat(65_536) }, 'content is too long');
        await fails({ filled: 'ü'.repeat(33_000) }, 'content is too long');
        let deep = {};
        for (let level = 0; level < 40; level++) deep = { deep };
        await fails(deep, 'content is nested too deep');
        await phone.client({ action: 'queue', token, recipient: node.id, parameters: { filled: 'x'.repeat(65_000) } }, 'queued');
        await phone.client({ action: 'queue', parameters: { token, recipient: node.id, content: { a: 1 } } }, 'queued');
        await phone.client({ action: 'queue', recipient: String(node.id), parameters: { token, a: 2 } }, 'queued');
        for (const parameters of ['text', 7, null, [1]]) await phone.client({ action: 'queue', token, recipient: node.id, parameters }, 'queued');
        await phone.client({ action: 'queue', token, recipient: node.id }, 'queued');
      });
      const [long, ...short] = contents(await node.queue());
      assert.equal(long.filled.length, 65_000);
      assert.deepEqual(short, [{ a: 1 }, { a: 2 }, 'text', 7, null, [1], null]);
    });
  });
}

test('a full mailbox is told to the sender, and has room again when a row is acknowledged', async () => {
  const [client, node] = await pair();
  const phone = await client.connect();
  for (let row = 0; row < MAILBOX; row++) phone.emit('client.to.instance', { action: 'queue', recipient: node.id, parameters: {} });
  for (let row = 0; row < MAILBOX; row++) assert.equal((await phone.next('instance.to.client')).action, 'queued');
  const message = { action: 'queue', recipient: node.id, parameters: { last: true } };
  assert.deepEqual(await phone.client(message, 'queueFailed'), { msg: "the recipient's queue is full" });

  const lamp = await node.connect();
  assert.equal(lamp.logged.queue.length, MAILBOX);
  await lamp.node({ action: 'processQueue', parameters: { queue_id: lamp.logged.queue[0].queue_id } }, 'updateQueue');
  await phone.client(message, 'queued');
  await phone.client(message, 'queueFailed');
  assert.deepEqual(contents(await lamp.rows('instance.to.node')), [{ last: true }]);
  await Promise.all([phone.close(), lamp.close()]);
});

test('over every door a client and a node register, log in, drop, come back, and reach those of every other door', async () => {
  const doors = Object.values(DOORS);
  const [node, ...clients] = [
    await Registered.node(service), ...await Promise.all(doors.map((door) => Registered.client(service, { door }, door)))];
  const lamps = await Promise.all(doors.map((door) => node.connect(door)));
  for (const dropped of await Promise.all(clients.map((client) => client.connect()))) await dropped.drop();
  const phones = await Promise.all(clients.map((client) => client.connect()));
  for (const [index, phone] of phones.entries()) {
    for (const lamp of lamps) {
      await phone.client({ action: 'forward', recipient: lamp.id, parameters: { index } }, 'forwarded');
      assert.deepEqual(await lamp.next('client.to.node'), { sender: phone.id, content: { index } });
      await lamp.node({ action: 'forward', recipient: phone.id, parameters: { index } }, 'forwarded');
      assert.deepEqual(await phone.next('node.to.client'), { sender: lamp.id, content: { index } });
    }
    await phone.client({ action: 'queue', recipient: node.id, parameters: { index } }, 'queued');
    for (const lamp of lamps) assert.deepEqual(contents(await lamp.rows('instance.to.node')), [{ index }]);
  }
  await Promise.all([...lamps, ...phones].map((device) => device.close()));
});

test('a stranger disturbs nobody: the mailboxes of others cannot be read', async () => {
  const [client, node] = await pair();
  await briefly(service, (phone) => phone.client({ action: 'queue', token: client.token, recipient: node.id, parameters: { a: 'private' } }, 'queued'));
  const stranger = await Device.connect(service);
  for (const message of [
    { action: 'login', parameters: { token: String(node.id) } }, { action: 'login', parameters: { id: node.id } },
    { action: 'login', parameters: { token: `${node.id}.${'A'.repeat(43)}` } },
  ]) await stranger.node(message, 'loginFailed');
  await stranger.node({ action: 'processQueue', parameters: { queue_id: 1 } }, 'processQueueFailed');
  assert.ok(!JSON.stringify(stranger.heard).includes('private'));
  await stranger.close();
});
