import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();
const cancel = (id: string) => sql.value<boolean>('select ratchet.cancel($1)', [id]);

test.serial('the worker that holds it is told once, whichever worker passes it on', async (t) => {
  const queue = sql.name();
  const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
  const job = await sql.start(queue, queue);
  await sql.exchange(holder);
  t.true(await cancel(queue));
  t.true(await cancel(queue));
  t.deepEqual(await sql.exchange(other), []);
  t.like(await sql.exchange(holder), [{ kind: 'cancel', job_id: job }]);
  t.deepEqual(await sql.exchange(holder), []);
});

test.serial('a job that nobody has claimed comes as cancelled', async (t) => {
  const queue = sql.name();
  await sql.start(queue, queue);
  t.true(await cancel(queue));
  const worker = await sql.worker(queue);
  t.like(await sql.exchange(worker), [{ kind: 'start', is_cancelled: true }]);
  t.deepEqual(await sql.exchange(worker), []);
});

test.serial('a job that nobody holds is claimed for it', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'sleep' }] });
  await sql.rows('select * from ratchet.evict($1, $2, $3)', [worker, [job], [0]]);
  t.true(await cancel(queue));
  t.like(await sql.exchange(worker), [{ kind: 'turn', job_id: job, is_cancelled: true }]);
});

test.serial('what is finished or unknown is left alone', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, { ends: [{ job, result: 1 }] });
  t.false(await cancel(queue));
  t.false(await cancel('unknown'));
});

test.serial(
  'cancel and claim at the same moment: the worker knows, by one way or the other',
  async (t) => {
    for (let round = 0; round < 40; round += 1) {
      const queue = sql.name();
      const worker = await sql.worker(queue);
      await sql.start(queue, queue);
      const [work] = await Promise.all([sql.exchange(worker), cancel(queue)]);
      const more = await sql.exchange(worker);
      const isTold = [...work, ...more].some((item) => item.is_cancelled || item.kind === 'cancel');
      t.true(isTold);
    }
  },
);

test.serial('cancel and end at the same moment leave nothing behind', async (t) => {
  for (let round = 0; round < 40; round += 1) {
    const queue = sql.name();
    const worker = await sql.worker(queue);
    const job = await sql.start(queue, queue);
    await sql.exchange(worker);
    await Promise.all([sql.exchange(worker, { ends: [{ job, result: 1 }] }), cancel(queue)]);
    t.deepEqual(await sql.messages(job), []);
  }
});
