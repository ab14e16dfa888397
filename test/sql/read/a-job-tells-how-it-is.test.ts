import test from 'ava';
import { codeOf, engine } from '../../support/engine';

const sql = engine();

async function claimed() {
  const queue = sql.name();
  const worker = await sql.worker(queue);
  const job = await sql.start(queue, queue);
  await sql.exchange(worker);
  return { id: queue, worker, job };
}

const call = (name: string, ...values: unknown[]) => {
  const places = values.map((_, index) => `$${index + 1}`).join(', ');
  return sql.value(`select ratchet.${name}(${places})`, values);
};

test.serial('status and result while it runs, when it returned, when it failed', async (t) => {
  const { id, worker, job } = await claimed();
  t.is(await call('status', id), 1);
  t.is(await codeOf(call('result', id)), 'WF303');
  await sql.exchange(worker, { ends: [{ job, result: { a: 1 } }] });
  t.is(await call('status', id), 0);
  t.deepEqual(await call('result', id), { a: 1 });
  const failed = await claimed();
  const error = { message: 'no', code: 598 };
  await sql.exchange(failed.worker, { ends: [{ job: failed.job, error }] });
  const thrown = await t.throwsAsync(call('result', failed.id));
  t.like(thrown, { code: 'WF304' });
  t.deepEqual(JSON.parse((thrown as Error & { detail: string }).detail), error);
});

test.serial('a job that returned nothing has a null result', async (t) => {
  const { id, worker, job } = await claimed();
  await sql.exchange(worker, { ends: [{ job }] });
  t.is(await call('result', id), null);
});

test.serial('an unknown id is WF201, in another namespace too', async (t) => {
  const { id } = await claimed();
  for (const name of ['status', 'result', 'terminate']) {
    t.is(await codeOf(call(name, 'unknown')), 'WF201');
    t.is(await codeOf(call(name, id, 'other')), 'WF201');
    t.is(await codeOf(call(name, null)), 'WF201');
  }
  t.is(await codeOf(call('await_result', 'unknown')), 'WF201');
});

test.serial('await_result returns as soon as it ends, or is WF504', async (t) => {
  const { id, worker, job } = await claimed();
  t.is(await codeOf(call('await_result', id, '50 ms')), 'WF504');
  const waiting = call('await_result', id, '10 seconds');
  await sql.exchange(worker, { ends: [{ job, result: 'now' }] });
  t.is(await waiting, 'now');
  const client = await sql.pool().connect();
  await client.query('begin isolation level serializable');
  t.is(await codeOf(client.query(`select ratchet.await_result('${id}')`)), 'WF605');
  await client.query('rollback');
  client.release();
});

test.serial(
  'watch_jobs returns what has ended and what never was, and is told of the rest',
  async (t) => {
    const [a, b] = [await claimed(), await claimed()];
    await sql.exchange(a.worker, { ends: [{ job: a.job, result: 1 }] });
    const watch = `select workflow_id, status, result from ratchet.watch_jobs('durable', $1)
    order by 1`;
    const ids = [a.id, b.id, 'unknown'];
    t.deepEqual(await sql.rows(watch, [ids]), [
      { workflow_id: a.id, status: 0, result: 1 },
      { workflow_id: 'unknown', status: null, result: null },
    ]);
    const listener = await sql.pool().connect();
    const told = new Promise((resolve) => {
      listener.on('notification', ({ channel }) => resolve(channel));
    });
    await listener.query('listen ratchet_results');
    await sql.exchange(b.worker, { ends: [{ job: b.job, result: 2 }] });
    t.is(await told, 'ratchet_results');
    await listener.query('unlisten *');
    listener.release();
    t.is((await sql.rows(watch, [[b.id]])).length, 1);
  },
);

