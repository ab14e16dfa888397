import test from 'ava';
import { runExample } from './run-example';

test('what rolls back has not happened', async (t) => {
  t.deepEqual(await runExample(t, 'transaction/transaction.ts'), [
    'changed my mind',
    'reminded of invoice 1',
    'reminded of invoice 3',
    "{ invoices: [ 1, 3 ], jobs: [ 'remind-1', 'remind-3' ] }",
  ]);
});
