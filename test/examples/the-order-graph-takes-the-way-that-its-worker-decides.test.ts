import { join } from 'node:path';
import test from 'ava';
import { testDatabase } from '../support/cluster';
import { read } from '../support/files';
import { runProgram } from './run-program';

const folder = join(__dirname, '..', '..', 'examples', 'order-graph');

test('the order graph takes the way that its worker decides', async (t) => {
  const { url, pool } = await testDatabase(t);
  await pool.query(read('examples/order/effects.sql'));
  const args = ['--import', 'tsx', join(folder, 'order-graph.ts')];
  const { stdout, stderr, code } = await runProgram(args, url);
  t.is(code, 0, stdout + stderr);
  t.is(stderr, '');
  const lines = stdout.split('\n').filter((line) => /^[a-zA-Z]+ \{/.test(line));
  t.deepEqual(lines, [
    'trigger {"itemId":"item-123","requestedQty":5}',
    'checkInventory {"availableQty":12}',
    'reserveItem {"reserved":"5 of item-123, shelf 7"}',
    'trigger {"itemId":"item-123","requestedQty":50}',
    'checkInventory {"availableQty":12}',
    'notifyBackorder {"ordered":"50 of item-123, in two weeks"}',
  ]);
  const { rows } = await pool.query<{ step: string }>('select step from effects order by at');
  t.deepEqual(
    rows.map(({ step }) => step),
    ['checkInventory', 'reserveItem', 'checkInventory', 'notifyBackorder'],
  );
});
