// A lock on a table, held by a session of psql until the test lets go.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { postgresProgram } from './environment.js';
import { within } from './waiting.js';

const LIMIT = 15_000;

/** Runs the body while nobody else can read or write the table. */
export async function whileLocked(database, table, body) {
  const { host, port, username, password, database: name } = database.parts;
  const psql = spawn(
    postgresProgram('psql'), ['-X', '-q', '-A', '-t', '-h', host, '-p', port ?? '5432', '-U', username, '-d', name],
    { env: { ...process.env, PGPASSWORD: password ?? '' }, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    psql.stdin.write(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n`);
    await within(LIMIT, `locking ${table}`, once(psql.stdout, 'data'));
    return await body();
  } finally {
    const ended = once(psql, 'close');
    psql.stdin.end();
    await within(LIMIT, `unlocking ${table}`, ended);
  }
}
