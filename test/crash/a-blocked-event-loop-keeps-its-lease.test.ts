import test from 'ava';
import { openBench } from '../support/bench';
import { within } from '../support/wait-for';

test('an event loop that is blocked for longer than the lease keeps its work', async (t) => {
  const bench = await openBench(t);
  const options = { leaseSeconds: 2, pollMs: 100 };
  const worker = await bench.worker(options);
  await worker.serve('work', ['single', 'parked']);
  const before = await bench.pool.query('select id from ratchet_internal.workers');
  const blocking = await bench.start('single', 'blocking', 'work', 'blocking', 5_000);
  const claimed = await bench.start('parked', 'parked', 'work');
  // It would take over whatever is free.
  const other = await bench.worker(options);
  await other.serve('work', ['single', 'parked']);
  t.is(await within('the result', blocking.result()), 'only');
  await bench.client.workflow.signal('parked-go', 5);
  t.is(await within('the other result', claimed.result()), 17);
  t.is(bench.effects('blocking').length, 1);
  const sql = 'select id from ratchet_internal.workers order by id limit 1';
  t.deepEqual((await bench.pool.query(sql)).rows, before.rows);
});
