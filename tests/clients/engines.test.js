// Both engines keep their data in the same tables in the same form: stop one, start the other, nothing is lost.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engine, gatewayDll, otherGatewayDll } from './support/environment.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';

const TITLE = 'one engine goes on where the other stopped';

if (otherGatewayDll) describe(TITLE, suite);
else test(TITLE, { skip: `only the ${engine} engine was built` });

function suite() {
  const REGISTERED = ['register_success', 'token_change', 'user_change', ['state_change', 'user'], ['sequence', 1]];
  let service;
  before(async () => { service = await Service.start(); });
  after(() => service?.dispose());

  for (const [from, to] of [[gatewayDll, otherGatewayDll], [otherGatewayDll, gatewayDll]]) {
    test(`${from === gatewayDll ? 'from this engine to the other' : 'and back'}`, async () => {
      assert.equal(await running(), from === gatewayDll ? engine : other());
      const person = account();
      const client = await service.connect();
      await client.send('resume');
      const [ticket] = await client.expect('resumed');
      const [, token] = await client.ask(['register', person], REGISTERED);
      const guest = await service.connect();
      const { token: guestToken } = await guest.becomeGuest();
      await service.stop();
      await service.start({ dll: to });
      assert.equal(await running(), to === gatewayDll ? engine : other());

      const again = await service.connect();
      await again.ask(['resume', { ...ticket, sequence: 1 }], ['resumed']);
      assert.deepEqual([again.events[0][1].recovered, again.events[0][1].state], [true, 'user']);
      await service.briefly((next) => next.logIn(person));
      await service.briefly((next) => next.logInWith(token));
      await service.briefly((next) => next.logInWith(guestToken, 'guest'));
      const namesake = account({ username: person.username });
      await service.briefly((next) => next.ask(['register', namesake], [['register_error', 'username']]));
      await again.ask('logout', [['state_change', 'undefined'], ['sequence', 2]]);
    });
  }

  const other = () => (engine === 'embedded' ? 'orleans' : 'embedded');
  const running = async () => (await (await service.get('/healthz/ready')).json()).details.engine;
}
