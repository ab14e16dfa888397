import test from 'ava';
import { runExample } from './run-example';

test('SQL and triggers start workflows', async (t) => {
  t.deepEqual(await runExample(t, 'start-from-sql/start-from-sql.ts'), [
    'Welcome, Ada!',
    'by-hand Welcome, Ada!',
    'welcome-1 Welcome, Grace!',
  ]);
});
