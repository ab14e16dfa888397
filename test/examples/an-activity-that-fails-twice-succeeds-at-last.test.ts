import test from 'ava';
import { runExample } from './run-example';

test('an activity that fails twice succeeds at last', async (t) => {
  t.deepEqual(await runExample(t, 'retry/retry.ts'), [
    'attempt 1 for EUR',
    'attempt 2 for EUR',
    'attempt 3 for EUR',
    '125',
  ]);
});
