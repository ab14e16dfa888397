import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

/** Resolves when a number of calls wait for a lock. */
async function blocked(count: number) {
  const waiting = () =>
    sql.value<string>(
      `select count(*) from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()`,
    );
  while (Number(await waiting()) < count);
}

test.serial('two hooks of a job that starts while one is planned are two threads', async (t) => {
  const queue = sql.name();
  const [target, taken] = [`${queue}-target`, `${queue}-taken`];
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const [starter, hooker] = [await sql.pool().connect(), await sql.pool().connect()];
  // The call locks the jobs that it hooks, and is then kept waiting by a start of the same id.
  await starter.query('begin');
  await starter.query(`select ratchet.start_workflow('other', p_id => $1)`, [taken]);
  const start = { kind: 'start', name: 'other', options: { id: taken, queue: 'other' } };
  const hook = { kind: 'hook', name: 'hook', input: [], options: { id: target, queue: 'hook' } };
  const plans = [start, hook].map((plan, at) => ({ job, position: at + 1, ...plan }));
  const planned = sql.exchange(worker, { plans, turns: 0, activities: 0 });
  await blocked(1);
  const hooked = await sql.start(target, target);
  await hooker.query('begin');
  await hooker.query(`select ratchet.hook($1, 'hook')`, [target]);
  await starter.query('commit');
  await blocked(1);
  await hooker.query('commit');
  starter.release();
  hooker.release();
  await planned;
  const threads = 'select address from ratchet.threads where job_id = $1 order by address';
  t.deepEqual(await sql.rows(threads, [hooked]), [{ address: 'h1' }, { address: 'h2' }]);
  t.is(await sql.value('select status from ratchet.jobs where id = $1', [hooked]), 3);
});
