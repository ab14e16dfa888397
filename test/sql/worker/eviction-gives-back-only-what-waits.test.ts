import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

async function waiting(...plans: { kind: string; name?: string; delay?: number }[]) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const numbered = plans.map((plan, index) => ({ job, position: index + 1, ...plan }));
  await sql.exchange(worker, { plans: numbered, turns: 0, activities: 0 });
  return { queue, worker, job };
}

async function evict(worker: string, job: string, known: number) {
  const text = 'select job_id as id from ratchet.evict($1, $2, $3)';
  return (await sql.rows(text, [worker, [job], [known]])).map((row) => String(row['id']));
}

test.serial('a thread that waits is given back, and comes again with its answer', async (t) => {
  const { queue, worker, job } = await waiting({ kind: 'wait', name: 'evict-1' });
  t.deepEqual(await evict(worker, job, 0), [job]);
  t.deepEqual(await evict(worker, job, 0), []);
  t.deepEqual(await sql.exchange(worker), []);
  await sql.rows(`select ratchet.signal('evict-1', '1')`);
  const other = await sql.worker(queue);
  t.like(await sql.exchange(other), [{ kind: 'turn', job_id: job }]);
});

test.serial('one with an answer that the worker does not know is kept', async (t) => {
  const { worker, job } = await waiting({ kind: 'wait', name: 'evict-2' }, { kind: 'sleep' });
  await sql.rows(`select ratchet.signal('evict-2', '1')`);
  await sql.exchange(await sql.worker(sql.name()));
  t.deepEqual(await evict(worker, job, 0), []);
  t.like(await sql.exchange(worker), [{ kind: 'result' }]);
  t.deepEqual(await evict(worker, job, 1), [job]);
});

test.serial('one that waits for nothing the engine knows of is kept', async (t) => {
  const { worker, job } = await waiting();
  t.deepEqual(await evict(worker, job, 0), []);
});

test.serial('one that is to be cancelled is kept', async (t) => {
  const { queue, worker, job } = await waiting({ kind: 'sleep' });
  await sql.rows('select ratchet.cancel($1)', [queue]);
  t.deepEqual(await evict(worker, job, 0), []);
  t.like(await sql.exchange(worker), [{ kind: 'cancel', job_id: job }]);
  // The answer to that exchange may be on its way, and nobody else would be told.
  t.deepEqual(await evict(worker, job, 0), []);
  const cancel = { kind: 'cancel', name: 'cancel', address: '#cancel', input: [], delivery: 1 };
  const plans = [{ job, position: 2, kind: 'sleep' }];
  await sql.exchange(worker, { steps: [{ job, position: 1, ...cancel }], plans });
  t.deepEqual(await evict(worker, job, 1), [job]);
});

test.serial('one that was terminated may be forgotten', async (t) => {
  const { queue, worker, job } = await waiting({ kind: 'sleep' });
  await sql.rows('select ratchet.terminate($1)', [queue]);
  t.deepEqual(await evict(worker, job, 0), [job]);
});

test.serial('one of another worker is left alone', async (t) => {
  const { job } = await waiting({ kind: 'sleep' });
  t.deepEqual(await evict(await sql.worker(sql.name()), job, 0), []);
  t.is((await sql.messages(job)).length, 2);
});

test.serial('held work waits for an exchange that is still carried out', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const client = await sql.pool().connect();
  await client.query('begin');
  await sql.start(queue, queue);
  await client.query('select * from ratchet.exchange($1, 10, 10)', [worker]);
  const held = sql.rows('select * from ratchet.held_work($1)', [worker]);
  await sql.rows('select pg_sleep(0.1)');
  await client.query('commit');
  client.release();
  t.like(await held, [{ kind: 'turn', workflow_id: queue }]);
});
