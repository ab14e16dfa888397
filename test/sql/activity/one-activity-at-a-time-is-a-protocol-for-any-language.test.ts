import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

/** A job whose step 1 waits for an activity, and a worker of its queue. */
async function planned(options: unknown = { initialInterval: 0 }, input: unknown = ['x']) {
  const queue = sql.name();
  const owner = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(owner);
  const remote = `${queue}-remote`;
  await sql.exchange(owner, {
    plans: [{ job, position: 1, kind: 'activity', name: 'upper', queue: remote, input, options }],
  });
  const worker = await sql.worker(remote, null);
  return { owner, job, queue, remote, worker };
}

const claim = (worker: string) => sql.rows('select * from ratchet.claim_activity($1)', [worker]);
const complete = (worker: string, job: string, attempt: number, result: string | null = null) =>
  sql.rows('select ratchet.complete($1, $2, 1, $3, $4)', [worker, job, attempt, result]);
const fail = (worker: string, job: string, attempt: number, code: number | null = null) =>
  sql.rows('select ratchet.fail($1, $2, 1, $3, $4, $5)', [worker, job, attempt, 'no luck', code]);

test.serial('claim gives all that is needed, and nothing twice', async (t) => {
  const { worker, job, queue, remote } = await planned();
  t.deepEqual(await claim(worker), [
    {
      ...{ job_id: job, position: 1, attempt: 1, workflow_id: queue, namespace: 'durable' },
      ...{ queue: remote, name: 'upper', args: ['x'], address: '' },
    },
  ]);
  t.deepEqual(await claim(worker), []);
});

test.serial('complete answers the step; repeated, it changes nothing', async (t) => {
  const { owner, worker, job } = await planned();
  await claim(worker);
  await complete(worker, job, 1, '"X"');
  await complete(worker, job, 1, '"X"');
  t.is(await codeOf(complete(worker, job, 1, '"Y"')), 'WF402');
  t.is(await codeOf(complete(worker, job, 2, '"X"')), 'WF402');
  t.is(await codeOf(fail(worker, job, 1)), 'WF402');
  t.like(await sql.exchange(owner), [{ kind: 'result', value: '"X"', is_failed: false }]);
  await complete(worker, job, 1, '"X"');
});

test.serial(
  'fail is retried until the attempts are used up; repeated, it changes nothing',
  async (t) => {
    const { owner, worker, job } = await planned({ maximumAttempts: 1, initialInterval: 0 });
    t.like(await claim(worker), [{ attempt: 1 }]);
    await fail(worker, job, 1);
    await fail(worker, job, 1);
    t.like(
      await sql.rows('select is_final, is_failed from ratchet.ledger where job_id = $1', [job]),
      [{ is_final: false, is_failed: true }],
    );
    t.like(await claim(worker), [{ attempt: 2 }]);
    t.is(await codeOf(fail(worker, job, 1)), 'WF402');
    await fail(worker, job, 2);
    await fail(worker, job, 2);
    t.deepEqual(await claim(worker), []);
    const [result] = await sql.exchange(owner);
    t.like(result, { kind: 'result', is_failed: true });
    t.deepEqual(JSON.parse(result?.value ?? ''), { message: 'no luck', code: 599 });
    t.is(await sql.value('select attempts::int from ratchet.ledger where job_id = $1', [job]), 2);
  },
);

for (const code of [596, 597, 598]) {
  test.serial(`a failure with code ${code} is not retried`, async (t) => {
    const { owner, worker, job } = await planned();
    await claim(worker);
    await fail(worker, job, 1, code);
    t.deepEqual(await claim(worker), []);
    t.like(await sql.exchange(owner), [{ kind: 'result', is_failed: true }]);
  });
}

test.serial('a claim that another worker took over is stale', async (t) => {
  const { owner, worker, job, remote } = await planned();
  await claim(worker);
  await sql.expire(worker);
  const other = await sql.worker(remote, null);
  t.like(await claim(other), [{ attempt: 2 }]);
  t.is(await codeOf(complete(worker, job, 1)), 'WF401');
  t.is(await codeOf(complete(other, job, 1)), 'WF402');
  await complete(other, job, 2, '"second"');
  t.like(await sql.exchange(owner), [{ value: '"second"' }]);
});

