// Clients and nodes: registering, logging in, updating, who is online, and messages to connections; by every door.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { CLIENT_EVENTS, Device, MAIN_DOORS, Registered, briefly } from '../support/device.js';
import { SMALL_MAILBOXES } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { eventually } from '../support/waiting.js';

const NOT_VALID = { msg: 'token not valid' };
const INFORMATION = { name: "Ada's phone", location: 'Zürich', more: [1, { deep: null }] };
const WRONG_TOKENS = {
  'no token': undefined, 'a number': 7, 'null': null, 'an empty text': '', 'a text': 'secret', 'an object': {},
  'an id alone': '1', 'a secret of nobody': `2147483647.${'x'.repeat(43)}`, 'a negative id': `-1.${'x'.repeat(43)}`,
};

let service;
before(async () => { service = await sharedService(SMALL_MAILBOXES); });

const hasNode = ({ id }) => (nodes) => nodes.some(({ node_id: nodeId }) => nodeId === id);
const lacksNode = (node) => (nodes) => !hasNode(node)(nodes);

for (const [name, door] of Object.entries(MAIN_DOORS)) {
  describe(name, () => {
    const connect = () => Device.connect(service, door);
    const once = (act) => briefly(service, act, door);

    test('a client registers, logs in and updates itself', () => once(async (device) => {
      const registered = await device.client({ action: 'register', parameters: { information: INFORMATION } }, 'registered');
      assert.deepEqual(Object.keys(registered).sort(), ['id', 'token']);
      assert.ok(Number.isInteger(registered.id));
      const { token, id } = registered;

      const logged = await device.client({ action: 'login', parameters: { token } }, 'logged');
      assert.deepEqual(logged, { id, ws_id: logged.ws_id, queue: [], information: INFORMATION });
      if (device.id) assert.equal(logged.ws_id, device.id);

      const parameters = { token, information: { name: 'renamed' } };
      assert.deepEqual(await device.client({ action: 'update', parameters }, 'updated'), {});
      // Some clients put the token beside the parameters.
      const again = await device.client({ action: 'login', token }, 'logged');
      assert.deepEqual(again.information, { name: 'renamed' });
    }));

    test('a node registers, logs in and updates itself', () => once(async (device) => {
      const parameters = { hash: 'QmOne', information: INFORMATION };
      const { token, id } = await device.node({ action: 'register', parameters }, 'registered');
      const logged = await device.node({ action: 'login', parameters: { token } }, 'logged');
      assert.deepEqual(logged, { id, ws_id: logged.ws_id, hash: 'QmOne', queue: [], information: INFORMATION });
      assert.deepEqual(await device.node({ action: 'update', parameters: { token, hash: 'QmTwo', information: {} } }, 'updated'), {});
      const again = await device.node({ action: 'login', parameters: { token } }, 'logged');
      assert.deepEqual([again.hash, again.information], ['QmTwo', {}]);
    }));

    test('a client gets each event under both names', () => once(async (device) => {
      await device.client({ action: 'register', parameters: { information: {} } }, 'registered');
      await device.client({ action: 'login', parameters: {} }, 'loginFailed');
      const [known, document] = CLIENT_EVENTS.map((event) => device.heard.filter((heard) => heard.name === event));
      // The second name of the last event may be on its way.
      assert.deepEqual(document.slice(0, 1).map(({ payload }) => payload), known.slice(0, 1).map(({ payload }) => payload));
      assert.equal((await device.next('instace.to.client')).action, 'registered');
      assert.deepEqual(await device.next('instace.to.client'), { action: 'loginFailed', parameters: NOT_VALID });
    }));

    for (const [what, token] of Object.entries(WRONG_TOKENS)) {
      test(`${what} is no token`, () => once(async (device) => {
        for (const kind of ['client', 'node']) {
          assert.deepEqual(await device[kind]({ action: 'login', parameters: { token } }, 'loginFailed'), NOT_VALID);
          const parameters = { token, information: {}, hash: 'Qm' };
          assert.deepEqual(await device[kind]({ action: 'update', parameters }, 'updateFailed'), NOT_VALID);
          assert.deepEqual(
            await device[kind]({ action: 'processQueue', token, parameters: { queue_id: 1 } }, 'processQueueFailed'), NOT_VALID);
          assert.deepEqual(await device[kind]({ action: 'queue', token, recipient: 1, parameters: {} }, 'queueFailed'), NOT_VALID);
        }
        assert.deepEqual(await device.node({ action: 'forward', token, recipient: 'x', parameters: {} }, 'forwardFailed'), NOT_VALID);
      }));
    }

    test("a node's token is none of a client, and the other way round", async () => {
      const [client, node] = [await Registered.client(service), await Registered.node(service)];
      await once(async (device) => {
        assert.deepEqual(await device.client({ action: 'login', parameters: { token: node.token } }, 'loginFailed'), NOT_VALID);
        assert.deepEqual(await device.node({ action: 'login', parameters: { token: client.token } }, 'loginFailed'), NOT_VALID);
        const stolen = `${client.id}.${node.token.split('.')[1]}`;
        assert.deepEqual(await device.client({ action: 'login', parameters: { token: stolen } }, 'loginFailed'), NOT_VALID);
      });
    });

    test('a message that makes no sense is told so, and the connection goes on', () => once(async (device) => {
      for (const kind of ['client', 'node']) {
        const error = async (message, msg) => assert.deepEqual(await device[kind](message, 'error'), { msg });
        for (const message of [null, 'register', 7, true, [], ['register']]) await error(message, 'the message must be a JSON object');
        for (const message of [{}, { action: '' }, { action: null }, { action: 7 }, { Action: 'login' }]) await error(message, 'no action');
        for (const action of ['nonsense', 'Login', ' login', 'x'.repeat(100_000), '__proto__', 'toString']) {
          await error({ action, parameters: {} }, 'unknown action');
        }
        for (const action of ['register', 'login', 'update', 'processQueue']) {
          for (const parameters of [null, 'x', 7, []]) {
            const answer = await device[kind]({ action, parameters }, `${action}Failed`);
            assert.deepEqual(answer, { msg: 'parameters must be a JSON object' });
          }
        }
      }
      await device.node({ action: 'updateNodeList' }, 'error');
      await device.client({ action: 'register', parameters: { information: {} } }, 'registered');
    }));

    test('a message without a payload is no object', () => once(async (device) => {
      device.emit('client.to.instance');
      assert.deepEqual(await device.next('instance.to.client'), { action: 'error', parameters: { msg: 'the message must be a JSON object' } });
      device.emit('nonsense', {});
      assert.deepEqual(await device.next('instance.to.client'), { action: 'error', parameters: { msg: 'unknown event' } });
    }));

    test('information is a JSON object, not too long and not too deep', () => once(async (device) => {
      const fails = async (action, parameters, msg, kind = 'client') =>
        assert.deepEqual(await device[kind]({ action, parameters }, `${action}Failed`), { msg });
      const { token } = await device.client({ action: 'register', parameters: { information: { filled: 'x'.repeat(16_000) } } }, 'registered');
      for (const information of [undefined, null, 'x', 7, []]) {
        await fails('register', { information }, 'information must be a JSON object');
        await fails('update', { token, information }, 'information must be a JSON object');
      }
      for (const length of [16_384, 900_000]) {
        await fails('register', { information: { filled: 'x'.repeat(length) } }, 'information is too long');
        await fails('update', { token, information: { filled: 'x'.repeat(length) } }, 'information is too long');
      }
      let deep = {};
      for (let level = 0; level < 40; level++) deep = { deep };
      await fails('register', { information: deep }, 'information is nested too deep');
      for (const hash of [undefined, null, '', 7, {}, 'x'.repeat(257)]) {
        await fails('register', { hash, information: {} }, 'hash not valid', 'node');
      }
      const node = await device.node({ action: 'register', parameters: { hash: 'Qm' } }, 'registered');
      await fails('update', { token: node.token, hash: '' }, 'hash not valid', 'node');
      await fails('update', { token: node.token }, 'information must be a JSON object', 'node');
      await device.node({ action: 'update', parameters: { token: node.token, information: { a: 1 } } }, 'updated');
    }));

    test('whoever has logged in need not show the token again', () => once(async (device) => {
      const client = await Registered.client(service);
      await device.client({ action: 'update', parameters: { information: {} } }, 'updateFailed');
      await device.client({ action: 'login', parameters: { token: client.token } }, 'logged');
      await device.client({ action: 'update', parameters: { information: { a: 1 } } }, 'updated');
      assert.deepEqual(await device.client({ action: 'processQueue', parameters: { queue_id: 1 } }, 'updateQueue'), { queue: [] });
      // A wrong one does not count as none.
      await device.client({ action: 'update', parameters: { token: 'wrong', information: {} } }, 'updateFailed');
    }));

    test('clients are told of the nodes that come, change and go, logged in or not', async () => {
      const [client, node] = [await Registered.client(service), await Registered.node(service, 'QmBefore')];
      const [watching, stranger] = [await client.connect(door), await connect()];
      stranger.emit('client.to.instance', { action: 'updateNodeList' });
      await stranger.nodes(lacksNode(node));

      const lamp = await node.connect(door);
      const expected = { ipfs_hash: 'QmBefore', node_id: node.id, ws_id: lamp.id };
      for (const device of [watching, stranger]) {
        const nodes = await device.nodes(hasNode(node));
        assert.deepEqual(nodes.find(({ node_id: id }) => id === node.id), expected);
      }
      await lamp.node({ action: 'update', parameters: { hash: 'QmAfter' } }, 'updated');
      for (const device of [watching, stranger]) await device.nodes((nodes) => nodes.some(({ ipfs_hash: hash }) => hash === 'QmAfter'));

      stranger.emit('client.to.instance', { action: 'updateNodeList' });
      await stranger.nodes(hasNode(node));
      await lamp.close();
      for (const device of [watching, stranger]) await device.nodes(lacksNode(node));
      assert.deepEqual(lamp.heard.filter(({ payload }) => payload.action === 'updateOnlineNodes'), [], 'a node is no client');
      await Promise.all([watching.close(), stranger.close()]);
    });

    test('a client and a node send each other messages, the client logged in or not', async () => {
      const [client, node] = [await Registered.client(service), await Registered.node(service)];
      const lamp = await node.connect(door);
      for (const device of [await client.connect(door), await connect()]) {
        const content = { action: 'switch', parameters: { on: true, half: '\ud83d', text: 'ü "x" \u2028' } };
        assert.deepEqual(await device.client({ action: 'forward', recipient: lamp.id, parameters: content }, 'forwarded'), {});
        const { sender, ...more } = await lamp.next('client.to.node');
        assert.deepEqual(more, { content });
        if (device.id) assert.equal(sender, device.id);
        for (const answer of [{ done: true }, 'done', 7, null, []]) {
          await lamp.node({ action: 'forward', recipient: sender, parameters: answer }, 'forwarded');
          assert.deepEqual(await device.next('node.to.client'), { sender: lamp.id, content: answer });
        }
        await device.close();
      }
      await lamp.close();
    });

    test('messages arrive in their order', async () => {
      const node = await Registered.node(service);
      const [lamp, device] = [await node.connect(door), await connect()];
      for (let number = 0; number < 100; number++) {
        device.emit('client.to.instance', { action: 'forward', recipient: lamp.id, parameters: { number } });
      }
      for (let number = 0; number < 100; number++) assert.equal((await lamp.next('client.to.node')).content.number, number);
      await Promise.all([lamp.close(), device.close()]);
    });

    test('a recipient may be named among the parameters, and a token is never passed on', async () => {
      const [client, node] = [await Registered.client(service), await Registered.node(service)];
      const [lamp, device] = [await node.connect(door), await client.connect(door)];
      const { token } = client;
      const sent = async (message, content) => {
        await device.client({ action: 'forward', ...message }, 'forwarded');
        assert.deepEqual((await lamp.next('client.to.node')).content, content);
      };
      await sent({ parameters: { recipient: lamp.id, content: { a: 1 } } }, { a: 1 });
      await sent({ parameters: { recipient: lamp.id, token, a: 1 } }, { a: 1 });
      await sent({ recipient: lamp.id, parameters: { token, a: 1, recipient: 'mine', content: 2 } }, { a: 1, recipient: 'mine', content: 2 });
      await sent({ recipient: lamp.id, parameters: { token: 'of another service' } }, { token: 'of another service' });
      await sent({ recipient: lamp.id, content: { a: 1 } }, { a: 1 });
      await sent({ recipient: lamp.id }, null);
      await Promise.all([lamp.close(), device.close()]);
    });

    test('a message to a connection that is gone, or of the wrong kind, fails', async () => {
      const node = await Registered.node(service);
      const [lamp, device] = [await node.connect(door), await connect()];
      const gone = lamp.id;
      const fails = async (recipient) => assert.deepEqual(
        await device.client({ action: 'forward', recipient, parameters: {} }, 'forwardFailed'), { msg: 'recipient is not online' });
      await fails(device.id);
      await lamp.close();
      await eventually('waiting for the node to be gone', async () => {
        device.emit('client.to.instance', { action: 'forward', recipient: gone, parameters: {} });
        return (await device.next('instance.to.client')).action === 'forwardFailed';
      });
      for (const recipient of [gone, undefined, null, '', 7, {}, 'nobody', 'x'.repeat(100_000), 'a\u0000b', '\ud83d']) await fails(recipient);
      let deep = {};
      for (let level = 0; level < 40; level++) deep = { deep };
      assert.deepEqual(
        await device.client({ action: 'forward', recipient: gone, parameters: deep }, 'forwardFailed'), { msg: 'content is nested too deep' });
      const other = await node.connect(door);
      assert.deepEqual(
        await other.node({ action: 'forward', recipient: 'nobody', parameters: {} }, 'forwardFailed'), { msg: 'recipient is not online' });
      await Promise.all([other.close(), device.close()]);
    });

    test('one node may have many connections, and a connection may be client and node', async () => {
      const [client, node] = [await Registered.client(service), await Registered.node(service)];
      const lamps = await Promise.all(Array.from({ length: 5 }, () => node.connect(door)));
      const both = lamps[0];
      await both.client({ action: 'login', parameters: { token: client.token } }, 'logged');
      both.emit('client.to.instance', { action: 'updateNodeList' });
      const nodes = await both.nodes((list) => list.filter(({ node_id: id }) => id === node.id).length === 5);
      assert.deepEqual(
        nodes.filter(({ node_id: id }) => id === node.id).map(({ ws_id: id }) => id).sort(), lamps.map(({ id }) => id).sort());
      await both.client({ action: 'forward', recipient: both.id, parameters: { to: 'myself' } }, 'forwarded');
      assert.deepEqual(await both.next('client.to.node'), { sender: both.id, content: { to: 'myself' } });
      await Promise.all(lamps.map((lamp) => lamp.close()));
    });
  });
}
