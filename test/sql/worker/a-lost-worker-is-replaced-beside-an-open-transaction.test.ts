import test from 'ava';
import { codeOf, engine, exchange } from '../../support/engine';

const sql = engine();

/** Two jobs held by a worker that is lost, one of which a user's open transaction stops. */
async function lost() {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const [stopped, other] = [
    await sql.start(queue, `${queue}-stopped`),
    await sql.start(queue, queue),
  ];
  await sql.exchange(worker);
  const user = await sql.pool().connect();
  await user.query('begin');
  await user.query('select ratchet.terminate($1)', [`${queue}-stopped`]);
  await sql.expire(worker);
  return { queue, worker, stopped, other, user };
}

const registered = (worker: string) =>
  sql.value<boolean>('select exists (select from ratchet_internal.workers where id = $1)', [
    worker,
  ]);

test.serial('what the transaction has not locked goes to others at once', async (t) => {
  const { queue, worker, other, user } = await lost();
  const fresh = await sql.start(queue, `${queue}-fresh`);
  const next = await sql.worker(queue);
  const work = await sql.exchange(next);
  t.deepEqual(work.map(({ kind, job_id }) => [kind, job_id]).sort(), [
    ['careful', other],
    ['start', fresh],
  ]);
  t.is(await codeOf(exchange(sql.pool(), worker)), 'WF401');
  t.false(await sql.value<boolean>('select ratchet.heartbeat($1)', [worker]));
  t.is(await sql.value('select count(*)::int from ratchet.workers where id = $1', [worker]), 0);
  await user.query('commit');
  user.release();
  await sql.expire(worker);
  t.deepEqual(await sql.exchange(next), []);
  t.false(await registered(worker));
});

test.serial('the rest goes when it is rolled back', async (t) => {
  const { queue, worker, stopped, user } = await lost();
  const next = await sql.worker(queue);
  t.is((await sql.exchange(next)).length, 1);
  t.deepEqual(await sql.exchange(next), []);
  await user.query('rollback');
  user.release();
  await sql.expire(worker);
  t.like(await sql.exchange(next), [{ kind: 'careful', job_id: stopped }]);
  t.false(await registered(worker));
});

test.serial('a worker that stops does not wait for it either', async (t) => {
  const { queue, worker, other, user } = await lost();
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  const next = await sql.worker(queue);
  t.like(await sql.exchange(next), [{ job_id: other }]);
  await user.query('rollback');
  user.release();
});

test.serial('what it held is handed back then, too, and not counted', async (t) => {
  const queue = sql.name();
  const far = `${queue}-far`;
  const [owner, worker] = [await sql.worker(queue), await sql.worker(far, null)];
  const job = await sql.start(queue, queue);
  await sql.exchange(owner);
  const options = { maximumAttempts: 0 };
  await sql.exchange(owner, {
    plans: [{ job, position: 1, kind: 'activity', queue: far, options }],
  });
  t.like(await sql.exchange(worker), [{ kind: 'activity', attempt: 1 }]);
  const user = await sql.pool().connect();
  await user.query('begin');
  await user.query('select ratchet.terminate($1)', [queue]);
  await sql.rows('select ratchet.unregister_worker($1)', [worker]);
  await user.query('rollback');
  user.release();
  await sql.expire(worker);
  const next = await sql.worker(far, null);
  t.like(await sql.exchange(next), [{ kind: 'activity', job_id: job }]);
  t.false(await registered(worker));
});

test.serial('to set aside what is refused does not wait for it', async (t) => {
  const { queue, user } = await lost();
  const next = await sql.worker(queue);
  t.deepEqual(await sql.rows('select * from ratchet.set_aside($1)', [next]), []);
  await user.query('rollback');
  user.release();
});
