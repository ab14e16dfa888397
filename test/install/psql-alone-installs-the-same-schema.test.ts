import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { migrate } from '../../driver/database/migrate';
import { expandSources, migrationNames } from '../../driver/database/sources';
import { dumpCatalog } from '../../migrations/golden';
import { emptyDatabase, type TestDatabase, testDatabase } from '../support/cluster';

const run = promisify(execFile);

test('psql -f sql/engine.sql installs the same schema as the migrations', async (t) => {
  const database = await emptyDatabase(t);
  try {
    await run('psql', ['--version']);
  } catch {
    t.log('psql is not on this machine: nothing was checked.');
    t.pass();
    return;
  }
  const engine = join(__dirname, '..', '..', 'sql', 'engine.sql');
  await run('psql', ['--no-psqlrc', '--quiet', '--dbname', database.url, '--file', engine]);
  t.is(await dump(database.pool), await dump((await testDatabase(t)).pool));
  const rows = await database.pool.query(
    'select name from ratchet_internal.migrations order by id',
  );
  t.deepEqual(
    rows.rows.map(({ name }) => name),
    migrationNames(),
  );
  t.deepEqual(await migrate({ pool: database.pool }), { applied: [] });
});

test('the SQL that the command line prints installs the same schema', async (t) => {
  const { pool } = await emptyDatabase(t);
  await pool.query(expandSources('script'));
  t.is(await dump(pool), await dump((await testDatabase(t)).pool));
  t.deepEqual(await migrate({ pool }), { applied: [] });
});

async function dump(pool: TestDatabase['pool']): Promise<string> {
  const client = await pool.connect();
  try {
    return await dumpCatalog(client);
  } finally {
    client.release();
  }
}
