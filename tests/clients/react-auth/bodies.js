// react-auth over HTTP: the forms that a body may have, and all the others, which are refused like a wrong password.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { REFUSED, TYPES, post, ticketOf } from '../support/react-auth.js';
import { account } from '../support/session-client.js';
import { OF_THE_WEB } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';

let service;
let person;
before(async () => {
  service = await sharedService(OF_THE_WEB);
  person = account();
  await service.briefly((client) => client.register(person));
});

const authenticate = ({ username, password }) => ({ type: TYPES.authenticate, username, password });

function assertRefused({ status, body, cookies }) {
  assert.deepEqual({ status, body, cookies }, { status: 200, body: REFUSED, cookies: [] });
}

const form = () => new URLSearchParams(authenticate(person)).toString();
const json = () => JSON.stringify(authenticate(person));
const say = (type, body) => post(service, {}, { headers: { 'content-type': type }, body });

test('bodies that say what they are, with a character set or without, are read', async () => {
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', form()],
    ['application/x-www-form-urlencoded;charset=utf-8', form()],
    ['Application/X-WWW-Form-Urlencoded; charset=UTF-8', form()],
    ['application/json', json()], ['application/json; charset=utf-8', json()],
    ['APPLICATION/JSON', json()],
  ]) {
    const response = await say(type, body);
    assert.equal(response.body.success, true, type);
    service.secrets.add(ticketOf(response));
  }
});

test('bodies of another type, or not of the type that they say, are refused', async () => {
  const boundary = `--x\r\ncontent-disposition: form-data; name="type"\r\n\r\n${TYPES.authenticate}\r\n`
    + `--x\r\ncontent-disposition: form-data; name="username"\r\n\r\n${person.username}\r\n`
    + `--x\r\ncontent-disposition: form-data; name="password"\r\n\r\n${person.password}\r\n--x--\r\n`;
  for (const [type, body] of [
    ['text/plain', form()], ['text/plain', json()], ['application/xml', json()],
    ['nonsense', json()],
    ['multipart/form-data; boundary=x', boundary], ['application/octet-stream', json()],
    ['text/json', form()],
    ['application/json', form()], ['application/x-www-form-urlencoded', json()],
    ['application/jsonp', json()],
  ]) {
    assertRefused(await say(type, body));
  }
});

test('bodies of both forms mixed are refused', async () => {
  const { username, password } = person;
  for (const [type, body] of [
    ['application/json', `${json()}&${form()}`], ['application/json', `${form()}&${json()}`],
    ['application/json', JSON.stringify(form())],
    ['application/x-www-form-urlencoded', `${json()}&type=x`],
    ['application/x-www-form-urlencoded', `type=${TYPES.authenticate}&${JSON.stringify({ username, password })}`],
    ['application/x-www-form-urlencoded', `data=${encodeURIComponent(json())}`],
  ]) {
    assertRefused(await say(type, body));
  }
});

test('bodies that say a thing twice are refused, even if both say the same', async () => {
  for (const field of ['type', 'username', 'password']) {
    const [name, value] = [field, authenticate(person)[field]].map((text) => JSON.stringify(text));
    const again = new URLSearchParams({ [field]: authenticate(person)[field] });
    assertRefused(await say('application/x-www-form-urlencoded', `${form()}&${again}`));
    assertRefused(await say('application/json', json().replace('{', `{${name}:${value},`)));
  }
});

test('bodies that are no JSON object are refused', async () => {
  for (const body of [
    '', ' ', '{', '}', 'null', '7', '"text"', '[]', `[${json()}]`, json().slice(0, -1),
    `${json()}x`,
    json().replaceAll('"', "'"), '['.repeat(10_000) + ']'.repeat(10_000),
    `{"type":"${TYPES.authenticate}","username":"\\ud83d","password":"x"}`,
  ]) {
    assertRefused(await say('application/json', body));
  }
  assertRefused(await say('application/json', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])));
});

test('bodies that are no form are refused', async () => {
  for (const body of [
    '', '&', '=', '&&&===', '%', '%zz=%zz', `${'a=b&'.repeat(5000)}`, `type=${'x'.repeat(10_000)}`,
    Buffer.from([0xff, 0xfe, 0x3d, 0x80]),
  ]) {
    assertRefused(await say('application/x-www-form-urlencoded', body));
  }
});

test('bodies that are too long are refused, and the service goes on', async () => {
  for (const [type, body] of [
    ['application/json', JSON.stringify({ ...authenticate(person), more: 'x'.repeat(5_000_000) })],
    ['application/x-www-form-urlencoded', `${form()}&more=${'x'.repeat(5_000_000)}`],
  ]) {
    // A server may hang up on so much, too.
    const response = await say(type, body).catch(() => undefined);
    if (response) assertRefused(response);
  }
  const { body } = await post(service, authenticate(person));
  assert.equal(body.success, true);
  service.secrets.add(body.session);
});

test('bodies with fields that nobody asked for are read', async () => {
  for (const as of ['form', 'json']) {
    const response = await post(
      service, { ...authenticate(person), remember: 'me', session: 'x', user: 'y' }, { as });
    assert.equal(response.body.success, true);
    service.secrets.add(ticketOf(response));
  }
});
