import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();
const next = async (worker: string) => {
  const [work, ...more] = await sql.exchange(worker, { idle: true });
  if (work?.kind !== 'next' || more.length > 0) throw new Error('there was something to do');
  return Number(work.value);
};

test.serial('soon after it fell idle, then after as long as it has been idle', async (t) => {
  const worker = await sql.worker(sql.name());
  t.is(await next(worker), 10);
  const since = `idle_at = ratchet_internal.now() - interval '5 minutes'`;
  await sql.rows(`update ratchet_internal.workers set ${since} where id = $1`, [worker]);
  const later = await next(worker);
  t.true(later >= 299_000 && later <= 330_000, `${later}`);
});

test.serial('when a timer is due before that, then', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'sleep', delay: 2_000 }] });
  await next(worker);
  const since = `idle_at = ratchet_internal.now() - interval '5 minutes'`;
  await sql.rows(`update ratchet_internal.workers set ${since} where id = $1`, [worker]);
  const later = await next(worker);
  t.true(later > 1_000 && later <= 2_000, `${later}`);
});

test.serial('soon when something due is locked by somebody else', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  const other = await sql.pool().connect();
  await other.query('begin');
  await other.query('select from ratchet_internal.messages where job_id = $1 for update', [job]);
  await next(worker);
  const since = `idle_at = ratchet_internal.now() - interval '5 minutes'`;
  await sql.rows(`update ratchet_internal.workers set ${since} where id = $1`, [worker]);
  t.is(await next(worker), 50);
  await other.query('rollback');
  other.release();
  t.like(await sql.exchange(worker, { idle: true }), [
    { kind: 'start', job_id: job },
    { kind: 'idle' },
  ]);
});

const peek = (worker: string) => sql.value('select ratchet.peek($1)', [worker]);

test.serial('a peek says whether an exchange is worth it, and writes nothing', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  await next(worker);
  t.true(Number(await peek(worker)) > 0);
  const reader = await sql.pool().connect();
  await reader.query('begin read only');
  await reader.query('select ratchet.peek($1)', [worker]);
  await reader.query('commit');
  reader.release();
  await sql.start(queue, queue);
  t.is(Number(await peek(worker)), 0);
  t.like(await sql.exchange(worker, { idle: true }), [{ kind: 'start' }, { kind: 'idle' }]);
});

test.serial('a peek of a worker that is gone sends it to an exchange, which says so', async (t) => {
  const worker = await sql.worker(sql.name());
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  t.is(Number(await peek(worker)), 0);
});
