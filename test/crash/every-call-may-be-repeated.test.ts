import test from 'ava';
import { Durable, Errors } from '../../driver';
import { openBench, type Bench } from '../support/bench';
import { waitFor, within } from '../support/wait-for';

const AT_ONCE = 20;

function many<T>(call: (index: number) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  return Promise.allSettled(Array.from({ length: AT_ONCE }, (_, index) => call(index)));
}

function values<T>(results: PromiseSettledResult<T>[]): T[] {
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function reasons(results: PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
}

async function count(bench: Bench, sql: string): Promise<number> {
  return (await bench.pool.query<{ n: number }>(`select count(*)::int as n from ${sql}`)).rows[0]
    ?.n as number;
}

async function parkedJob(bench: Bench, id: string) {
  const worker = await bench.worker({ leaseSeconds: 60, pollMs: 200 });
  await worker.serve('work', ['parked', 'single']);
  const handle = await bench.start('parked', id, 'work');
  const waiting = `ratchet_internal.messages where kind = 'wait'`;
  await waitFor('it waits', async () => (await count(bench, waiting)) === 1);
  return handle;
}

test.serial('of many starts of one id one wins, and the others say so', async (t) => {
  const bench = await openBench(t);
  const starts = await many((index) => bench.start('single', 'twin', 'work', 'step', index));
  t.is(values(starts).length, 1);
  t.true(reasons(starts).every((error) => error instanceof Errors.DuplicateJobError));
  const winner = starts.findIndex(({ status }) => status === 'fulfilled');
  const { rows } = await bench.pool.query('select input from ratchet.jobs');
  t.deepEqual(rows, [{ input: ['step', winner] }]);
  t.is(await count(bench, 'ratchet_internal.messages'), 1);
  // Also when it has ended.
  await values(starts)[0]?.terminate();
  const again = bench.start('single', 'twin', 'work', 'step', 1);
  await t.throwsAsync(again, { instanceOf: Errors.DuplicateJobError });
});

test.serial('one request to start, sent many times, is answered alike each time', async (t) => {
  const bench = await openBench(t);
  const sql = `select ratchet.start_workflow('single', '["step",1]', 'one', 'work',
    p_request_id => '6f1b1f8e-5c0e-4b8c-9d53-6b0a3f1d2c11') as id`;
  const answers = await many(async () => (await bench.pool.query(sql)).rows[0]);
  t.deepEqual(values(answers), Array(AT_ONCE).fill({ id: 'one' }));
  t.is(await count(bench, 'ratchet.jobs'), 1);
});

test.serial('many starts in bulk of the same ids make each job once', async (t) => {
  const bench = await openBench(t);
  const jobs = Array.from({ length: 50 }, (_, index) => ({ workflowId: `job-${index}`, args: [] }));
  const options = { taskQueue: 'work', workflowName: 'parked' };
  const starts = await many((index) => {
    const order = index % 2 === 0 ? jobs : [...jobs].reverse();
    return bench.client.workflow.startMany(options, order);
  });
  t.deepEqual(reasons(starts), []);
  t.is(
    values(starts).reduce((sum, made) => sum + made, 0),
    50,
  );
  t.is(await count(bench, 'ratchet_internal.messages'), 50);
});

test.serial('a signal with a deduplication id is sent once, however often', async (t) => {
  const bench = await openBench(t);
  const handle = await parkedJob(bench, 'one');
  const send = () => handle.signal('one-go', 5, { dedupId: 'only' });
  const sent = await many(send);
  t.deepEqual(reasons(sent), []);
  t.is(new Set(values(sent)).size, 1);
  t.is(await within('the result', handle.result()), 17);
  t.deepEqual([await send()], [...new Set(values(sent))]);
  // It was consumed: another wait for the same id gets nothing of it.
  t.is(await count(bench, 'ratchet_internal.signals where not is_consumed'), 0);
});

test.serial('a job is cancelled once', async (t) => {
  const bench = await openBench(t);
  const handle = await parkedJob(bench, 'one');
  t.deepEqual(reasons(await many(() => handle.cancel())), []);
  const error = await t.throwsAsync(within('the end', handle.result()));
  t.regex(String(error?.message), /cancelled/i);
  const { rows } = await bench.pool.query<{ field: string }>(
    `select kind from ratchet.ledger where kind = 'cancel'`,
  );
  t.is(rows.length, 1);
  t.deepEqual(reasons(await many(() => handle.cancel())), []);
});

test.serial(
  'a job is terminated once; who comes late is told, or told nothing if asked',
  async (t) => {
    const bench = await openBench(t);
    const handle = await parkedJob(bench, 'one');
    const ends = await many((index) => handle.terminate({ reason: `reason ${index}` }));
    t.is(values(ends).length, 1);
    t.true(reasons(ends).every((error) => /already completed/.test((error as Error).message)));
    const winner = ends.findIndex(({ status }) => status === 'fulfilled');
    const error = await t.throwsAsync(handle.result());
    t.is(error?.message, `reason ${winner}`);
    t.deepEqual(reasons(await many(() => handle.terminate({ suppress: true }))), []);
    t.is(await count(bench, 'ratchet_internal.messages'), 0);
    t.true((await handle.status()) < 0);
  },
);

test.serial('many who wait for one result get the same', async (t) => {
  const bench = await openBench(t);
  const handle = await parkedJob(bench, 'one');
  const waiting = many(() => handle.result());
  await handle.signal('one-go', 5);
  t.deepEqual(values(await within('the results', waiting)), Array(AT_ONCE).fill(17));
});

test.serial('an activity that is reported twice counts once', async (t) => {
  const bench = await openBench(t);
  const worker = await bench.worker({ leaseSeconds: 60, pollMs: 200 });
  await worker.serve('work', ['remotely']);
  const handle = await bench.start('remotely', 'one', 'work', 'step', 1);
  const { pool } = bench;
  const routes = JSON.stringify([{ queue: 'work-remote' }]);
  const [{ id }] = (await pool.query(`select ratchet.register_worker('hand', $1) as id`, [routes]))
    .rows as [{ id: string }];
  const claim = async () =>
    (await pool.query('select * from ratchet.claim_activity($1)', [id])).rows[0];
  const claimed = await waitFor('it is there', claim);
  const report = [id, claimed.job_id, claimed.position, claimed.attempt, '42'];
  const complete = () => pool.query('select ratchet.complete($1, $2, $3, $4, $5)', report);
  t.deepEqual(reasons(await many(complete)), []);
  t.is(await within('the result', handle.result()), 42);
  t.deepEqual(reasons(await many(complete)), []);
  report[4] = '43';
  await t.throwsAsync(complete(), { code: 'WF402' });
  await Durable.shutdown();
});
