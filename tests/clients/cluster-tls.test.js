// TLS between silos and gateways: with certificates of one authority they are a cluster, and nobody else comes in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayDll, run, siloDll } from './support/environment.js';
import { Service } from './support/service.js';
import { account } from './support/session-client.js';
import { eventually } from './support/waiting.js';

let home;
let silos;
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatehouse-tls-'));
  const settings = await certified('ours');
  const first = await Service.start({ settings, dll: siloDll });
  silos = [first, await Service.start({ settings, dll: siloDll, beside: first })];
});
after(async () => {
  for (const silo of silos?.toReversed() ?? []) await silo.dispose();
  await rm(home, { recursive: true, force: true });
});

/** An authority, and the settings for a certificate of it. */
async function certified(name) {
  const path = (file) => join(home, `${name}-${file}.pem`);
  const openssl = (...args) => run('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', path('authority-key'), '-out', path('authority'), '-subj', `/CN=${name}`, '-days', '2');
  await openssl('req', ...key, '-keyout', path('key'), '-out', path('request'), '-subj', '/CN=a process');
  await openssl('x509', '-req', '-in', path('request'), '-CA', path('authority'), '-CAkey', path('authority-key'), '-CAcreateserial',
    '-out', path('certificate'), '-days', '1');
  return {
    Gatehouse__Cluster__CertificateFile: path('certificate'),
    Gatehouse__Cluster__CertificateKeyFile: path('key'),
    Gatehouse__Cluster__AuthorityFile: path('authority'),
  };
}

test('with certificates of the cluster\'s authority silos and gateways are one service', async () => {
  const gateway = await Service.start({ settings: silos[0].settings, dll: gatewayDll, beside: silos[0] });
  try {
    for (let person = 0; person < 10; person++) await gateway.briefly((client) => client.register(account()));
    assert.equal(await silos[0].database.sql('SELECT count(*) FROM OrleansMembershipTable WHERE Status = 3'), '2');
  } finally {
    await gateway.dispose();
  }
});

for (const [what, settingsOf] of [['without a certificate', () => ({})], ['with one of another authority', () => certified('theirs')]]) {
  test(`a gateway ${what} does not come in, and says that it reaches nobody`, async () => {
    const gateway = await Service.prepare({ settings: await settingsOf(), dll: gatewayDll, beside: silos[0] });
    gateway.spawn();
    try {
      await eventually('saying so', () => /No silo of cluster gatehouse can be reached/.test(gateway.log), { limit: 30_000, describe: () => gateway.tail() });
      assert.equal(await gateway.probe('ready'), 503);
      assert.equal(await gateway.probe('live'), 200);
    } finally {
      await gateway.kill9();
      await gateway.dispose();
    }
  });
}

test('settings that cannot be meant are refused at start, and named', async () => {
  const { Gatehouse__Cluster__AuthorityFile: _, ...two } = silos[0].settings;
  const service = await Service.prepare({ dll: siloDll, beside: silos[0] });
  try {
    const missing = await service.startInVain(two);
    assert.deepEqual([missing.code, /^configuration: Gatehouse:Cluster:CertificateFile, CertificateKeyFile, AuthorityFile: all three or none\.$/m.test(missing.log)], [1, true], missing.log);
    const unreadable = await service.startInVain({ ...silos[0].settings, Gatehouse__Cluster__AuthorityFile: join(home, 'nowhere') });
    assert.deepEqual([unreadable.code, /^configuration: Gatehouse:Cluster:AuthorityFile: /m.test(unreadable.log)], [1, true], unreadable.log);
  } finally {
    await service.dispose();
  }
});
