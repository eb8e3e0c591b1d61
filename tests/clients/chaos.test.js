// Two minutes of bench/chaos: processes and links of a cluster fail under load, and whatever was acknowledged is there, once and in order.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository } from './support/environment.js';

test('nothing that was acknowledged is lost, said twice or out of order, and no login acts after its end', async (t) => {
  const child = spawn(join(repository, 'bench/chaos/run'), ['--minutes', '2', '--connections', '60'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { told += text; });
  t.after(() => child.kill('SIGKILL'));
  const [code] = await once(child, 'close');
  t.diagnostic(told);
  assert.equal(code, 0, told);
  assert.match(told, /\| acknowledged \| [1-9]/);
});
