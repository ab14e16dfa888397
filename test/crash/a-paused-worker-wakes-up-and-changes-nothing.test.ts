import test from 'ava';
import { openBench } from '../support/bench';
import { remoteQueue } from '../support/shapes';
import { waitFor } from '../support/wait-for';

test.serial(
  'a worker that is paused past its lease wakes up, changes nothing, and works on',
  async (t) => {
    const bench = await openBench(t);
    const { pool } = bench;
    const paused = await bench.worker({ leaseSeconds: 1, pollMs: 200 });
    await paused.serve('work', ['single', 'sequence']);
    // Remote steps, local ones, and a workflow in the middle: everything that a worker can hold.
    const claimed = await bench.start('single', 'slow-here', 'work', 'slow', 2_000);
    await waitFor('the step runs', () => bench.effects('slow-here').length === 1);
    const far = await bench.start('sequence', 'between', 'work');
    const open = `select from ratchet_internal.messages m join ratchet.jobs j on j.id = m.job_id
    where j.key = 'between' and m.kind = 'activity'`;
    await waitFor('a remote step is open', async () => (await pool.query(open)).rowCount === 1);
    paused.signal('SIGSTOP');

    const other = await bench.worker({ leaseSeconds: 30, pollMs: 200 });
    await other.serve('work', ['single', 'sequence']);
    await other.serve(remoteQueue('work'));
    t.is(await claimed.result(), 'only');
    t.is(await far.result(), 14);
    const history = `select job_id, position, ledger, value, created_at, updated_at
    from ratchet.jobs_attributes order by 1, 2`;
    const before = (await pool.query(history)).rows;
    const executions = bench.effects().length;

    paused.signal('SIGCONT');
    const registered = `select from ratchet_internal.workers where name = $1`;
    const isBack = async () => (await pool.query(registered, [paused.name])).rowCount === 1;
    await waitFor('it registers anew', isBack);
    // Only the worker that was paused serves this queue.
    await paused.serve('alone', ['single']);
    t.is(await (await bench.start('single', 'after', 'alone', 'step', 1)).result(), 5);
    t.deepEqual(
      bench.effects('after').map(({ pid }) => pid),
      [paused.pid],
    );
    t.deepEqual((await pool.query(`${history} limit ${before.length}`)).rows, before);
    t.is(bench.effects().length, executions + 1);
    t.deepEqual(
      bench.effects('slow-here').map(({ pid }) => pid),
      [paused.pid, other.pid],
    );
  },
);

test.serial('results of a paused worker that come after its lease are refused', async (t) => {
  const bench = await openBench(t);
  const { pool } = bench;
  const paused = await bench.worker({ leaseSeconds: 1, pollMs: 200 });
  await paused.serve(remoteQueue('work'));
  const other = await bench.worker({ leaseSeconds: 30, pollMs: 200 });
  await other.serve('work', ['sequence']);
  // Two workers for the same steps: whichever step is under way when it stops is done by the other.
  const handles = await Promise.all(
    Array.from({ length: 20 }, (_, index) => bench.start('sequence', `s-${index}`, 'work')),
  );
  await waitFor('it works', () => bench.effects().some(({ pid }) => pid === paused.pid));
  paused.signal('SIGSTOP');
  const gone = `select from ratchet_internal.workers where name = $1`;
  await waitFor(
    'its lease ends',
    async () => (await pool.query(gone, [paused.name])).rowCount === 0,
  );
  paused.signal('SIGCONT');
  await other.serve(remoteQueue('work'));
  for (const handle of handles) t.is(await handle.result(), 14);
  const twice = `select job_id, field from ratchet.ledger where entries <> 1 or not is_final`;
  t.deepEqual((await pool.query(twice)).rows, []);
});
