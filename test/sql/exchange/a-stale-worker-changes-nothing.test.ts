import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

const calls: Record<string, string> = {
  exchange: 'select * from ratchet.exchange($1, 1, 1)',
  add_routes: `select ratchet.add_routes($1, '[]')`,
  evict: `select * from ratchet.evict($1, '{}', '{}')`,
  held_work: 'select * from ratchet.held_work($1)',
  claim_activity: 'select * from ratchet.claim_activity($1)',
  complete: 'select ratchet.complete($1, 1, 1, 1)',
  fail: `select ratchet.fail($1, 1, 1, 1, 'no')`,
};

for (const [name, text] of Object.entries(calls)) {
  test.serial(`${name} of a worker whose lease was taken over is WF401`, async (t) => {
    const worker = await sql.worker(sql.name());
    const other = await sql.worker(sql.name());
    await sql.expire(worker);
    await sql.exchange(other);
    t.is(await codeOf(sql.rows(text, [worker])), 'WF401');
    t.false(await sql.value('select ratchet.heartbeat($1)', [worker]));
    t.is(await codeOf(sql.rows(text, ['999999999'])), 'WF401');
  });

  test.serial(`${name} is refused where one snapshot serves the whole transaction`, async (t) => {
    const worker = await sql.worker(sql.name());
    const client = await sql.pool().connect();
    for (const level of ['repeatable read', 'serializable']) {
      await client.query(`begin isolation level ${level}`);
      t.is(await codeOf(client.query(text, [worker])), 'WF605');
      await client.query('rollback');
    }
    client.release();
  });
}

test.serial('its late report is refused, and another answers the step', async (t) => {
  const queue = sql.name();
  const [stale, other] = [await sql.worker(queue), await sql.worker(queue)];
  const job = await sql.start(queue, queue);
  t.like(await sql.exchange(stale), [{ kind: 'start', job_id: job }]);
  await sql.expire(stale);
  t.like(await sql.exchange(other), [{ kind: 'careful', job_id: job }]);
  const late = { steps: [{ job, position: 1, value: 'late' }], ends: [{ job, result: 'late' }] };
  t.is(await codeOf(sql.exchange(stale, late)), 'WF401');
  await sql.exchange(other, { ends: [{ job, result: 'right' }] });
  t.is(await sql.value('select ratchet.result($1)', [queue]), 'right');
});

test.serial('a worker whose lease ran out, but which nobody took over, goes on', async (t) => {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  await sql.expire(worker);
  t.deepEqual(await sql.exchange(worker, { steps: [{ job, position: 1 }] }), []);
  t.like(await sql.messages(job), [{ kind: 'turn', worker_id: worker }]);
  t.true(await sql.value('select ratchet.heartbeat($1)', [worker]));
});

test.serial(
  'reports of a job that another worker holds change nothing, and are told as lost',
  async (t) => {
    const queue = sql.name();
    const [holder, other] = [await sql.worker(queue), await sql.worker(queue)];
    const job = await sql.start(queue, queue);
    await sql.exchange(holder);
    const work = await sql.exchange(other, {
      steps: [{ job, position: 1, value: 1 }],
      plans: [{ job, position: 2, kind: 'sleep', delay: 1 }],
      ends: [{ job, result: 1 }],
      deliveries: [{ job, position: 1, order: 1 }],
    });
    t.like(work, [{ kind: 'lost', job_id: job }]);
    t.is(await sql.value('select ratchet.status($1)', [queue]), 1);
    t.deepEqual(await sql.rows('select from ratchet.jobs_attributes where job_id = $1', [job]), []);
    await sql.exchange(other, { failures: [{ job }] });
    t.is(await sql.value('select attempt from ratchet.jobs where id = $1', [job]), 0);
  },
);