test.serial(
  'the query of the design page runs as written, on live and finished jobs',
  async (t) => {
    const { id, worker, job } = await claimed();
    const steps = [2, 1].map((position) => ({ job, position, name: 'charge', value: 'paid' }));
    await sql.exchange(worker, { steps });
    const client = await sql.pool().connect();
    await client.query('set search_path = ratchet, public');
    const text = `SELECT j.key AS job_key, j.status AS semaphore, j.entity AS workflow,
      a.field AS attribute, a.value AS value, j.created_at, j.updated_at
    FROM jobs j JOIN jobs_attributes a ON a.job_id = j.id
    WHERE j.key = '${id}' ORDER BY a.field`;
    for (const semaphore of [1, 0]) {
      const { rows } = await client.query(text);
      t.like(rows, [
        { job_key: id, semaphore, workflow: id, attribute: '00001 charge', value: '"paid"' },
        { attribute: '00002 charge' },
      ]);
      await sql.exchange(worker, { ends: [{ job }] });
    }
    await client.query('reset search_path');
    client.release();
  },
);

test.serial('open_steps says why each job does not move', async (t) => {
  const { job, worker, id } = await claimed();
  await sql.exchange(worker, {
    plans: [
      { job, position: 1, kind: 'sleep', delay: 60_000 },
      { job, position: 2, kind: 'wait', name: 'approval' },
      { job, position: 3, kind: 'activity', name: 'ship', queue: 'nobody' },
      { job, position: 100_000, kind: 'child', name: 'c', options: { id: `${id}-c`, queue: 'c' } },
    ],
  });
  const rows = await sql.rows('select field, why from ratchet.open_steps where job_id = $1', [job]);
  const why = new Map(rows.map((row) => [row['field'] as string, row['why'] as string]));
  t.is(why.get('the function'), `is with worker ${worker} (test)`);
  t.regex(why.get('00001 sleep') ?? '', /^sleeps until 2/);
  t.is(why.get('00002 approval'), 'waits for signal approval');
  t.is(why.get('00003 ship'), 'waits for a worker of queue nobody: none is running');
  t.is(why.get('100000 c'), `waits for job ${id}-c`);
});

test.serial('a start that is delayed begins, a run that has failed is tried again', async (t) => {
  const why = (job: string) =>
    sql.value<string>('select why from ratchet.open_steps where job_id = $1', [job]);
  const delayed = await sql.start('delayed', 'delayed', [], { delay: 60_000 });
  t.regex(await why(delayed), /^begins at 2/);
  const { job, worker } = await claimed();
  await sql.exchange(worker, { failures: [{ job, error: { message: 'no' } }] });
  t.regex(await why(job), /^is tried again at 2/);
});

test.serial('the ledger decodes to what has happened', async (t) => {
  const { job, worker } = await claimed();
  await sql.exchange(worker, {
    steps: [{ job, position: 1 }],
    plans: [{ job, position: 2, kind: 'activity', queue: 'x' }],
  });
  t.like(
    await sql.rows(
      `select attempts::int, is_scheduled, entries::int, is_final, ledger
      from ratchet.ledger where job_id = $1 order by field`,
      [job],
    ),
    [
      { attempts: 1, is_scheduled: true, entries: 1, is_final: true, ledger: '201100000000001' },
      { attempts: 0, is_scheduled: true, entries: 0, is_final: false, ledger: '100000000000' },
    ],
  );
});

test.serial('broken rules are reported with the job that breaks them', async (t) => {
  const { job, worker } = await claimed();
  await sql.exchange(worker, { plans: [{ job, position: 1, kind: 'sleep' }] });
  const client = await sql.pool().connect();
  const breaks: [rule: string, statement: string][] = [
    [
      'an open step of a running job has a message, or was cancelled',
      'delete from ratchet_internal.messages',
    ],
    [
      'the semaphore of a running job counts its open threads',
      'update ratchet.jobs set status = 2 where status > 0',
    ],
    [
      'a thread that is to be cancelled has heard of it, or will when it runs',
      `update ratchet.jobs set cancel_requested_at = updated_at where status > 0;
        delete from ratchet_internal.messages where position <= 0`,
    ],
    ['a step belongs to a job', 'delete from ratchet.jobs'],
    ['what a worker holds names a registered worker', 'delete from ratchet_internal.workers'],
  ];
  for (const [rule, statement] of breaks) {
    await client.query('begin');
    await client.query(statement);
    const { rows } = await client.query('select rule from ratchet.check_invariants()');
    t.true(
      (rows as { rule: string }[]).some((row) => row.rule === rule),
      rule,
    );
    await client.query('rollback');
  }
  client.release();
});
