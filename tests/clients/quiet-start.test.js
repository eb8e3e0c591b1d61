// A start and a stop at which nothing is wrong warn of nothing: whoever watches the log may take each warning for one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Service } from './support/service.js';

let service;
before(async () => { service = await Service.start(); });
after(() => service?.dispose());

test('a service that starts, serves and stops logs no warning', async () => {
  await service.briefly((client) => client.becomeGuest());
  await service.stop();
  assert.deepEqual(service.log.match(/^(?:warn|fail|crit):.*\n.*/gm) ?? [], []);
});
