import test from 'ava';
import { runExample } from './run-example';

test('parallel steps answer together, and the first of two wins', async (t) => {
  t.deepEqual(await runExample(t, 'parallel/parallel.ts'), [
    "{ lowest: 4, first: 'corner for 6' }",
  ]);
});
