import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

test.serial('at once, as an ordinary turn, and again and again without being blamed', async (t) => {
  const queue = sql.name();
  const job = await sql.start(queue, queue);
  for (let stop = 0; stop < 15; stop += 1) {
    const worker = await sql.worker(queue);
    const [work] = await sql.exchange(worker);
    t.like(work, { kind: stop === 0 ? 'start' : 'turn', job_id: job });
    await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  }
  t.like(await sql.messages(job), [{ worker_id: null, options: null }]);
});

test.serial('its undelivered answers are in the history that the next one reads', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: queue }] });
  await sql.rows('select ratchet.signal($1, $2)', [queue, '"early"']);
  const other = await sql.worker(sql.name());
  await sql.exchange(other);
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  const next = await sql.worker(queue);
  t.like(await sql.exchange(next), [{ kind: 'turn', job_id: job }]);
  t.like(await sql.rows('select * from ratchet.history($1)', [[job]]), [
    { position: 1, kind: 'wait', name: queue, is_done: true, is_failed: false, value: '"early"' },
  ]);
});

test.serial('unregistering twice, or what never was, does nothing', async (t) => {
  const worker = await sql.worker(sql.name());
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  await sql.rows('select ratchet.unregister_worker(null)');
  t.is(await sql.value('select count(*)::int from ratchet.workers where id = $1', [worker]), 0);
});

test.serial('what it claimed after a snapshot is not forgotten with it', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const client = await sql.pool().connect();
  await client.query('begin isolation level repeatable read');
  await client.query('select');
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const stop = client.query('select ratchet.unregister_worker($1)', [worker]);
  t.is(await codeOf(stop), 'WF605');
  await client.query('rollback');
  client.release();
  t.like(await sql.messages(job), [{ worker_id: worker }]);
});
