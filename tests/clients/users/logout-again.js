// A login that has ended is there no more: to end it again is an error, whoever ended it.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ADMINISTERED } from '../support/settings.js';
import { sharedService } from '../support/shared-service.js';
import { account } from '../support/session-client.js';
import { DOORS, UsersClient } from '../support/users-client.js';

const GONE = 'Token does not exist.';

let service;
before(async () => { service = await sharedService(ADMINISTERED); });

for (const door of DOORS) {
  const asSomebody = (act) => () => UsersClient.briefly(service, async (client) => {
    const person = account();
    await client.register(person);
    await client.logIn(person);
    await act(client, person);
  }, door);

  test(`at ${door}, logout of a token that was logged out`, asSomebody(async (client, person) => {
    const token = await UsersClient.briefly(service, (phone) => phone.logIn(person), door);
    assert.deepEqual(await client.get('logout', { token }), { success: true });
    await client.fails('logout', { token }, GONE);
  }));

  test(`at ${door}, logout of a token whose session has logged out, by it or by what it was rotated to`, asSomebody(async (client, person) => {
    const first = await service.connect();
    const token = await first.logIn(person);
    const second = await service.connect();
    const successor = await second.logInWith(token);
    await second.ask('logout', [['state_change', 'undefined']]);
    for (const shown of [token, successor]) await client.fails('logout', { token: shown }, GONE);
    await Promise.all([first.close(), second.close()]);
  }));

  test(`at ${door}, end_session of a login that was ended`, asSomebody(async (client, person) => {
    await UsersClient.briefly(service, (phone) => phone.logIn(person), door);
    const { id } = (await client.get('sessions')).find((login) => !login.is_current);
    assert.deepEqual(await client.get('end_session', { id }), { success: true });
    await client.fails('end_session', { id }, 'Session does not exist.');
  }));

  test(`at ${door}, logout of a token whose login was ended with all others`, asSomebody(async (client, person) => {
    const token = await UsersClient.briefly(service, (phone) => phone.logIn(person), door);
    await client.get('end_session', { others: true });
    await client.fails('logout', { token }, GONE);
  }));
}
