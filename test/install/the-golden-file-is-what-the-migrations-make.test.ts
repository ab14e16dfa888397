import test from 'ava';
import { dumpCatalog } from '../../migrations/golden';
import { testDatabase } from '../support/cluster';
import { read } from '../support/files';

test('the golden file is what the migrations make', async (t) => {
  const { pool } = await testDatabase(t);
  const client = await pool.connect();
  t.teardown(() => client.release());
  const dump = await dumpCatalog(client);
  t.is(dump, read('migrations/schema.golden'), 'npm run migrations writes it anew');
});
