// Nodes over HTTP: PUT registers, POST updates.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Registered } from '../support/device.js';
import { SMALL_MAILBOXES } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';

const PATH = '/node/to/instance';

let service;
before(async () => { service = await sharedService(SMALL_MAILBOXES); });

async function ask(method, body, headers = { 'Content-Type': 'application/json' }) {
  const response = await fetch(service.url + PATH, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const answer = await response.json();
  if (answer.token) service.secrets.add(answer.token.split('.')[1]);
  return { status: response.status, answer };
}

const register = async (parameters = { hash: 'QmOne', information: { name: 'lamp' } }) => {
  const { status, answer } = await ask('PUT', { action: 'register', parameters });
  assert.equal(status, 200, JSON.stringify(answer));
  return answer;
};

const failed = (action, msg) => ({ action: `${action}Failed`, parameters: { msg } });

test('a node registers, and has its token where either kind of node looks for it', async () => {
  const answer = await register();
  const { token, id } = answer.parameters;
  assert.deepEqual(answer, { action: 'registered', parameters: { token, id }, token });
  const lamp = await new Registered(service, 'node', { token, id }).connect();
  assert.deepEqual([lamp.logged.hash, lamp.logged.information], ['QmOne', { name: 'lamp' }]);
  await lamp.close();
});

test('a node updates its hash, its information, or both', async () => {
  const { parameters: { token, id } } = await register();
  for (const change of [{ hash: 'QmTwo' }, { information: { a: 1 } }, { hash: 'QmThree', information: { a: 2 } }]) {
    assert.deepEqual(
      await ask('POST', { action: 'update', parameters: { token, ...change } }), { status: 200, answer: { action: 'updated', parameters: {} } });
  }
  const withTokenBeside = await ask('POST', { token, parameters: { information: { a: 3 } } });
  assert.equal(withTokenBeside.status, 200);
  const lamp = await new Registered(service, 'node', { token, id }).connect();
  assert.deepEqual([lamp.logged.hash, lamp.logged.information], ['QmThree', { a: 3 }]);
  await lamp.close();
});

test('a token that is not good is refused', async () => {
  const client = await Registered.client(service);
  for (const token of [undefined, null, 7, '', 'secret', client.token, `1.${'x'.repeat(43)}`]) {
    assert.deepEqual(
      await ask('POST', { action: 'update', parameters: { token, hash: 'Qm' } }), { status: 401, answer: failed('update', 'token not valid') });
  }
});

test('what cannot be kept is refused', async () => {
  const refused = async (parameters, status, msg) => assert.deepEqual(
    await ask('PUT', { action: 'register', parameters }), { status, answer: failed('register', msg) });
  await refused({ information: {} }, 400, 'hash not valid');
  await refused({ hash: 7 }, 400, 'hash not valid');
  await refused({ hash: 'Qm', information: [] }, 400, 'information must be a JSON object');
  await refused({ hash: 'Qm', information: { filled: 'x'.repeat(20_000) } }, 413, 'information is too long');
  for (const parameters of [undefined, null, 'x', []]) await refused(parameters, 400, 'parameters must be a JSON object');
});

test('any other action is unknown', async () => {
  for (const [method, action] of [['PUT', 'update'], ['POST', 'register'], ['POST', 'login'], ['PUT', 'nonsense']]) {
    assert.deepEqual(
      await ask(method, { action, parameters: {} }), { status: 400, answer: { action: 'error', parameters: { msg: 'unknown action' } } });
  }
});

test('a body that is no JSON object is refused', async () => {
  for (const body of ['', 'hello', 'null', '7', '[]', '{', '{"action":"register"}}', '{"action":"register","action":"register"}', '['.repeat(10_000)]) {
    assert.deepEqual(await ask('PUT', body), { status: 400, answer: failed('register', 'the body must be a JSON object') });
  }
  const invalid = Buffer.concat([Buffer.from('{"action":"'), Buffer.from([0xff]), Buffer.from('"}')]);
  const response = await fetch(service.url + PATH, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: invalid });
  assert.deepEqual([response.status, await response.json()], [400, failed('update', 'the body must be a JSON object')]);
});

test('a body of another type, too long a one, or one of a page of another site is refused', async () => {
  const body = { action: 'register', parameters: { hash: 'Qm' } };
  assert.deepEqual(
    await ask('PUT', body, { 'Content-Type': 'text/plain' }), { status: 415, answer: failed('register', 'the body must be application/json') });
  assert.deepEqual(
    await ask('PUT', { ...body, filled: 'x'.repeat(1_000_000) }), { status: 413, answer: failed('register', 'the body is too long') });
  const headers = { 'Content-Type': 'application/json', Origin: 'https://elsewhere.example' };
  assert.deepEqual(await ask('PUT', body, headers), { status: 403, answer: failed('register', 'origin not allowed') });
});

test('both requests are described', async () => {
  const { paths } = await (await service.get('/openapi/v1.json')).json();
  const { put, post } = paths[PATH];
  for (const operation of [put, post]) {
    assert.deepEqual(Object.keys(operation.requestBody.content), ['application/json']);
    assert.deepEqual(Object.keys(operation.responses), ['200', '400', '401', '403', '413', '415', '429', '503']);
  }
});
