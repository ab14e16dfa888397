import test from 'ava';
import { runExample } from './run-example';

test('a cancelled workflow cleans up', async (t) => {
  t.deepEqual(await runExample(t, 'cancel/cancel.ts'), ['released seat 12 to Oslo', 'status 0']);
});
