import test from 'ava';
import { migrate } from '../../driver/database/migrate';
import { migrationNames } from '../../driver/database/sources';
import { emptyDatabase } from '../support/cluster';

test('twenty installers at once all succeed, and one of them applies', async (t) => {
  const { url } = await emptyDatabase(t);
  const installers = Array.from({ length: 20 }, () => migrate({ connectionString: url }));
  const results = await Promise.all(installers);
  const busy = results.filter(({ applied }) => applied.length > 0);
  t.deepEqual(busy, [{ applied: migrationNames() }]);
});

test('installers in ten databases of one server all succeed', async (t) => {
  const databases = await Promise.all(Array.from({ length: 10 }, () => emptyDatabase(t)));
  const results = await Promise.all(databases.map(({ pool }) => migrate({ pool })));
  t.true(results.every(({ applied }) => applied.length === migrationNames().length));
});