test.serial('a claim of a job that was stopped is stale', async (t) => {
  const { worker, job, queue } = await planned();
  await claim(worker);
  await sql.rows('select ratchet.terminate($1)', [queue]);
  t.is(await codeOf(complete(worker, job, 1)), 'WF402');
  t.is(await codeOf(complete(worker, '123456789', 1)), 'WF402');
});

test.serial('50 equal reports at once: one counts, none fails', async (t) => {
  const { owner, worker, job } = await planned();
  await claim(worker);
  const codes = await Promise.all(
    Array.from({ length: 50 }, () => codeOf(complete(worker, job, 1, '1'))),
  );
  t.deepEqual([...new Set(codes)], ['ok']);
  t.is(await sql.value('select entries::int from ratchet.ledger where job_id = $1', [job]), 1);
  t.is((await sql.exchange(owner)).length, 1);
});

test.serial('a result above 16 MiB is refused, and may be reported smaller', async (t) => {
  const { worker, job } = await planned();
  await claim(worker);
  const large = JSON.stringify('x'.repeat(16 * 1024 * 1024));
  t.is(await codeOf(complete(worker, job, 1, large)), 'WF501');
  await complete(worker, job, 1, '"small"');
});

test.serial('hostile text passes through arguments and results unchanged', async (t) => {
  const hostile = '["\\u0000", "\\ud800", "\\udc00\\ud800", {"\\u0000": 1e999}]';
  const queue = sql.name();
  const owner = await sql.worker(queue);
  await sql.rows('select ratchet.start_workflow($1, $2, $1)', [queue, hostile]);
  t.is(await sql.value('select input::text from ratchet.jobs where key = $1', [queue]), hostile);
  const [work] = await sql.exchange(owner);
  const job = work?.job_id ?? '';
  // Its options hold hostile text too: every function that reads a policy meets it.
  const options = { headers: { note: '\u0000\ud800' }, initialInterval: 0, maximumAttempts: 1 };
  const remote = `${queue}-remote`;
  await sql.exchange(owner, {
    plans: [{ job, position: 1, kind: 'activity', queue: remote, options, input: ['\u0000'] }],
  });
  const worker = await sql.worker(remote, null);
  await claim(worker);
  await fail(worker, job, 1);
  t.like(await claim(worker), [{ attempt: 2, args: ['\u0000'] }]);
  await sql.expire(worker);
  await sql.exchange(owner, { turns: 0 });
  t.like(await sql.rows('select * from ratchet.history($1)', [[job]]), [{ is_failed: true }]);
  await sql.exchange(owner, { ends: [{ job, result: '\u0000\ud800' }] });
  const result = `select ratchet.result($1)::text`;
  t.is(await sql.value(result, [queue]), '"\\u0000\\ud800"');
});

test.serial('an idle worker of the queue is told of a new activity, others are not', async (t) => {
  const listener = await sql.pool().connect();
  const heard: string[] = [];
  listener.on('notification', ({ channel }) => heard.push(channel));
  await listener.query('listen ratchet');
  const { job, remote, owner, worker } = await planned();
  await sql.exchange(worker, { activities: 1 });
  heard.length = 0;
  const plan = { job, kind: 'activity', name: 'upper', queue: remote };
  await sql.exchange(owner, { plans: [{ ...plan, position: 2 }] });
  await listener.query('select 1');
  t.deepEqual(heard, [], 'a busy worker looks again by itself');
  await sql.exchange(worker, { activities: 10 });
  await sql.exchange(worker, { activities: 10, idle: true });
  heard.length = 0;
  await sql.exchange(owner, { plans: [{ ...plan, position: 3, queue: sql.name() }] });
  await listener.query('select 1');
  t.deepEqual(heard, [], 'nobody serves that queue');
  await sql.exchange(owner, { plans: [{ ...plan, position: 4 }] });
  await listener.query('select 1');
  t.deepEqual(heard, ['ratchet']);
  listener.release(true);
});
