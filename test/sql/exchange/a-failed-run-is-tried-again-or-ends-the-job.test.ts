import test from 'ava';
import { engine } from '../../support/engine';

const sql = engine();

async function claimed(retry?: object) {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue, [], retry && { retry });
  await sql.exchange(worker);
  return { queue, worker, job };
}

test.serial('as often as the policy says, its history kept, then with its error', async (t) => {
  const { worker, job } = await claimed({ maximumAttempts: 2, initialInterval: 0 });
  await sql.exchange(worker, { steps: [{ job, position: 1, value: 'kept' }], turns: 0 });
  for (const attempt of [1, 2]) {
    const failures = [{ job, error: { message: `failure ${attempt}` } }];
    const work = await sql.exchange(worker, { failures });
    t.like(work, [{ kind: 'turn', job_id: job, attempt }]);
  }
  const failures = [{ job, error: { message: 'the last' } }];
  t.deepEqual(await sql.exchange(worker, { failures }), []);
  const [row] = await sql.rows('select status, error from ratchet.jobs where id = $1', [job]);
  t.deepEqual(row, { status: 0, error: { message: 'the last' } });
  t.is((await sql.rows('select from ratchet.history($1)', [[job]])).length, 1);
});

test.serial('the step that failed it is forgotten, so that it is run again', async (t) => {
  const { worker, job } = await claimed({ initialInterval: 0 });
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: 'x', delay: 0 }] });
  const failures = [{ job, forgotten: 1 }];
  t.like(await sql.exchange(worker, { failures }), [{ kind: 'turn' }]);
  t.deepEqual(await sql.rows('select from ratchet.history($1)', [[job]]), []);
});

test.serial(
  'a blocked one is tried again in half a minute for ever, and nothing is counted',
  async (t) => {
    const { worker, job } = await claimed({ maximumAttempts: 0 });
    t.deepEqual(await sql.exchange(worker, { failures: [{ job, blocked: true }] }), []);
    const [row] = await sql.rows(
      `select j.status, j.attempt, extract(epoch from m.due_at - ratchet_internal.now())::int as due
    from ratchet.jobs j join ratchet_internal.messages m on m.job_id = j.id where j.id = $1`,
      [job],
    );
    t.like(row, { status: 1, attempt: 0 });
    t.true(row?.['due'] > 25 && row?.['due'] <= 30);
  },
);

test.serial(
  'an answer that comes while it waits for its retry is in the history then',
  async (t) => {
    const { queue, worker, job } = await claimed({ initialInterval: 100, backoffCoefficient: 1 });
    await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'wait', name: queue }] });
    await sql.exchange(worker, { failures: [{ job }] });
    await sql.rows('select ratchet.signal($1)', [queue]);
    t.deepEqual(await sql.exchange(worker), []);
    await sql.rows('select pg_sleep(0.12)');
    t.like(await sql.exchange(worker), [{ kind: 'turn', job_id: job }]);
    t.is((await sql.messages(job)).length, 1);
  },
);
