// Settings that cannot be meant: the start is refused, and names each of them, so that an operator mends all at once. So is one with a
// database that cannot be used, and says why.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Service } from './support/service.js';

let service;
before(async () => { service = await Service.prepare(); });
after(() => service?.dispose());

for (const wrong of [
  {
    'Gatehouse:Token:RotationOverlap': '-00:00:01',
    'Gatehouse:Login:AccountFailures': '0',
    'Gatehouse:Password:Iterations': '209999',
    'Gatehouse:Session:CookieIdle': '00:00:00',
    'Gatehouse:SocketIo:PingTimeout': '-00:00:01',
    'Gatehouse:SignalR:ClientTimeoutInterval': '00:00:02', // shorter than the interval
    'Gatehouse:Web:PathBase': '/gatehouse/',
  },
  {
    'Gatehouse:Session:CookieLifetime': '-1.00:00:00',
    'Gatehouse:Web:AllowedOrigins:0': 'nonsense',
    'Gatehouse:Web:TrustedProxies': 'everybody',
  },
  // What cannot even be read is named alone.
  { 'Gatehouse:SessionProtocol:UserChange': 'nonsense' },
  { 'Gatehouse:Token:Lifetime': 'for ever' },
  { 'Gatehouse:Operators:Dashboard': 'perhaps' },
  { 'Gatehouse:Token:KeyFile': '/does/not/exist' },
  { 'Gatehouse:Token:KeyFile': '' },
  { 'ConnectionStrings:Postgres': '' },
]) {
  test(`${Object.entries(wrong).map(([name, value]) => `${name}=${value}`).join(', ')}`, async () => {
    const environment = Object.fromEntries(Object.entries(wrong).map(([name, value]) => [name.replaceAll(':', '__'), value]));
    const { code, log } = await service.startInVain({
      DOTNET_ENVIRONMENT: 'Production', Gatehouse__Password__Iterations: '210000', ...environment,
    });
    assert.equal(code, 1, log);
    for (const name of Object.keys(wrong)) {
      const words = name.split(':').slice(1, 3);
      assert.ok(log.split('\n').some((line) => words.every((word) => line.includes(word))), `${name} is not named: ${log}`);
    }
  });
}

test('a database that is not there, one of which the role may make nothing, and one of whose tables it owns none', async () => {
  const { database } = service;
  const refusal = async (change) => {
    const { code, log } = await service.startInVain({ ConnectionStrings__Postgres: `${database.connectionString};${change}` });
    return [code, /^start: (.*)$/m.exec(log)?.[1] ?? log];
  };
  assert.deepEqual(await refusal('Database=nowhere'), [1, 'The database cannot be used: 3D000: database "nowhere" does not exist']);

  const role = `stranger_${database.parts.database}`;
  await database.sql(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
  try {
    const stranger = `Username=${role};Password=${role}`;
    assert.deepEqual(await refusal(stranger), [1, 'The database cannot be used: 42501: permission denied for schema public']);
    await service.start();
    await service.kill9();
    await database.sql(`DELETE FROM schema_files; GRANT ALL ON SCHEMA public TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}`);
    const [code, reason] = await refusal(stranger);
    assert.equal(code, 1);
    assert.match(reason, /^Schema 001_orleans\.sql cannot be applied: 42501: must be owner of /);
  } finally {
    await database.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  }
});
