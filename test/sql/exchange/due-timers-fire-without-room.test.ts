import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

async function sleeping(queue: string) {
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'sleep', delay: 0, input: 5 }];
  await sql.exchange(worker, { plans, turns: 0, activities: 0 });
  return { worker, job };
}

test.serial('a worker that is full still receives the ends of its own sleeps', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'sleep', delay: 0, input: 5 }];
  const [result] = await sql.exchange(worker, { plans, turns: 0, activities: 0 });
  t.like(result, { kind: 'result', job_id: job, position: 1, value: '5', is_failed: false });
});

test.serial('one worker fires the timer of another, which is told of it', async (t) => {
  const queue = sql.name();
  const { worker, job } = await sleeping(queue);
  const other = await sql.worker(queue);
  // The first exchange fired it already; the next one sleeps 50 ms.
  const plans = [{ job, position: 2, kind: 'sleep', delay: 50, input: 6 }];
  await sql.exchange(worker, { plans });
  await sql.exchange(worker, { idle: true });
  await sql.rows('select pg_sleep(0.1)');
  const listener = await sql.pool().connect();
  const told = new Promise((resolve) => listener.once('notification', resolve));
  await listener.query('listen ratchet');
  t.deepEqual(await sql.exchange(other), []);
  await told;
  await listener.query('unlisten *');
  listener.release();
  t.like(await sql.exchange(worker), [{ kind: 'result', job_id: job, position: 2, value: '6' }]);
});

test.serial(
  'a timer of a thread that nobody holds makes a turn that anybody with room claims',
  async (t) => {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    const plans = [{ job, position: 1, kind: 'sleep', delay: 50, input: 5 }];
    await sql.exchange(worker, { plans });
    t.deepEqual(await sql.rows('select * from ratchet.evict($1, $2, $3)', [worker, [job], [0]]), [
      { job_id: job, address: '' },
    ]);
    await sql.rows('select pg_sleep(0.1)');
    t.deepEqual(await sql.exchange(worker, { turns: 0 }), []);
    const other = await sql.worker(queue);
    t.like(await sql.exchange(other), [{ kind: 'turn', job_id: job }]);
    t.is((await sql.messages(job)).length, 1);
  },
);

test.serial('a wait that times out is answered as failed without a value', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  const plans = [{ job, position: 1, kind: 'wait', name: 'nobody', delay: 0 }];
  const work = await sql.exchange(worker, { plans });
  t.like(work, [{ kind: 'result', position: 1, is_failed: true, value: null }]);
});
