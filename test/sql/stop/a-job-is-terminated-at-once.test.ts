import test from 'ava';
import { codeOf, engine, type Report } from '../../support/engine';

const sql = engine();
const terminate = (id: string) => sql.value<boolean>('select ratchet.terminate($1)', [id]);

test.serial('none of its work is left, its error says why, its holder may forget it', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.exchange(worker, {
    plans: [
      { job, position: 1, kind: 'sleep' },
      { job, position: 2, kind: 'activity', queue: 'elsewhere' },
      { job, position: 3, kind: 'wait', name: 'x' },
    ],
  });
  t.true(
    await sql.value(`select ratchet.terminate($1, p_reason => 'enough', p_code => 499)`, [queue]),
  );
  t.deepEqual(await sql.messages(job), []);
  const [row] = await sql.rows('select status, error from ratchet.jobs where id = $1', [job]);
  t.true(row?.['status'] < 0);
  t.like(row?.['error'], { message: 'enough', code: 499, job_id: queue });
  t.is(await codeOf(sql.rows('select ratchet.result($1)', [queue])), 'WF304');
  t.like(await sql.exchange(worker, { steps: [{ job, position: 4 }] }), [{ kind: 'lost' }]);
});

test.serial('twice is WF302, or false where that is suppressed; unknown is WF201', async (t) => {
  const queue = sql.name();
  await sql.start(queue, queue);
  t.true(await terminate(queue));
  t.is(await codeOf(terminate(queue)), 'WF302');
  t.false(await sql.value('select ratchet.terminate($1, p_suppress => true)', [queue]));
  t.is(await codeOf(terminate('unknown')), 'WF201');
  const client = await sql.pool().connect();
  await client.query('begin isolation level repeatable read');
  t.is(await codeOf(client.query('select ratchet.terminate($1)', [queue])), 'WF605');
  await client.query('rollback');
  client.release();
});

const others: Record<string, (job: string) => Report> = {
  'a claim': () => ({}),
  'a plan': (job) => ({ plans: [{ job, position: 9, kind: 'sleep', delay: 0, input: 1 }] }),
  'a child': (job) => ({
    plans: [{ job, position: 9, kind: 'child', options: { id: `${job}-child`, queue: 'none' } }],
  }),
  'a step': (job) => ({ steps: [{ job, position: 9 }] }),
  'an end': (job) => ({ ends: [{ job, result: 1 }] }),
  'a failure': (job) => ({ failures: [{ job }] }),
  'a delivery': (job) => ({ deliveries: [{ job, position: 1, order: 1 }] }),
};

for (const [title, report] of Object.entries(others)) {
  test.serial(`${title} at the same moment leaves no work of the job`, async (t) => {
    for (let round = 0; round < 25; round += 1) {
      const queue = sql.name();
      const worker = await sql.worker(queue);
      const job = await sql.start(queue, queue);
      if (title !== 'a claim') await sql.exchange(worker);
      const codes = await Promise.all(
        [sql.exchange(worker, report(job)), terminate(queue)].map(codeOf),
      );
      const isEnded = title === 'an end' && codes[1] === 'WF302';
      t.deepEqual(codes, isEnded ? ['ok', 'WF302'] : ['ok', 'ok']);
      t.deepEqual(await sql.messages(job), []);
    }
  });
}

test.serial('rolled back, the job goes on', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  const client = await sql.pool().connect();
  await client.query('begin');
  await client.query('select ratchet.terminate($1)', [queue]);
  t.deepEqual(await sql.exchange(worker), []);
  await client.query('rollback');
  client.release();
  t.like(await sql.exchange(worker), [{ kind: 'start', job_id: job }]);
});
