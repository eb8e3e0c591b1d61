// A mailbox that holds more than may wait for a connection: it comes page by page, and everything in it, in order, once.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { MAIN_DOORS, Registered } from '../support/device.js';
import { SMALL_MAILBOXES } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { eventually } from '../support/waiting.js';

const PAGE = 1_310_720;
const ROW = 60_000;
const ROWS = 40;
/** How many rows fit into a page. */
const FIT = Math.floor(PAGE / (ROW + 200));
const NAMES = { client: ['instance.to.client', 'instace.to.client'], node: ['instance.to.node'] };

let service;
before(async () => { service = await sharedService(SMALL_MAILBOXES); });

/** Somebody's mailbox, which somebody else has filled. */
async function filled(kind, rows, door) {
  const [client, node] = [await Registered.client(service, {}, door), await Registered.node(service, 'QmNode', door)];
  const [owner, stranger] = kind === 'client' ? [client, node] : [node, client];
  const sender = await stranger.connect();
  const send = (number) => sender[stranger.kind](
    { action: 'queue', recipient: owner.id, parameters: { number, filled: 'x'.repeat(ROW - 30) } }, 'queued');
  for (let number = 0; number < rows; number++) await send(number);
  return { owner, send, sender };
}

const numbers = (rows) => rows.map(({ content }) => content.number);
const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);

/** The next answer or push under each name of the device, which must be the same. */
async function hears(device, { kind }, action) {
  const [first, ...same] = await Promise.all(NAMES[kind].map((name) => device.next(name, action === 'queue' ? action : '')));
  for (const other of same) assert.deepEqual(other, first);
  assert.equal(first.action, action);
  return first.parameters;
}

/** Logs in, and looks at the answer under every name. */
async function logIn(owner) {
  const device = await owner.connect();
  for (const name of NAMES[owner.kind].slice(1)) assert.deepEqual((await device.next(name)).parameters, device.logged);
  return device;
}

const acknowledge = (device, { kind }, row) =>
  device.emit(`${kind}.to.instance`, { action: 'processQueue', parameters: { queue_id: row.queue_id } });

for (const [name, door] of Object.entries(MAIN_DOORS)) {
  for (const kind of ['client', 'node']) {
    test(`a ${kind} gets all of a full mailbox by acknowledging row by row, over ${name}`, async () => {
      const { owner, sender } = await filled(kind, ROWS, door);
      const device = await logIn(owner);
      const { queue, more } = device.logged;
      assert.deepEqual([numbers(queue), more], [range(0, FIT), true]);
      for (let number = 0; number < ROWS; number++) {
        acknowledge(device, owner, queue[number]);
        const left = await hears(device, owner, 'updateQueue');
        const sent = Math.min(FIT + number, ROWS);
        assert.deepEqual([numbers(left.queue), left.more], [range(number + 1, sent), sent < ROWS ? true : undefined]);
        if (sent === ROWS) continue;
        const next = await hears(device, owner, 'queue');
        assert.deepEqual([numbers(next.queue), next.more], [[sent], sent + 1 < ROWS ? true : undefined]);
        queue.push(...next.queue);
      }
      assert.deepEqual(numbers(queue), range(0, ROWS));
      assert.deepEqual(await owner.queue(), []);
      await Promise.all([device.close(), sender.close()]);
    });
  }

  test(`of many logins to a full mailbox none is cut off, and what one acknowledges makes room on all, over ${name}`, async () => {
    const { owner, sender } = await filled('client', ROWS, door);
    const devices = await Promise.all(range(0, 4).map(() => logIn(owner)));
    const [first] = devices;
    for (const row of first.logged.queue) acknowledge(first, owner, row);
    for (const device of devices) {
      const rows = [...device.logged.queue];
      while (rows.length < ROWS) rows.push(...(await hears(device, owner, 'queue')).queue);
      assert.deepEqual(numbers(rows), range(0, ROWS));
    }
    await Promise.all([...devices, sender].map((device) => device.close()));
  });

  test(`who acknowledges a whole page before reading an answer is not cut off, over ${name}`, async () => {
    const { owner, sender } = await filled('client', ROWS, door);
    const device = await logIn(owner);
    const { queue } = device.logged;
    device.link.stopReading();
    for (const row of queue) acknowledge(device, owner, row);
    await eventually('waiting for the first to be gone', async () => (await owner.queue())[0].queue_id !== queue[0].queue_id);
    device.link.goOnReading();
    for (const row of queue) {
      const left = numbers((await hears(device, owner, 'updateQueue')).queue);
      assert.ok(!left.includes(row.content.number) && left.length >= ROWS - FIT - 1);
    }
    while (queue.length < ROWS) queue.push(...(await hears(device, owner, 'queue')).queue);
    assert.deepEqual(numbers(queue), range(0, ROWS));
    await Promise.all([device.close(), sender.close()]);
  });

  test(`what is answered makes room for the rest, over ${name}`, async () => {
    const { owner, sender } = await filled('node', FIT + 2, door);
    const device = await logIn(owner);
    const [first, second] = device.logged.queue;
    await device.node({ action: 'queue', recipient: first.sender, queue_id: first.queue_id, parameters: {} }, 'queued');
    assert.deepEqual(numbers(await device.rows('instance.to.node')), [FIT]);
    await device.node({ action: 'forward', recipient: second.ws_id, queue_id: second.queue_id, parameters: {} }, 'forwarded');
    assert.deepEqual(numbers(await device.rows('instance.to.node')), [FIT + 1]);
    await Promise.all([device.close(), sender.close()]);
  });
}

describe('a mailbox that fits', () => {
  test('comes whole, and so does what is left of it', async () => {
    const { owner, send, sender } = await filled('client', FIT, undefined);
    const device = await logIn(owner);
    assert.deepEqual([numbers(device.logged.queue), device.logged.more], [range(0, FIT), undefined]);
    acknowledge(device, owner, device.logged.queue[3]);
    const left = await hears(device, owner, 'updateQueue');
    assert.deepEqual([numbers(left.queue), left.more], [[0, 1, 2, ...range(4, FIT)], undefined]);
    await send(FIT);
    const { queue, more } = await hears(device, owner, 'queue');
    assert.deepEqual([numbers(queue), more], [[FIT], undefined]);
    await Promise.all([device.close(), sender.close()]);
  });

  test('does not wait for ever because new rows come: they wait for the ones before them', async () => {
    const { owner, send, sender } = await filled('client', 1, undefined);
    const device = await logIn(owner);
    const rows = [...device.logged.queue];
    for (let number = 1; number < FIT + 5; number++) await send(number);
    while (rows.length < FIT) rows.push(...(await hears(device, owner, 'queue')).queue);
    assert.deepEqual(numbers(rows), range(0, FIT));
    acknowledge(device, owner, rows[0]);
    assert.equal((await hears(device, owner, 'updateQueue')).more, true);
    const next = await hears(device, owner, 'queue');
    assert.deepEqual([numbers(next.queue), next.more], [[FIT], true]);
    await Promise.all([device.close(), sender.close()]);
  });
});
