import test from 'ava';
import { openBench } from '../support/bench';
import { remoteQueue } from '../support/shapes';
import { waitFor, within } from '../support/wait-for';

// Far longer than the test may take: only handing back lets the second worker go on.
const OPTIONS = { leaseSeconds: 600, pollMs: 500 };

test.serial('a worker that is shut down hands everything back at once', async (t) => {
  const bench = await openBench(t);
  const first = await bench.worker(OPTIONS);
  await first.serve('work', ['single', 'parked', 'sequence']);
  await first.serve('far');
  // A local step under way, a parked function, a function between two workers, a claimed step.
  const slow = await bench.start('single', 'slow', 'work', 'slow', 60_000);
  const parked = await bench.start('parked', 'parked', 'work');
  const between = await bench.start('sequence', 'between', 'work');
  const waiting = `select from ratchet_internal.messages where kind in ('wait', 'activity')`;
  await waitFor('all wait', async () => (await bench.pool.query(waiting)).rowCount === 2);
  await waitFor('the step runs', () => bench.effects('slow').length === 1);
  await within('the shutdown', first.shutdown(), 30_000);
  const held = `select from ratchet_internal.messages where worker_id is not null`;
  t.is((await bench.pool.query(held)).rowCount, 0);
  t.is((await bench.pool.query('select from ratchet_internal.workers')).rowCount, 0);

  const second = await bench.worker(OPTIONS);
  await second.serve('work', ['single', 'parked', 'sequence']);
  await second.serve(remoteQueue('work'));
  await bench.client.workflow.signal('parked-go', 5);
  t.is(await within('the parked job', parked.result()), 17);
  t.is(await within('the job between', between.result()), 14);
  // Whoever was at work has it again, at once.
  await waitFor('the step runs again', () => bench.effects('slow').length === 2);
  t.is(bench.effects('parked').filter(({ label }) => label === 'before').length, 1);
  await slow.terminate();
});

test.serial('SIGTERM hands work back too, and ends the process', async (t) => {
  const bench = await openBench(t);
  const first = await bench.worker(OPTIONS);
  await first.serve('work', ['parked']);
  const parked = await bench.start('parked', 'parked', 'work');
  const waiting = `select from ratchet_internal.messages where kind = 'wait'`;
  await waitFor('it waits', async () => (await bench.pool.query(waiting)).rowCount === 1);
  first.signal('SIGTERM');
  await within('the end of the process', first.exited, 30_000);
  const second = await bench.worker(OPTIONS);
  await second.serve('work', ['parked']);
  await bench.client.workflow.signal('parked-go', 5);
  t.is(await within('the parked job', parked.result()), 17);
});
