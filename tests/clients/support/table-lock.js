// A table that somebody else holds: CREATE INDEX takes SHARE, and lets nobody write; VACUUM FULL takes ACCESS EXCLUSIVE, and lets nobody read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { postgresProgram } from './environment.js';

/** Holds a table in a mode while something is done. */
export async function whileLocked(database, table, mode, act) {
  const { host, port, username, password, database: name } = database.parts;
  const psql = spawn(
    postgresProgram('psql'), ['-X', '-q', '-A', '-t', '-h', host, '-p', port ?? '5432', '-U', username, '-d', name],
    { env: { ...process.env, PGPASSWORD: password ?? '' }, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(psql, 'close');
  psql.stdin.write(`BEGIN; LOCK TABLE ${table} IN ${mode} MODE; SELECT 'held';\n`);
  await once(psql.stdout, 'data');
  try {
    return await act();
  } finally {
    psql.stdin.end('ROLLBACK;\n');
    await ended;
  }
}
