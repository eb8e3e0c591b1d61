// What was acknowledged to clients and nodes is there after a kill -9.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registered } from './support/device.js';
import { Service } from './support/service.js';
import { delay, eventually } from './support/waiting.js';

const SENDERS = 5;
const A_SECOND = 50;
const ENOUGH = 200;

test('kill -9 while 50 rows are queued each second', async (t) => {
  const service = await Service.start({ settings: { Gatehouse__Gateway__Lease: '00:00:02' } });
  try {
    const nodes = await Promise.all(Array.from({ length: 2 }, () => Registered.node(service)));
    const clients = await Promise.all(Array.from({ length: SENDERS }, () => Registered.client(service)));
    const acknowledged = new Map(nodes.map(({ id }) => [id, []]));
    const [tried, processed] = [new Set(), new Set()];
    let [count, isDown, goDown] = [0, false, undefined];
    const down = new Promise((resolve) => { goDown = resolve; });
    /** What is under way when the crash comes never ends. */
    const unlessDown = (promise) => {
      promise.catch(() => {});
      return Promise.race([promise, down]);
    };

    // One node acknowledges some of what it gets, so that its mailbox is not just a heap.
    const reader = await nodes[0].connect();
    const reading = (async () => {
      while (!isDown) {
        for (const { queue_id: queueId } of await unlessDown(reader.rows('instance.to.node')) ?? []) {
          if (isDown || queueId % 3 !== 0) continue;
          tried.add(queueId);
          const left = await unlessDown(reader.node({ action: 'processQueue', parameters: { queue_id: queueId } }, 'updateQueue'));
          if (left) processed.add(queueId);
        }
      }
    })();

    await Promise.all(clients.map(async (client, sender) => {
      const phone = await client.connect();
      for (let number = 0; !isDown; number++) {
        const node = nodes[number % nodes.length];
        const parameters = { sender, number };
        const answer = await unlessDown(phone.client({ action: 'queue', recipient: node.id, parameters }, 'queued'));
        if (!answer) break;
        acknowledged.get(node.id).push({ queueId: answer.queue_id, parameters });
        if (++count >= ENOUGH && !isDown) {
          isDown = true;
          await service.kill9();
          goDown();
        }
        await delay((SENDERS * 1000) / A_SECOND);
      }
    }));
    await reading;
    for (const client of [...service.clients]) await client.close();
    await service.start();

    for (const node of nodes) {
      const queue = await node.queue();
      const ids = queue.map(({ queue_id: id }) => id);
      assert.deepEqual(ids, [...new Set(ids)].toSorted((one, other) => one - other), 'in order, once');
      for (const { queueId, parameters } of acknowledged.get(node.id).filter((row) => !tried.has(row.queueId))) {
        assert.deepEqual(queue.find(({ queue_id: id }) => id === queueId)?.content, parameters);
      }
      for (const id of processed) assert.ok(!ids.includes(id), 'what was acknowledged does not come again');
      // Each sender's messages in the order in which they were sent, and none twice.
      for (let sender = 0; sender < SENDERS; sender++) {
        const numbers = queue.filter(({ content }) => content.sender === sender).map(({ content }) => content.number);
        assert.deepEqual(numbers, [...new Set(numbers)].toSorted((one, other) => one - other));
      }
    }
    t.diagnostic(`${count} rows were acknowledged before the crash, ${processed.size} of them were processed`);

    // Who was online before the crash is not any more, without anybody having closed.
    const phone = await clients[0].connect();
    await eventually('waiting for the node to be offline', async () => {
      phone.emit('client.to.instance', { action: 'updateNodeList' });
      const list = await phone.nodes(() => true);
      return list.every(({ ws_id: id }) => id !== reader.id);
    });
  } finally {
    await service.dispose();
  }
});
